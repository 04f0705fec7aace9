"""The same case at several values of a key."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from . import _core
from .arguments import dict_of, wrong
from .case import Case, Progress
from .result import Result, solve


@dataclass(frozen=True)
class Sweep:
    """Results at every value, in order.

    Attributes:
        keys: that were varied.
        values: of the keys, for each result.
        results: one for each value; fewer where Ctrl-C ended the sweep (``interrupted``).
    """

    keys: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    results: tuple[Result, ...]
    interrupted: bool

    @property
    def rates(self) -> pd.DataFrame:
        """The rates of all results, one row each, with a column for each key before those of ``Result.rates``."""
        tables = []
        for at, result in zip(self.values, self.results):
            table = result.rates.copy()
            for place, (key, value) in enumerate(zip(self.keys, at)):
                table.insert(place, key, value)
            tables.append(table)
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(self.keys))

    @property
    def fits(self) -> pd.DataFrame:
        """Straight lines of -log(rate) over the first key, its inverse and its logarithm, and of the rate: slope and
        intercept with errors, for each escape and method with three rates."""
        points = [(list(at), result._finished) for at, result in zip(self.values, self.results)]
        return pd.DataFrame(json.loads(_core.fits_json(list(self.keys), points))["fits"])

    def __str__(self) -> str:
        """A block for each value, recommended rates with a star, as the program prints them."""
        lines = []
        for at, result in zip(self.values, self.results):
            rows = [("  " + f"{row['from']} -> {row['to']}", *_cells(row)) for row in result.estimates]
            head = ", ".join(f"{key} = {value:g}" for key, value in zip(self.keys, at))
            rows.insert(0, (head, "method", "rate", "low", "high"))
            wide = [max(len(row[k]) for row in rows) for k in range(5)]
            lines += [
                "  ".join(cell.ljust(w) if k < 2 else cell.rjust(w) for k, (cell, w) in enumerate(zip(row, wide))).rstrip()
                for row in rows
            ]
            lines.append("")
        if self.interrupted:
            lines.append("interrupted: further values were not solved\n")
        places = [", ".join(f"{key}={value:g}" for key, value in zip(self.keys, at)) for at in self.values]
        told = _core.swept_warnings_text(list(zip(places, self._warnings_by_value())))
        return "\n".join([*lines, told]).rstrip()

    def __repr__(self) -> str:
        return f"<valleyflux.Sweep of {', '.join(self.keys)}: {len(self.results)} results>"

    def plot(self) -> Any:
        """-log(rate) against the first key, and straight lines with their slopes: a matplotlib Figure.

        Raises:
            ValueError: where there is no rate above zero.
        """
        from .plot import SweepData, draw_sweep, estimate_of

        rows = [(at, estimate_of(row)) for at, result in zip(self.values, self.results) for row in result.estimates]
        return draw_sweep(SweepData(list(self.keys), rows, self.results[0].case.text if self.results else ""))

    @property
    def warnings(self) -> list[str]:
        """What is to be said of the results, once each; ``print`` of the sweep says at how many values."""
        return list(dict.fromkeys(itertools.chain(*self._warnings_by_value())))

    def _warnings_by_value(self) -> list[list[str]]:
        told = [list(result.warnings) for result in self.results]
        for k, (before, now) in enumerate(itertools.pairwise(self.results), start=1):
            for name, other, minimum in _core.renumbered(before._finished, now._finished):
                place = ", ".join(f"{x:.6g}" for x in minimum)
                told[k].append(f"{name} is at ({place}), where {other} was before: name the valleys to compare them")
        return told


def _cells(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    numbers = ["" if row[name] is None else f"{row[name]:.6g}" for name in ("rate", "low", "high")]
    return (f"{row['method']}{' *' if row['recommended'] else ''}", numbers[0] or "none", numbers[1], numbers[2])


def sweep(
    case: Case, vary: Mapping[str, Sequence[float]], *, threads: int | None = None, progress: Progress = True
) -> Sweep:
    """Rates at every combination of the values of some keys, ``{"diffusion.D": [0.1, 0.2]}``; the first key varies
    fastest. Every case is checked before any is solved. A start of a loss that was trained for one value serves all.

    Raises:
        CaseError: for a value that no case can have.
    """
    if not isinstance(case, Case):
        raise wrong("case", "a valleyflux.Case", case)
    if not dict_of("vary", vary, '{"diffusion.D": [0.1, 0.2]}'):
        raise wrong("vary", 'a dict of keys, such as {"diffusion.D": [0.1, 0.2]}', vary)
    for key, several in vary.items():
        if isinstance(several, (str, Mapping)) or np.ndim(several) != 1 or not len(several):
            raise wrong(key, "a list of values, one at least, where it is varied", several)
    keys = tuple(vary)
    values = tuple(at[::-1] for at in itertools.product(*(tuple(vary[key]) for key in reversed(keys))))
    cases = [case.with_values(dict(zip(keys, at))) for at in values]
    shared = _core.SharedWork.of_sweep()
    results: list[Result] = []
    for one in cases:
        try:
            result = solve(one, threads=threads, progress=progress, rates_only=True, shared=shared)
        except KeyboardInterrupt:  # while a case was set up
            if not results:
                raise
            return Sweep(keys, values[: len(results)], tuple(results), True)
        if result.interrupted:
            return Sweep(keys, values[: len(results)], tuple(results), True)
        results.append(result)
    return Sweep(keys, values, tuple(results), False)
