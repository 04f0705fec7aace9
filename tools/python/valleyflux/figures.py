"""Figures of Xie, Sato & Sugiyama (2020), made again."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from . import _core
from .toml import text_of


@dataclass(frozen=True)
class Figure:
    """A figure that was made again.

    Attributes:
        name: such as ``fig8``.
        folder: where its files are: NAME.json, NAME.csv, NAME.md and, with matplotlib, NAME.png.
        content: of its JSON file: claim, settings, and panels with points, relations and verdict.
    """

    name: str
    folder: Path
    content: dict[str, Any]

    @property
    def rates(self) -> pd.DataFrame:
        """One row for each panel, value, seed and method."""
        tables = []
        for panel in self.content["panels"]:
            table = pd.DataFrame(panel["points"] or panel["estimates"])
            table.insert(0, "panel", panel["name"])
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    @property
    def verdicts(self) -> dict[str, str]:
        """Whether the claim holds, panel by panel."""
        return {panel["name"]: panel["verdict"] for panel in self.content["panels"]}

    def plot(self) -> Any:
        """What the picture shows: a matplotlib Figure."""
        from .plot import draw_reproduction

        return draw_reproduction(self.content, self.folder)

    @property
    def picture(self) -> Path | None:
        """The picture, if it could be drawn."""
        file = self.folder / f"{self.name}.png"
        return file if file.exists() else None


def reproduce(
    name: str | os.PathLike[str],
    folder: str | os.PathLike[str] = "figures",
    *,
    quick: bool = False,
    seeds: int | None = None,
    data: str | os.PathLike[str] | None = None,
    values: Mapping[str, Any] | None = None,
    quiet: bool = True,
) -> Figure:
    """Makes a figure again, over several seeds of data, start and minibatches. Most take minutes.

    Args:
        name: one of ``ready_figures()``, or a figure file.
        folder: that its files go to.
        quick: smaller settings, fewer seeds.
        seeds: of every panel; as many as the figure says where None.
        data: folder of the paper's data, in the place of stand-ins.
        values: of the cases' keys, set on top.
        quiet: False: tables and progress on the standard output, as the program has them.

    Raises:
        KeyboardInterrupt: after Ctrl-C; the figure is not written then.
    """
    if seeds is not None and seeds < 1:
        raise ValueError(f"seeds must be at least 1 (got {seeds})")
    overrides = [f"{key}={text_of(value)}" for key, value in (values or {}).items()]
    place = Path(folder)
    name = os.fspath(name)
    _core.reproduce(name, str(place), os.fspath(data or ""), overrides, seeds or 0, quick, quiet)
    figure = name if name in _core.ready_figures() else Path(name).stem
    return Figure(figure, place, json.loads((place / f"{figure}.json").read_text(encoding="utf-8")))


def draw(content: str, picture: str) -> None:
    """Draws the JSON file of a figure, away from where its user looks."""
    import matplotlib.pyplot as plt

    from .plot import draw_reproduction, save

    file = Path(content)
    figure = draw_reproduction(json.loads(file.read_text(encoding="utf-8")), file.parent)
    save(figure, Path(picture))
    plt.close(figure)
