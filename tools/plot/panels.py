"""The panels of a result by their names, and those that are drawn unless others are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from . import covariance, exits, lines, maps, network, rates, times
from .data import ResultData
from .layout import Panel, sheet
from .map_marks import separate_names
from .style import escape_name

PANELS = (  # the same as panel_names in tools/panel_names.cpp, which judges names before there is a result
    "landscape",
    "density",
    "stationary_density",
    "committor",
    "current",
    "drift",
    "mean_first_passage_time",
    "quasi_potential",
    "flux",
    "wall_outflow",
    "wall_outflux",
    "first_passage",
    "exit_places",
    "escape_times",
    "network",
    "covariance",
    "rates",
)

Made = Callable[[], list[Panel]]


def draw_result(data: ResultData, panels: Sequence[str] | None = None) -> Any:
    """A matplotlib figure of a result.

    panels: names such as "landscape", "committor:left-right"; those that say most of the result where None.
    Raises ValueError, which names the panels that there are, for one that there is not, or where there is none.
    """
    known = offered(data)
    asked = defaults(data, known) if panels is None else [name.strip().replace("->", "-") for name in panels]
    if not asked:
        raise ValueError("the result holds nothing to draw")
    for name in asked:
        if name not in known:
            raise ValueError(f'there is no panel "{name}" of this result (there are: {", ".join(known)})')
    figure = sheet([panel for name in asked for panel in known[name]()], data.title)
    for axes in figure.axes:
        separate_names(axes)
        lines.shorten_names(axes)
    return figure


def defaults(data: ResultData, known: dict[str, Made]) -> list[str]:
    wanted = ["landscape" if "landscape" in known else "drift", "density", "committor"]
    wanted += ["network", "flux"] if len(data.valleys) > 2 else ["flux"]
    wanted += ["wall_outflow", "first_passage", "rates"]
    if not data.axes:
        wanted[-1:-1] = ["covariance", "escape_times"]
    if "flux" in known and not times.has_flux(data).any():
        wanted.remove("flux")
    return [name for name in wanted if name in known]


def offered(data: ResultData) -> dict[str, Made]:
    """How to make each panel that the result has data for."""
    known: dict[str, Made] = {}
    if len(data.axes) == 1:
        known.update(on_the_line(data))
    elif len(data.axes) == 2:
        known.update(in_the_plane(data))
    if "valley_outflux" in data and data["time"].size > 1:
        known["flux"] = one(times.flux, data)
    if "wall" in data and "wall_outflow" in data and data["time"].size > 1:
        known.update({field: one(times.walls, data, field) for field in ("wall_outflow", "wall_outflux")})
    passages = [
        escape
        for escape in data.escapes_with("first_passage_density")
        if np.isfinite(data["_".join(("first_passage_density", *escape))]).any()
    ]
    if passages:
        known["first_passage"] = one(times.first_passage, data, passages)
    for origin in dict.fromkeys(origin for origin, _ in passages):
        leaving = [escape for escape in passages if escape[0] == origin]
        known[f"first_passage:{origin}"] = one(times.first_passage, data, leaving)
    for escape in passages:
        known[f"first_passage:{'-'.join(escape)}"] = one(times.first_passage, data, [escape])
    known.update(of_pairs(data, "exit_places", "first_passage_exit_probability", partial(exits.panel, data)))
    for method in dict.fromkeys(estimate.method for estimate in data.estimates):
        watched = data.escapes_with(f"escape_time_{method}")
        if watched:
            known[f"escape_times:{method}"] = one(times.escape_times, data, method, watched)
            known.setdefault("escape_times", known[f"escape_times:{method}"])
    if "network_rate" in data:
        known["network"] = one(network.panel, data)
    if "hessian_eigenvalue" in data and "gradient_covariance" in data:
        known["covariance"] = one(covariance.panel, data)
    if data.estimates:
        known["rates"] = lambda: rates.panels(data)
    return known


def one(make: Callable[..., Panel], *arguments: Any) -> Made:
    return lambda: [make(*arguments)]


def of_pairs(data: ResultData, name: str, field: str, make: Callable[[tuple[str, str]], Panel]) -> dict[str, Made]:
    """A panel for each escape that has a field, and the first of them without a pair."""
    found = {f"{name}:{'-'.join(escape)}": one(make, escape) for escape in data.escapes_with(field)}
    return {name: next(iter(found.values())), **found} if found else {}


def of_valleys(data: ResultData, make: Callable[[str, str, str], Panel]) -> dict[str, Made]:
    """Quasi-potentials, of the first valley that has one without a name."""
    found = {
        f"quasi_potential:{valley}": one(
            make, f"quasi_potential_{valley}", "quasi-potential", f"quasi-potential of {valley}"
        )
        for valley in data.valleys
        if f"quasi_potential_{valley}" in data
    }
    return {"quasi_potential": next(iter(found.values())), **found} if found else {}


def on_the_line(data: ResultData) -> dict[str, Made]:
    known: dict[str, Made] = {}
    if "landscape" in data:
        known["landscape"] = one(lines.landscape, data)
    if "density" in data or "stationary_density" in data:
        known["density"] = one(lines.density, data)
    for name, field, title, unit in (
        ("committor", "committor", "committor", ""),
        ("mean_first_passage_time", "mean_first_passage_time", "mean time", ""),
        ("current", "reactive_current_x", "current of transitions", "1/time"),
    ):
        every = of_pairs(data, name, field, partial(lines.of_escape, data, field, title, unit))
        all_of_them = one(lines.of_escapes, data, field, title, unit, data.escapes_with(field))
        known.update({**every, name: all_of_them} if every else {})
    curve = partial(lines.one_curve, data)
    if "current_x" in data:
        known["current"] = one(curve, "current_x", "current", "current at the last frame", -1, "1/time")
    if "stationary_current_x" in data:
        known["current"] = one(curve, "stationary_current_x", "current", "stationary current", None, "1/time")
    if "drift_x" in data:
        known["drift"] = one(curve, "drift_x", "drift", "drift", None, "length/time")
    return {**known, **of_valleys(data, curve)}


def in_the_plane(data: ResultData) -> dict[str, Made]:
    known: dict[str, Made] = {}
    if "landscape" in data:
        known["landscape"] = one(maps.landscape, data)
    if "density" in data or "stationary_density" in data:
        known["density"] = lambda: maps.densities(data)
    if "stationary_density" in data:
        known["stationary_density"] = one(maps.stationary, data)
    known.update(of_pairs(data, "committor", "committor", partial(maps.committor, data)))
    known.update(
        of_pairs(
            data,
            "current",
            "reactive_current_x",
            lambda escape: vectors(
                data, "reactive_current_{}_" + "_".join(escape), f"current of transitions, {escape_name(*escape)}"
            ),
        )
    )
    if "current_x" in data:
        known["current"] = one(vectors, data, "current_{}", "current at the last frame", -1)
    if "stationary_current_x" in data:
        known["current"] = one(vectors, data, "stationary_current_{}", "stationary current")
    if "drift_x" in data:
        known["drift"] = one(maps.drift, data)
    known.update(
        of_pairs(
            data,
            "mean_first_passage_time",
            "mean_first_passage_time",
            lambda escape: maps.heights(
                data, "_".join(("mean_first_passage_time", *escape)), "mean time", f"mean time, {escape_name(*escape)}"
            ),
        )
    )
    return {**known, **of_valleys(data, partial(maps.heights, data))}


def vectors(data: ResultData, field: str, title: str, frame: int | None = None) -> Panel:
    names = [field.format(axis) for axis in "xy"]
    u, v = (data[name] if frame is None else data.frame(name, frame) for name in names)
    return maps.currents(data, u, v, title, data.label(names[0], "strength of the current", "1/length/time"))
