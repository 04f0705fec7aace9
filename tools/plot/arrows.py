"""Arrows of a vector field on a map."""

from __future__ import annotations

from typing import Any

import numpy as np

from .data import ResultData
from .ground import limits

ACROSS = 17  # arrows
LEAST = 0.04  # of the longest vector: what is weaker is not drawn


def add_arrows(data: ResultData, axes: Any, u: Any, v: Any, colour: str) -> None:
    """In proportion to the square root of the vectors, which change by decades from place to place."""
    columns, x, half_x = places(data["x_edge"], limits(data, "x"))
    rows, y, half_y = places(data["y_edge"], limits(data, "y"))
    u, v = (np.nan_to_num(field)[np.ix_(rows, columns)] for field in (u, v))
    size = np.hypot(u, v)
    keep = size > LEAST * size.max()
    if not keep.any():
        return
    x, y = np.meshgrid(x, y)
    # Directions as they are on the sheet, where the two axes may have different scales.
    across, up = u[keep] / half_x, v[keep] / half_y
    length = np.sqrt(size[keep] / size.max()) / np.hypot(across, up)
    axes.quiver(
        x[keep],
        y[keep],
        2.2 * across * length,
        2.2 * up * length,
        angles="uv",
        scale_units="width",
        scale=2 * ACROSS,
        pivot="middle",
        color=colour,
        width=0.006,
        headwidth=3.8,
        headlength=4,
        headaxislength=3.6,
        zorder=4,
    )


def places(edges: Any, shown: tuple[float, float]) -> tuple[Any, Any, float]:
    """Cells that evenly spaced arrows lie in, their centres, and half of what is shown of the axis."""
    wanted = np.linspace(*shown, 2 * ACROSS + 1)[1::2]
    cells = np.unique(np.clip(np.searchsorted(edges, wanted) - 1, 0, edges.size - 2))
    return cells, 0.5 * (edges[cells] + edges[cells + 1]), 0.5 * (shown[1] - shown[0])
