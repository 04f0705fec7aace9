"""Valleys on a map: where they end, their lowest points, and names that do not lie on each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.quiver import Quiver

from .data import ResultData
from .style import SMALL, plain, readable_on, series

PLACES = (
    (0, 7, "center", "bottom"),
    (0, -7, "center", "top"),
    (6, 0, "left", "center"),
    (-6, 0, "right", "center"),
    (5, 6, "left", "bottom"),
    (-5, 6, "right", "bottom"),
    (5, -6, "left", "top"),
    (-5, -6, "right", "top"),
    (0, 17, "center", "bottom"),
    (0, -17, "center", "top"),
)  # points, and how the name is aligned
ARROW = 5  # points around its middle


def outline_valleys(data: ResultData, axes: Any, colour: str) -> None:
    for valley in range(len(data.valleys)):
        inside = (data["valley_label"] == valley).astype(float)
        # A boundary of two valleys once: the dashes of one would fill the gaps of the other.
        inside[(data["valley_label"] >= 0) & (data["valley_label"] < valley)] = np.nan
        if np.nanmin(inside, initial=1.0) < np.nanmax(inside, initial=0.0):
            axes.contour(data["x"], data["y"], inside, levels=[0.5], colors=colour, linewidths=0.8, linestyles="--")


def draw_paths(data: ResultData, axes: Any) -> None:
    edge = withStroke(linewidth=2.4, foreground="0.3")
    for x, y in zip(data["path_x"], data["path_y"]) if has_paths(data) else ():
        axes.plot(x, y, color="white", lw=1.3, gid="path", zorder=4.5, path_effects=[edge])


def has_paths(data: ResultData) -> bool:
    return "path_x" in data and "path_y" in data and bool(np.isfinite(data["path_x"]).any())


def lowest_points(data: ResultData) -> dict[int, tuple[float, float]]:
    """The minimum of each valley, or where its landscape is lowest, or its middle."""
    points = {}
    for valley in range(len(data.valleys)):
        inside = data["valley_label"] == valley
        known = [float(data[f"valley_minimum_{axis}"][valley]) for axis in "xy" if f"valley_minimum_{axis}" in data]
        if len(known) == 2 and np.isfinite(known).all():
            points[valley] = (known[0], known[1])
        elif inside.any() and "landscape" in data:
            row, column = np.unravel_index(np.argmin(np.where(inside, data["landscape"], np.inf)), inside.shape)
            points[valley] = (float(data["x"][column]), float(data["y"][row]))
        elif inside.any():
            rows, columns = np.nonzero(inside)
            points[valley] = (float(data["x"][columns].mean()), float(data["y"][rows].mean()))
    return points


def mark_valleys(data: ResultData, figure: Any, axes: Any, quiet: bool = False) -> None:
    """By their numbers where the program has named them valley_1 and so on, else by their names. quiet: dots alone."""
    numbered = data.valley_signs != data.valleys
    for valley, (x, y) in lowest_points(data).items():
        colour = series(valley).colour
        if quiet:
            axes.plot(x, y, "o", color="black", mec="white", mew=0.7, ms=4, zorder=5, gid="valley")
            continue
        axes.plot(x, y, "o", color=colour, mec="white", mew=0.8, ms=9 if numbered else 6, zorder=5, gid="valley")
        name = data.valley_signs[valley]
        if numbered:
            axes.annotate(
                name,
                (x, y),
                ha="center",
                va="center_baseline",
                color=readable_on(colour),
                weight="bold",
                fontsize=6,
                zorder=6,
                gid="number",
            )
        else:
            axes.annotate(
                plain(name),
                (x, y),
                xytext=PLACES[0][:2],
                textcoords="offset points",
                ha="center",
                va="bottom",
                color="white",
                fontsize=SMALL,
                zorder=6,
                gid="name",
                path_effects=[withStroke(linewidth=1.8, foreground="0.15")],
            )


def separate_names(axes: Any) -> None:
    """Moves names, once the sheet is laid out, to where they cover neither each other nor a valley's lowest point, nor
    a path if that can be, and few arrows."""
    names = [text for text in axes.texts if text.get_gid() == "name"]
    taken = [line.get_window_extent() for line in axes.lines if line.get_gid() == "valley"]
    paths = [axes.transData.transform(line.get_xydata()) for line in axes.lines if line.get_gid() == "path"]
    arrows = [axes.transData.transform(one.get_offsets()) for one in axes.collections if isinstance(one, Quiver)]
    for text in names:

        def place(option: tuple[int, int, str, str]) -> float:
            text.set_position(option[:2])
            text.set(ha=option[2], va=option[3])
            box = text.get_window_extent()
            inside = axes.bbox.fully_containsx(box.x0) and axes.bbox.fully_containsx(box.x1)
            inside = inside and axes.bbox.fully_containsy(box.y0) and axes.bbox.fully_containsy(box.y1)
            crossed = any(box.count_contains(path) for path in paths)
            covered = sum(box.padded(ARROW).count_contains(places) for places in arrows)
            overlapped = sum(bool(box.overlaps(other)) for other in taken)
            return float(overlapped + 0.5 * crossed + 0.02 * min(covered, 10) + (0 if inside else 2))

        place(min(PLACES, key=place))
        taken.append(text.get_window_extent())
