"""What all figures have in common: fonts, colours, marks, and how they are written."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
from matplotlib.colors import to_rgb

from .fonts import drawable, families

FORMATS = ("png", "svg", "pdf")
WIDTH = 7.2  # inches, two columns of a journal
SMALL = 6.5  # points

RC: dict[str, Any] = {
    "font.family": families(),
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.linewidth": 0.7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "lines.linewidth": 1.3,
    "figure.dpi": 150,
    "figure.titlesize": 9.5,
    "figure.titleweight": "bold",
}

# Okabe & Ito: safe for colour-blind eyes, without the yellow, which is lost on white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h", "*")
LINES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))


class Series(NamedTuple):
    """How one of several lines is told apart: by its colour, and by marks and dashes without it."""

    colour: str
    marker: str
    line: Any


def series(number: int) -> Series:
    """No two of the first 84 are the same in colour and marker."""
    return Series(COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)], LINES[number % len(LINES)])


def readable_on(colour: str) -> str:
    """Black or white, for words on a colour."""
    red, green, blue = (value**2.2 for value in to_rgb(colour))
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.28 else "white"


def escape_series(valleys: Sequence[str], escapes: Sequence[tuple[str, str]], escape: tuple[str, str]) -> Series:
    """In the colour of the valley that is left; escapes from one valley differ by marks and dashes."""
    origins = list(dict.fromkeys([*valleys, *(origin for origin, _ in escapes)]))
    return series(escapes.index(escape))._replace(colour=series(origins.index(escape[0])).colour)


def escape_name(origin: str, target: str) -> str:
    return f"{origin} → {({'any': 'any other', 'first_exit': 'first exit'}).get(target, target)}"


def method_name(method: str) -> str:
    names = {"quasi_stationary": "quasi-stationary", "langevin": "Langevin", "sgd": "SGD", "sgd_chain": "SGD chain"}
    kind, _, formula = method.partition(":")
    if formula:
        formulas = {"sgd": "Theorem 3.2 (SGD)", "two_temperature": "two temperatures", "laplace": "low-noise limit"}
        return formulas.get(formula, formula.replace("_", " ").capitalize())
    return names.get(kind, kind.replace("_", " "))


def number(value: float, _: int | None = None, digits: int = 5) -> str:
    """On an axis: a power of ten stands with its number, not at the end of the axis."""
    mantissa, e, power = f"{value:.{digits}g}".partition("e")
    return mantissa.replace("-", "−") + (power_of_ten(int(power)) if e else "")


def power_of_ten(power: int) -> str:
    """As a factor, in characters that need no formula: names that stand beside it may hold what formulas cannot."""
    return f"×10{raised(str(power))}" if power else ""


def raised(exponent: str) -> str:
    return exponent.translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def plain(text: str) -> str:
    """A text of the user's, in which no formula is meant."""
    return drawable(text).replace("$", r"\$")


def require_format(path: pathlib.Path) -> None:
    """Raises ValueError for a name whose ending says no format."""
    if path.suffix[1:].lower() not in FORMATS:
        raise ValueError(f"{path}: a figure's name ends in .png, .svg or .pdf, which says its format")


def save(figure: Any, path: pathlib.Path) -> None:
    """In the format that the ending of its name says; equal figures have equal bytes."""
    require_format(path)
    suffix = path.suffix[1:].lower()
    undated = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[suffix]
    with plt.rc_context({"svg.hashsalt": "valleyflux", "pdf.fonttype": 42}):
        figure.savefig(path, format=suffix, metadata=undated)
