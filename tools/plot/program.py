"""The command line: draws a result (.h5), the table of a sweep (.csv) or a figure made again (.json)."""

from __future__ import annotations

import argparse
import pathlib
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import matplotlib

from . import data, panels, reproduction, style, sweeps
from .fonts import MissingCharacters


def drawing(file: pathlib.Path, chosen: list[str] | None) -> Any:
    suffix = file.suffix.lower()
    if suffix == ".csv":
        return sweeps.draw_sweep(sweeps.read(file))
    if suffix == ".json":
        return reproduction.draw_reproduction(*reproduction.read(file))
    with data.opened(file) as result:
        return panels.draw_result(result, chosen)


def sentences(said: Sequence[Any]) -> list[str]:
    """What is said of warnings: one sentence of all characters that no font has, others once each."""
    messages = [one.message for one in said]
    missing = "".join(one.characters for one in messages if isinstance(one, MissingCharacters))
    others = [str(one) for one in messages if not isinstance(one, MissingCharacters)]
    if missing:
        others.append(str(MissingCharacters("".join(dict.fromkeys(missing)))))
    return list(dict.fromkeys(others))


def main() -> None:
    parser = argparse.ArgumentParser(prog="plot", description=__doc__)
    parser.add_argument("file", type=pathlib.Path, help="written by valleyflux run, sweep or reproduce")
    parser.add_argument(
        "-o", "--output", type=pathlib.Path, help="the figure: .png, .svg or .pdf (default: beside the file, as .png)"
    )
    parser.add_argument("--panels", help="of a result, such as landscape,density,committor:left-right,rates")
    arguments = parser.parse_args()
    output = arguments.output or arguments.file.with_suffix(".png")
    chosen = None if arguments.panels is None else arguments.panels.split(",")
    matplotlib.use("Agg")  # here alone: the Python package draws where its user looks
    try:
        style.require_format(output)
        if chosen is not None and arguments.file.suffix.lower() in (".csv", ".json"):
            raise ValueError(f"--panels are chosen of a result, and {arguments.file} is none")
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            style.save(drawing(arguments.file, chosen), output)
        for sentence in sentences(said):
            print(f"warning: {sentence}", file=sys.stderr)
    except (OSError, ValueError) as error:
        named = str(arguments.file) in str(error) or str(output) in str(error)
        print(f"error: {'' if named else f'{arguments.file}: '}{error}", file=sys.stderr)
        sys.exit(2)
