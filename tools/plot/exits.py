"""Where an escape leaves: the probability of each place on the ends that it may come to."""

from __future__ import annotations

from typing import Any

from . import maps
from .data import ResultData
from .ground import limits
from .layout import Panel
from .legends import sample
from .map_marks import mark_valleys, outline_valleys
from .style import escape_name, plain
from .times import finish

AREA = 70.0  # points^2, of the most probable place
LEAST = 1e-3  # of its probability: what is less has no mark


def panel(data: ResultData, escape: tuple[str, str]) -> Panel:
    pair = "_".join(escape)
    ends, probability = data[f"first_passage_exit_target_{pair}"], data[f"first_passage_exit_probability_{pair}"]
    places = [data[f"first_passage_exit_{axis}_{pair}"] for axis in data.axes]
    title = f"places of exit, {escape_name(*escape)}"
    looks: dict[str, dict[str, Any]] = {}
    for end in dict.fromkeys(map(str, ends)):
        share = probability[ends == end].sum()
        looks[end] = {"color": data.colour_of_end(end), "label": f"{end}: {share:.3g}"}
    seen = probability > LEAST * probability.max()

    def on_the_map(figure: Any, axes: Any) -> None:
        if "landscape" in data:
            maps.shade_heights(data, figure, axes, data["landscape"], data.label("landscape", "landscape"))
        outline_valleys(data, axes, "black")
        for end, look in looks.items():
            of_end = seen & (ends == end)
            area = AREA * probability[of_end] / probability.max()
            axes.scatter(*(at[of_end] for at in places), s=area, color=look["color"], ec="white", lw=0.3, zorder=4)
        mark_valleys(data, figure, axes, quiet=True)
        maps.finish(data, axes, title)

    def on_the_line(figure: Any, axes: Any) -> None:
        for end, look in looks.items():
            of_end = ends == end
            axes.vlines(places[0][of_end], 0, probability[of_end], color=look["color"], lw=4)
        axes.set(xlim=limits(data, "x"), ylim=(0, 1.05 * probability.max()))
        axes.set(xlabel=plain(data.axis_label("x")), ylabel="probability of leaving there")
        axes.set_title(plain(title))
        finish(axes)

    if len(data.axes) == 1:
        return Panel(on_the_line, legend=[sample(lw=4, **look) for look in looks.values()], stretches=True)
    marks = [sample(marker="o", ls="none", ms=5, **look) for look in looks.values()]
    return Panel(on_the_map, shape=maps.shape(data), legend=marks)
