"""What goes wrong, with the places that the library knows."""

from __future__ import annotations

import re

_PLACE = re.compile(r"^(?P<file>.*?):(?P<line>\d+):(?P<column>\d+): error: (?P<message>.*)$", re.DOTALL)
_FILE = re.compile(r"^(?P<file>.*?): error: (?P<message>.*)$", re.DOTALL)
_LARGE = re.compile(r"\(got (\[.{0,60}).{200,}\]\)", re.DOTALL)  # arrays that were given by Python
_KEY = re.compile(r"(?<![\w.])([a-z_]\w*(?:\.\w+)+)(?![\w.])")


class CaseError(ValueError):
    """A case is wrong.

    Attributes:
        message: what is wrong, without the place.
        file: the case's file, or ``case`` for one that was made in Python.
        line, column: place in the file (or in ``Case.text``), from 1; None where there is none.
        key: the key that is wrong, such as ``diffusion.eta``; None where none is named.
    """

    def __init__(self, text: str) -> None:
        text = _LARGE.sub(lambda found: f"(got {' '.join(found[1].split())} ...)", text)
        super().__init__(text)
        self.file: str | None = None
        self.line: int | None = None
        self.column: int | None = None
        self.message = text
        if found := _PLACE.match(text):
            self.file, self.message = found["file"], found["message"]
            self.line, self.column = int(found["line"]), int(found["column"])
        elif found := _FILE.match(text):
            self.file, self.message = found["file"], found["message"]
        self.key: str | None = None
        if self.file is not None and self.file.startswith("--set "):
            self.key, self.file = self.file.removeprefix("--set ").partition("=")[0], None
        elif named := _KEY.search(self.message):
            self.key = named[1]


class ProblemError(ValueError):
    """Parts that do not make a problem; ``key`` names the part at fault, as a case file would."""

    def __init__(self, text: str, key: str) -> None:
        super().__init__(text)
        self.key = key

    def __reduce__(self) -> tuple[type[ProblemError], tuple[str, str]]:
        return type(self), (str(self), self.key)


class SolverError(RuntimeError):
    """A method could not give a right answer: it did not converge, or the question has no finite one."""


class OutputError(RuntimeError):
    """A result could not be written or read: the message names the file."""
