#!/usr/bin/env python3
"""Draws the table of a sweep: -log(rate), with its interval, of every escape and method against the value of the key,
and against the form of it (value, 1/value or log(value)) that a straight line fits best.

usage: plot_sweep.py SWEEP.csv [-o FIGURE.png]
"""

import argparse
import csv
import itertools
import math
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]  # Okabe & Ito: safe for colour-blind eyes
FORMS = {
    "value": lambda x: x,
    "1/value": lambda x: 1 / x,
    "log(value)": np.log,
}


def read(path):
    """Names of the keys, and rows (values, escape, method, -log rate, lower, upper end)."""
    with open(path, newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    table = list(csv.reader(lines))
    head = table[0]
    keys = head[: head.index("rows_of_value")]
    rows = []
    for line in table[1:]:
        row = dict(zip(head, line))
        if not row["log_rate"]:
            continue
        ends = [-math.log(float(row[end])) if row[end] and float(row[end]) > 0 else math.nan for end in ("high", "low")]
        values = tuple(float(row[key]) for key in keys)
        rows.append((values, f"{row['from']} → {row['to']}", row["method"], -float(row["log_rate"]), *ends))
    return keys, rows


def straightest(series):
    """The form whose straight line leaves least, over all series."""

    def residual(form):
        left = 0.0
        for points in series.values():
            x, y = np.array([p[0] for p in points]), np.array([p[1] for p in points])
            if len(x) < 3 or (form != "value" and np.any(x <= 0)):
                return math.inf
            line = np.polyfit(FORMS[form](x), y, 1)
            left += np.sum((np.polyval(line, FORMS[form](x)) - y) ** 2)
        return left

    return min(FORMS, key=residual)


def draw(axes, series, form, key):
    for (name, points), colour in zip(series.items(), itertools.cycle(COLOURS)):
        points = sorted(points)
        x = FORMS[form](np.array([p[0] for p in points]))
        y, low, high = (np.array([p[k] for p in points]) for k in (1, 2, 3))
        bars = np.nan_to_num(np.vstack([y - low, high - y]).clip(min=0))
        axes.errorbar(x, y, yerr=bars, fmt="o", ms=4, color=colour, capsize=3, label=name)
        if len(x) >= 2:
            line = np.polyfit(x, y, 1)
            ends = np.array([x.min(), x.max()])
            axes.plot(ends, np.polyval(line, ends), "-" if form != "value" else ":", lw=1, color=colour)
    axes.set_xlabel({"value": key, "1/value": f"1 / {key}", "log(value)": f"log {key}"}[form])
    axes.set_ylabel("−log(rate)")
    axes.grid(alpha=0.3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sweep", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path)
    arguments = parser.parse_args()
    keys, rows = read(arguments.sweep)
    if not rows:
        sys.exit(f"{arguments.sweep}: holds no rate above zero")
    several = len({row[1] for row in rows}) > 1
    series = {}
    for values, escape, method, *numbers in rows:
        name = method + (f", {escape}" if several else "")
        if len(keys) > 1:
            name += f", {keys[1]} = {values[1]:g}"
        series.setdefault(name, []).append((values[0], *numbers))
    best = straightest(series)
    forms = ["value"] if best == "value" else ["value", best]
    figure, panels = plt.subplots(1, len(forms), figsize=(6 * len(forms), 4.5), squeeze=False)
    for axes, form in zip(panels[0], forms):
        draw(axes, series, form, keys[0])
    panels[0][0].legend(fontsize=8)
    figure.tight_layout()
    output = arguments.output or arguments.sweep.with_suffix(".png")
    figure.savefig(output, dpi=120)
    print(f"drawn to {output}")


if __name__ == "__main__":
    main()
