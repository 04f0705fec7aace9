#!/usr/bin/env python3
"""Draws what a valleyflux result holds: landscape and densities, committor, current of transitions and most probable
paths, flux over time, and the rates side by side.

usage: plot_result.py RESULT.h5 [-o FIGURE.png]
"""

import argparse
import itertools
import pathlib
import sys

import h5py
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm, Normalize
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]  # Okabe & Ito: safe for colour-blind eyes
DECADES = 6  # of density shown


def read(path):
    """All datasets at the root by name, strings decoded, and the root's attributes."""
    with h5py.File(path) as file:
        data = {}
        for name, item in file.items():
            if isinstance(item, h5py.Dataset):
                data[name] = item.asstr()[...] if h5py.check_string_dtype(item.dtype) else item[...]
        units = {name: text(file[name].attrs.get("units", "")) for name in data}
        names = {axis: text(file[axis].attrs.get("long_name", axis)) for axis in ("x", "y") if axis in data}
        units["axes"] = {axis: label(name, units[axis]) for axis, name in names.items()}
        attributes = {name: text(value) for name, value in file.attrs.items()}
    return data, units, attributes


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def label(name, unit):
    return name if unit in ("", "1") else f"{name} [{unit}]"


def valley_colours(data):
    return dict(zip(data.get("valley", []), itertools.cycle(COLOURS)))


def estimates(data):
    """Rows (from, to, method, log of rate, low, high), logarithms natural, -inf for a rate of zero, nan for none."""
    rows = []
    for k, name in enumerate(data.get("estimate", [])):
        escape, _, method = name.partition(":")
        origin, _, target = escape.partition("->")
        log_rate = data["estimate_log_rate"][k]  # also where the rate itself underflows
        if data["estimate_rate"][k] == 0 and not np.isfinite(log_rate):
            log_rate = -np.inf
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = np.log(data["estimate_low"][k]), np.log(data["estimate_high"][k])
        rows.append((origin, target, method, log_rate, low, high))
    return rows


def escape_name(origin, target):
    return f"{origin} → {'first exit' if target == 'first_exit' else target}"


def line_style(target):
    return ":" if target == "first_exit" else "--"


# ---- fields ----------------------------------------------------------------------------------------------------------


def occupied(data):
    """Cells that a density reaches visibly, or all of them."""
    densities = [data[name].reshape(-1, data["landscape"].size).max(axis=0)
                 for name in ("density", "stationary_density") if name in data]
    reached = np.zeros(data["landscape"].size, dtype=bool)
    for density in densities:
        reached |= density > 10.0**-DECADES * density.max()
    return (reached if reached.any() else ~reached).reshape(data["landscape"].shape)


def landscape_range(data):
    """Heights worth showing: walls far above everything that is reached would flatten the valleys."""
    finite = data["landscape"][np.isfinite(data["landscape"])]
    reached = data["landscape"][occupied(data)]
    low, high = finite.min(), reached[np.isfinite(reached)].max()
    return low, high if high > low else low + 1.0


def shade_valleys(axes, data, colours):
    """A band of its colour above each stretch of a valley."""
    x, labels = data["x_edge"], data["valley_label"]
    ends = np.flatnonzero(np.diff(labels)) + 1
    for start, stop in zip(np.r_[0, ends], np.r_[ends, labels.size]):
        if labels[start] >= 0:
            name = data["valley"][labels[start]]
            axes.axvspan(x[start], x[stop], 1.0, 1.06, color=colours[name], lw=0, clip_on=False)
            axes.text(0.5 * (x[start] + x[stop]), 1.03, name, color="white", ha="center", va="center", fontsize="small",
                      transform=axes.get_xaxis_transform())


