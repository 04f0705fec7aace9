"""Figures that valleyflux reproduce has made again: the rates of every panel with their 95 % intervals, in the coordinates
in which the claim is a straight line; the covariance of the gradient against the Hessian; or landscapes."""

from __future__ import annotations

import json
import math
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.lines import Line2D

from . import covariance
from . import data as results
from .kramers_problem import landscape_panels
from .layout import Panel, legend, sheet
from .style import plain

SGD, SEEDS, LINE = "#0072b2", "#9fc9e3", "#56b4e9"
METHODS = {  # name, colour, marker
    "quasi_stationary": ("Fokker–Planck, quasi-stationary", "#d55e00", "s"),
    "mean_first_passage": ("Fokker–Planck, mean first passage", "#000000", "X"),
    "theory:sgd": ("Theorem 3.2", "#009e73", "D"),
    "theory:kramers": ("Kramers", "#cc79a7", "^"),
    "theory:laplace": ("low-noise limit", "#e69f00", "v"),
}
LANDSCAPE_KEYS = ("name", "result")
PANEL_KEYS = ("name", "ours", "key", "points", "covariances", "relation", "pooled_slope", "pooled_correlation", "verdict")
COLUMNS = 3  # of panels, where two do not fill the sheet as well
Claimed = Mapping[str, Any]


def read(path: pathlib.Path) -> tuple[dict[str, Any], pathlib.Path]:
    """The content of a figure's JSON file, and the folder that the results it names lie in. Raises ValueError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # of UTF-8 or of JSON
        raise ValueError(f"{path} is no JSON, or cut off ({error}); {results.DRAWN}") from None
    if not isinstance(content, dict) or not isinstance(content.get("panels"), list) or "claim" not in content:
        raise ValueError(f"{path} is no figure of valleyflux reproduce; {results.DRAWN}")
    needed = LANDSCAPE_KEYS if content["claim"] == "landscape" else PANEL_KEYS
    for panel in content["panels"]:
        missing = [key for key in needed if not isinstance(panel, dict) or key not in panel]
        if missing:
            raise ValueError(
                f"{path}: a panel lacks {', '.join(missing)}, which figures of valleyflux reproduce have: make it anew"
            )
    return content, path.parent


def draw_reproduction(content: Claimed, folder: pathlib.Path) -> Any:
    """A matplotlib figure of what a figure's JSON file holds."""
    if content["claim"] == "landscape":
        return draw_landscapes(content, folder)
    columns = 2 if len(content["panels"]) in (1, 2, 4) else COLUMNS

    def place(panel: Claimed) -> Panel:
        return Panel(lambda figure, axes: draw_panel(axes, panel, content["claim"]), height=2.3)

    drawn: dict[str, Line2D] = {}
    for panel in content["panels"]:
        drawn.update(marks(panel))
    title = f"{content['title']}: {content['claim']}".replace("-log", "−log")
    fills = len(content["panels"]) % columns == 0 or len(content["panels"]) < columns
    return sheet([*map(place, content["panels"]), legend(list(drawn.values()), across=fills)], title, columns)


def draw_landscapes(content: Claimed, folder: pathlib.Path) -> Any:
    made: list[Panel] = []
    for panel in content["panels"]:
        with results.opened(folder / panel["result"]) as result:
            made += landscape_panels(result, panel["name"])
    return sheet(made, content["title"])


