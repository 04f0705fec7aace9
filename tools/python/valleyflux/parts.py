"""From what users give to the tables of a case file: strings, numbers, functions and arrays."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from . import _core
from .arguments import dict_of, shown, wrong, wrong_text
from .loss import Loss
from .sampling import Array, Interpolation, Sampled, Side, Tables, arguments_of, require_arguments, sample
from .toml import document

_FILES = ("file", "data", "include")  # keys that name one
_NAME_OF_FILE = re.compile(r"[\w./\\~-]+\.(?!e\d)[A-Za-z]\w*")
_SHARE = 0.1  # of the error that rates may have, what interpolation may add


@dataclass
class SettledCase:
    """Tables of a case file, the files that they name, and what is to be said of these."""

    content: dict[str, Any]
    tables: Tables = field(default_factory=Tables)
    warnings: list[str] = field(default_factory=list)
    loss: Loss | None = None  # by functions
    gradient: Any = None  # of a landscape that is a function or an array, as one of these


def case_of_parts(parts: Mapping[str, Any], folder: str | None) -> SettledCase:
    """folder: where the files that the parts name are looked for; None where they stay as they are."""
    case = SettledCase({name: value for name, value in parts.items() if name not in _TRANSLATED})
    for name, translate in _TRANSLATED.items():
        if name in parts:
            translate(parts[name], case)
    if case.loss is not None and "escape" not in case.content:
        valleys = case.content.get("valley", [])
        if len(valleys) == 1:
            case.content["escape"] = [{"from": valleys[0]["name"], "to": "first_exit", "methods": ["sgd"]}]
    functions = _functions_in(case.content)
    if functions:
        _sample_all(case, functions)
    _write_arrays(case)
    if folder is not None and case.tables.files():
        _find_files(case.content, Path(folder), case.tables.folder)
    return case


# ---- what is short for tables of a case ------------------------------------------------------------------------------


def _landscape(given: Any, case: SettledCase) -> None:
    if isinstance(given, xr.Dataset):
        names = [str(name) for name in given.data_vars]
        raise wrong_text(
            "landscape",
            f"landscape: a Dataset may hold several variables: give one of them, as dataset[{next(iter(names), 'name')!r}] "
            f"(it holds: {', '.join(names) or 'none'})",
        )
    if isinstance(given, Mapping):
        case.content["landscape"] = dict(given)
    elif isinstance(given, os.PathLike):
        case.content["landscape"] = {"file": os.fspath(given)}
    elif isinstance(given, str):
        if _NAME_OF_FILE.fullmatch(given):
            raise wrong_text(
                "landscape",
                f'landscape: "{given}" is the name of a file: give pathlib.Path("{given}") or {{"file": "{given}"}}',
            )
        key = "name" if given in _core.built_ins() else "expression"
        case.content["landscape"] = {key: given}
    elif callable(given) or _is_array(given):
        case.content["landscape"] = given
    elif isinstance(given, (np.ndarray, list, tuple)):
        raise wrong_text(
            "landscape",
            f"landscape: an array needs its coordinates: (x, values) or (x, y, values) (got {shown(given)})",
        )
    else:
        raise wrong("landscape", "an expression, a function, an array with its coordinates, a file or a dict", given)


def _drift(given: Any, case: SettledCase) -> None:
    if isinstance(given, Mapping):
        case.content["drift"] = dict(given)
    elif isinstance(given, str) and given in _core.built_ins():
        case.content["drift"] = {"name": given}
    else:
        case.content["drift"] = {"expression": [given] if callable(given) or isinstance(given, str) else list(given)}


def _gradient(given: Any, case: SettledCase) -> None:
    landscape = case.content.get("landscape")
    if not (callable(landscape) or _is_array(landscape)):
        raise TypeError(
            "gradient goes with a landscape that is a function or an array (of a file it is landscape.gradient, the "
            "names of its columns)"
        )
    if callable(landscape) != callable(given):
        raise TypeError("landscape and gradient must both be functions, or both be arrays")
    case.gradient = given


def _diffusion(given: Any, case: SettledCase) -> None:
    case.content["diffusion"] = dict(given) if isinstance(given, Mapping) else {"D": given}


def _grid(given: Any, case: SettledCase) -> None:
    grid: dict[str, Any] = {}
    for name, axis in dict_of("grid", given, '{"x": (-2, 2)}, with an entry for each coordinate').items():
        if isinstance(axis, Mapping):
            grid[name] = dict(axis)
        elif isinstance(axis, (tuple, list, np.ndarray)) and len(axis) in (2, 3):
            grid[name] = dict(zip(("min", "max", "cells"), axis))
        else:
            raise wrong(f"grid.{name}", "(min, max), (min, max, cells) or a dict of the keys of its axis", axis)
    case.content["grid"] = grid


def _valleys(given: Any, case: SettledCase) -> None:
    if not isinstance(given, Mapping):
        if isinstance(given, (str, Sequence, np.ndarray)) or callable(given):
            rule = 'a dict of names and conditions, such as {"left": "x < 0"}, or a number, the depth'
            raise wrong("valleys", rule, given)
        case.content["valleys"] = {"depth": given}
        return
    for name, where in given.items():
        if not isinstance(where, (str, Mapping)):
            raise wrong(f"valleys.{name}", 'a condition such as "x < 0", or a dict of the keys of [[valley]]', where)
    case.content["valley"] = [
        {"name": name, **(where if isinstance(where, Mapping) else {"where": where})} for name, where in given.items()
    ]


def _loss(given: Any, case: SettledCase) -> None:
    keys = {"by": given} if isinstance(given, Loss) else dict(dict_of("loss", given, '{"model": ...}, or a valleyflux.Loss'))
    case.loss = keys.pop("by", None)
    if case.loss is not None and not isinstance(case.loss, Loss):
        raise TypeError(f"loss.by must be a valleyflux.Loss (got {type(case.loss).__name__})")
    case.content["loss"] = keys


def _escapes(given: Any, case: SettledCase) -> None:
    rule = 'a list of (from, to) or of dicts, such as [("left", "right")] or [("left", "any")]'
    if isinstance(given, str) or not isinstance(given, (Mapping, Sequence)):
        raise wrong("escapes", rule, given)
    escapes = [given] if isinstance(given, Mapping) or _is_pair(given) else given
    for one in escapes:
        if not (isinstance(one, Mapping) or _is_pair(one)):
            raise wrong("escapes", rule, given)
    case.content["escape"] = [
        dict(one) if isinstance(one, Mapping) else dict(zip(("from", "to"), one)) for one in escapes
    ]


def _is_pair(given: Any) -> bool:
    return (
        isinstance(given, (tuple, list))
        and len(given) == 2
        and isinstance(given[0], str)
        and isinstance(given[1], (str, Mapping))
    )


_TRANSLATED: dict[str, Callable[[Any, SettledCase], None]] = {
    "landscape": _landscape,
    "gradient": _gradient,
    "drift": _drift,
    "diffusion": _diffusion,
    "grid": _grid,
    "valleys": _valleys,
    "loss": _loss,
    "escapes": _escapes,
}

# ---- arrays ----------------------------------------------------------------------------------------------------------


def _is_array(value: Any) -> bool:
    """A DataArray, or coordinates with values."""
    if isinstance(value, xr.DataArray):
        return True
    return isinstance(value, tuple) and len(value) in (2, 3) and all(np.ndim(part) > 0 for part in value)


def _coordinates_and_values(value: Any) -> tuple[tuple[str, ...] | None, list[Any], Any]:
    """Names of the coordinates where there are any, coordinates, values[i, j]."""
    if not isinstance(value, xr.DataArray):
        return None, list(value[:-1]), value[-1]
    # Of (y, x), as images and result files have them, x comes first.
    order = tuple(str(name) for name in value.dims)
    order = tuple(sorted(order)) if set(order) <= {"x", "y"} else order
    missing = [name for name in order if name not in value.coords]
    if missing:
        raise ValueError(f"a DataArray needs coordinates along all axes (it has none along {', '.join(missing)})")
    ordered = value.transpose(*order)
    return order, [ordered.coords[name].values for name in order], ordered.values


def _arrays_of_gradient(given: Any, landscape: Any) -> list[Any]:
    """By coordinate, in the order of the landscape's."""
    if given is None:
        return []
    _, coordinates, _ = _coordinates_and_values(landscape)
    parts = list(given) if isinstance(given, (list, tuple)) or np.ndim(given) > len(coordinates) else [given]
    if len(parts) != len(coordinates):
        raise ValueError(f"gradient must hold {len(coordinates)} arrays, one for each coordinate (got {len(parts)})")
    return [_coordinates_and_values(part)[2] if isinstance(part, xr.DataArray) else part for part in parts]


