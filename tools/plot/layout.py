"""Panels on a sheet: beside each other, or across it; the sheet grows with what it holds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt

from .style import RC, WIDTH, plain

HEIGHT = 2.2  # inches, of a panel of lines
LEGEND_LINE = 0.142
DECORATION = 0.6  # of a panel's height: title, numbers and name of the axis


@dataclass(frozen=True)
class Panel:
    """A part of a figure. draw: puts it into (figure, axes)."""

    draw: Callable[[Any, Any], None]
    height: float = HEIGHT
    legend: int = 0  # lines of one beneath it
    across: bool = False  # the whole sheet
    stretches: bool = False  # across what is beside it, where nothing is


def rows_of(panels: Sequence[Panel], columns: int) -> list[list[Panel]]:
    rows: list[list[Panel]] = []
    for panel in panels:
        if panel.across or not rows or rows[-1][0].across or len(rows[-1]) == columns:
            rows.append([])
        rows[-1].append(panel)
    return rows


def legend(handles: Sequence[Any], columns: int) -> Panel:
    """Of several panels together, beneath them."""

    def draw(figure: Any, axes: Any) -> None:
        axes.axis("off")
        axes.legend(handles=handles, loc="upper center", ncol=columns, borderaxespad=0.0, handlelength=3.0)

    return Panel(draw, height=0.1, legend=-(-len(handles) // columns), across=True)


def sheet(panels: Sequence[Panel], title: str, columns: int = 2) -> Any:
    """A figure of these panels, each as large as the others beside and beneath it."""
    columns = min(columns, max(map(len, rows_of(panels, columns))))
    rows = rows_of(panels, columns)
    # What goes across the sheet is laid out on its own: names of methods beside the rates would narrow the maps.
    parts = [list(part) for _, part in itertools.groupby(rows, lambda row: id(row) if goes_across(row) else 0)]
    heights = [sum(map(height_of, part)) for part in parts]
    with plt.rc_context(RC):
        width = WIDTH if columns > 1 or any(panel.across and not panel.legend for panel in panels) else 0.6 * WIDTH
        figure = plt.figure(figsize=(width, sum(heights) + (0.3 if title else 0.0)), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.06, h_pad=0.05, hspace=0.0, wspace=0.03)
        for part, below in zip(parts, figure.subfigures(len(parts), 1, height_ratios=heights, squeeze=False)[:, 0]):
            inner = [max(0.1, max(panel.height for panel in row) - DECORATION) for row in part]
            grid = below.add_gridspec(len(part), 1 if goes_across(part[0]) else columns, height_ratios=inner)
            for number, row in enumerate(part):
                for column, panel in enumerate(row):
                    panel.draw(below, below.add_subplot(grid[number, column]))
        if title:
            figure.suptitle(plain(title))
        figure.draw_without_rendering()
    return figure


def goes_across(row: Sequence[Panel]) -> bool:
    return row[0].across or (len(row) == 1 and row[0].stretches)


def height_of(row: Sequence[Panel]) -> float:
    return max(panel.height for panel in row) + LEGEND_LINE * max(panel.legend for panel in row)
