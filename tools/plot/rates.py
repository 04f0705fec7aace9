"""Rates side by side: one group an escape, measurements with their intervals, closed forms by other marks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.lines import Line2D

from .data import Estimate, ResultData
from .decades import decade_ticks
from .layout import Panel
from .legends import broken
from .style import SMALL, escape_name, method_name, plain, power_of_ten

LINE = 0.135  # inches
HEADING = 1.15  # lines, of an escape's name above its rates
GAP = 0.3  # above it
MOST_LINES = 45  # in one column
WORDS = 4.4  # inches, of a line of words that stand in the place of a rate
LEAST_DECADES = 0.3  # across the axis, so that digits that agree are seen to agree
LOG_10 = math.log(10)

Group = tuple[tuple[str, str], list[Estimate]]


def panels(data: ResultData) -> list[Panel]:
    """Every escape that has an estimate, in columns beside each other where one would be too long."""
    groups = [(escape, list(rows)) for escape, rows in itertools.groupby(data.estimates, lambda one: one.escape)]
    colours = {escape: data.style_of(escape).colour for escape in data.escapes}
    unit = data.label("estimate_rate", "rate", "1/time")
    made: list[Panel] = []
    for page in pages(groups):

        def draw(figure: Any, axes: Any, page: list[Group] = page) -> None:
            draw_rates(axes, page, colours, unit, range_of(data.estimates))

        made.append(Panel(draw, height=LINE * lines_of(page) + 0.75, across=True))
    return made


def lines_of(groups: Sequence[Group]) -> float:
    return sum(GAP + HEADING + sum(map(height_of, rows)) for _, rows in groups)


def height_of(one: Estimate) -> int:
    """Lines."""
    return 1 if math.isfinite(one.log_rate) else len(in_words(one))


def pages(groups: Sequence[Group]) -> list[list[Group]]:
    made: list[list[Group]] = []
    for group in groups:
        if not made or lines_of([*made[-1], group]) > MOST_LINES:
            made.append([])
        made[-1].append(group)
    return made


def range_of(estimates: Sequence[Estimate]) -> tuple[float, float] | None:
    """Decades that hold all rates and intervals."""
    ends = [
        value / LOG_10
        for one in estimates
        for value in (one.log_rate, one.log_low, one.log_high)
        if math.isfinite(value) and math.isfinite(one.log_rate)
    ]
    if not ends:
        return None
    low, high = min(ends), max(ends)
    room = max(0.06 * (high - low), 0.5 * (LEAST_DECADES - (high - low)))
    return low - room, high + room


def draw_rates(
    axes: Any, groups: Sequence[Group], colours: dict[tuple[str, str], str], name: str, ends: tuple[float, float] | None
) -> None:
    position, ticks, names, bold = 0.0, [], [], []
    for escape, rows in groups:
        position += GAP if position else 0.0
        axes.text(
            0.008,
            position,
            plain(escape_name(*escape)),
            weight="bold",
            color=colours[escape],
            va="center",
            transform=axes.get_yaxis_transform(),
        )
        position += HEADING
        for one in rows:
            middle = position + (height_of(one) - 1) / 2
            if math.isfinite(one.log_rate):
                axes.axhline(middle, color="0.9", lw=0.5, zorder=0)
            draw_rate(axes, one, middle, colours[escape])
            ticks.append(middle)
            names.append(method_name(one.method))
            bold.append(one.recommended)
            position += height_of(one)
    axes.set_ylim(position - 0.4, -0.8)
    axes.set_yticks(ticks, names)
    for label, recommended in zip(axes.get_yticklabels(), bold):
        label.set_weight("bold" if recommended else "normal")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(plain(name))
    axes.set_title("rates of escape")
    if ends:
        axes.set_xlim(*ends)
        axes.set_xticks(*decade_ticks(*ends, powers=True))  # as in the numbers beside
    else:
        axes.set_xticks([])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    add_legend(axes, [one for _, rows in groups for one in rows])


def draw_rate(axes: Any, one: Estimate, position: float, colour: str) -> None:
    if not math.isfinite(one.log_rate):
        axes.text(
            0.03,
            position,
            "\n".join(map(plain, in_words(one))),
            va="center",
            style="italic",
            fontsize=SMALL,
            transform=axes.get_yaxis_transform(),
        )
        return
    if math.isfinite(one.log_low) and math.isfinite(one.log_high):
        ends = np.array([one.log_low, one.log_high]) / LOG_10
        axes.plot(ends, [position, position], "|-", color=colour, lw=1.3, ms=6, mew=1.0, gid="interval")
    at = one.log_rate / LOG_10
    if one.recommended:
        axes.plot(at, position, "o", ms=9, mfc="none", mec="0.35", mew=0.8, gid="recommended")
    axes.plot(
        at,
        position,
        "D" if one.closed_form else "o",
        color=colour,
        mfc="white" if one.closed_form else colour,
        ms=4.2 if one.closed_form else 4.6,
        mew=1.1,
        gid="closed form" if one.closed_form else "measured",
    )
    axes.text(1.01, position, number_text(one), va="center", fontsize=SMALL, transform=axes.get_yaxis_transform())


def in_words(one: Estimate) -> list[str]:
    """What is said where a rate has no place on a logarithmic axis, in lines."""
    reason = f": {one.note}" if one.note else ""
    if math.isinf(one.log_rate):
        text = "rate " + reason[2:] if reason.startswith(": 0") else f"rate 0{reason}"
    else:
        bound = f", below {power_text(one.log_high)}" if math.isfinite(one.log_high) else ""
        text = f"no rate{bound}{reason}"
    return broken(text, SMALL, WORDS).split("\n")


def power_text(log_value: float, digits: int = 2) -> str:
    mantissa, power = scaled(log_value)
    return f"{mantissa:.{digits}f}{power_of_ten(power)}"


def scaled(log_value: float) -> tuple[float, int]:
    """Mantissa and power of ten, also of what no double holds."""
    decades = log_value / LOG_10
    power = math.floor(decades)
    return 10.0 ** (decades - power), power


def number_text(one: Estimate) -> str:
    """The rate, of its interval the digits that it leaves, and a power of ten."""
    mantissa, power = scaled(one.log_rate)
    times = power_of_ten(power)
    if not (math.isfinite(one.log_low) and math.isfinite(one.log_high)):
        return f"{mantissa:.3f}{times}"
    low, high = (math.exp(end - power * LOG_10) for end in (one.log_low, one.log_high))
    if high >= 100:
        return f"{mantissa:.1f}{times} (up to {power_text(one.log_high, 1)})"
    digits = int(np.clip(1 - math.floor(math.log10(max(high - low, 1e-6) / 2)), 1, 4))
    value, *ends = (f"{number:.{digits}f}" for number in (mantissa, low, high))
    return f"{value}{times}" if ends[0] == ends[1] else f"{value} [{ends[0]}, {ends[1]}]{times}"


def add_legend(axes: Any, shown: Sequence[Estimate]) -> None:
    grey = {"color": "0.25", "ls": "none"}
    handles = []
    if any(not one.closed_form for one in shown):
        handles.append(Line2D([], [], marker="o", ms=4.6, label="solved or simulated, with interval", **grey))
    if any(one.closed_form for one in shown):
        handles.append(Line2D([], [], marker="D", ms=4.2, mfc="white", label="closed form", **grey))
    if any(one.recommended for one in shown):
        handles.append(Line2D([], [], marker="o", ms=9, mfc="none", mec="0.35", ls="none", label="recommended"))
    axes.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncol=3,
        borderaxespad=0.0,
        handletextpad=0.2,
        columnspacing=1.2,
    )
