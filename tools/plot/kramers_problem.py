"""A solved landscape with two valleys as Kramers' problem: map and section along the most probable path, with the current
of transitions, the stationary density and the rates either way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from .data import ResultData
from .layout import Panel
from .legends import sample
from .rates import number_text
from .style import SMALL, plain

ORIGIN, TARGET, SADDLE, DENSITY = "#d55e00", "#009e73", "#000000", "#0072b2"  # Okabe & Ito: safe for colour-blind eyes
PATH, EXPANSION = "#e69f00", "#cc79a7"
CLIP = 2.0  # barriers above the minima: higher ground is left white
DECADES = 6  # of density at least, for panels to be compared
HEIGHT = 3.0  # inches

Landscape = Mapping[str, Any]


def landscape_panels(result: ResultData, title: str) -> list[Panel]:
    """The map, and the section along the most probable path. a1 is where the result's first path starts, a2 where it
    ends. Raises ValueError for a result that lacks what is drawn."""
    data = read(result)
    s, points, critical, barrier = section(data)

    def draw_left(figure: Any, axes: Any) -> None:
        draw_map(figure, axes, data, critical, barrier)
        axes.set_title(plain(title))

    def draw_right(figure: Any, axes: Any) -> None:
        draw_section(axes, data, s, points, critical, barrier)

    on_map = [
        sample("most probable path", color=PATH, lw=1.8),
        sample("boundary of the valleys", color="black", lw=0.9, ls="--"),
    ]
    along_path = [
        sample("landscape", color="black", lw=1.6),
        sample("to second order", color=EXPANSION, lw=1.0, ls="--"),
        sample("density", color=DENSITY, lw=1.3, ls="-."),
    ]
    return [Panel(draw_left, HEIGHT, legend=on_map), Panel(draw_right, HEIGHT, legend=along_path)]


def read(result: ResultData) -> Landscape:
    """The datasets that are drawn, the current of the first path's escape among them as current_x and current_y."""

    def data(name: str) -> Any:
        if name not in result:
            raise ValueError(
                f"the result holds no dataset /{name}: the picture needs a landscape in two dimensions with "
                "two valleys, solved with most probable paths and reactive_flux"
            )
        return result[name]

    found = {
        name: data(name)
        for name in (
            "x",
            "y",
            "landscape",
            "stationary_density",
            "valley_label",
            "valley_stationary_probability",
            "path",
            "path_x",
            "path_y",
        )
    }
    if not len(found["path"]):
        raise ValueError("the result holds no most probable path")
    pair = str(found["path"][0]).split("->")
    missing = [name for name in pair if name not in result.valleys]
    if missing:
        raise ValueError(f"the path {found['path'][0]} leads to no single valley")
    rates = {
        one.escape: number_text(one) for one in result.estimates if one.recommended and math.isfinite(one.log_rate)
    }
    currents = {f"current_{axis}": data(f"reactive_current_{axis}_" + "_".join(pair)) for axis in "xy"}
    return {**found, **currents, "pair": pair, "rates": rates, "valley": result.valleys}


# ---- between the cells -----------------------------------------------------------------------------------------------


def taylor(data: Landscape, point: Any) -> tuple[Any, Any]:
    """Value and Hessian of the landscape at a point, by the quartic polynomial through the 7 x 7 cells around it."""
    x, y = data["x"], data["y"]
    columns, rows = (
        np.clip(np.searchsorted(axis, at) - 3, 0, axis.size - 7) + np.arange(7) for axis, at in zip((x, y), point)
    )
    u, v = np.meshgrid(x[columns] - point[0], y[rows] - point[1])
    powers = [(i, j) for i in range(5) for j in range(5 - i)]
    matrix = np.stack([(u**i * v**j).ravel() for i, j in powers], axis=1)
    values = data["landscape"][np.ix_(rows, columns)].ravel()
    c = dict(zip(powers, np.linalg.lstsq(matrix, values, rcond=None)[0]))
    hessian = np.array([[2 * c[2, 0], c[1, 1]], [c[1, 1], 2 * c[0, 2]]])
    return c[0, 0], hessian