def draw_line(figure, axes, data, units, colours):
    """One dimension: frames of the density coloured by time over the landscape."""
    x, beside = data["x"], [axes]
    if "landscape" in data:
        heights = axes.twinx()
        beside.append(heights)
        low, high = landscape_range(data)
        heights.plot(x, data["landscape"], color="0.6", lw=2)
        heights.set_ylim(low - 0.1 * (high - low), high)
        heights.set_ylabel(label("landscape", units["landscape"]), color="0.45")
        heights.tick_params(axis="y", colors="0.45")
        axes.set_zorder(heights.get_zorder() + 1)
        axes.patch.set_visible(False)
    if "density" in data:
        norm, palette = Normalize(data["time"][0], data["time"][-1]), plt.get_cmap("viridis_r")
        for time, density in zip(data["time"], data["density"]):
            axes.plot(x, density, color=palette(norm(time)), lw=1)
        figure.colorbar(plt.cm.ScalarMappable(norm, palette), ax=beside, label=label("time", units["time"]))
    if "particle_density" in data:
        axes.stairs(data["particle_density"], data["x_edge"], color="0.2", lw=0.8, label="particles at the end")
    if "stationary_density" in data:
        axes.plot(x, data["stationary_density"], color="black", lw=1.5, ls="-.", label="stationary")
    for origin, target in dict.fromkeys(row[:2] for row in estimates(data)):
        name = f"quasi_stationary_density_{origin}_{target}"
        if name in data:
            axes.plot(x, data[name], color=colours[origin], lw=1.5, ls=line_style(target),
                      label=f"quasi-stationary, {escape_name(origin, target)}")
    if "valley_label" in data:
        shade_valleys(axes, data, colours)
    axes.set(xlabel=units["axes"]["x"], ylabel=label("density", units.get("density", "")), xlim=x[[0, -1]])
    axes.set_title("density and landscape", pad=22)
    axes.set_ylim(bottom=0)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize="small", loc="upper right")


def draw_boundaries(axes, data, colour):
    for valley in range(len(data.get("valley", []))):
        inside = (data["valley_label"] == valley).astype(float)
        if inside.min() < inside.max():
            axes.contour(data["x"], data["y"], inside, levels=[0.5], colors=colour, linewidths=1.0, linestyles="--")


def draw_landscape(figure, axes, data, units, colours):
    low, high = landscape_range(data)
    values = np.ma.masked_invalid(data["landscape"]).clip(max=high)  # nothing is painted outside the domain
    filled = axes.contourf(data["x"], data["y"], values, levels=MaxNLocator(24).tick_values(low, high), cmap="cividis")
    figure.colorbar(filled, ax=axes, label=label("landscape", units["landscape"]), ticks=MaxNLocator(8))
    draw_boundaries(axes, data, "white")
    for valley, name in enumerate(data.get("valley", [])):
        inside = np.where(data["valley_label"] == valley, values, np.inf)
        row, column = np.unravel_index(np.argmin(inside), inside.shape)
        axes.plot(data["x"][column], data["y"][row], "o", color=colours[name], mec="white", ms=8)
        axes.annotate(name, (data["x"][column], data["y"][row]), color="white", xytext=(7, 5),
                      textcoords="offset points", fontsize="small")
    draw_paths(axes, data, "white")
    finish_map(axes, data, units, "landscape, valleys and their lowest points")


def draw_paths(axes, data, colour):
    for x, y in zip(data.get("path_x", []), data.get("path_y", [])):
        axes.plot(x, y, color=colour, lw=1.2)


def draw_transition(figure, axes, data, units, pair):
    """The forward committor of one escape, the current of its transitions and the most probable paths."""
    q = data[f"committor_{pair}"]
    filled = axes.contourf(data["x"], data["y"], q, levels=np.linspace(0.0, 1.0, 11), cmap="cividis")
    figure.colorbar(filled, ax=axes, label="forward committor")
    u, v = (data[f"reactive_current_{axis}_{pair}"] for axis in "xy")
    size = np.hypot(u, v)
    if size.max() > 0:
        axes.streamplot(*uniform(data, u), uniform(data, v)[2], color="white", linewidth=1.5 * uniform(data, size)[2] / size.max() + 0.05,
                        arrowsize=0.6, density=1.2)
    draw_paths(axes, data, COLOURS[1])
    finish_map(axes, data, units, f"committor and current of transitions, {pair.replace('_', ' ')}")


