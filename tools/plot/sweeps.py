"""Sweeps: -log(rate) of every escape and method against the value of the key, and against the form of it (value, 1/value
or its logarithm) that a straight line fits best."""

from __future__ import annotations

import csv
import math
import pathlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from .data import DRAWN, Estimate, log_interval, settings, with_unit
from .decades import decade_ticks
from .layout import Panel, legend, sheet
from .style import Series, escape_name, method_name, plain, series
from .style import number as number_on_axis

FORMS: dict[str, Callable[[Any], Any]] = {"value": lambda x: x, "1/value": lambda x: 1 / x, "log(value)": np.log}
COLUMNS = {"rows_of_value", "from", "to", "method", "log_rate", "rate", "low", "high", "note"}
ROUND_OFF_OF_SLOPES = 1e-12
DECADE = 10.0  # values that span as much are drawn over their logarithm


@dataclass(frozen=True)
class SweepData:
    """rows: the values of the keys, and an estimate at them. case: its text."""

    keys: list[str]
    rows: list[tuple[tuple[float, ...], Estimate]]
    case: str


@dataclass(frozen=True)
class Curve:
    """The rates of one escape by one method at one value of the further key."""

    name: str
    style: Series
    closed_form: bool
    points: list[tuple[float, Estimate]]  # in the order of the values

    @property
    def known(self) -> tuple[Any, Any]:
        """Values, and -log(rate) where it is finite."""
        shown = [(value, -one.log_rate) for value, one in self.points if math.isfinite(one.log_rate)]
        return np.array([value for value, _ in shown]), np.array([height for _, height in shown])


@dataclass(frozen=True)
class Line:
    slope: float
    error: float  # standard error of the slope; nan of two points
    intercept: float
    left: float  # squares that it leaves


def read(path: pathlib.Path) -> SweepData:
    """The table of a sweep. Raises ValueError for what is none."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            text = list(file)
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text; {DRAWN}") from None
    comments = [line[1:].removeprefix(" ") for line in text if line.startswith("#")]
    table = list(csv.DictReader(line for line in text if not line.startswith("#")))
    if not table or not COLUMNS <= set(table[0]):
        raise ValueError(f"{path} holds no table of valleyflux sweep; {DRAWN}")
    names = list(table[0])
    keys = names[: names.index("rows_of_value")]
    rows = []
    for number, line in enumerate(table, start=1):
        try:
            if None in line.values():
                raise ValueError("it is cut off")
            if line["method"]:
                rows.append((tuple(float(line[key]) for key in keys), estimate_of(line)))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path} is damaged in row {number} ({error}): valleyflux sweep makes it anew") from None
    return SweepData(keys, rows, "".join(comments[1:]))


def estimate_of(row: Mapping[str, Any]) -> Estimate:
    """Of a row of the table, or of JSON: what is missing is empty in one and None in the other."""
    log_rate, rate, low, high = (
        math.nan if row[name] in ("", None) else float(row[name]) for name in ("log_rate", "rate", "low", "high")
    )
    if rate == 0 and math.isnan(log_rate):
        log_rate = -math.inf
    return Estimate(
        row["from"], row["to"], row["method"], log_rate, *log_interval(log_rate, low, high), note=row["note"]
    )


def draw_sweep(data: SweepData) -> Any:
    """A matplotlib figure. Raises ValueError where there is no rate above zero."""
    curves = curves_of(data)
    if not any(curve.known[0].size for curve in curves):
        raise ValueError("the sweep holds no rate above zero")
    case = settings(data.case)
    best = straightest(curves)
    forms = ["value"] if best == "value" else ["value", best]

    def panel(form: str) -> Panel:
        return Panel(lambda figure, axes: draw(axes, curves, form, form == best, data.keys[0], case))

    handles = [handle(curve, best, data.keys[0].rpartition(".")[2]) for curve in curves]
    if any(math.isinf(one.log_rate) for curve in curves for _, one in curve.points):
        handles.append(
            Line2D([], [], color="0.3", marker="^", mfc="white", ls="none", label="rate 0: −log rate is infinite")
        )
    if any(math.isnan(one.log_rate) for curve in curves for _, one in curve.points):
        handles.append(Line2D([], [], color="0.3", marker="x", ls="none", label="no rate"))
    return sheet([*map(panel, forms), legend(handles)], str(case.get("title", "")))


def curves_of(data: SweepData) -> list[Curve]:
    several = len({one.escape for _, one in data.rows}) > 1
    groups: dict[tuple[Any, ...], list[tuple[float, Estimate]]] = {}
    for at, one in data.rows:
        groups.setdefault((one.escape, one.method, at[1:]), []).append((at[0], one))
    made = []
    methods = list(dict.fromkeys(method for _, method, _ in groups))
    for number, ((escape, method, further), points) in enumerate(groups.items()):
        style = series(number)._replace(colour=series(methods.index(method)).colour)
        name = method_name(method) + (f", {escape_name(*escape)}" if several else "")
        name += "".join(f", {key.rpartition('.')[2]} = {value:g}" for key, value in zip(data.keys[1:], further))
        made.append(Curve(name, style, points[0][1].closed_form, sorted(points, key=lambda point: point[0])))
    return made


def fit(x: Any, y: Any) -> Line | None:
    """By least squares, as the sweep's own table has it; none of fewer than two points."""
    if x.size < 2 or np.ptp(x) == 0:
        return None
    slope, intercept = np.polyfit(x, y, 1)
    left = float(np.sum((np.polyval((slope, intercept), x) - y) ** 2))
    spread = float(np.sum((x - x.mean()) ** 2))
    error = math.sqrt(left / (x.size - 2) / spread) if x.size > 2 else math.nan
    return Line(float(slope), error, float(intercept), left)


