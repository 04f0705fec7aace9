"""The part of the domain that figures show: where densities, valleys and paths are; all of it unless they take little."""

from __future__ import annotations

from typing import Any

import numpy as np

from .data import ResultData
from .times import chosen_frames

FRAMES = 6  # that are looked at
SMALL = 0.5  # of an axis: what takes less is shown larger
ROOM = 0.15  # of what is shown, on either side


def occupied(data: ResultData, share: float = 1e-6) -> Any:
    """Cells that a density reaches, or all of them."""
    shape = data["valley_label"].shape if "valley_label" in data else tuple(data[axis].size for axis in data.axes[::-1])
    reached = np.zeros(shape, dtype=bool)
    densities = [data["stationary_density"]] if "stationary_density" in data else []
    if "density" in data:
        densities += [data.frame("density", frame) for frame in chosen_frames(data["time"], FRAMES)]
    for density in densities:
        reached |= density > share * np.nanmax(density, initial=0.0)
    return reached if reached.any() else ~reached


def limits(data: ResultData, axis: str) -> tuple[float, float]:
    edges = data[f"{axis}_edge"]
    first, last = float(edges[0]), float(edges[-1])
    ends = [*ends_of(data, axis, occupied(data)), *ends_of_valleys(data, axis)]
    for name in (f"valley_minimum_{axis}", f"path_{axis}"):
        points = data[name][np.isfinite(data[name])] if name in data else np.array([])
        ends += [float(points.min()), float(points.max())] if points.size else []
    low, high = min(ends), max(ends)
    if high - low > SMALL * (last - first):
        return first, last
    room = max(ROOM * (high - low), 3 * (last - first) / (edges.size - 1))
    return max(first, low - room), min(last, high + room)


def ends_of(data: ResultData, axis: str, cells: Any) -> tuple[float, float]:
    """Of these cells along an axis."""
    others = tuple(k for k, name in enumerate(data.axes[::-1]) if name != axis)
    found = np.flatnonzero(cells.any(axis=others))
    edges = data[f"{axis}_edge"]
    return float(edges[found[0]]), float(edges[found[-1] + 1])


def ends_of_valleys(data: ResultData, axis: str) -> list[float]:
    """But for those at the ends of the domain, which say nothing of the valley."""
    labels = data["valley_label"] if "valley_label" in data else np.array(-1)
    edges = data[f"{axis}_edge"]
    inside = [labels == valley for valley in range(len(data.valleys)) if (labels == valley).any()]
    return [end for cells in inside for end in ends_of(data, axis, cells) if edges[0] < end < edges[-1]]