def _write_arrays(case: SettledCase) -> None:
    for place, value in list(_entries(case.content)):
        if not _is_array(value):
            continue
        names, coordinates, values = _coordinates_and_values(value)
        gradient = _arrays_of_gradient(case.gradient, value) if place == ("landscape",) else []
        keys = case.tables.add(_file_word(place), coordinates, values, gradient)
        if names is not None and names != ("x", "y")[: len(names)]:
            case.content.setdefault("variables", list(names))
        _put(case.content, place, keys)
        if place[0] == "diffusion":
            case.content["diffusion"].setdefault("model", "expression")


# ---- functions -------------------------------------------------------------------------------------------------------

Place = tuple[Any, ...]  # keys and numbers that lead to an entry


def _entries(content: Mapping[str, Any]) -> list[tuple[Place, Any]]:
    """What may be a function or an array, with its place."""
    found: list[tuple[Place, Any]] = []

    def visit(place: Place, value: Any) -> None:
        if isinstance(value, list):
            for k, entry in enumerate(value):
                visit((*place, k), entry)
        else:
            found.append((place, value))

    if "landscape" in content and not isinstance(content["landscape"], Mapping):
        found.append((("landscape",), content["landscape"]))
    for table, keys in (("drift", ("expression",)), ("diffusion", ("D", "mobility"))):
        for key in keys:
            if key in content.get(table, {}):
                visit((table, key), content[table][key])
    return found