def between(data: Landscape, field: Any, points: Any) -> Any:
    """Bilinear in a field on the grid."""
    x, y = data["x"], data["y"]
    i, j = (np.clip(np.searchsorted(axis, at) - 1, 0, axis.size - 2) for axis, at in zip((x, y), points.T))
    s, t = (points[:, 0] - x[i]) / (x[i + 1] - x[i]), (points[:, 1] - y[j]) / (y[j + 1] - y[j])
    return (1 - t) * ((1 - s) * field[j, i] + s * field[j, i + 1]) + t * (
        (1 - s) * field[j + 1, i] + s * field[j + 1, i + 1]
    )


def smooth(field: Any, cells: int) -> Any:
    """Running mean, edges repeated."""
    for axis in (0, 1):
        padded = np.pad(field, [(cells, cells) if k == axis else (0, 0) for k in (0, 1)], mode="edge")
        field = np.mean([np.take(padded, np.arange(field.shape[axis]) + k, axis) for k in range(2 * cells + 1)], axis=0)
    return field


def section(data: Landscape) -> tuple[Any, Any, Any, float]:
    """Points along the first path, prolonged straight at both ends; their arc length from its start (a1); and of a1, b
    and a2 each the arc length, the point, the height, the curvature and the direction of the path."""
    path = np.stack([data["path_x"][0], data["path_y"][0]], axis=1)
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    path = path[np.r_[True, steps > 0]]
    length = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    heights = np.array([taylor(data, p)[0] for p in path])
    top = int(np.argmax(heights))
    critical = []
    for k, one, other in ((0, 0, 6), (top, top - 4, top + 4), (len(path) - 1, len(path) - 7, len(path) - 1)):
        tangent = (path[other] - path[one]) / np.linalg.norm(path[other] - path[one])
        height, hessian = taylor(data, path[k])
        curvatures, directions = np.linalg.eigh(hessian)
        along = int(np.argmax(np.abs(directions.T @ tangent)))  # H_ae, H_be: of the eigenvector that the path follows
        critical.append((length[k], path[k], height, curvatures[along], tangent))
    barrier = critical[1][2] - max(critical[0][2], critical[2][2])

    def prolonged(end: Any, sign: int) -> Any:
        """Outwards until the height of the barrier or the edge of the grid is reached."""
        points, step = [], 0.01 * length[-1]
        for n in range(1, 60):
            point = end[1] + sign * n * step * end[4]
            inside = all(axis[0] < at < axis[-1] for axis, at in zip((data["x"], data["y"]), point))
            if not inside or taylor(data, point)[0] > end[2] + 1.1 * barrier:
                break
            points.append((end[0] + sign * n * step, point))
        return points

    before, behind = prolonged(critical[0], -1)[::-1], prolonged(critical[2], 1)
    s = np.r_[[p[0] for p in before], length, [p[0] for p in behind]]
    points = np.vstack([*(p[1] for p in before), path, *(p[1] for p in behind)])
    return s, points, critical, barrier


# ---- the two pictures ------------------------------------------------------------------------------------------------


def name_point(axes: Any, name: str, point: Any, offset: Any, colour: str, around: str) -> None:
    axes.annotate(
        name,
        point,
        xytext=offset,
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=SMALL,
        color=colour,
        zorder=6,
        path_effects=[withStroke(linewidth=1.8, foreground=around)],
    )


def ticks_between(low: float, high: float, number: int) -> list[float]:
    room = 1e-3 * (high - low)
    return [v for v in MaxNLocator(number).tick_values(low, high) if low - room < v < high + room]


