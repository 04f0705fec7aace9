"""Python values as TOML text, the language of case files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def text_of(value: Any) -> str:
    """A value on one line. Raises TypeError for what TOML has no word for."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    if isinstance(value, (str, os.PathLike)):
        return _string(os.fspath(value))
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {text_of(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, np.ndarray):
        return text_of(value.tolist())
    if isinstance(value, Sequence):
        return "[" + ", ".join(text_of(entry) for entry in value) + "]"
    raise TypeError(f"a case cannot hold {value!r}, a {type(value).__name__}")


def document(tables: Mapping[str, Any]) -> str:
    """A whole case, one line for each key, so that errors point at lines that can be read."""
    plain, rest = [], []
    for name, value in tables.items():
        if isinstance(value, Mapping):
            rest += [f"[{_key(name)}]", *(f"{_key(key)} = {text_of(entry)}" for key, entry in value.items())]
        elif _is_list_of_tables(value):
            for entry in value:
                rest += [f"[[{_key(name)}]]", *(f"{_key(key)} = {text_of(inner)}" for key, inner in entry.items())]
        else:
            plain.append(f"{_key(name)} = {text_of(value)}")
    return "\n".join(plain + rest) + "\n"


def _is_list_of_tables(value: Any) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and len(value) > 0
        and all(isinstance(entry, Mapping) for entry in value)
    )


def _key(name: str) -> str:
    return name if name and set(name) <= _BARE else _string(name)


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