def _put(content: dict[str, Any], place: Place, value: Any) -> None:
    owner: Any = content
    for key in place[:-1]:
        owner = owner[key]
    owner[place[-1]] = value


def _file_word(place: Place) -> str:
    return "_".join(str(part) for part in place if part != "expression")


def _functions_in(content: Mapping[str, Any]) -> list[tuple[Place, Callable[..., Any]]]:
    return [(place, value) for place, value in _entries(content) if callable(value)]


def _coordinate_names(case: SettledCase, functions: list[tuple[Place, Callable[..., Any]]]) -> tuple[str, ...]:
    grid = case.content.get("grid", {})
    if "variables" in case.content:
        return tuple(case.content["variables"])
    if grid:
        return tuple(grid)
    for _, function in functions:
        if names := arguments_of(function):
            return names
    raise ValueError("nothing says how many coordinates a function takes: give grid, or variables")


def _sample_all(case: SettledCase, functions: list[tuple[Place, Callable[..., Any]]]) -> None:
    names = _coordinate_names(case, functions)
    if len(names) > 2 or "box" in case.content:
        raise ValueError(f"functions are sampled on a grid, of one or two coordinates (got {', '.join(names)})")
    for place, function in functions:
        require_arguments("/".join(map(str, place)), function, names)
    if callable(case.gradient):
        require_arguments("gradient", case.gradient, names)
    sampled = {place: Sampled(function, names, "/".join(map(str, place))) for place, function in functions}
    if names != ("x", "y")[: len(names)]:
        case.content.setdefault("variables", list(names))
    sides = _sides(case, names, sampled)
    given = case.content.get("grid", {})
    case.content["grid"] = {
        side.name: {"min": side.min, "max": side.max, **given.get(side.name, {})} for side in sides
    }
    for place, function in sampled.items():
        if place != ("landscape",):
            _sample_coefficient(case, place, function, sides)
    if ("landscape",) in sampled:
        # Ripples of tables are merged into the valleys around; a function has none.
        if "valley" not in case.content:
            case.content.setdefault("valleys", {"depth": 0})
        _sample_landscape(case, sampled[("landscape",)], sides)