def draw_map(figure: Any, axes: Any, data: Landscape, critical: Any, barrier: float) -> None:
    low = min(critical[0][2], critical[2][2])
    levels = low + barrier * np.linspace(0.0, CLIP, 11)
    heights = np.maximum(data["landscape"], low)
    filled = axes.contourf(
        data["x"], data["y"], heights, levels=levels, cmap="cividis", vmin=low, vmax=low + 1.2 * CLIP * barrier
    )
    axes.contour(data["x"], data["y"], heights, levels=levels[1:], colors="white", linewidths=0.3, alpha=0.6)
    bar = figure.colorbar(filled, cax=axes.inset_axes([1.03, 0.0, 0.045, 1.0]), ticks=ticks_between(low, levels[-1], 5))
    bar.set_label("L", fontsize=SMALL)
    bar.ax.tick_params(labelsize=SMALL)

    inside = (data["valley_label"] == list(data["valley"]).index(data["pair"][0])).astype(float)
    shown = np.where(data["landscape"] < levels[-1], smooth(inside, 4), np.nan)  # the cells' steps smoothed away
    axes.contour(data["x"], data["y"], shown, levels=[0.5], colors="black", linewidths=0.9, linestyles="--", zorder=3)
    axes.plot(data["path_x"][0], data["path_y"][0], color=PATH, lw=1.8, zorder=3)
    draw_current(axes, data)
    # Not as formulas, which lack the characters of some names.
    names = (plain(f"a₁ ({data['pair'][0]})"), "$b$", plain(f"a₂ ({data['pair'][1]})"))
    for (_, point, *_), name, colour, offset in zip(
        critical, names, (ORIGIN, SADDLE, TARGET), ((-2, -11), (7, 9), (2, -11))
    ):
        axes.plot(*point, "o", color=colour, mec="white", mew=0.8, ms=6, zorder=5)
        name_point(axes, name, point, offset, "white", "0.15")

    seen = data["landscape"] < levels[-1]
    for axis, across, set_limits in (("x", 0, axes.set_xlim), ("y", 1, axes.set_ylim)):
        reached = data[axis][seen.any(axis=across)]
        room = 0.03 * np.ptp(reached)
        set_limits(reached[0] - room, reached[-1] + room)
    axes.set_aspect("equal")
    axes.set_xlabel("x", fontsize=SMALL)
    axes.set_ylabel("y", fontsize=SMALL)
    axes.tick_params(labelsize=SMALL)


def draw_current(axes: Any, data: Landscape) -> None:
    """Arrows in proportion to the square root of the current, which falls by decades beside the path."""
    gap = max(np.ptp(data["path_x"][0]), np.ptp(data["path_y"][0])) / 15
    x, y = (np.arange(data[a][1], data[a][-2], gap) for a in "xy")
    where = np.stack([c.ravel() for c in np.meshgrid(x, y)], axis=1)
    u, v = (between(data, data[f"current_{a}"], where) for a in "xy")
    size = np.hypot(u, v)
    keep = size > 0.04 * size.max()
    scale = 1.25 * gap / np.sqrt(size[keep] * size.max())
    axes.quiver(
        *where[keep].T,
        scale * u[keep],
        scale * v[keep],
        angles="xy",
        scale_units="xy",
        scale=1,
        pivot="middle",
        color="white",
        width=0.005,
        headwidth=3.6,
        headlength=4,
        headaxislength=3.6,
        zorder=4,
    )


def share(probability: float) -> str:
    """Three digits, and of what is close to 1 two digits of the rest."""
    rest = 1.0 - probability
    return f"{probability:.3g}" if rest > 0.01 or rest <= 0 else f"{probability:.{1 - math.floor(math.log10(rest))}f}"