def uniform(data, values):
    """Axes and values on evenly spaced points, which streamplot asks for (axes may be graded)."""
    x, y = (np.linspace(data[axis][0], data[axis][-1], min(len(data[axis]), 120)) for axis in "xy")
    columns = np.stack([np.interp(x, data["x"], row) for row in values])
    return x, y, np.stack([np.interp(y, data["y"], column) for column in columns.T], axis=1)


def draw_density(figure, axes, data, units, density, norm, title):
    image = axes.pcolormesh(data["x_edge"], data["y_edge"], density.clip(norm.vmin), norm=norm, cmap="viridis",
                            rasterized=True)
    figure.colorbar(image, ax=axes, label=label("density", units.get("density", "")), extend="min")
    draw_boundaries(axes, data, "white")
    finish_map(axes, data, units, title)


def finish_map(axes, data, units, title):
    axes.set(xlabel=units["axes"]["x"], ylabel=units["axes"]["y"], title=title,
             xlim=data["x_edge"][[0, -1]], ylim=data["y_edge"][[0, -1]])


def map_panels(data, units, colours):
    """Two dimensions: one panel each for the landscape and the densities there are."""
    panels = []
    if "landscape" in data:
        panels.append(lambda figure, axes: draw_landscape(figure, axes, data, units, colours))
    densities = []
    if "density" in data:
        for frame in (0, -1):
            densities.append((data["density"][frame], f"density at time {data['time'][frame]:.4g}"))
    elif "stationary_density" in data:
        densities.append((data["stationary_density"], "stationary density"))
    if densities:
        highest = max(density.max() for density, _ in densities)
        norm = LogNorm(highest * 10.0**-DECADES, highest)
        for density, title in densities:
            panels.append(lambda figure, axes, density=density, title=title: draw_density(
                figure, axes, data, units, density, norm, title))
    pair = next((name.removeprefix("committor_") for name in data if name.startswith("committor_")), None)
    if pair:
        panels.append(lambda figure, axes: draw_transition(figure, axes, data, units, pair))
    return panels


# ---- flux and rates --------------------------------------------------------------------------------------------------


def draw_flux(axes, data, units, colours):
    """Net flux out of each valley over its probability: it levels off at the escape rate."""
    handles, levels, drawn = [], [], set()
    with np.errstate(divide="ignore", invalid="ignore"):
        quotients = data["valley_outflux"] / data["valley_probability"]
    for (name, colour), quotient in zip(colours.items(), quotients.T):
        positive = quotient > 0
        if not positive.any():
            continue
        axes.plot(data["time"][positive], quotient[positive], ".-", color=colour, lw=1.2, ms=4)
        levels.append(np.median(quotient[positive]))
        drawn.add(name)
        handles.append(Line2D([], [], color=colour, marker=".", label=f"out of {name}"))
    for origin, target, method, log_rate, _, _ in estimates(data):
        if method == "flux" and origin in drawn and np.exp(log_rate) > 0:
            style = {"color": colours[origin], "ls": line_style(target), "lw": 1}
            axes.axhline(np.exp(log_rate), **style)
            levels.append(np.exp(log_rate))
            handles.append(Line2D([], [], label=f"plateau, {escape_name(origin, target)}", **style))
    if levels:
        axes.set_yscale("log")
        bottom, top = axes.get_ylim()
        axes.set_ylim(max(bottom, 1e-3 * min(levels)), min(top, 1e3 * max(levels)))
    unit = units["valley_outflux"]
    axes.set(xlabel=label("time", units["time"]),
             ylabel=label("flux / probability", "1/time" if unit == "1" else unit),
             title="flux out of each valley, per probability in it")
    axes.legend(handles=handles, edgecolor="none", fontsize="small")


