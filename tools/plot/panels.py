"""The panels of a result by their names, and those that are drawn unless others are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import lines, maps, network, rates, times
from .data import ResultData
from .layout import Panel, sheet
from .map_marks import separate_names
from .style import escape_name

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
    return figure


def defaults(data: ResultData, known: dict[str, Made]) -> list[str]:
    wanted = ["landscape" if "landscape" in known else "drift", "density", "committor"]
    wanted += ["network", "flux", "rates"] if len(data.valleys) > 2 else ["flux", "rates"]
    if "flux" in known and not times.has_flux(data).any():
        wanted.remove("flux")
    return [name for name in wanted if name in known]


def offered(data: ResultData) -> dict[str, Made]:
    """How to make each panel that the result has data for."""
    dimension = len(data.axes)
    known: dict[str, Made] = {}
    if dimension == 1:
        known.update(on_the_line(data))
    elif dimension == 2:
        known.update(in_the_plane(data))
    if "valley_outflux" in data and data["time"].size > 1:
        known["flux"] = lambda: [times.flux(data)]
    first_passages = [name for name in data.names if name.startswith("first_passage_density_")]
    for origin in dict.fromkeys(one.origin for one in data.estimates):
        names = [name for name in first_passages if name.startswith(f"first_passage_density_{origin}")]
        if names:
            known[f"first_passage:{origin}"] = lambda origin=origin, names=names: [  # type: ignore[misc]
                times.first_passage(data, origin, names)]
            known.setdefault("first_passage", known[f"first_passage:{origin}"])
    if "network_rate" in data:
        known["network"] = lambda: [network.panel(data)]
    if data.estimates:
        known["rates"] = lambda: rates.panels(data)
    return known


def of_pairs(data: ResultData, name: str, field: str, make: Callable[[tuple[str, str]], Panel]) -> dict[str, Made]:
    """A panel for each escape that has a field, and the first of them without a pair."""
    found: dict[str, Made] = {}
    for escape in data.escapes_with(field):
        found[f"{name}:{'-'.join(escape)}"] = lambda escape=escape: [make(escape)]  # type: ignore[misc]
    return {name: next(iter(found.values())), **found} if found else {}


def on_the_line(data: ResultData) -> dict[str, Made]:
    known: dict[str, Made] = {}
    if "landscape" in data:
        known["landscape"] = lambda: [lines.landscape(data)]
    if "density" in data or "stationary_density" in data:
        known["density"] = lambda: [lines.density(data)]
    curves = {"committor": ("committor", "committor"), "mean_first_passage_time": ("mean_first_passage_time", "mean time"),
              "current": ("reactive_current_x", "current of transitions")}
    for name, (field, title) in curves.items():
        every = data.escapes_with(field)
        known.update(of_pairs(data, name, field, lambda escape, field=field, title=title: lines.of_escapes(
            data, field, title, [escape])))
        if every:
            known[name] = lambda field=field, title=title, every=every: [  # type: ignore[misc]
                lines.of_escapes(data, field, title, every)]
    if "current_x" in data:
        known["current"] = lambda: [lines.one_curve(data, "current_x", "current", "current at the last frame", -1)]
    if "stationary_current_x" in data:
        known["current"] = lambda: [lines.one_curve(data, "stationary_current_x", "current", "stationary current")]
    if "drift_x" in data:
        known["drift"] = lambda: [lines.one_curve(data, "drift_x", "drift", "drift")]
    known.update(quasi_potentials(data, lambda field, name, title: lines.one_curve(data, field, name, title)))
    return known


def quasi_potentials(data: ResultData, make: Callable[[str, str, str], Panel]) -> dict[str, Made]:
    known: dict[str, Made] = {}
    for valley in data.valleys:
        if f"quasi_potential_{valley}" in data:
            known[f"quasi_potential:{valley}"] = lambda valley=valley: [  # type: ignore[misc]
                make(f"quasi_potential_{valley}", "quasi-potential", f"quasi-potential of {valley}")]
            known.setdefault("quasi_potential", known[f"quasi_potential:{valley}"])
    return known


def in_the_plane(data: ResultData) -> dict[str, Made]:
    known: dict[str, Made] = {}
    if "landscape" in data:
        known["landscape"] = lambda: [maps.landscape(data)]
    if "density" in data or "stationary_density" in data:
        known["density"] = lambda: maps.densities(data)
    if "stationary_density" in data:
        known["stationary_density"] = lambda: [maps.stationary(data)]
    known.update(of_pairs(data, "committor", "committor", lambda escape: maps.committor(data, escape)))
    known.update(of_pairs(data, "current", "reactive_current_x", lambda escape: vectors(
        data, "reactive_current_{}_" + "_".join(escape), f"current of transitions, {escape_name(*escape)}")))
    if "current_x" in data:
        known["current"] = lambda: [vectors(data, "current_{}", "current at the last frame", -1)]
    if "stationary_current_x" in data:
        known["current"] = lambda: [vectors(data, "stationary_current_{}", "stationary current")]
    if "drift_x" in data:
        known["drift"] = lambda: [maps.drift(data)]
    known.update(of_pairs(data, "mean_first_passage_time", "mean_first_passage_time", lambda escape: maps.heights(
        data, "_".join(("mean_first_passage_time", *escape)), "mean time", f"mean time, {escape_name(*escape)}")))
    known.update(quasi_potentials(data, lambda field, name, title: maps.heights(data, field, name, title)))
    return known


def vectors(data: ResultData, field: str, title: str, frame: int | None = None) -> Panel:
    names = [field.format(axis) for axis in "xy"]
    u, v = (data[name] if frame is None else data.frame(name, frame) for name in names)
    return maps.currents(data, u, v, title, data.label(names[0], "strength of the current"))
