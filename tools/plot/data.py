"""What a result holds, the same whether it is read from an HDF5 file or lies in memory."""

from __future__ import annotations

import math
import pathlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from .style import Series, escape_series, raised, series

Array = Any  # of numbers, or of texts

DRAWN = "plot draws results (.h5, of valleyflux run), tables of sweeps (.csv) and figures of valleyflux reproduce (.json)"
ROUND_OFF = 1e-14  # of the largest value: what is smaller is not drawn
SECONDS = {  # the same as known_times in problems/units.cpp
    "as": 1e-18,
    "fs": 1e-15,
    "ps": 1e-12,
    "ns": 1e-9,
    "us": 1e-6,
    "\u00b5s": 1e-6,
    "\u03bcs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "year": 31557600.0,
}


@dataclass(frozen=True)
class Estimate:
    """One rate of an escape, in natural logarithms, which no rate is too small for."""

    origin: str
    target: str
    method: str
    log_rate: float  # -inf: the rate is zero; nan: the method has no answer
    log_low: float  # ends of its interval; nan where there is none
    log_high: float
    recommended: bool = False
    note: str = ""

    @property
    def escape(self) -> tuple[str, str]:
        return self.origin, self.target

    @property
    def closed_form(self) -> bool:
        return self.method.startswith("theory:")


class ResultData:
    """Datasets by their names in the result file (docs/results.md), their attributes, and those of the whole."""

    def __init__(
        self, datasets: Mapping[str, Any], attributes: Mapping[str, Mapping[str, str]], root: Mapping[str, str]
    ) -> None:
        self._datasets = datasets  # read when they are asked for: evolutions may be large
        self._attributes = attributes
        case = settings(root.get("case", ""))
        # Cases without a title are called as their file; nothing is to be read in that.
        self.title = root.get("title", "") if "title" in case or not case else ""
        self.axes = [name for name in ("x", "y", "z") if name in datasets]
        self.valleys = [str(name) for name in self["valley"]] if "valley" in self else []
        self.estimates = self._estimates()

    @classmethod
    def from_fields(cls, fields: Any) -> ResultData:
        """Of an xarray.Dataset, such as r.fields."""
        attributes = {str(name): _texts(array.attrs) for name, array in fields.variables.items()}
        datasets = {str(name): array.values for name, array in fields.variables.items()}
        return cls(datasets, attributes, _texts(fields.attrs))

    def __contains__(self, name: str) -> bool:
        return name in self._datasets

    @property
    def names(self) -> list[str]:
        return list(self._datasets)

    def __getitem__(self, name: str) -> Array:
        if name not in self._datasets:
            raise MissingDataset(f"holds no dataset /{name}")
        dataset = self._datasets[name]
        return dataset if isinstance(dataset, np.ndarray) else _decoded(dataset)

    def frame(self, name: str, number: int) -> Array:
        """One frame of a dataset over time."""
        return np.asarray(self._datasets[name][number])

    def unit(self, name: str) -> str:
        """Empty where the case says none."""
        unit = self._unit_text(name)
        return "" if unit == "1" else re.sub(r"\^(-?\d+)", lambda found: raised(found[1]), unit)

    def _unit_text(self, name: str) -> str:
        return self._attributes.get(name, {}).get("units", "")

    def label(self, name: str, text: str, where_unknown: str = "") -> str:
        """Text with the unit of a dataset, for an axis."""
        return with_unit(text, self.unit(name) or where_unknown)

    def axis_label(self, axis: str) -> str:
        return self.label(axis, self._attributes.get(axis, {}).get("long_name", axis))

    @property
    def rate_conversion(self) -> float:
        """Rates in their own unit over rates per unit of `time`: units.rate is of estimates alone."""
        rate, time = self._unit_text("estimate_rate").removeprefix("1/"), self.time_unit
        return SECONDS[rate] / SECONDS[time] if rate in SECONDS and time in SECONDS else 1.0

    @property
    def time_unit(self) -> str:
        """Of evolutions and of particles."""
        times = [name for name in self._datasets if name == "time" or name.startswith("escape_time_")]
        return next(filter(None, map(self._unit_text, times)), "")

    @property
    def escapes(self) -> list[tuple[str, str]]:
        return list(dict.fromkeys(one.escape for one in self.estimates))

    def escapes_with(self, field: str) -> list[tuple[str, str]]:
        """Escapes that there is a field of that name of."""
        return [escape for escape in self.escapes if "_".join((field, *escape)) in self]

    def ends_of(self, escape: tuple[str, str]) -> list[str]:
        """What an escape may end in, of those with first-passage times."""
        head = f"{escape[0]}->{escape[1]}:"
        labels = [str(label) for label in self["first_passage_target"]] if "first_passage_target" in self else []
        return [label[len(head) :] for label in labels if label.startswith(head)]

    def style_of(self, escape: tuple[str, str]) -> Series:
        return escape_series(self.valleys, self.escapes, escape)

    def colour_of_end(self, name: str) -> str:
        """A valley's own; grey of what is none."""
        return series(self.valleys.index(name)).colour if name in self.valleys else "0.45"

    @property
    def valley_signs(self) -> list[str]:
        """The numbers of valleys that the program has named valley_1 and so on, else their names."""
        numbered = all(name.startswith("valley_") and name[7:].isdigit() for name in self.valleys)
        return [name[7:] if numbered else name for name in self.valleys]

    @property
    def round_off(self) -> float:
        """Relative to the largest value of a density."""
        stated = self["evolution_mass_error"] if "evolution_mass_error" in self else [0.0]
        return max(ROUND_OFF, float(stated[0]))

    def drawn(self, density: Array) -> Array:
        """A density, nan where it is round-off."""
        return np.where(density > self.round_off * np.nanmax(density, initial=0.0), density, np.nan)

    def _estimates(self) -> list[Estimate]:
        rows = []
        for k, name in enumerate(self["estimate"] if "estimate" in self else []):
            escape, _, method = str(name).partition(":")
            origin, _, target = escape.partition("->")
            log_rate = float(self["estimate_log_rate"][k])
            if self["estimate_rate"][k] == 0 and not math.isfinite(log_rate):
                log_rate = -math.inf
            low, high = log_interval(log_rate, *(float(self[f"estimate_{end}"][k]) for end in ("low", "high")))
            recommended = "estimate_recommended" in self and bool(self["estimate_recommended"][k])
            note = str(self["estimate_note"][k]) if "estimate_note" in self else ""
            rows.append(Estimate(origin, target, method, log_rate, low, high, recommended, note))
        return rows


