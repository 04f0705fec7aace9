#!/usr/bin/env python3
"""Draws a figure that valleyflux reproduce has written: the rates of every panel, with their 95 % intervals, in the
coordinates in which the claim is a straight line, that line, other seeds, and the Fokker-Planck solver's rates beside
them; the covariance of the gradient against the Hessian; or a landscape.

usage: plot_figure.py FIGURE.json [-o FIGURE.png]
"""

import argparse
import json
import math
import pathlib
import textwrap

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from landscape_figure import draw_landscape

SGD, SEEDS, FACTOR, LINE = "#0072b2", "#9fc9e3", "#d55e00", "#56b4e9"  # Okabe & Ito: safe for colour-blind eyes
METHODS = {
    "quasi_stationary": ("Fokker–Planck, quasi-stationary", "#d55e00"),
    "mean_first_passage": ("Fokker–Planck, mean first passage", "#000000"),
    "theory:sgd": ("Theorem 3.2", "#009e73"),
    "theory:kramers": ("Kramers", "#cc79a7"),
    "theory:laplace": ("low-noise limit", "#e69f00"),
}


def set_title(axes, panel, note):
    name = panel["name"].replace("$", r"\$") + (" (ours)" if panel["ours"] else "")
    axes.set_title("\n".join([name, *textwrap.wrap(note, 56)]), fontsize=7)


def labels(claim, key):
    name = key.split(".")[-1]
    return {
        "-log(rate) ~ value": (name, "−log(rate)"),
        "-log(rate) ~ 1/value": (f"1 / {name}", "−log(rate)"),
        "rate ~ value": (f"log {name}", "log(rate)"),
    }[claim]


def draw_rates(axes, panel, claim):
    sign = 1 if claim == "rate ~ value" else -1
    seen = [p for p in panel["points"] if p["method"] == "sgd" and p["log_rate"] is not None]
    points = [p for p in seen if p["seed"] == 1]
    others_seeds = [p for p in seen if p["seed"] != 1]
    if others_seeds:
        axes.plot([p["x"] for p in others_seeds], [p["y"] for p in others_seeds], "o", ms=2.5, color=SEEDS,
                  label="SGD, other seeds", zorder=2)
    x, y = np.array([p["x"] for p in points]), np.array([p["y"] for p in points])
    ends = [sorted(sign * math.log(p[end]) for end in ("low", "high")) for p in points]
    if len(points):
        bars = np.array([[max(v - e[0], 0), max(e[1] - v, 0)] for v, e in zip(y, ends)]).T
        axes.errorbar(x, y, yerr=bars, fmt="o", ms=4, capsize=3, color=SGD, label="SGD", zorder=3)
    if panel["relation"] and len(points):
        across = np.array([x.min(), x.max()])
        relation = panel["relation"]
        axes.plot(across, relation["intercept"] + relation["slope"] * across, color=LINE, lw=1)
    others = {}
    for p in panel["points"]:
        if p["method"] != "sgd" and p["log_rate"] is not None:
            others.setdefault(p["method"], []).append((p["x"], p["y"]))
    for method, line in others.items():
        label, colour = METHODS.get(method, (method, "#999999"))
        axes.plot(*zip(*sorted(line)), "--", color=colour, marker="x", ms=4, lw=1, label=label)
    horizontal, vertical = labels(claim, panel["key"])
    axes.set_xlabel(horizontal)
    axes.set_ylabel(vertical)
    if seen or others:
        axes.legend(fontsize=6)
    note = panel["verdict"].split(";")[0]  # the table has the rest
    if panel["pooled_slope"]:
        r = panel["pooled_slope"]
        note = f"slope over {r['seeds']} seeds {r['value']:.3g} [{r['low']:.3g}, {r['high']:.3g}]; {note}"
    elif panel["relation"]:
        r = panel["relation"]
        note = f"slope {r['slope']:.3g} [{r['slope_low']:.3g}, {r['slope_high']:.3g}], R² {r['r_squared']:.3f}; {note}"
    set_title(axes, panel, note)


def draw_covariance(axes, panel):
    found = panel["covariances"][0]
    h, c = np.abs(found["hessian_eigenvalue"]), np.array(found["gradient_covariance"])
    keep = (h > 1e-9 * h.max()) & (c > 1e-9 * c.max())
    axes.loglog(h[keep], c[keep], "o", ms=3, color=SGD)
    across = np.array([h[keep].min(), h[keep].max()])
    axes.loglog(across, across, color=LINE, lw=1, label="covariance = |h|")
    axes.loglog(across, found["factor"]["value"] * across, "--", color=FACTOR, lw=1,
                label=f"factor {found['factor']['value']:.2f}")
    axes.set_xlabel("|h|, eigenvalue of the Hessian")
    axes.set_ylabel("variance of one sample's gradient")
    axes.legend(fontsize=7)
    correlation = panel["pooled_correlation"] or found["correlation"]
    set_title(axes, panel, f"correlation {correlation['value']:.3f} [{correlation['low']:.3f}, "
                           f"{correlation['high']:.3f}]; {panel['verdict']}")


def draw_landscapes(figure, folder):
    panels = figure["panels"]
    sheet, places = plt.subplots(len(panels), 2, figsize=(11, 4.6 * len(panels)), squeeze=False)
    for (place, section), panel in zip(places, panels):
        draw_landscape(sheet, place, section, folder / panel["result"], panel["name"].replace("$", r"\$"))
    return sheet


def draw_panels(figure):
    panels = figure["panels"]
    columns = min(len(panels), 4)
    rows = -(-len(panels) // columns)
    sheet, places = plt.subplots(rows, columns, figsize=(3.8 * columns, 4.1 * rows), squeeze=False)
    for axes in places.flat[len(panels):]:
        axes.axis("off")
    for axes, panel in zip(places.flat, panels):
        if panel["covariances"]:
            draw_covariance(axes, panel)
        else:
            draw_rates(axes, panel, figure["claim"])
        axes.grid(alpha=0.3)
    return sheet


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("figure", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path)
    arguments = parser.parse_args()
    figure = json.loads(arguments.figure.read_text())
    landscape = figure["claim"] == "landscape"
    sheet = draw_landscapes(figure, arguments.figure.parent) if landscape else draw_panels(figure)
    sheet.suptitle(figure["title"] if landscape else f"{figure['title']}: {figure['claim']}", fontsize=10)
    sheet.tight_layout()
    sheet.savefig(arguments.output or arguments.figure.with_suffix(".png"), dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
