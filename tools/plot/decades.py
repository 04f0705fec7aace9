"""Logarithmic axes whose numbers have room, be they of many decades or of a part of one."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, NullLocator

from .style import power_of_ten, raised

MANY = 2.5  # decades, of which powers of ten alone are named
PLAIN = (-3.0, 4.5)  # decades in which numbers need no power


def decade_ticks(low: float, high: float, most: int = 8, powers: bool = False) -> tuple[list[float], list[str]]:
    """Places and names of ticks between two powers of ten, by their logarithms. powers: of ten, also where numbers near
    1 need none."""
    if high - low >= MANY:
        whole = MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]).tick_values(low, high)
        whole = [int(power) for power in whole if low <= power <= high]
        return [float(power) for power in whole], [f"10{raised(str(power))}" for power in whole]
    first = math.floor(low)
    ticks = [tick for tick in ticks_in(low - first, high - first, most) if low <= first + tick <= high]
    if not powers and PLAIN[0] <= low and high <= PLAIN[1]:
        names = [f"{10 ** (first + tick):.4g}".replace("e+04", "0000") for tick in ticks]
    else:
        names = [with_power(10 ** (tick % 1), first + math.floor(tick)) for tick in ticks]
    return [first + tick for tick in ticks], names


def with_power(mantissa: float, power: int) -> str:
    shown = f"{mantissa:.4g}"
    return f"10{raised(str(power))}" if shown == "1" and power else shown + power_of_ten(power)


def ticks_in(low: float, high: float, most: int) -> list[float]:
    """Of a few decades above 1, or of a part of one, logarithms of round numbers."""
    if high - low < 0.6:
        near = MaxNLocator(min(most, 5), steps=[1, 2, 5, 10]).tick_values(10**low, 10**high)
        return [math.log10(value) for value in near if value > 0]
    for mantissas in ((1, 2, 5), (1, 3), (1,)):
        ticks = [power + math.log10(mantissa) for power in range(4) for mantissa in mantissas]
        if sum(low <= tick <= high for tick in ticks) <= most:
            break
    return ticks


def logarithmic(axis: Any) -> None:
    """Makes an axis (axes.xaxis, axes.yaxis) logarithmic, with ticks for the limits that it has."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    low, high = (math.log10(end) for end in sorted(axis.get_view_interval()))
    ticks, names = decade_ticks(low, high, most=4)
    axis.set_ticks([10**tick for tick in ticks], labels=names)
    axis.set_minor_locator(LogLocator(subs="all") if MANY <= high - low < 9 else NullLocator())
    axis.set_minor_formatter(NullFormatter())
