"""Legends beneath panels: in as many columns as their width has room for, so that they never narrow what they explain."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path
from matplotlib.transforms import ScaledTranslation

from .style import RC, SMALL, plain

LINE = 0.142  # inches
EM = SMALL / 72  # inches
HANDLE, PAD, SPACING = 2.6, 0.8, 1.2  # em
MOST_COLUMNS = 6
BELOW_NAME = 29 / 72  # inches, of an axis' numbers and name above the legend


class Arrangement(NamedTuple):
    labels: list[str]  # broken into lines where one alone is too wide
    columns: int
    lines: int


def sample(label: str, **look: Any) -> Line2D:
    """An entry of a legend; label: a text of the user's."""
    return Line2D([], [], label=plain(label), **{"lw": RC["lines.linewidth"], **look})


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Inches."""
    font = FontProperties(family=RC["font.family"], size=size, weight=weight)
    widths = (text_to_path.get_text_width_height_descent(line, font, False)[0] for line in text.split("\n"))
    return float(max(widths)) / 72


def broken(text: str, size: float, width: float, weight: str = "normal") -> str:
    """A text in lines that are no wider than that, as far as its words go."""
    lines = []
    for line in text.split("\n"):
        wide = text_width(line, size, weight)
        letters = len(line) if wide <= width else max(8, math.floor(0.97 * len(line) * width / wide))
        lines += textwrap.wrap(line, max(letters, 1)) or [line]
    return "\n".join(lines)


def arranged(handles: Sequence[Any], width: float) -> Arrangement:
    labels = [broken(handle.get_label(), SMALL, width - EM * (HANDLE + PAD)) for handle in handles]
    widths = np.array([text_width(label, SMALL) + EM * (HANDLE + PAD) for label in labels])
    columns = min(len(labels), MOST_COLUMNS)
    while columns > 1 and sum(map(max, np.array_split(widths, columns))) + EM * SPACING * (columns - 1) > width:
        columns -= 1
    heights = [1 + label.count("\n") for label in labels]
    return Arrangement(labels, columns, max((sum(part) for part in np.array_split(heights, max(columns, 1))), default=0))


def add_legend(axes: Any, handles: Sequence[Any], width: float) -> None:
    """Beneath the name of the axes, where it hides nothing; in place of axes that are not shown."""
    if not handles:
        return
    labels, columns, _ = arranged(handles, width)
    shown = axes.axison
    shift = ScaledTranslation(0, -BELOW_NAME if shown else 0, axes.figure.dpi_scale_trans)
    axes.legend(
        handles=list(handles),
        labels=labels,
        loc="upper left" if shown else "upper center",
        bbox_to_anchor=(-0.02, 0.0) if shown else (0.5, 1.0),
        bbox_transform=axes.transAxes + shift,
        ncol=columns,
        handlelength=HANDLE,
        columnspacing=SPACING,
        borderaxespad=0.2,
        labelspacing=0.25,
    )
