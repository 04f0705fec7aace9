"""What users give, judged by its kind before it is used: errors name the argument, what was given, and what is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from .errors import CaseError

_LONGEST = 60  # characters of a value in an error


def shown(value: Any) -> str:
    """A value in the words of an error: short, however large it is."""
    if isinstance(value, xr.Dataset):
        return f"a Dataset of {', '.join(map(str, value.data_vars)) or 'no variable'}"
    if isinstance(value, (np.ndarray, xr.DataArray)):
        return f"an array of shape {value.shape}" + (" of complex numbers" if value.dtype.kind == "c" else "")
    if callable(value) and not isinstance(value, type):
        return "a function"
    if isinstance(value, (list, tuple)) and any(np.ndim(one) for one in value if isinstance(one, (np.ndarray, list))):
        return f"a {type(value).__name__} of {', '.join(map(shown, value[:4]))}{', ...' if len(value) > 4 else ''}"
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]} ..., a {type(value).__name__}"


def wrong(key: str, rule: str, given: Any) -> CaseError:
    """That an argument, or a key of it, must be otherwise than it is."""
    return wrong_text(key, f"{key} must be {rule} (got {shown(given)})")


def wrong_text(key: str, text: str) -> CaseError:
    error = CaseError(text)
    error.key = key
    return error


def dict_of(key: str, given: Any, example: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise wrong(key, f"a dict, such as {example}", given)
    return given


def texts_of(given: str | Sequence[str]) -> list[str]:
    """One text alone is a list of one."""
    return [given] if isinstance(given, str) else list(given)