def draw_rates(axes, units, rows):
    """One line an estimate, grouped by escape; intervals where a method gives one; hollow: a closed form."""
    logs = np.array([row[3] for row in rows])
    finite = logs[np.isfinite(logs)]
    by_logarithm = finite.size > 0 and (finite.min() < -700 or finite.max() > 700)  # beyond what a double holds
    shown = (lambda value: value) if by_logarithm else np.exp
    position, ticks, names = 0.0, [], []
    for (origin, target), group in itertools.groupby(rows, key=lambda row: row[:2]):
        axes.text(0.0, position - 0.05, f" {escape_name(origin, target)}", weight="bold", va="center",
                  fontsize="small", transform=axes.get_yaxis_transform())
        position += 1.0
        for _, _, method, log_rate, low, high in group:
            ticks.append(position)
            names.append(method.replace("_", " "))
            if not np.isfinite(log_rate):
                bound = f" (below {np.exp(high):.2g})" if np.isfinite(high) else ""
                axes.text(0.02, position, "0 (blocked)" if np.isneginf(log_rate) else f"no rate{bound}", va="center",
                          fontsize="small", color=COLOURS[1], transform=axes.get_yaxis_transform())
            else:
                theory = method.startswith("theory:")
                colour = COLOURS[1] if theory else COLOURS[0]
                if np.isfinite(low) and np.isfinite(high):
                    axes.plot(shown(np.array([low, high])), [position, position], "|-", color=colour, lw=1.5)
                axes.plot(shown(log_rate), position, "o", color=colour, mfc="white" if theory else colour, ms=5)
            axes.axhline(position, color="0.9", lw=0.6, zorder=0)
            position += 1.0
        position += 0.3
    if finite.size and not by_logarithm:
        spread = max(np.ptp(finite), 0.2)
        axes.set_xlim(np.exp(finite.min() - 0.25 * spread), np.exp(finite.max() + 0.15 * spread))
        if spread > 1.0:
            axes.set_xscale("log")
        else:  # too short a stretch for a logarithmic axis to have readable ticks
            axes.xaxis.set_major_locator(MaxNLocator(5))
    elif not finite.size:
        axes.set_xticks([])
    axes.set_ylim(position - 0.3, -0.8)
    axes.set_yticks(ticks, names, fontsize="small")
    unit = units["estimate_rate"]
    axes.set(xlabel="natural logarithm of the rate" if by_logarithm else label("rate", "1/time" if unit == "1" else unit),
             title="escape rates compared")


# ---- the figure ------------------------------------------------------------------------------------------------------


def draw(data, units, attributes):
    colours = valley_colours(data)
    rows = estimates(data)
    below = []
    if "valley_outflux" in data and len(data["time"]) > 1:
        below.append(lambda axes: draw_flux(axes, data, units, colours))
    if rows:
        below.append(lambda axes: draw_rates(axes, units, rows))
    if "x" not in data:  # particles alone, without a grid
        above = [lambda figure, axes: draw_rates(axes, units, rows)]
        below = []
    elif "y" in data:
        above = map_panels(data, units, colours)
    else:
        above = [lambda figure, axes: draw_line(figure, axes, data, units, colours)]

    lines = len(rows) + 1.3 * len({row[:2] for row in rows})
    heights = [4.0, max(3.4, 0.21 * lines)] if below else [4.0]
    figure = plt.figure(figsize=(max(4.8 * len(above), 11.0), sum(heights) + 0.6), layout="constrained")
    parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    for panel, axes in zip(above, parts[0].subplots(1, len(above), squeeze=False)[0]):
        panel(parts[0], axes)
    if below:
        for panel, axes in zip(below, parts[1].subplots(1, len(below), squeeze=False)[0]):
            panel(axes)
    figure.suptitle(attributes.get("title", ""), weight="bold")
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("result", type=pathlib.Path, help="file written by valleyflux run")
    parser.add_argument("-o", "--output", type=pathlib.Path, help="the figure (default: beside the result, as .png)")
    arguments = parser.parse_args()
    matplotlib.use("Agg")  # here alone: the Python package draws where its user looks
    try:
        data, units, attributes = read(arguments.result)
        if "estimate" not in data:
            raise OSError(f"{arguments.result} holds no dataset /estimate: is it a valleyflux result?")
        figure = draw(data, units, attributes)
        figure.savefig(arguments.output or arguments.result.with_suffix(".png"), dpi=150)
    except OSError as error:
        sys.exit(f"plot_result.py: error: {error}")


if __name__ == "__main__":
    main()
