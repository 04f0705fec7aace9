"""Panels over time, and frames of an evolution that are shown."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from .data import ResultData
from .decades import logarithmic
from .layout import Panel
from .legends import sample
from .style import escape_name, method_name, number, plain, series

MOST_VALLEYS = 12
DASHES = ((0, (4, 3)), (0, (8, 3)), (0, (2, 2)), (0, (8, 2, 2, 2)))  # of rates that are levels
DECADES = 5  # of the flux, which falls for ever where it vanishes in the end


def chosen_frames(times: Any, count: int) -> list[int]:
    """The first frame, and others at times that grow by equal factors, as relaxations do, to the last."""
    positive = np.flatnonzero(times > times[0])
    if not positive.size or count < 2:
        return [0] if count < 2 or times.size < 2 else [0, times.size - 1]
    since = times - times[0]
    wanted = np.geomspace(since[positive[0]], since[-1], count - 1)
    nearest = [int(positive[np.argmin(np.abs(np.log(since[positive] / time)))]) for time in wanted]
    return list(dict.fromkeys([0, *nearest]))


def frame_colours(count: int) -> list[Any]:
    """Light to dark with time."""
    palette = plt.get_cmap("viridis_r")
    return [palette(value) for value in np.linspace(0.12, 1.0, max(count, 1))]


def time_name(data: ResultData, frame: int) -> str:
    unit = data.unit("time")
    return f"t = {number(data['time'][frame], digits=4)}{' ' + plain(unit) if unit else ''}"


def flux(data: ResultData) -> Panel:
    """Net flux out of each valley over its probability, which levels off at the rate of escape."""
    time, seen = data["time"], has_flux(data)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = data["valley_outflux"] / data["valley_probability"]
    order = np.argsort(-np.where(seen, data["valley_outflux"] * time[:, None], 0).max(axis=0))
    shown = sorted(valley for valley in order[:MOST_VALLEYS] if seen[:, valley].any())

    looks = [
        {
            "color": series(valley).colour,
            "ls": series(valley).line,
            "marker": series(valley).marker,
            "ms": 3,
            "label": data.valleys[valley],
        }
        for valley in shown
    ]
    plateaus = [
        one
        for one in data.estimates
        if one.method == "flux" and one.log_rate > -700 and one.origin in [data.valleys[valley] for valley in shown]
    ]
    apart = 1 < len(plateaus) <= len(DASHES)
    rates = [
        {
            "color": data.style_of(one.escape).colour if apart or len(plateaus) == 1 else "0.4",
            "lw": 0.8,
            "ls": DASHES[k if apart else 0],
            "label": f"{escape_name(*one.escape)}, method flux" if apart else "rate by the method flux",
        }
        for k, one in enumerate(plateaus)
    ]

    def draw(figure: Any, axes: Any) -> None:
        for valley, look in zip(shown, looks):
            values = np.where(seen[:, valley], quotient[:, valley], np.nan)
            axes.plot(time, values, markevery=0.15 if np.isfinite(values).sum() > 6 else None, **look)
        for one, look in zip(plateaus, rates):
            axes.axhline(np.exp(one.log_rate - np.log(data.rate_conversion)), zorder=0, **look)
        if not shown:
            axes.text(
                0.5,
                0.5,
                "no net flux out of any valley above round-off",
                ha="center",
                va="center",
                transform=axes.transAxes,
            )
        else:
            axes.set(xscale="log", yscale="log")
            highest = np.nanmax(np.where(seen, quotient, np.nan))
            bottom, top = axes.get_ylim()
            axes.set_ylim(min(max(bottom, highest * 10.0**-DECADES), top / 5), top * 1.1)  # a plateau is to look flat
            logarithmic(axes.xaxis)
            logarithmic(axes.yaxis)
        axes.set(
            xlabel=plain(data.label("time", "time")),
            ylabel=plain(data.label("valley_outflux", "flux / probability", "1/time")),
        )
        axes.set_title("net flux out of valleys")
        finish(axes)

    handles = [sample(**look) for look in looks + (rates if apart else rates[:1])]
    return Panel(draw, legend=handles, stretches=True)


def has_flux(data: ResultData) -> Any:
    """Times and valleys at which neither the probability that has moved nor that of the valley is round-off."""
    least = 100 * data.round_off
    moved = data["valley_outflux"] * data["time"][:, None]
    return (moved > least) & (data["valley_probability"] > least)


def walls(data: ResultData, field: str) -> Panel:
    """What has left through each absorbing wall, and what has not (wall_outflow), or leaves (wall_outflux)."""
    curves: list[tuple[Any, dict[str, Any]]] = []  # values over time, and how they are drawn
    for k, wall in enumerate(map(str, data["wall"])):
        style = series(len(data.valleys) + k)  # valleys have colours of their own
        look = {"color": style.colour, "ls": style.line, "marker": style.marker, "ms": 3, "label": wall}
        curves.append((data[field][:, k], look))
    if field == "wall_outflow":
        inside = {"color": "0.4", "lw": 1.0, "ls": DASHES[0], "label": "has not left"}
        curves.append((1 - data[field].sum(axis=1), inside))
        title, name = "probability that has left", "probability"
    else:
        title, name = "flux through absorbing walls", data.label(field, "flux", "1/time")

    def draw(figure: Any, axes: Any) -> None:
        for values, look in curves:
            axes.plot(data["time"], values, markevery=0.15, **look)
        axes.set(xlabel=plain(data.label("time", "time")), ylabel=plain(name))
        axes.set_title(title)
        finish(axes)

    return Panel(draw, legend=[sample(**look) for _, look in curves], stretches=True)


def first_passage(data: ResultData, escapes: list[tuple[str, str]]) -> Panel:
    """Densities of the first-passage times of escapes; of one alone also those of the ends that it may come to."""

    curves: list[tuple[str, dict[str, Any]]] = []  # datasets, and how they are drawn
    for escape in escapes:
        style = data.style_of(escape)
        look = {"color": style.colour, "ls": style.line, "marker": style.marker, "ms": 3, "label": escape_name(*escape)}
        curves.append(("_".join(("first_passage_density", *escape)), look))
    for k, end in enumerate(data.ends_of(escapes[0]) if len(escapes) == 1 else []):
        field = "_".join(("first_passage_target_density", *escapes[0], end))
        if field in data:
            look = {"color": data.colour_of_end(end), "lw": 0.9, "ls": DASHES[k % len(DASHES)], "label": f"into {end}"}
            curves.append((field, look))

    def draw(figure: Any, axes: Any) -> None:
        for field, look in curves:
            axes.plot(data["first_passage_time"], data.drawn(data[field]), markevery=0.12, **look)
        axes.set(
            xscale="log",
            yscale="log",
            xlabel=plain(data.label("first_passage_time", "first-passage time")),
            ylabel=plain(data.label("_".join(("first_passage_density", *escapes[0])), "density", "1/time")),
        )
        axes.set_title("first-passage times")
        logarithmic(axes.xaxis)
        logarithmic(axes.yaxis)
        finish(axes)

    return Panel(draw, legend=[sample(**look) for _, look in curves], stretches=True)


def escape_times(data: ResultData, method: str, escapes: list[tuple[str, str]]) -> Panel:
    """The share of particles that have not escaped, against the exponential law of the rate that they gave."""

    looks = [
        {"color": data.style_of(escape).colour, "ls": data.style_of(escape).line, "label": escape_name(*escape)}
        for escape in escapes
    ]
    law = {"color": "0.4", "lw": 0.8, "ls": (0, (4, 3))}

    def draw(figure: Any, axes: Any) -> None:
        for escape, look in zip(escapes, looks):
            name = "_".join((method, *escape))
            watched = np.sort(data[f"escape_time_{name}"])
            escaped = np.sort(data[f"escape_time_{name}"][data[f"escaped_{name}"] > 0])
            left = 1 - np.searchsorted(escaped, watched, "right") / watched.size
            axes.step(
                np.r_[0, watched],
                np.r_[1, np.where(left > 0, left, np.nan)],
                where="post",
                **look,
            )
            rate = next(one.log_rate for one in data.estimates if (one.escape, one.method) == (escape, method))
            if np.isfinite(rate):
                time = np.linspace(0, watched[-1], 100)
                axes.plot(time, np.exp(-np.exp(rate - np.log(data.rate_conversion)) * time), zorder=0, **law)
            axes.set_ylim(bottom=0.5 / watched.size)
        axes.set(
            yscale="log",
            xlabel=plain(data.label(f"escape_time_{method}_{'_'.join(escapes[0])}", "time")),
            ylabel="share that has not escaped",
        )
        axes.set_title(f"times of escape, {method_name(method)}")
        finish(axes)

    handles = [*(sample(**look) for look in looks), sample("exponential law of the rate", **law)]
    return Panel(draw, legend=handles, stretches=True)


def finish(axes: Any) -> None:
    axes.grid(color="0.92", lw=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
