"""Results of which every number is known, as figures read them: drawn without a run of the program; and a case of two wells
to be run."""

import math

import numpy as np

NONE = (math.nan, math.nan)
WELLS = """
title = "Two wells, $5"
landscape.expression = "x^4/4 - x^2/2"
diffusion.D = 0.1
grid.x = { min = -2.5, max = 2.5, cells = 80 }
accuracy.relative = 0.1
units = { time = "ns", length = "nm", energy = "kJ/mol" }
valley = [{ name = "left", where = "x < 0" }, { name = "right", where = "x > 0" }]
evolve = { initial = "left", until = 400.0, frames = 40 }
"""


def table_of_rates(rows):
    """A result of rates alone: (escape, method, log_rate, interval, recommended, note)."""
    numbers = np.array([[math.exp(row[2]), row[2], *row[3]] for row in rows]).reshape(-1, 4).T
    named = dict(zip(("estimate_rate", "estimate_log_rate", "estimate_low", "estimate_high"), numbers))
    named["estimate_log_rate"] = np.where(np.isinf(numbers[1]), np.nan, numbers[1])
    return {
        **named,
        "estimate": np.array([f"{row[0]}:{row[1]}" for row in rows], dtype=object),
        "estimate_recommended": np.array([row[4] for row in rows]),
        "estimate_note": np.array([row[5] for row in rows], dtype=object),
    }


def a_line(names=("left", "right"), escapes=(("left", "right"), ("right", "left")), noise=0.1):
    """Valleys of cos(x) beside each other, and of each escape committor and quasi-stationary density."""
    count = len(names)
    edges = np.linspace(0, 2 * math.pi * count, 200 * count + 1)
    x = 0.5 * (edges[1:] + edges[:-1])
    label = np.minimum((x / (2 * math.pi)).astype(int), count - 1)
    density = np.exp(-np.cos(x) / noise)
    density /= density.sum() * (x[1] - x[0])
    rows = [(f"{a}->{b}", "mean_first_passage", -7.0 - k, NONE, 1, "") for k, (a, b) in enumerate(escapes)]
    data = {
        **table_of_rates(rows),
        "valley": np.array(names, dtype=object),
        "x": x,
        "x_edge": edges,
        "landscape": np.cos(x),
        "valley_label": label,
        "valley_minimum_x": math.pi * (2 * np.arange(count) + 1),
        "stationary_density": density,
    }
    for a, b in escapes:
        inside = label == list(names).index(a)
        data[f"committor_{a}_{b}"] = np.where(inside, 0.3, 1.0)
        data[f"quasi_stationary_density_{a}_{b}"] = np.where(inside, count * density, 0.0)
    return data


def a_plane(names=("left", "right"), noise=0.2, width=2.2):
    """Two wells of (x^2 - 1)^2 + y^2 with committor and path, in a box of that half width."""
    edges = np.linspace(-width, width, 161)
    x = 0.5 * (edges[1:] + edges[:-1])
    landscape = (x**2 - 1) ** 2 + x[:, None] ** 2
    density = np.exp(-(landscape - landscape.min()) / noise)
    path = np.linspace(-1, 1, 21)
    a, b = names
    rows = [(f"{a}->{b}", "mean_first_passage", -3.0, NONE, 1, ""), (f"{b}->{a}", "theory:kramers", -3.1, NONE, 0, "")]
    return {
        **table_of_rates(rows),
        "valley": np.array(names, dtype=object),
        "x": x,
        "y": x,
        "x_edge": edges,
        "y_edge": edges,
        "landscape": landscape,
        "valley_label": np.broadcast_to((x > 0).astype(int), landscape.shape),
        "valley_minimum_x": np.array([-1.0, 1.0]),
        "valley_minimum_y": np.zeros(2),
        "stationary_density": density / density.sum(),
        f"committor_{a}_{b}": np.broadcast_to(np.clip(0.5 + x, 0, 1), landscape.shape),
        "path_x": np.array([path, path[::-1]]),
        "path_y": np.zeros((2, path.size)),
    }
