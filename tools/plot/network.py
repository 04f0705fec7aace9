"""The jump process between valleys as a table in colours."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from .data import ResultData
from .decades import decade_ticks
from .layout import HEIGHT, Panel
from .style import number, plain

MOST_WITH_NUMBERS = 6
NARROWEST = 0.3  # decades of the colours: rates that are equal are no extremes


def panel(data: ResultData) -> Panel:
    rates = data["network_rate"]
    signs = dict(zip(data.valleys, data.valley_signs))
    names = [plain(signs.get(str(name), str(name))) for name in data["network_valley"]]
    count = len(names)

    def draw(figure: Any, axes: Any) -> None:
        with np.errstate(divide="ignore", invalid="ignore"):
            decades = np.log10(np.where(rates > 0, rates, np.nan))
        low, high = float(np.nanmin(decades)), float(np.nanmax(decades))
        if high - low < NARROWEST:
            low, high = 0.5 * (low + high - NARROWEST), 0.5 * (low + high + NARROWEST)
        palette = plt.get_cmap("cividis").copy()
        palette.set_bad("0.93")
        image = axes.imshow(decades, cmap=palette, aspect="auto", vmin=low, vmax=high)
        bar = figure.colorbar(
            image,
            cax=axes.inset_axes([1.03, 0.0, 0.045, 1.0]),
            label=plain(data.label("network_rate", "rate", "1/time")),
        )
        bar.ax.set_yticks(*decade_ticks(low, high))
        if count <= MOST_WITH_NUMBERS:
            for (row, column), decade in np.ndenumerate(decades):
                if row != column:
                    text = number(rates[row, column], digits=2) if np.isfinite(decade) else "0"
                    axes.text(
                        column,
                        row,
                        text,
                        ha="center",
                        va="center",
                        fontsize=6,
                        color="white" if decade < 0.5 * (low + high) - 0.01 else "black",
                    )
        axes.set_xticks(range(count), names, rotation=90 if sum(map(len, names)) > 40 else 0)
        axes.set_yticks(range(count), names)
        axes.tick_params(length=0, labelsize=6)
        axes.set(xlabel="to valley", ylabel="from valley")
        axes.set_title("rates between valleys")

    return Panel(draw, height=max(HEIGHT, 0.9 + 0.13 * count))