class MissingDataset(ValueError):
    """Of a name that results have."""


@contextmanager
def opened(path: pathlib.Path) -> Iterator[ResultData]:
    """The result of a file, as long as it is open. Raises OSError or ValueError, which name it, for what is none."""
    import h5py  # results in memory are drawn without it

    path.open("rb").close()  # what the system says against it
    if not h5py.is_hdf5(path):
        raise ValueError(f"{path} is no HDF5 file; {DRAWN}")
    try:
        with h5py.File(path) as file:
            datasets = {name: item for name, item in file.items() if isinstance(item, h5py.Dataset)}
            if "estimate" not in datasets:
                raise MissingDataset("holds no dataset /estimate")
            yield ResultData(datasets, {name: _texts(item.attrs) for name, item in datasets.items()}, _texts(file.attrs))
    except MissingDataset as error:
        raise ValueError(f"{path} {error}, which results of valleyflux run have; {DRAWN}") from None
    except OSError as error:
        raise OSError(f"{path} is cut off, damaged or being written: HDF5 cannot read it ({error})") from None


def log_interval(log_rate: float, low: float, high: float) -> tuple[float, float]:
    """Logarithms of the ends of an interval; none where they are too small for numbers that the logarithm is not."""
    ends = [math.log(end) if end > 0 else math.nan for end in (low, high)]
    return (ends[0], ends[1]) if all(map(math.isfinite, ends)) or not math.isfinite(log_rate) else (math.nan, math.nan)


def settings(case: str) -> dict[str, Any]:
    """The tables of a case's text; none where this Python cannot read them."""
    try:
        import tomllib

        return tomllib.loads(case)
    except (ImportError, ValueError):
        return {}


def with_unit(text: str, unit: str) -> str:
    return f"{text} [{unit}]" if unit else text


def _decoded(dataset: Any) -> Array:
    text = getattr(dataset.dtype, "metadata", None) and "vlen" in dataset.dtype.metadata
    return dataset.asstr()[...] if text else dataset[...]


def _texts(attributes: Mapping[Any, Any]) -> dict[str, str]:
    """Attributes that are texts; xarray and HDF5 have some of their own beside them."""
    decoded = {str(name): value.decode() if isinstance(value, bytes) else value for name, value in attributes.items()}
    return {name: value for name, value in decoded.items() if isinstance(value, str)}
