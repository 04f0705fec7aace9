"""The covariance of one sample's gradient against the Hessian of a loss, along the Hessian's eigenvectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .data import ResultData
from .layout import Panel
from .legends import sample
from .style import plain

POINT, EQUAL, FACTOR = "#0072b2", "#56b4e9", "#d55e00"
ROUND_OFF = 1e-9  # of the largest
HEIGHT = 3.2  # inches


def handles(factor: str = "factor") -> dict[str, Any]:
    return {
        "each": sample("eigenvectors of the Hessian", color=POINT, marker="o", ms=3, ls="none"),
        "equal": sample("variance = |h|", color=EQUAL, lw=1),
        "factor": sample(f"variance = {factor} × |h|", color=FACTOR, ls="--", lw=1),
    }


def draw(axes: Any, eigenvalue: Any, variance: Any, factor: float) -> None:
    """What is round-off of either is left out."""
    h, c = np.abs(eigenvalue), np.asarray(variance)
    seen = (h > ROUND_OFF * h.max()) & (c > ROUND_OFF * c.max())
    axes.loglog(h[seen], c[seen], "o", ms=2.5, color=POINT)
    if seen.any():
        across = np.array([h[seen].min(), h[seen].max()])
        axes.loglog(across, across, color=EQUAL, lw=1)
        if math.isfinite(factor):
            axes.loglog(across, factor * across, "--", color=FACTOR, lw=1)


def panel(data: ResultData) -> Panel:
    factor, correlation = (
        data[name] if name in data else [math.nan] * 3 for name in ("covariance_factor", "covariance_correlation")
    )
    known = math.isfinite(factor[0])

    def draw_panel(figure: Any, axes: Any) -> None:
        draw(axes, data["hessian_eigenvalue"], data["gradient_covariance"], float(factor[0]))
        axes.set(
            xlabel=plain(data.label("hessian_eigenvalue", "|h|, eigenvalue of the Hessian")),
            ylabel=plain(data.label("gradient_covariance", "variance of one sample's gradient")),
        )
        axes.set_title("covariance of the gradient against the Hessian" + said(correlation))
        axes.grid(color="0.92", lw=0.5)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)

    shown = [one for key, one in handles(f"{factor[0]:.2f}").items() if known or key != "factor"]
    return Panel(draw_panel, HEIGHT, legend=shown, stretches=True)


def said(correlation: Any) -> str:
    value, low, high = (f"{number:.3f}".replace("-", "−") for number in correlation)
    return f"\ncorrelation {value} [{low}, {high}]" if all(map(math.isfinite, correlation)) else ""
