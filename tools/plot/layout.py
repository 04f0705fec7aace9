"""Panels on a sheet: beside each other, or across it; the sheet grows with what it holds, and none of it stays empty."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import Bbox

from .legends import LINE, add_legend, arranged, broken
from .style import RC, WIDTH, plain

HEIGHT = 2.2  # inches, of a panel of lines
DECORATION = 0.6  # of a panel's height: title, numbers and name of the axis
BESIDE = 1.2  # of a map's width: numbers and name of the axis, bar of its colours
BEFORE = 0.75  # of a panel's width, what its legend cannot have
LARGE = 0.62  # of the sheet, for a map that leads two others
WIDE = 0.7  # shape of a map that leads them from above
ALONE = 0.64  # of the sheet, for a map with nothing beside it
NARROW = 0.6  # of a journal's width, for a sheet of one column
TITLE_LINE = 0.16
PADS = {"w_pad": 0.06, "h_pad": 0.05, "hspace": 0.0, "wspace": 0.03}


@dataclass(frozen=True)
class Panel:
    """A part of a figure. draw: puts it into (figure, axes)."""

    draw: Callable[[Any, Any], None]
    height: float = HEIGHT
    shape: float | None = None  # of a map: height over width; it is as large as the sheet has room for
    legend: Sequence[Any] = ()  # handles, of one beneath it
    across: bool = False  # the whole sheet
    stretches: bool = False  # across what is beside it, where nothing is

    def height_at(self, width: float) -> float:
        lines = arranged(self.legend, width - BEFORE).lines
        drawn = self.shape * (width - BESIDE) + DECORATION if self.shape else self.height
        return drawn + (LINE * lines + 0.03 if lines else 0.0)


@dataclass(frozen=True)
class Place:
    panel: Panel
    rows: slice
    columns: slice


class SteadyLayout(ConstrainedLayoutEngine):
    """The same bytes for the same figure: the last bits of constrained positions depend on the memory of their solver,
    and titles stand where they are rounded to pixels."""

    def execute(self, fig: Any) -> None:
        super().execute(fig)
        for axes in fig.axes:
            axes.set_position(Bbox(axes.get_position(original=True).get_points().round(6)), which="original")
            axes.set_in_layout(True)  # which set_position ends


@dataclass(frozen=True)
class Part:
    """What is laid out on its own: names of methods beside the rates would narrow the maps above them."""

    places: list[Place]
    heights: list[float]  # of rows
    widths: list[float]  # of columns


def at(number: int) -> slice:
    """One row, or one column."""
    return slice(number, number + 1)


def legend(handles: Sequence[Any], across: bool = True) -> Panel:
    """Of several panels together: beneath them, or in the place of one more."""
    return Panel(lambda figure, axes: axes.axis("off"), height=0.1, legend=handles, across=across)


def sheet(panels: Sequence[Panel], title: str, columns: int = 2) -> Any:
    """A figure of these panels."""
    groups = [list(group) for _, group in itertools.groupby(panels, lambda panel: panel.across)]
    columns = min(columns, max([len(group) for group in groups if not group[0].across] or [1]))
    narrow = columns == 1 and not any(panel.across and panel.height > DECORATION for panel in panels)
    width = NARROW * WIDTH if narrow else WIDTH
    parts = [part for group in groups for part in parts_of(group, columns, width, narrow)]
    heights = [sum(part.heights) for part in parts]
    with plt.rc_context(RC):
        heading = broken(plain(title), RC["figure.titlesize"], 0.96 * width, "bold")
        above = 0.14 + TITLE_LINE * (1 + heading.count("\n")) if title else 0.0
        figure = plt.figure(figsize=(width, sum(heights) + above), layout=SteadyLayout(**PADS))
        for part, below in zip(parts, figure.subfigures(len(parts), 1, height_ratios=heights, squeeze=False)[:, 0]):
            inner = [max(0.1, height - DECORATION) for height in part.heights]
            grid = below.add_gridspec(len(inner), len(part.widths), height_ratios=inner, width_ratios=part.widths)
            for place in part.places:
                axes = below.add_subplot(grid[place.rows, place.columns])
                place.panel.draw(below, axes)
                fit(axes, place.panel, sum(part.widths[place.columns]))
        if title:
            figure.suptitle(heading)
        figure.draw_without_rendering()
    return figure


def fit(axes: Any, panel: Panel, width: float) -> None:
    """Legend and title in the width of the panel."""
    add_legend(axes, panel.legend, width - (BEFORE if axes.axison else 0.1))
    title = axes._left_title if hasattr(axes, "_left_title") else axes.title
    if title.get_text():
        title.set_text(broken(title.get_text(), title.get_fontsize(), width - (BEFORE if panel.shape else 0.5)))


def parts_of(group: list[Panel], columns: int, width: float, narrow: bool) -> list[Part]:
    if group[0].across:
        return [rows_of([panel], 1, width) for panel in group]
    over = len(group) % columns
    if over != 1 or columns == 1 and (narrow or group[0].stretches):
        return [rows_of(group, columns, width)]
    *others, last = group
    if last.stretches:
        return [rows_of(others, columns, width), rows_of([last], 1, width)]
    if columns == 2 and group[0].shape and not any(panel.stretches for panel in group[:3]):
        led = leading(group[:3], width)
        return [led, rows_of(group[3:], columns, width)] if group[3:] else [led]
    middle = alone(last, width) if last.shape else rows_of([last], columns, width)
    return [rows_of(others, columns, width), middle] if others else [middle]


def rows_of(panels: list[Panel], columns: int, width: float) -> Part:
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    places = [
        Place(panel, at(row), at(column)) for row, ones in enumerate(rows) for column, panel in enumerate(ones)
    ]
    heights = [max(panel.height_at(width / columns) for panel in ones) for ones in rows]
    return Part(places, heights, [width / columns] * columns)


def leading(panels: list[Panel], width: float) -> Part:
    """A large map, and two panels beneath each other beside it; where it is wide, beside each other beneath it."""
    large, *small = panels
    if large.shape is not None and large.shape < WIDE:
        beneath = rows_of(small, 2, width)
        places = [Place(panel, at(1), at(column)) for column, panel in enumerate(small)]
        heights = [large.height_at(width), *beneath.heights]
        return Part([Place(large, at(0), slice(0, 2)), *places], heights, beneath.widths)
    widths = [LARGE * width, (1 - LARGE) * width]
    heights = [panel.height_at(widths[1]) for panel in small]
    room = max(0.0, large.height_at(widths[0]) - sum(heights)) / 2
    places = [Place(large, slice(0, 2), at(0)), *(Place(panel, at(row), at(1)) for row, panel in enumerate(small))]
    return Part(places, [height + room for height in heights], widths)


def alone(panel: Panel, width: float) -> Part:
    beside = 0.5 * (1 - ALONE) * width
    return Part([Place(panel, at(0), at(1))], [panel.height_at(ALONE * width)], [beside, ALONE * width, beside])
