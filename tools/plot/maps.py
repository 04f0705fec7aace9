"""Panels of two coordinates: maps of equal size over the same ground."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap, LogNorm, Normalize
from matplotlib.ticker import MaxNLocator

from .arrows import add_arrows
from .data import ResultData
from .ground import limits, occupied
from .layout import Panel
from .map_marks import draw_paths, has_paths, mark_valleys, outline_valleys
from .style import escape_name, number, plain
from .times import chosen_frames, time_name

FRAMES = 3
DECADES = 6  # of density, in colours
# Without the darkest ends, on which arrows would not be seen.
COMMITTOR = ListedColormap(plt.get_cmap("PuOr")(np.linspace(0.2, 0.8, 10)))
BEYOND = "0.93"  # higher than anything that is reached

Draw = Callable[[Any, Any], None]


def landscape(data: ResultData) -> Panel:
    def draw(figure: Any, axes: Any) -> None:
        shade_heights(data, figure, axes, data["landscape"], data.label("landscape", "landscape"))
        outline_valleys(data, axes, "black")
        draw_paths(data, axes)
        mark_valleys(data, figure, axes)
        finish(data, axes, title_with_paths(data, "landscape"))

    return panel(data, draw)


def title_with_paths(data: ResultData, name: str) -> str:
    return name + (", valleys, most probable paths" if has_paths(data) else " and valleys")


def shade_heights(data: ResultData, figure: Any, axes: Any, values: Any, name: str) -> None:
    """In colours as far as a density reaches; nothing is painted outside the domain."""
    reached = values[occupied(data) & np.isfinite(values)]
    low, high = float(np.nanmin(values)), float(reached.max() if reached.size else np.nanmax(values))
    levels = MaxNLocator(20).tick_values(low, high if high > low else low + 1.0)
    palette = plt.get_cmap("cividis").copy()
    palette.set_over(BEYOND)
    filled = axes.contourf(data["x"], data["y"], values, levels=levels, cmap=palette, extend="max")
    axes.contour(data["x"], data["y"], values, levels=levels, colors="white", linewidths=0.25, alpha=0.6)
    ticks = MaxNLocator(6).tick_values(low, high)
    bar(figure, axes, filled, name, ticks=ticks[(ticks >= levels[0]) & (ticks <= levels[-1])])


def densities(data: ResultData) -> list[Panel]:
    """Frames of the evolution in the same colours, or the stationary density."""
    if "density" not in data:
        return [stationary(data)]
    frames = chosen_frames(data["time"], FRAMES)
    # The start may be very narrow: the colours are those of what it becomes.
    highest = max(float(np.nanmax(data.frame("density", frame))) for frame in frames[1:] or frames)
    return [frame_panel(data, frame, highest) for frame in frames]


def frame_panel(data: ResultData, frame: int, highest: float | None = None) -> Panel:
    return density_panel(
        data,
        data.frame("density", frame),
        data.label("density", "density"),
        f"density at {time_name(data, frame)}",
        highest,
    )


def stationary(data: ResultData) -> Panel:
    return density_panel(
        data, data["stationary_density"], data.label("stationary_density", "density"), "stationary density"
    )


def density_panel(data: ResultData, values: Any, name: str, title: str, highest: float | None = None) -> Panel:
    def draw(figure: Any, axes: Any) -> None:
        top = highest or float(np.nanmax(values, initial=0.0)) or 1.0
        image = axes.pcolormesh(
            data["x_edge"],
            data["y_edge"],
            data.drawn(values),
            rasterized=True,
            cmap="magma_r",
            norm=LogNorm(top * 10.0**-DECADES, top),
        )
        bar(figure, axes, image, name, extend="both" if np.nanmax(values, initial=0.0) > top else "min")
        outline_valleys(data, axes, "0.35")
        finish(data, axes, title)

    return panel(data, draw)


def committor(data: ResultData, escape: tuple[str, str]) -> Panel:
    """With the current of transitions and the most probable paths."""
    pair = "_".join(escape)

    def draw(figure: Any, axes: Any) -> None:
        values = np.clip(data[f"committor_{pair}"], 0.0, 1.0)  # round-off lies beyond
        filled = axes.contourf(data["x"], data["y"], values, levels=np.linspace(0.0, 1.0, 11), cmap=COMMITTOR)
        if np.nanmin(values) < 0.5 < np.nanmax(values):
            axes.contour(data["x"], data["y"], values, levels=[0.5], colors="black", linewidths=0.9)
        bar(figure, axes, filled, "probability to arrive", ticks=[0, 0.2, 0.4, 0.6, 0.8, 1])
        current = f"reactive_current_x_{pair}" in data
        if current:
            u, v = (data[f"reactive_current_{axis}_{pair}"] for axis in "xy")
            add_arrows(data, axes, u, v, colour="black")
        mark_valleys(data, figure, axes, quiet=True)
        finish(data, axes, f"committor{' and current' if current else ''}, {escape_name(*escape)}")

    return panel(data, draw)


def currents(data: ResultData, u: Any, v: Any, title: str, name: str) -> Panel:
    """Strength in colours, direction by arrows."""

    def draw(figure: Any, axes: Any) -> None:
        size = np.hypot(u, v)
        top = float(np.nanmax(size)) or 1.0
        image = axes.pcolormesh(
            data["x_edge"], data["y_edge"], size, rasterized=True, cmap="magma_r", norm=Normalize(0.0, top)
        )
        bar(figure, axes, image, name, ticks=MaxNLocator(6, steps=[1, 2, 5, 10], min_n_ticks=3))
        add_arrows(data, axes, u, v, colour="#0072b2")
        outline_valleys(data, axes, "0.35")
        finish(data, axes, title)

    return panel(data, draw)


def drift(data: ResultData) -> Panel:
    """Over the landscape, or over its own strength where there is none."""
    u, v = data["drift_x"], data["drift_y"]

    def draw(figure: Any, axes: Any) -> None:
        if "landscape" in data:
            shade_heights(data, figure, axes, data["landscape"], data.label("landscape", "landscape"))
        else:
            image = axes.pcolormesh(data["x_edge"], data["y_edge"], np.hypot(u, v), rasterized=True, cmap="cividis")
            bar(figure, axes, image, data.label("drift_x", "strength of the drift"))
        outline_valleys(data, axes, "black" if "landscape" in data else "white")
        seen = occupied(data)
        add_arrows(data, axes, np.where(seen, u, 0.0), np.where(seen, v, 0.0), colour="0.85")
        draw_paths(data, axes)
        mark_valleys(data, figure, axes)
        finish(data, axes, title_with_paths(data, "drift"))

    return panel(data, draw)


def heights(data: ResultData, field: str, name: str, title: str) -> Panel:
    """A field that has its least value in a valley, such as a quasi-potential."""

    def draw(figure: Any, axes: Any) -> None:
        shade_heights(data, figure, axes, data[field], data.label(field, name))
        outline_valleys(data, axes, "black")
        mark_valleys(data, figure, axes)
        finish(data, axes, title)

    return panel(data, draw)


# ---- what all maps share ---------------------------------------------------------------------------------------------


def shape(data: ResultData) -> float:
    """Height over width: of the ground itself where both coordinates are of one kind and neither is much longer."""
    width, height = (float(np.ptp(limits(data, axis))) for axis in "xy")
    true = height / width
    return true if data.unit("x") == data.unit("y") and 0.5 <= true <= 1.6 else 0.85


def panel(data: ResultData, draw: Draw) -> Panel:
    return Panel(draw, shape=shape(data))


def bar(figure: Any, axes: Any, image: Any, name: str, **options: Any) -> None:
    """Beside the map, as high as it is."""
    added = figure.colorbar(image, cax=axes.inset_axes([1.03, 0.0, 0.045, 1.0]), label=plain(name), **options)
    if not isinstance(image.norm, LogNorm):
        added.ax.yaxis.set_major_formatter(number)


def finish(data: ResultData, axes: Any, title: str) -> None:
    axes.set(
        xlabel=plain(data.axis_label("x")),
        ylabel=plain(data.axis_label("y")),
        xlim=limits(data, "x"),
        ylim=limits(data, "y"),
    )
    axes.set_box_aspect(shape(data))
    axes.set_title(plain(title))