def draw_section(axes: Any, data: Landscape, s: Any, points: Any, critical: Any, barrier: float) -> None:
    low = min(critical[0][2], critical[2][2])
    heights = np.array([taylor(data, p)[0] for p in points])
    (a1, *_), (b, *_), (a2, *_) = critical
    axes.plot(s, heights, color="black", lw=1.6, zorder=3)
    for at, _, height, curvature, _ in critical:
        reach = math.sqrt(2 * 0.8 * barrier / abs(curvature))
        t = np.linspace(-reach, reach, 101)
        axes.plot(at + t, height + 0.5 * curvature * t**2, "--", color=EXPANSION, lw=1.0, zorder=2)

    falling = (s > b) & (s <= a2)
    c = np.interp(-(low + 0.5 * barrier), -heights[falling], s[falling])
    for at, name, colour, offset in (
        (a1, "$a_1$", ORIGIN, (0, -9)),
        (b, "$b$", SADDLE, (0, 9)),
        (a2, "$a_2$", TARGET, (0, -9)),
        (c, "$c$", "0.35", (8, 5)),
    ):
        point = (at, np.interp(at, s, heights))
        axes.plot(*point, "o", color=colour, mec="white", mew=0.8, ms=6, zorder=5)
        name_point(axes, name, point, offset, colour, "white")
    probability = dict(zip(data["valley"], data["valley_stationary_probability"]))
    for end, name, colour in ((critical[0], data["pair"][0], ORIGIN), (critical[2], data["pair"][1], TARGET)):
        words = {"ha": "center", "va": "top", "fontsize": SMALL, "color": colour, "linespacing": 1.3}
        axes.text(end[0], low - 0.24 * barrier, plain(name), **words)
        about = f"$H_{{ae}}$ = {end[3]:.3g}\nP = {share(probability[name])}"
        axes.annotate(about, (end[0], low - 0.24 * barrier), (0, -1.3 * SMALL), textcoords="offset points", **words)
    axes.text(
        b,
        low - 0.24 * barrier,
        f"saddle\n$H_{{be}}$ = {critical[1][3]:.3g}".replace("-", "−"),
        ha="center",
        va="top",
        fontsize=SMALL,
        linespacing=1.3,
    )

    for (origin, target), start, end, height, colour in (
        (data["pair"], a1, a2, 1.37, ORIGIN),
        (data["pair"][::-1], a2, a1, 1.68, TARGET),
    ):
        rate = data["rates"].get((origin, target))
        if rate:
            at = low + height * barrier
            axes.annotate("", (end, at), (start, at), arrowprops={"arrowstyle": "->", "color": colour, "lw": 1.1})
            axes.text(
                0.5 * (a1 + a2),
                at + 0.03 * barrier,
                plain(f"{origin} → {target}: ") + rate,
                ha="center",
                va="bottom",
                fontsize=SMALL,
                color=colour,
            )
    bottom, top = -0.72, 1.95  # in barriers, with room for the words below and the rates above
    axes.set_ylim(low + bottom * barrier, low + top * barrier)
    room = 0.05 * (s[-1] - s[0])
    axes.set_xlim(s[0] - room, s[-1] + room)
    axes.set_yticks(ticks_between(low, low + 1.1 * barrier, 6))
    axes.set_xlabel("length of the path from $a_1$", fontsize=SMALL)
    axes.set_ylabel("L along the most probable path", fontsize=SMALL)
    axes.tick_params(labelsize=SMALL)

    densities = axes.twinx()
    density = between(data, np.log10(np.maximum(data["stationary_density"], 1e-300)), points)
    densities.plot(s, density, color=DENSITY, lw=1.3, ls="-.")
    highest = math.ceil(density.max())
    decades = max(DECADES, highest - math.floor(density[(s >= a1) & (s <= a2)].min()))
    at_top, at_bottom = 1.15, -0.1  # barriers where the decades end
    scale = decades / (at_top - at_bottom)
    densities.set_ylim(highest - (at_top - bottom) * scale, highest + (top - at_top) * scale)
    ticks = np.arange(highest - decades, highest + 1, max(1, decades // 6))
    densities.set_yticks(ticks, [f"$10^{{{t}}}$" for t in ticks])
    densities.set_ylabel("stationary density", fontsize=SMALL, color=DENSITY)
    densities.tick_params(labelsize=SMALL, colors=DENSITY)
