"""A progress bar: a line of the terminal, or of a notebook's cell."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

Reporter = Callable[[float, str], None]

_FIRST, _BETWEEN = 0.5, 0.1  # seconds before it appears, and between changes
_WIDTH, _LEAST = 30, 4  # of the bar
_LINE = 79  # of the terminal


class ProgressBar:
    """Shown after half a second, where somebody may be looking; gone at the end."""

    def __init__(self, title: str = "valleyflux") -> None:
        self._title = title
        self._begin = self._last = time.monotonic()
        self._shown = ""
        self._cell: Any = None
        self._notebook = _in_notebook()
        self._visible = self._notebook or sys.stderr.isatty()

    def __call__(self, fraction: float, stage: str) -> None:
        now = time.monotonic()
        if not self._visible or now - self._begin < _FIRST or now - self._last < _BETWEEN:
            return
        self._last = now
        self._show(self._line(fraction, stage, now - self._begin))

    def _line(self, fraction: float, stage: str, seconds: float) -> str:
        """The bar gives way to the words, and the words, where these are longer still, to the time at their end."""
        time_spent = f", {seconds:.0f} s"
        room = _LINE - len(f"{self._title} [] ") - len(time_spent)
        width = min(_WIDTH, max(_LEAST, room - len(stage)))
        words = stage if len(stage) <= room - width else f"{stage[: max(0, room - width - 3)]}..."
        full = round(width * min(max(fraction, 0.0), 1.0))
        return f"{self._title} [{'#' * full}{'.' * (width - full)}] {words}{time_spent}"

    def _show(self, line: str) -> None:
        if self._notebook:
            from IPython.display import display

            text = {"text/plain": line}
            if self._cell is None:
                self._cell = display(text, raw=True, display_id=True)
            else:
                self._cell.update(text, raw=True)
        else:
            sys.stderr.write("\r" + line.ljust(len(self._shown)))
            sys.stderr.flush()
        self._shown = line

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._cell is not None:
            self._cell.update({"text/plain": ""}, raw=True)
        elif self._shown:
            sys.stderr.write("\r" + " " * len(self._shown) + "\r")
            sys.stderr.flush()


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"
