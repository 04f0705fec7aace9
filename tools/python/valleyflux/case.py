"""Cases: what is to be solved."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from . import _core
from .arguments import dict_of, texts_of, wrong
from .loss import Loss, without_need_of_functions
from .parts import case_of_parts
from .progress import Reporter
from .sampling import Tables
from .slopes import require_gradients_of_value
from .toml import document, table_of, text_of

if TYPE_CHECKING:
    from .result import Result

Progress = Union[bool, Reporter]


class Case:
    """A case: landscape or drift, noise, and what is asked of them.

    Made of a file or a ready case, ``Case("case.toml")``, ``Case("muller_brown")``; of TOML text (what has more than
    one line, or an equals sign); of a dict of the same tables; or of keyword arguments, which are added to them:

    Args:
        source: file, name of a ready case, TOML text or dict; None where keywords say all.
        landscape: the loss or energy L(x), in the unit of D. A string (an expression such as ``"x^4/4 - x^2/2"`` or the
            name of a built-in), a ``pathlib.Path`` of a table, a function of the coordinates that gives numbers or, for
            arrays, arrays; a tuple ``(x, values)`` or ``(x, y, values)`` with ``values[i, j]`` at ``(x[i], y[j])``,
            evenly spaced; an ``xarray.DataArray``; or a dict of the keys of ``[landscape]``.
        gradient: of a landscape that is a function or a tuple, if it is known (by ``jax.grad``, forces of a force field):
            a function of the coordinates that gives the derivative along each of them, or a list of arrays. Slopes are
            then interpolated as well: values, and even more so Hessians and closed forms, are right with far fewer
            calls, and slopes that are not those of the landscape are refused.
        drift: instead of a landscape: its components, each a string, number, function or tuple as above; or the name of
            a built-in one.
        diffusion: D, a number, string, function or tuple, or rows of these; or a dict of the keys of ``[diffusion]``.
        grid: for each coordinate ``(min, max)``, ``(min, max, cells)`` or a dict of the keys of its axis. What is
            missing is chosen by the library.
        valleys: ``{name: where}`` with ``where`` a condition such as ``"x < 0"``, or a dict of the keys of
            ``[[valley]]``. A number is ``valleys.depth``.
        loss: instead of a landscape: a ``Loss`` by Python functions, or a dict of the keys of ``[loss]``, one of which,
            ``by``, may be such a ``Loss``. ``start``, ``valleys`` and ``diffusion`` (eta, batch_size) belong to it.
        escapes: a list of ``(from, to)`` or of dicts of the keys of ``[[escape]]``, or one of these alone; ``to`` as
            ``escape`` takes it.
        tables: further tables of the case file by name: ``evolve``, ``langevin``, ``accuracy``, ``parameters`` ...

    A function is sampled once, on a grid over the domain, ever more finely until what the library interpolates between
    its points is right to a tenth of ``accuracy.relative`` times D; where that is not reached, a warning says by how
    much it is off.

    Raises:
        CaseError: for what is wrong, with its place.
    """

    def __init__(
        self,
        source: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        *,
        landscape: Any = None,
        gradient: Any = None,
        drift: Any = None,
        diffusion: Any = None,
        grid: Mapping[str, Any] | None = None,
        valleys: Mapping[str, Any] | float | None = None,
        loss: Loss | Mapping[str, Any] | None = None,
        escapes: Sequence[Any] | None = None,
        title: str | None = None,
        **tables: Any,
    ) -> None:
        self._tables: Tables | None = None
        self._loss: Loss | None = None
        self._folder = os.getcwd()
        given = {
            "title": title,
            "landscape": landscape,
            "gradient": gradient,
            "drift": drift,
            "diffusion": diffusion,
            "grid": grid,
            "valleys": valleys,
            "loss": loss,
            "escapes": escapes,
            **tables,
        }
        parts = {name: value for name, value in given.items() if value is not None}
        if isinstance(source, Mapping):
            parts = {**source, **parts}
        elif source is not None:
            if not isinstance(source, (str, os.PathLike)):
                rule = "a file, the name of a ready case, TOML text or a dict (what a case is made of has keywords)"
                raise wrong("source", rule, source)
            text = os.fspath(source)
            if isinstance(source, str) and ("\n" in text or "=" in text):
                self._read(text, "case", ())
            else:
                self._core = _core.case_named(text, [])
                self._folder = str(Path(self._core.file).resolve().parent)
            if parts:
                settled = case_of_parts(parts, None)
                if settled.tables.files() or settled.loss:
                    raise TypeError("a case that is read takes no functions or arrays: give all of it by keywords")
                changes = [f"{name}={text_of(value, name)}" for name, value in settled.content.items()]
                self._read(self._core.text, self._core.file, changes)
            return
        settled = case_of_parts(parts, self._folder)
        if settled.tables.files():
            self._tables = settled.tables
        self._loss = settled.loss
        self._read(document(settled.content), "case", ())
        if settled.warnings:
            self._core.warnings = [*settled.warnings, *self._core.warnings]

    def _read(self, text: str, file: str, overrides: Sequence[str]) -> None:
        if self._tables is None:
            self._core = _core.case_of_text(text, file, self._folder, list(overrides), self._loss)
            return
        with self._tables.as_arguments():
            self._core = _core.case_of_text(text, file, str(self._tables.folder), list(overrides), self._loss)
        self._core.warnings = list(map(self._tables.in_words, self._core.warnings))

    @property
    def title(self) -> str:
        return self._core.title

    @property
    def text(self) -> str:
        """The case as TOML text."""
        return self._core.text

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the coordinates."""
        return tuple(self._core.variables)

    @property
    def warnings(self) -> list[str]:
        """What is to be said of the case before it is solved."""
        return list(self._core.warnings)

    def with_values(self, values: Mapping[str, Any]) -> Case:
        """A copy with other values of some keys, ``{"diffusion.D": 0.1, "valley.left.where": "x < 0"}``."""
        copy = object.__new__(Case)
        copy._tables, copy._folder, copy._loss = self._tables, self._folder, self._loss
        given = dict_of("values", values, '{"diffusion.D": 0.1}').items()
        copy._read(self.text, self._core.file, [f"{key}={text_of(value, key)}" for key, value in given])
        told = set(copy._core.warnings)
        copy._core.warnings = [text for text in self._core.warnings if text not in told] + copy._core.warnings
        return copy

    def solve(self, *, threads: int | None = None, progress: Progress = True) -> Result:
        """Answers all that the case asks for.

        Args:
            threads: how many the library may use; all where None.
            progress: a bar, in a terminal or notebook; or a function of the fraction done and the name of the stage.

        The interpreter's lock is free meanwhile. Ctrl-C (KeyboardInterrupt) ends the run and gives what there is by
        then, ``interrupted`` being True: particles that were watched so far with their rates; otherwise fields and
        frames, and no rates.

        Raises:
            SolverError: where nothing can be solved.
        """
        from .result import solve

        return solve(self, threads=threads, progress=progress)

    def evolve(
        self,
        until: float,
        *,
        initial: str | Mapping[str, Any],
        frames: int = 50,
        threads: int | None = None,
        progress: Progress = True,
        **settings: Any,
    ) -> Result:
        """Lets a density evolve, on top of what the case asks for.

        Args:
            until: time, in the unit of the case.
            initial: a valley's name, for its local equilibrium; ``{"mean": [...], "sd": [...]}``; or
                ``{"expression": "..."}``.
            frames: states kept: ``fields["density"]`` over time and cells, in 1/volume.
            settings: further keys of ``[evolve]``: ``stepper``, ``tolerance`` (L1 error of a step,
                or of the frames that share a Krylov space).
        """
        evolve = {"until": until, "initial": initial, "frames": frames, **settings}
        return self.with_values({"evolve": evolve}).solve(threads=threads, progress=progress)

    def escape(
        self,
        from_: str,
        to: str | Mapping[str, str] = "any",
        methods: str | Sequence[str] | None = None,
        *,
        threads: int | None = None,
        progress: Progress = True,
    ) -> Result:
        """Rates of one escape.

        Args:
            from_: the valley that is left.
            to: the valley whose core is to be reached, ``"any"`` other one, ``"first_exit"``, a wall such as
                ``"x.max"``, or ``{"where": "x > 1.2"}``, a region, with its ``"name"`` where it is to have another one.
            methods: such as ``["mean_first_passage", "theory"]`` or ``"langevin"``; those on the grid where None.
        """
        escape: dict[str, Any] = {"from": from_, "to": to}
        if methods is not None:
            escape["methods"] = texts_of(methods)
        return self.with_values({"escape": [escape]}).solve(threads=threads, progress=progress)

    def first_passage(self, from_: str, to: str | Mapping[str, str] = "any", **options: Any) -> Result:
        """The mean first-passage time from the minimum of a valley to what ``escape`` may lead to."""
        return self.escape(from_, to, ["mean_first_passage"], **options)

    def particles(
        self,
        from_: str,
        to: str | Mapping[str, str] = "any",
        *,
        method: str = "langevin",
        threads: int | None = None,
        progress: Progress = True,
        **settings: Any,
    ) -> Result:
        """The rate of an escape by particles, with its 95 % interval.

        Args:
            method: ``"langevin"``, ``"sgd"`` or ``"splitting"``.
            settings: keys of ``[langevin]``: ``particles``, ``step``, ``seed``, ``time_limit`` ...
        """
        values: dict[str, Any] = {f"langevin.{key}": value for key, value in settings.items()}
        values["escape"] = [{"from": from_, "to": to, "methods": [method]}]
        return self.with_values(values).solve(threads=threads, progress=progress)

    def __repr__(self) -> str:
        return f"<valleyflux.Case {self.title!r} of {', '.join(self.variables) or 'a loss'}>"

    def _require_right_loss(self) -> None:
        if self._loss is not None:
            start = np.asarray(table_of(self.text, "start").get("at", 0.0), float)
            require_gradients_of_value(self._loss, np.broadcast_to(start, (self._loss.dimension,)))

    def _without_need_of_functions(self) -> Case:
        if self._loss is None:
            return self
        copy = object.__new__(Case)
        copy.__dict__.update(self.__dict__, _loss=without_need_of_functions(self._loss))
        return copy

    def __getstate__(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "file": self._core.file,
            "folder": self._folder,
            "tables": self._tables.files() if self._tables else None,
            "warnings": self._core.warnings,
            "loss": self._loss,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._folder = state["folder"]
        self._tables = Tables(state["tables"]) if state["tables"] else None
        self._loss = state["loss"]
        self._read(state["text"], state["file"], ())
        self._core.warnings = state["warnings"]
