"""Figures of sweeps by their structure. Without the compiled Python package, as the program draws."""

import json
import math
import re
import sys

import matplotlib

matplotlib.use("Agg")

from figure_checks import check, titles
from figure_data import WELLS
from program import ROOT, run, run_tests

sys.path.insert(0, str(ROOT / "tools"))
from plot import draw_sweep
from plot.data import Estimate
from plot.sweeps import SweepData, read


def test_a_sweep(folder):
    (folder / "case.toml").write_text(WELLS.replace("evolve", "# evolve"))
    escape = 'escape=[{ from = "left", to = "right", methods = ["mean_first_passage", "theory:kramers"] }]'
    sweep = ["sweep", "case.toml", "--vary", "diffusion.D=0.02:0.2:6:log", "--set", escape, "-o", "s.csv"]
    run(*sweep, "--plot", "s.svg", "--quiet", folder=folder)
    assert (folder / "s.svg").read_bytes().startswith(b"<?xml")
    data = read(folder / "s.csv")
    figure = draw_sweep(data)
    check(figure)
    every, straight = figure.axes[:2]
    assert every.get_xlabel() == "D [nm²/ns]" and straight.get_xlabel() == "1 / (D [nm²/ns])"
    assert every.get_ylabel() == "−log rate [1/ns]" and every.get_xscale() == "log"
    names = [text.get_text() for text in figure.axes[2].get_legend().get_texts()]
    kramers = next(name for name in names if name.startswith("Kramers"))
    assert kramers == "Kramers: slope 0.25 against 1 / D", names  # Arrhenius: the barrier is 1/4
    assert sum(line.get_gid() == "fit" for line in straight.lines) == 2
    fitted = json.loads(run(*sweep, "--json", folder=folder).stdout)["fits"]
    line = next(
        one for one in fitted if (one["method"], one["relation"]) == ("mean_first_passage", "-log(rate) ~ 1/value")
    )
    shown = re.fullmatch(r"mean first passage: slope ([\d.]+) ± ([\d.]+) against 1 / D", names[0])
    assert abs(float(shown[1]) - line["slope"]) < line["standard_error"], (names, line)
    assert abs(float(shown[2]) / line["standard_error"] - 1) < 0.5, (names, line)
    text = (folder / "s.csv").read_text().splitlines(keepends=True)
    zero = [
        (
            ",".join(row.split(",")[:6] + ["0", "", "", "0", "0", "", "", "", "blocked\n"])
            if row.startswith("0.02,")
            else row
        )
        for row in text
    ]
    (folder / "zero.csv").write_text("".join(zero))
    figure = draw_sweep(read(folder / "zero.csv"))
    check(figure)
    assert any("rate 0" in text.get_text() for text in figure.axes[2].get_legend().get_texts())
    assert sum(line.get_gid() == "no rate" for line in figure.axes[0].lines) == 2


def test_a_sweep_of_two_keys(folder):
    none = (math.nan, math.nan)
    rows = [
        ((value, second), Estimate("a", target, method, -second * math.log(value) - len(target) - len(method), *none))
        for second in (1.0, 2.0)
        for value in (1.0, 2.0, 4.0, 8.0)
        for target in ("b", "c")
        for method in ("langevin", "theory:sgd")
    ]
    figure = draw_sweep(SweepData(["diffusion.B", "loss.k"], rows, 'title = "A power"'))
    check(figure)
    assert titles(figure) == ["all rates", "straight lines"] and figure._suptitle.get_text() == "A power"
    names = [text.get_text() for text in figure.axes[-1].get_legend().get_texts()]
    assert names[0] == "Langevin, a → b, k = 1: slope 1 against log B" and len(names) == 8
    marks = [(line.get_color(), line.get_marker()) for line in figure.axes[-1].get_legend().get_lines()]
    assert len({marker for _, marker in marks}) == 8 and len({colour for colour, _ in marks}) == 2
    assert figure.axes[1].get_xscale() == "log"


if __name__ == "__main__":
    run_tests(globals())
