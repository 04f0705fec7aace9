"""Python functions and arrays as tables, which the library reads and interpolates."""

from __future__ import annotations

import inspect
import itertools
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from .arguments import shown, wrong_text
from .errors import CaseError

Array = npt.NDArray[np.float64]

POINTS = {1: (513, 65537), 2: (129, 1025)}  # along each axis, at first and at most, by the number of axes
_COARSER = 4  # as many times fewer intervals to begin with, where the gradient is known
_CHECKS = 20000  # points between those of the table, at which it is compared with the function


class Tables:
    """Files that a case of Python objects names, in a folder that goes when the case does."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="valleyflux_")
        for name, content in (files or {}).items():
            (self.folder / name).write_bytes(content)

    @property
    def folder(self) -> Path:
        return Path(self._folder.name)

    def files(self) -> dict[str, bytes]:
        """All of them, as __init__ takes them."""
        return {file.name: file.read_bytes() for file in sorted(self.folder.iterdir())}

    def in_words(self, text: str) -> str:
        """A text in which the arguments are named that files of this folder hold."""
        files = re.compile(re.escape(str(self.folder)) + r"/(\w+)\.npz")
        return files.sub(lambda found: found[1].replace("_", "."), text)

    @contextmanager
    def as_arguments(self) -> Iterator[None]:
        """Has errors name arguments, where the library names files that hold them."""
        try:
            yield
        except ValueError as error:
            text = self.in_words(str(error))
            if text == str(error):
                raise
            raise CaseError(text) from None

    def add(self, name: str, coordinates: Sequence[Any], values: Any, gradient: Sequence[Any] = ()) -> dict[str, Any]:
        """Writes values[i, j] at (x[i], y[j]), and their derivatives along each axis where these are known, to
        NAME.npz; the keys that name this table in a case."""
        axes = [real_numbers(f"{name}: a coordinate", axis) for axis in coordinates]
        parts = {name: values, **{f"{name}_{letter}": part for letter, part in zip("xy", gradient)}}
        arrays = {part: real_numbers(part, numbers) for part, numbers in parts.items()}
        for part, array in arrays.items():
            if array.shape != tuple(axis.size for axis in axes):
                shapes = ", ".join(str(axis.shape) for axis in axes)
                raise ValueError(f"{part}: values of shape {array.shape} do not lie on coordinates of shapes {shapes}")
        transposed = {part: array.T for part, array in arrays.items()}
        np.savez(self.folder / f"{name}.npz", **transposed, **dict(zip("xy", axes)))
        keys: dict[str, Any] = {"file": f"{name}.npz", "dataset": name}
        return {**keys, "gradient": list(parts)[1:]} if len(parts) > 1 else keys


def real_numbers(what: str, given: Any) -> Array:
    """As an array. Raises CaseError for what is none, complex numbers among it: no part of them is left out."""
    with suppress(TypeError, ValueError):
        array = np.asarray(given)
        missing = array.dtype == object and any(one is None for one in array.flat)  # nan as a number
        if array.dtype.kind in "biufO" and not missing:
            return array.astype(float, copy=False)
    raise wrong_text(what, f"{what} must be real numbers (got {shown(given)})")


@dataclass(frozen=True)
class Side:
    """An axis of the box that functions are sampled in."""

    name: str
    min: float
    max: float
    periodic: bool = False

    def coordinates(self, points: int) -> Array:
        """Of a periodic axis the last point is left out: it is the first one again."""
        return np.linspace(self.min, self.max, points)[: -1 if self.periodic else None]


class Sampled:
    """A function of d coordinates, called with arrays of them where it can be, else point by point. Of a gradient, the
    function gives as many components: an array or a sequence of them."""

    def __init__(
        self, function: Callable[..., Any], names: Sequence[str], what: str, components: int | None = None
    ) -> None:
        self.names, self._function, self.what, self._components = tuple(names), function, what, components
        self._takes_arrays: bool | None = None

    def __call__(self, points: Array) -> Array:
        """Values at points (d x n), of shape (n,), or (components, n)."""
        if self._takes_arrays is None:
            self._look(points)
        values = self._of_arrays(points) if self._takes_arrays else self._one_by_one(points)
        return np.ascontiguousarray(values, float)

    def _look(self, points: Array) -> None:
        probe = points[:, : min(3, points.shape[1])]
        single = self._one_by_one(probe)
        try:
            self._takes_arrays = np.allclose(self._of_arrays(probe), single, equal_nan=True)
        except Exception:  # made for numbers alone: that it can be called at all, the line above has shown
            self._takes_arrays = False

    def precision(self, point: Sequence[float]) -> float:
        """Relative size of what is noise in the numbers that it gives (rounding, of single precision perhaps), by
        fourth differences over steps in which nothing else changes (Hamming; More & Wild 2011)."""
        at = np.asarray(point, float)[:, np.newaxis]
        values = self(at + 1e-8 * np.arange(-8, 9) * np.maximum(np.abs(at), 1e-2))
        size = np.max(np.abs(values))
        noise = np.sqrt(np.mean(np.diff(values, 4) ** 2) / 70) / size if size > 0 and np.isfinite(size) else 0.0
        return float(np.clip(noise, np.finfo(float).eps, 1e-2))

    def _of_arrays(self, points: Array) -> npt.NDArray[Any]:
        given = self._function(*points)
        if self._components is None:
            return np.broadcast_to(real_numbers(self.what, given), points.shape[1:])
        parts = [real_numbers(self.what, part) for part in self._parts(given)]
        return np.stack([np.broadcast_to(part, points.shape[1:]) for part in parts])

    def _one_by_one(self, points: Array) -> npt.NDArray[Any]:
        values = [self._function(*map(float, point)) for point in points.T]
        if self._components is not None:
            parts = [[real_numbers(self.what, part) for part in self._parts(given)] for given in values]
            return np.array([[float(np.squeeze(part)) for part in parts_of_one] for parts_of_one in parts]).T
        array = np.array([real_numbers(self.what, value) for value in values])
        if array.shape != points.shape[1:]:
            raise ValueError(f"{self.what} must give one number at a point (got an array of shape {array.shape[1:]})")
        return array

    def _parts(self, given: Any) -> list[Any]:
        """The components of what a gradient has given; of one coordinate it may be given as it is."""
        several = isinstance(given, (list, tuple)) or np.ndim(given) > (1 if self._components == 1 else 0)
        parts = list(given) if several else [given]
        if len(parts) != self._components:
            raise ValueError(
                f"{self.what} must give {self._components} numbers at a point, the derivative along each of "
                f"{', '.join(self.names)} (got {len(parts)})"
            )
        return parts

    def on(self, sides: Sequence[Side], points: int) -> tuple[list[Array], Array]:
        """Coordinates, and values[i, j] there; those of each component."""
        axes = [side.coordinates(points) for side in sides]
        grid = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")])
        values = self(grid)
        return axes, values.reshape(values.shape[:-1] + tuple(axis.size for axis in axes))


def arguments_of(function: Callable[..., Any]) -> tuple[str, ...] | None:
    """Names of the coordinates that a function takes; None where it does not say."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return None
    return tuple(
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    )