def _number_of(grid: Mapping[str, Any], name: str, end: str) -> float:
    given = grid[name][end]
    if not isinstance(given, (int, float, np.integer, np.floating)):
        raise wrong(f"grid.{name}.{end}", "a number, as functions are sampled there", given)
    return float(given)


def _sides(case: SettledCase, names: tuple[str, ...], sampled: Mapping[Place, Sampled]) -> list[Side]:
    grid: dict[str, Any] = case.content.get("grid", {})
    periodic = [grid.get(name, {}).get("boundary") == "periodic" for name in names]
    if all("min" in grid.get(name, {}) and "max" in grid.get(name, {}) for name in names):
        return [Side(n, _number_of(grid, n, "min"), _number_of(grid, n, "max"), p) for n, p in zip(names, periodic)]
    if list(sampled) != [("landscape",)]:
        raise ValueError(
            "the domain is chosen for a function as landscape alone: give min and max of each coordinate in grid"
        )
    function = sampled[("landscape",)]
    gradient = _sampled_gradient(case, names)
    precision = max(function.precision([at] * len(names)) for at in (-0.7, 0.1, 1.3))
    rest = {name: value for name, value in case.content.items() if name != "landscape"}
    ends = _core.domain_of_callable(document(rest), "case", os.getcwd(), len(names), function, gradient, precision)
    return [Side(name, low, high, p) for (name, low, high), p in zip(ends, periodic)]


def _sampled_gradient(case: SettledCase, names: Sequence[str]) -> Sampled | None:
    return Sampled(case.gradient, names, "gradient", len(names)) if case.gradient is not None else None


def _relative_accuracy(case: SettledCase) -> float:
    return float(case.content.get("accuracy", {}).get("relative", 1e-3))


def _sample_coefficient(case: SettledCase, place: Place, function: Sampled, sides: list[Side]) -> None:
    """Of drift or diffusion: right to a share of its own size."""
    bounded = place[0] == "diffusion"
    keys, reached, wanted = sample(
        case.tables,
        _file_word(place),
        function,
        sides,
        lambda _, values, __: _SHARE * _relative_accuracy(case) * float(np.max(np.abs(values))),
        bounded,
    )
    _put(case.content, place, keys)
    if bounded:
        case.content["diffusion"].setdefault("model", "expression")
    case.warnings.append(_table(function, reached) + _in_vain(reached, wanted))


def _sample_landscape(case: SettledCase, function: Sampled, sides: list[Side]) -> None:
    """Right to a share of the noise level, by which energies count."""
    noise: list[float] = []

    def tolerance(keys: dict[str, Any], values: Array, places: Array) -> float:
        if not noise:
            _put(case.content, ("landscape",), keys)
            with case.tables.as_arguments():
                known = _core.case_of_text(document(case.content), "case", str(case.tables.folder), [])
            noise.append(known.noise_level(np.asfortranarray(places[:, :: max(1, places.shape[1] // 100)])))
        return max(_SHARE * _relative_accuracy(case) * noise[0], float(np.finfo(float).eps * np.ptp(values)))

    gradient = _sampled_gradient(case, function.names)
    keys, reached, wanted = sample(case.tables, "landscape", function, sides, tolerance, gradient=gradient)
    _put(case.content, ("landscape",), keys)
    share = reached.error / noise[0] if noise[0] > 0 else np.inf
    case.warnings.append(
        f"{_table(function, reached)}, {share:.1g} of the noise level: rates may be off by as large "
        f"a part beside their intervals{_in_vain(reached, wanted)}"
    )


def _table(function: Sampled, reached: Interpolation) -> str:
    points = " x ".join(map(str, reached.points))
    return f"{function.what}: a table of the function at {points} points, off by up to {reached.error:.1g} between them"


def _in_vain(reached: Interpolation, wanted: float) -> str:
    return f"; {wanted:.1g} was wanted" if reached.error > wanted else ""


def _find_files(value: Any, folder: Path, tables: Path) -> None:
    """Other files than the tables of Python objects are looked for where they would be without these."""
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(entry, (dict, list)):
            _find_files(entry, folder, tables)
        elif key in _FILES and isinstance(entry, (str, os.PathLike)) and not (tables / entry).exists():
            value[key] = str((folder / entry).resolve())
