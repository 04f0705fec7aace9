"""Panels of one coordinate: what is known at every point of the line."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.ticker import MaxNLocator

from .data import ResultData
from .decades import logarithmic
from .ground import FRAMES, limits, occupied
from .layout import Panel
from .legends import sample
from .style import LINES, escape_name, number, plain, readable_on, series
from .times import chosen_frames, frame_colours

MOST_CURVES = 8
NEEDLES = 0.12  # of the axis: densities that take less are drawn over a logarithmic scale
DECADES = 12  # of it
SPIKE = 2.5  # of the other densities: a start that is higher leaves the panel


def landscape(data: ResultData) -> Panel:
    def draw(figure: Any, axes: Any) -> None:
        axes.plot(data["x"], data["landscape"], color="black")
        axes.set_ylim(*shown_range(data, data["landscape"]))
        finish(data, axes, data.label("landscape", "landscape"), "landscape")

    return Panel(draw, stretches=True)


def shown_range(data: ResultData, values: Any) -> tuple[float, float]:
    """Of values where a density is, and between the valleys: walls far above would flatten these."""
    reached = values[(occupied(data, 0.01) | between_minima(data)) & np.isfinite(values)]
    if not reached.size:
        return 0.0, 1.0
    low, high = float(reached.min()), float(reached.max())
    room = 0.1 * (high - low) or 0.5
    return low - room, high + 2 * room


def between_minima(data: ResultData) -> Any:
    """Cells between the lowest points of the first and of the last valley."""
    minima = data["valley_minimum_x"] if "valley_minimum_x" in data else np.array([])
    known = minima[np.isfinite(minima)]
    return (data["x"] >= known.min()) & (data["x"] <= known.max()) if known.size else np.zeros(data["x"].size, bool)


def density(data: ResultData) -> Panel:
    """Frames of the evolution, the stationary and the quasi-stationary densities."""
    frames = chosen_frames(data["time"], FRAMES) if "density" in data else []
    curves: list[tuple[Any, dict[str, Any]]] = []  # values, and how they are drawn
    if "stationary_density" in data:
        look = {"color": "black", "lw": 1.5, "ls": LINES[1], "label": "stationary"}
        curves.append((data["stationary_density"], look))
    for k, escape in enumerate(data.escapes_with("quasi_stationary_density")[:2]):
        look = {"color": data.style_of(escape).colour, "ls": LINES[2 + k], "lw": 1.1}
        look["label"] = f"quasi-stationary, {escape_name(*escape)}"
        curves.append((data["_".join(("quasi_stationary_density", *escape))], look))
    handles = [sample(**look) for _, look in curves]
    if "particle_density" in data:
        handles.insert(0, sample("particles at the end", color="0.45", lw=0.7))

    def draw(figure: Any, axes: Any) -> None:
        for frame, colour in zip(frames, frame_colours(len(frames))):
            axes.plot(data["x"], data.drawn(data.frame("density", frame)), color=colour, gid="frame")
        if frames:
            add_times(data, figure, axes, frames)
        if "particle_density" in data:
            axes.stairs(data["particle_density"], data["x_edge"], color="0.45", lw=0.7)
        for values, look in curves:
            axes.plot(data["x"], data.drawn(values), **look)
        name = "density" if "density" in data else "stationary_density"
        finish(data, axes, data.label(name, "probability density"), "densities" + scale_densities(data, axes))

    return Panel(draw, legend=handles, stretches=True)


def scale_densities(data: ResultData, axes: Any) -> str:
    """The scale on which the densities of a panel are seen, and what the title says of it."""
    tops = {line: float(np.nanmax(line.get_ydata(), initial=0.0)) for line in axes.lines}
    if not any(tops.values()):
        return ""
    low, high = limits(data, "x")
    shown = (data["x"] >= low) & (data["x"] <= high)
    wide = np.zeros(shown.size, bool)
    for line, top in tops.items():
        wide |= np.nan_to_num(line.get_ydata()) > 0.01 * top
    highest = max(tops.values())
    if np.mean(wide[shown]) < NEEDLES:
        axes.set_ylim(highest * 10.0**-DECADES, 3 * highest)
        logarithmic(axes.yaxis)
        return ""
    start, *others = tops.values()
    if axes.lines[0].get_gid() == "frame" and others and start > SPIKE * max(others):
        axes.set_ylim(0, 1.25 * max(others))
        return f" (at the start up to {number(start, digits=3)})"
    axes.set_ylim(bottom=0)
    return ""


def add_times(data: ResultData, figure: Any, axes: Any, frames: list[int]) -> None:
    """Beside the densities, the time of each colour."""
    colours = plt.cm.ScalarMappable(
        BoundaryNorm(np.arange(len(frames) + 1) - 0.5, len(frames)), ListedColormap(frame_colours(len(frames)))
    )
    bar = figure.colorbar(colours, cax=axes.inset_axes([1.03, 0.0, 0.035, 1.0]), ticks=range(len(frames)))
    bar.ax.set_yticklabels([number(data["time"][frame], digits=4) for frame in frames])
    bar.ax.tick_params(length=0)
    bar.set_label(plain(data.label("time", "time")))


def of_escapes(data: ResultData, field: str, title: str, unit: str, escapes: list[tuple[str, str]]) -> Panel:
    """One curve an escape. unit: where the case says none."""
    shown = escapes[:MOST_CURVES]
    looks = {escape: look_of(data, escape) for escape in shown}

    def draw(figure: Any, axes: Any) -> None:
        for escape, look in looks.items():
            axes.plot(data["x"], data["_".join((field, *escape))], markevery=0.12, **look)
        axes.margins(y=0.08)
        more = f" ({len(shown)} of {len(escapes)} escapes)" if len(escapes) > len(shown) else ""
        finish(data, axes, data.label("_".join((field, *escapes[0])), title, unit), title + more)

    return Panel(draw, legend=[sample(**look) for look in looks.values()], stretches=True)


def look_of(data: ResultData, escape: tuple[str, str]) -> dict[str, Any]:
    style = data.style_of(escape)
    return {"color": style.colour, "ls": style.line, "marker": style.marker, "ms": 3.5, "label": escape_name(*escape)}


def of_escape(data: ResultData, field: str, title: str, unit: str, escape: tuple[str, str]) -> Panel:
    return of_escapes(data, field, title, unit, [escape])


def one_curve(data: ResultData, field: str, name: str, title: str, frame: int | None = None, unit: str = "") -> Panel:
    def draw(figure: Any, axes: Any) -> None:
        values = data[field] if frame is None else data.frame(field, frame)
        axes.axhline(0, color="0.8", lw=0.6)
        axes.plot(data["x"], values, color="black")
        axes.set_ylim(*shown_range(data, values))
        finish(data, axes, data.label(field, name, unit), title)

    return Panel(draw, stretches=True)


def finish(data: ResultData, axes: Any, name: str, title: str) -> None:
    axes.set(xlim=limits(data, "x"), xlabel=plain(data.axis_label("x")), ylabel=plain(name))
    if axes.get_yscale() == "linear":
        axes.yaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], min_n_ticks=3))
        axes.yaxis.set_major_formatter(number)
    axes.set_title(plain(title), pad=16 if "valley_label" in data else None)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if "valley_label" in data:
        name_valleys(data, axes)


def name_valleys(data: ResultData, axes: Any) -> None:
    """A band of its colour above each stretch of a valley, and dashes where one ends."""
    edges, labels = data["x_edge"], data["valley_label"]
    ends = np.flatnonzero(np.diff(labels)) + 1
    names = data.valley_signs if len(data.valleys) > 4 else data.valleys
    low, high = axes.get_xlim()
    for start, stop in zip(np.r_[0, ends], np.r_[ends, labels.size]):
        left, right = max(edges[start], low), min(edges[stop], high)
        if left >= right:
            continue
        if left > low:
            axes.axvline(left, color="0.6", lw=0.6, ls=(0, (4, 3)), zorder=0)
        if labels[start] < 0:
            continue
        axes.axvspan(left, right, 1.02, 1.09, color=series(labels[start]).colour, lw=0, clip_on=False)
        axes.text(
            0.5 * (left + right),
            1.056,
            plain(names[labels[start]]),
            color=readable_on(series(labels[start]).colour),
            weight="bold",
            ha="center",
            va="center",
            fontsize=6,
            transform=axes.get_xaxis_transform(),
            gid=f"band {left} {right}",
        )


def shorten_names(axes: Any) -> None:
    """To what the bands above the valleys have room for, once the sheet is laid out."""
    for text in axes.texts:
        kind, *ends = (text.get_gid() or " ").split(" ")
        if kind != "band":
            continue
        left, right = axes.transData.transform([(float(end), 0.0) for end in ends])[:, 0]
        name = text.get_text()
        while len(name) > 1 and text.get_window_extent().width > right - left:
            name = name[:-1]
            text.set_text(name + "…")