def require_arguments(what: str, function: Callable[..., Any], names: Sequence[str]) -> None:
    """Raises CaseError for a function that cannot be called with these coordinates, if it says so."""
    try:
        inspect.signature(function).bind(*names)
    except TypeError:
        own = ", ".join(arguments_of(function) or ("none",))
        raise wrong_text(
            what,
            f"{what} must take one argument for each coordinate, {', '.join(names)} (it takes {own}): grid and variables "
            "say what the coordinates are",
        ) from None
    except ValueError:
        pass  # it does not say


@dataclass(frozen=True)
class Interpolation:
    """How well a table stands for its function."""

    points: tuple[int, ...]
    error: float  # the largest seen between the points, below the height at which the box is left


def between(axes: Sequence[Array], values: Array, sides: Sequence[Side], confined: bool) -> Array:
    """Middles between points (d x n), a fair choice of them where there are many; confined: no higher than the lowest
    point of the border, so that walls which nothing climbs do not count."""
    steps = [np.append(axis, side.max) if side.periodic else axis for axis, side in zip(axes, sides)]
    corner = np.zeros([axis.size - 1 for axis in steps])
    wrapped = np.pad(values, [(0, 1 if side.periodic else 0) for side in sides], mode="wrap")
    for ends in itertools.product((slice(0, -1), slice(1, None)), repeat=len(axes)):
        corner = np.maximum(corner, wrapped[ends]) if any(e.start for e in ends) else wrapped[ends].copy()
    inside = np.isfinite(corner)
    if confined:
        border = [np.take(values, [0, -1], k).min() for k, side in enumerate(sides) if not side.periodic]
        if border and np.any(corner <= min(border)):
            inside &= corner <= min(border)
    chosen = np.argwhere(inside)
    if len(chosen) > _CHECKS:
        chosen = chosen[np.linspace(0, len(chosen) - 1, _CHECKS).astype(int)]
    middles = [(axis[1:] + axis[:-1]) / 2 for axis in steps]
    return np.asfortranarray(np.stack([middle[chosen[:, k]] for k, middle in enumerate(middles)]))


def _require_finite(function: Sampled, axes: Sequence[Array], values: Array) -> None:
    faults = np.argwhere(~np.isfinite(values))
    if len(faults):
        at = faults[0][-len(axes) :]  # after the number of a component
        place = ", ".join(f"{name} = {axis[k]:.6g}" for name, axis, k in zip(function.names, axes, at))
        raise ValueError(
            f"{function.what} is {values[tuple(faults[0])]} at {place}: give a grid in which the function is finite"
        )


def sample(
    tables: Tables,
    name: str,
    function: Sampled,
    sides: Sequence[Side],
    tolerance: Callable[[dict[str, Any], Array, Array], float],
    bounded: bool = False,
    gradient: Sampled | None = None,
) -> tuple[dict[str, Any], Interpolation, float]:
    """Samples a function ever more finely until the library's interpolation is as right as wanted, or as many points
    are taken as are allowed, or more of them do not help. tolerance: of the table's keys, values and the places between
    the points. Gives the keys, what was reached, and what was wanted."""
    points, most = POINTS[len(sides)]
    points = (points - 1) // _COARSER + 1 if gradient else points
    errors: list[float] = []
    while True:
        axes, values = function.on(sides, points)
        _require_finite(function, axes, values)
        slopes = gradient.on(sides, points)[1] if gradient else np.empty((0, *values.shape))
        if gradient:
            _require_finite(gradient, axes, slopes)
        keys = tables.add(name, axes, values, list(slopes))
        places = between(axes, values, sides, confined=not bounded)
        wanted = tolerance(keys, values, places)
        known = function(places)
        file = str(tables.folder / keys["file"])
        with tables.as_arguments():
            table = _core.table_values(file, keys["dataset"], keys.get("gradient", []), places, bounded)
        error = float(np.max(np.abs(table - known)))
        errors.append(error)
        in_vain = len(errors) > 2 and error > errors[-3] / 2
        if not error > wanted or 2 * points - 1 > most or in_vain:
            return keys, Interpolation(values.shape, error), wanted
        points = 2 * points - 1