def draw_panel(axes: Any, panel: Claimed, claim: str) -> None:
    if panel["covariances"]:
        note = draw_covariance(axes, panel)
    else:
        note = draw_rates(axes, panel, claim)
    set_title(axes, panel, note)
    axes.grid(color="0.92", lw=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def set_title(axes: Any, panel: Claimed, note: str) -> None:
    name = panel["name"] + (" (ours)" if panel["ours"] else "")
    axes.set_title(plain(f"{name}\n{note.replace('[-', '[−').replace(' -', ' −')}"), fontsize=6.2)


def marks(panel: Claimed) -> dict[str, Line2D]:
    """What the legend says of a panel."""
    if panel["covariances"]:
        return covariance.handles()
    found: dict[str, Line2D] = {}
    for point in panel["points"]:
        method = point["method"]
        if point["log_rate"] is None:
            continue
        if method == "sgd":
            found["sgd"] = Line2D([], [], color=SGD, marker="o", ms=4, ls="none", label="SGD, 95 %")
            if panel["relation"]:
                found["line"] = Line2D([], [], color=LINE, lw=1, label="line through SGD")
            if point["seed"] != 1:
                found["seeds"] = Line2D([], [], color=SEEDS, marker="o", ms=2.5, ls="none", label="SGD, other seeds")
        else:
            name, colour, marker = METHODS.get(method, (method, "#999999", "P"))
            found[method] = Line2D(
                [],
                [],
                color=colour,
                marker=marker,
                ms=4,
                lw=1,
                ls="--",
                label=name,
                mfc="white" if method.startswith("theory:") else colour,
            )
    return found


def labels(claim: str, key: str) -> tuple[str, str]:
    name = plain(key.rpartition(".")[2])
    return {
        "-log(rate) ~ value": (name, "−log rate"),
        "-log(rate) ~ 1/value": (f"1 / {name}", "−log rate"),
        "rate ~ value": (f"log {name}", "log rate"),
    }[claim]


def draw_rates(axes: Any, panel: Claimed, claim: str) -> str:
    """What is said above it."""
    sign = 1 if claim == "rate ~ value" else -1
    known = [point for point in panel["points"] if point["log_rate"] is not None]
    seen = [point for point in known if point["method"] == "sgd"]
    first = [point for point in seen if point["seed"] == 1]
    further = [point for point in seen if point["seed"] != 1]
    axes.plot([p["x"] for p in further], [p["y"] for p in further], "o", ms=2.5, color=SEEDS, zorder=2)
    if first:
        x, y = (np.array([point[axis] for point in first]) for axis in "xy")
        ends = [sorted(sign * math.log(point[end]) for end in ("low", "high")) for point in first]
        bars = np.array([[max(v - e[0], 0), max(e[1] - v, 0)] for v, e in zip(y, ends)]).T
        axes.errorbar(x, y, yerr=bars, fmt="o", ms=3.5, capsize=2.5, lw=1, color=SGD, zorder=3)
        if panel["relation"]:
            across = np.array([x.min(), x.max()])
            axes.plot(across, panel["relation"]["intercept"] + panel["relation"]["slope"] * across, color=LINE, lw=1)
    others: dict[str, list[tuple[float, float]]] = {}
    for point in known:
        if point["method"] != "sgd":
            others.setdefault(point["method"], []).append((point["x"], point["y"]))
    for method, line in others.items():
        _, colour, marker = METHODS.get(method, (method, "#999999", "P"))
        axes.plot(
            *zip(*sorted(line)),
            "--",
            color=colour,
            marker=marker,
            ms=3.5,
            lw=1,
            mfc="white" if method.startswith("theory:") else colour,
        )
    if not known:
        axes.text(0.5, 0.5, "no rate is known", ha="center", transform=axes.transAxes)
    horizontal, vertical = labels(claim, panel["key"])
    axes.set(xlabel=horizontal, ylabel=vertical)
    return note_of(panel)


def note_of(panel: Claimed) -> str:
    """The slope over seeds or of the first, and how the claim fares; the table has the rest."""
    verdict = str(panel["verdict"]).split(";")[0]
    if panel["pooled_slope"]:
        r = panel["pooled_slope"]
        return f"slope over {r['seeds']} seeds {r['value']:.3g} [{r['low']:.3g}, {r['high']:.3g}]; {verdict}"
    if panel["relation"]:
        r = panel["relation"]
        return (
            f"slope {r['slope']:.3g} [{r['slope_low']:.3g}, {r['slope_high']:.3g}], R² {r['r_squared']:.3f}; {verdict}"
        )
    return verdict


def draw_covariance(axes: Any, panel: Claimed) -> str:
    found = panel["covariances"][0]
    covariance.draw(axes, found["hessian_eigenvalue"], found["gradient_covariance"], found["factor"]["value"])
    axes.set(xlabel="|h|, eigenvalue of the Hessian", ylabel="variance of one sample's gradient")
    correlation = panel["pooled_correlation"] or found["correlation"]
    return (
        f"factor {found['factor']['value']:.2f}; correlation {correlation['value']:.3f} "
        f"[{correlation['low']:.3f}, {correlation['high']:.3f}]; {panel['verdict']}"
    )
