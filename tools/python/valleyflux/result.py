"""Results: rates with their intervals, and fields over the grid."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from . import _core
from .arguments import texts_of, wrong
from .progress import ProgressBar

if TYPE_CHECKING:
    from .case import Case, Progress

_ALWAYS_POSSIBLE = 64  # threads; where thousands cannot be started, OpenMP ends the process


@dataclass(frozen=True)
class Rate:
    """One rate, per unit of the case's time. ``float(rate)`` is its value."""

    value: float  # nan where the method has no answer: the note says why
    low: float  # ends of the interval that the method claims; nan for closed forms
    high: float
    log: float  # natural logarithm, right where the value underflows
    time: float  # mean time
    method: str
    note: str

    def __float__(self) -> float:
        return self.value


_TARGET = ("probability", "grid_error", "mean")  # columns of first_passages
_COMPUTED = ("_content", "rates", "fields")  # by the properties of these names, when they are first asked for


class Result:
    """What a run has found. ``interrupted`` is True of one that Ctrl-C ended. Results can be copied and pickled, for
    other processes and caches of the same version; ``save`` writes what lasts."""

    def __init__(self, finished: _core.FinishedRun, case: Case) -> None:
        self._finished = finished
        self.case = case
        self.interrupted: bool = finished.interrupted
        self.warnings: list[str] = list(finished.warnings)

    @cached_property
    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self._finished.json())
        return content

    def json(self) -> str:
        """All numbers as text, as ``valleyflux run --json`` prints them."""
        return self._finished.json()

    @cached_property
    def rates(self) -> pd.DataFrame:
        """One row for each escape and method; columns as in JSON (docs/results.md), nan where there is none. Units and
        meanings of the columns are in ``rates.attrs``. ``low`` and ``high`` are the interval that a method claims: grid
        error for deterministic ones, 95 % for particles."""
        columns = self._finished.estimate_columns()
        table = pd.DataFrame(self.estimates, columns=[name for name, _, _ in columns])
        for name, unit, _ in columns:
            if table[name].map(_is_number_or_none).all():
                table[name] = table[name].astype(float)
        table.attrs["units"] = {name: unit for name, unit, _ in columns}
        table.attrs["meanings"] = {name: meaning for name, _, meaning in columns}
        return table

    @property
    def estimates(self) -> list[dict[str, Any]]:
        """The same as in JSON, None where there is no number."""
        estimates: list[dict[str, Any]] = self._content["estimates"]
        return estimates

    def rate(self, from_: str, to: str | None = None, method: str | None = None) -> Rate:
        """The rate of an escape, by a method, or the one that is to be quoted.

        Args:
            to: what ends it. Where it is left out: any other valley, or, where that was not asked for, what the only
                escape from this valley leads to.

        Raises:
            KeyError: where none was asked for, or several were and it is not said which.
        """
        targets = list(dict.fromkeys(row["to"] for row in self.estimates if row["from"] == from_))
        if to is None:
            to = "any" if "any" in targets or not targets else targets[0]
            if to != "any" and len(targets) > 1:
                raise KeyError(f"escapes from {from_} lead to {', '.join(targets)}: say which, as rate({from_!r}, {to!r})")
        rows = [row for row in self.estimates if (row["from"], row["to"]) == (from_, to)]
        chosen = [row for row in rows if (row["method"] == method if method else row["recommended"])]
        if not chosen:
            near = rows or [row for row in self.estimates if row["from"] == from_] or self.estimates
            known = ", ".join(f"{row['from']} -> {row['to']} by {row['method']}" for row in near)
            by = f" by {method}" if method else ""
            raise KeyError(f"there is no rate {from_} -> {to}{by} (there are: {known or 'none'})")
        row = chosen[0]
        value, low, high, log, time = (
            math.nan if row[name] is None else float(row[name]) for name in ("rate", "low", "high", "log_rate", "time")
        )
        return Rate(value, low, high, log, time, row["method"], row["note"])

    @cached_property
    def fields(self) -> xr.Dataset:
        """What the result file holds, under the same names: ``landscape``, ``stationary_density`` (1/volume),
        ``density`` (time, y, x), ``committor_A_B`` ... at the cell centres, with units and meanings. The arrays are the
        library's own, which may not be written to."""
        coordinates: dict[str, Any] = {}
        variables: dict[str, Any] = {}
        for name, axes, values, attributes in self._finished.datasets():
            if values is None:
                continue
            kind = coordinates if axes == [name] else variables
            kind[name] = (axes, _array(values), attributes)
        return xr.Dataset(variables, coordinates, self._finished.attributes())

    @property
    def valleys(self) -> pd.DataFrame:
        """Minimum (coordinates), height, and stationary probability with its interval, by valley."""
        return pd.DataFrame(self._content["valleys"]).set_index("name")

    @property
    def spectrum(self) -> npt.NDArray[np.complex128]:
        """Leading eigenvalues of the generator, most slowly decaying first, per unit of time."""
        pairs = zip(self._content["spectrum"], self._content["spectrum_imaginary"])
        return np.array([complex(real, imaginary) for real, imaginary in pairs], np.complex128)

    @property
    def network(self) -> xr.Dataset | None:
        """The jump process between the cores of the valleys: ``network_rate`` from row to column, its interval,
        ``network_time`` ..., or None with fewer than two of them."""
        if self._content["network"] is None:
            return None
        fields = self.fields

        def is_of_network(name: Any) -> bool:
            return any(str(axis).startswith("network") for axis in fields[name].dims)

        return fields[list(filter(is_of_network, fields.data_vars))]

    @property
    def paths(self) -> pd.DataFrame:
        """Most probable paths, one row each; their points are in ``fields``."""
        return pd.DataFrame(self._content["paths"])

    @property
    def first_passages(self) -> pd.DataFrame:
        """Of a case with ``first_passage``, one row for each end that an escape may come to: its ``target``, the
        ``probability`` of it, the ``mean`` time of those that end there. Densities over time and places of exit are in
        ``fields``."""
        rows = [
            {"from": one["from"], "to": one["to"], **target}
            for one in self._content["first_passage"]
            for target in one["targets"]
        ]
        return pd.DataFrame(rows, columns=["from", "to", "name", *_TARGET]).rename(columns={"name": "target"})

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the HDF5 file of the run, and the XDMF file for ParaView beside it.

        Raises:
            OutputError: where that cannot be done.
        """
        self._finished.save(os.fspath(path))
        self.__dict__.pop("_content", None)  # it names the file

    def report(self, path: str | os.PathLike[str]) -> None:
        """Writes one HTML page that needs no network: rates, fields with a slider for time, network, warnings.

        Raises:
            ValueError: where no page can be written under that name.
            OutputError: where writing fails.
        """
        self._finished.report(os.fspath(path))

    def plot(self, panels: str | Sequence[str] | None = None) -> Any:
        """Landscape, densities, committor, flux over time and rates: a matplotlib Figure.

        Args:
            panels: what is drawn, such as ``["landscape", "committor:left-right", "rates"]`` or ``"rates"``.

        Raises:
            ValueError: for a panel that there is not, with the names of all that there are.
        """
        from .plot import ResultData, draw_result  # matplotlib is there for those who draw

        return draw_result(ResultData.from_fields(self.fields), None if panels is None else texts_of(panels))

    def __getstate__(self) -> dict[str, Any]:
        """What cannot be computed again: copies and pickles hold the fields once."""
        state = {name: value for name, value in self.__dict__.items() if name not in _COMPUTED}
        return {**state, "case": self.case._without_need_of_functions()}

    def __str__(self) -> str:
        """What the program prints: recommended rates first, 80 columns."""
        return self._finished.text()

    def __repr__(self) -> str:
        quoted = [row for row in self.estimates if row["recommended"] and row["rate"] is not None]
        lines = [f"{row['from']} -> {row['to']}: {row['rate']:.6g} by {row['method']}" for row in quoted]
        return "\n".join([f"<valleyflux.Result {self._content['title']!r}>", *lines])


def solve(
    case: Case,
    *,
    threads: int | None = None,
    progress: Progress = True,
    rates_only: bool = False,
    shared: _core.SharedWork | None = None,
) -> Result:
    """Runs a case; see Case.solve."""
    most = max(_ALWAYS_POSSIBLE, os.cpu_count() or 1)
    if threads is not None and not isinstance(threads, (int, np.integer)):
        raise wrong("threads", "a whole number, or None for all", threads)
    if threads is not None and not 1 <= threads <= most:
        raise ValueError(f"threads must lie between 1 and {most} here (got {threads})")
    if not (progress is None or isinstance(progress, bool) or callable(progress)):
        raise wrong("progress", "True, False or a function of the fraction done and the stage", progress)
    case._require_right_loss()
    bar = ProgressBar() if progress is True else nullcontext(progress or None)
    with bar as report:
        finished = _core.run(case._core, rates_only, threads or 0, report, shared or _core.SharedWork())
    return Result(finished, case)


def _is_number_or_none(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _array(values: Any) -> npt.NDArray[Any]:
    """Texts as xarray has them; numbers as they are."""
    array: npt.NDArray[Any] = np.array(values, dtype=object) if isinstance(values, list) else values
    return array