def straightest(curves: Sequence[Curve]) -> str:
    """The form whose straight lines leave least, over all curves."""

    def left(form: str) -> float:
        total = 0.0
        for x, y in (curve.known for curve in curves):
            if x.size < 3 or (form != "value" and np.any(x <= 0)):
                continue
            line = fit(FORMS[form](x), y)
            total += line.left if line else 0.0
        return total

    possible = [
        form for form in FORMS if form == "value" or all(value > 0 for curve in curves for value, _ in curve.points)
    ]
    return min(possible, key=left)


def draw(axes: Any, curves: Sequence[Curve], form: str, with_lines: bool, key: str, case: dict[str, Any]) -> None:
    values = np.array([value for curve in curves for value, _ in curve.points])
    logarithmic = form == "log(value)" or (
        form == "value" and not with_lines and values.min() > 0 and values.max() >= DECADE * values.min()
    )
    place = FORMS["value" if form == "log(value)" else form]  # an axis that is logarithmic itself
    straight = False
    for curve in curves:
        draw_points(axes, curve, place)
        x, y = curve.known
        line = fit(FORMS[form](x), y) if with_lines and x.size else None
        if line:
            straight = True
            ends = np.linspace(place(x).min(), place(x).max(), 2)
            across = np.log(ends) if form == "log(value)" else ends
            axes.plot(
                ends,
                line.intercept + line.slope * across,
                color=curve.style.colour,
                lw=1.0,
                gid="fit",
                ls="--" if curve.closed_form else "-",
                zorder=1,
            )
        elif not with_lines:
            axes.plot(place(x), y, color=curve.style.colour, lw=0.6, ls="--" if curve.closed_form else "-", zorder=1)
    axes.margins(y=0.1)
    mark_unknown(axes, curves, place)
    if logarithmic:
        axes.set_xscale("log")
        ticks, _ = decade_ticks(*np.log10(axes.get_xlim()))
        axes.set_xticks([10**tick for tick in ticks], [number_on_axis(10**tick) for tick in ticks])
        axes.xaxis.set_minor_locator(NullLocator())
    name = plain(with_unit(key.rpartition(".")[2], unit_of(key, case)))
    units = case.get("units", {})
    rate = units.get("rate") or (f"1/{units['time']}" if "time" in units else "")
    inverse = f"1 / ({name})" if "[" in name else f"1 / {name}"
    axes.set(xlabel=inverse if form == "1/value" else name, ylabel=plain(with_unit("−log rate", rate)))
    axes.set_title("straight lines" if straight else "all rates")
    axes.grid(color="0.92", lw=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def draw_points(axes: Any, curve: Curve, place: Callable[[Any], Any]) -> None:
    x, y = curve.known
    shown = [one for _, one in curve.points if math.isfinite(one.log_rate)]
    bars = [
        (
            [max(ours - theirs, 0.0) for ours, theirs in ((one.log_rate, one.log_low), (one.log_high, one.log_rate))]
            if math.isfinite(one.log_low + one.log_high)
            else [0.0, 0.0]
        )
        for one in shown
    ]
    axes.errorbar(
        place(x),
        y,
        yerr=np.array(bars).T[::-1] if shown else None,
        fmt=curve.style.marker,
        ms=4,
        mew=1.0,
        color=curve.style.colour,
        mfc="white" if curve.closed_form else curve.style.colour,
        capsize=2.5,
        elinewidth=1.0,
    )


def mark_unknown(axes: Any, curves: Sequence[Curve], place: Callable[[Any], Any]) -> None:
    """At the upper edge, towards which they lie, under each other: rates of zero, and none."""
    lines = 0
    for curve in curves:
        unknown = [(value, one) for value, one in curve.points if not math.isfinite(one.log_rate)]
        for value, one in unknown:
            axes.plot(
                place(value),
                0.97 - 0.05 * lines,
                "^" if math.isinf(one.log_rate) else "x",
                ms=4.5,
                mfc="white",
                color=curve.style.colour,
                transform=axes.get_xaxis_transform(),
                gid="no rate",
            )
        lines += bool(unknown)
    if lines:  # above all else
        bottom, top = axes.get_ylim()
        axes.set_ylim(bottom, bottom + (top - bottom) / (0.97 - 0.05 * lines))


def unit_of(key: str, case: dict[str, Any]) -> str:
    """Of keys whose dimension is known; parameters have any."""
    units = case.get("units", {})
    length = units.get("length", "")
    energy, time = (units.get(name, "") for name in ("energy", "time"))
    diffusion = f"{length}²/{time}" if isinstance(length, str) and length and time else ""
    return str(
        {"diffusion.kT": energy, "diffusion.D": diffusion, "evolve.until": time, "langevin.step": time}.get(key, "")
    )


def slope_text(line: Line) -> str:
    """With the digits that the error leaves; round-off is none."""
    if math.isnan(line.error) or line.error <= ROUND_OFF_OF_SLOPES * abs(line.slope):
        return f"{line.slope:.4g}"
    decimals = max(0, -math.floor(math.log10(line.error)))
    return f"{line.slope:.{decimals}f} ± {line.error:.{decimals}f}"


def handle(curve: Curve, best: str, key: str) -> Line2D:
    """With the slope against the form that fits best."""
    x, y = curve.known
    line = fit(FORMS[best](x), y) if x.size else None
    name = curve.name
    if line:
        against = {"value": key, "1/value": f"1 / {key}", "log(value)": f"log {key}"}[best]
        name += f": slope {slope_text(line)} against {against}"
    return Line2D(
        [],
        [],
        color=curve.style.colour,
        marker=curve.style.marker,
        ms=4,
        label=plain(name),
        lw=1.0,
        mfc="white" if curve.closed_form else curve.style.colour,
        ls="--" if curve.closed_form else "-",
    )
