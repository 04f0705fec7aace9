"""Python values as TOML text, the language of case files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .arguments import shown

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def text_of(value: Any, key: str = "a case") -> str:
    """A value on one line. Raises TypeError, which names the key, for what TOML has no word for."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    if isinstance(value, (str, os.PathLike)):
        return _string(os.fspath(value))
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {text_of(entry, name)}" for name, entry in value.items()) + " }"
    if isinstance(value, np.ndarray):
        return text_of(value.tolist(), key)
    if isinstance(value, Sequence):
        return "[" + ", ".join(text_of(entry, key) for entry in value) + "]"
    raise TypeError(f"{key} cannot hold {shown(value)}: a case file has numbers, texts, lists and dicts of them")


def document(tables: Mapping[str, Any]) -> str:
    """A whole case, one line for each key, so that errors point at lines that can be read."""
    plain, rest = [], []
    for name, value in tables.items():
        if isinstance(value, Mapping):
            rest += [f"[{_key(name)}]", *_lines(name, value)]
        elif _is_list_of_tables(value):
            for entry in value:
                rest += [f"[[{_key(name)}]]", *_lines(name, entry)]
        else:
            plain.append(f"{_key(name)} = {text_of(value, name)}")
    return "\n".join(plain + rest) + "\n"


def _lines(table: str, entries: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {text_of(entry, f'{table}.{key}')}" for key, entry in entries.items()]


def table_of(text: str, name: str) -> dict[str, Any]:
    """A table of a case's text; empty where there is none, or where this Python cannot read it (before 3.11)."""
    try:
        import tomllib
    except ImportError:
        return {}
    table = tomllib.loads(text).get(name, {})
    return dict(table) if isinstance(table, dict) else {}


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
