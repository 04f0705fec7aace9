"""Figures by their structure: panels, names, units, marks, and that nothing lies on anything else. Without the compiled
Python package, as the program draws."""

import math
import pathlib
import re
import subprocess
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from figure_checks import check, panel, titles
from figure_data import WELLS, table_of_rates
from program import ROOT, run, run_tests

sys.path.insert(0, str(ROOT / "tools"))
from plot import ResultData, draw_reproduction, draw_result
from plot.data import SECONDS, opened
from plot.reproduction import read as read_figure
from plot.style import series

PLANE = """
landscape.expression = "(x^2 - 1)^2 + y^2 + x*y/2"
diffusion.D = 0.25
grid.x = { min = -2.2, max = 2.2, cells = 32 }
grid.y = { min = -2, max = 2, cells = 24 }
accuracy.relative = 0.2
theory.quasi_potential = true
evolve = { initial = "valley_1", until = 20.0, frames = 20 }
"""


def solved(folder, text):
    (folder / "case.toml").write_text(text)
    run("run", "case.toml", "--quiet", folder=folder)
    return folder / "case.h5"


def drawn(result, panels=None):
    plt.close("all")
    with opened(result) as data:
        figure = draw_result(data, panels)
    check(figure)
    return figure


def test_a_line(folder):
    figure = drawn(solved(folder, WELLS))
    assert titles(figure) == ["landscape", "densities", "committor", "net flux out of valleys", "rates of escape"]
    assert figure._suptitle.get_text() == r"Two wells, \$5"
    density = panel(figure, "densities")
    assert density.get_xlabel() == "x [nm]" and density.get_ylabel() == "probability density [1/nm]"
    frames = [line for line in density.lines if line.get_gid() == "frame"]
    assert 4 <= len(frames) <= 6
    for line in frames:  # round-off is not drawn
        values = line.get_ydata()
        assert np.nanmin(values) >= 1e-14 * np.nanmax(values)
    assert density.child_axes[0].get_ylabel() == "time [ns]"
    assert panel(figure, "landscape").get_ylabel() == "landscape [kJ/mol]"
    assert panel(figure, "rates").get_xlabel() == "rate [1/ns]"
    words = [text.get_text() for text in panel(figure, "committor").texts]
    assert words == ["left", "right"]


def test_a_plane(folder):
    result = solved(folder, PLANE)
    figure = drawn(result)
    assert figure._suptitle is None  # the case has no title, and its file's name is none
    maps = [axes for axes in figure.axes if axes.collections and axes.get_ylabel() == "y"]
    assert len(maps) == 5 and sum(title.startswith("density at t = ") for title in titles(figure)) == 3
    sizes = np.array([axes.get_window_extent().size for axes in maps])
    assert np.ptp(sizes, axis=0).max() < 1.0, sizes
    assert {(axes.get_xlim(), axes.get_ylim()) for axes in maps} == {((-2.2, 2.2), (-2.0, 2.0))}
    landscape = panel(figure, "landscape")
    assert [text.get_text() for text in landscape.texts] == ["1", "2"]
    assert sum(line.get_gid() == "path" for line in landscape.lines) >= 1
    every = [
        "landscape",
        "stationary_density",
        "committor:valley_2-any",
        "current",
        "current:valley_1-any",
        "drift",
        "mean_first_passage_time:valley_1->any",
        "quasi_potential:valley_2",
        "network",
        "flux",
    ]
    assert len(titles(drawn(result, every))) == len(every)


def test_particles_and_first_passages(folder):
    text = WELLS.split("evolve")[0] + """
escape = [{ from = "left", to = "right", methods = ["langevin", "mean_first_passage"] },
          { from = "left", to = "first_exit", methods = ["mean_first_passage"] },
          { from = "right", to = "left", methods = ["mean_first_passage"] }]
langevin = { particles = 60, step = 0.02 }
first_passage = {}
"""
    with opened(solved(folder, text)) as data:
        figure = draw_result(data, ["escape_times", "rates"])
        check(figure)
        steps = panel(figure, "times of escape").lines[0]
        assert steps.get_xdata().size == 61 and steps.get_ydata()[0] == 1
        figure = draw_result(data, ["first_passage:left", "landscape"])
        every = draw_result(data, ["first_passage"])
        colours = [data.style_of(escape).colour for escape in data.escapes]
    check(figure)
    passage = panel(figure, "first-passage times")
    assert len(passage.lines) == 2 and passage.get_xlabel() == "first-passage time [ns]"
    assert [line.get_color() for line in panel(every, "first-passage times").lines] == colours
    mean = {"x": passage.lines[0].get_xdata(), "y": passage.lines[0].get_ydata()}
    arrived = np.nansum(np.diff(mean["x"]) * (mean["y"][1:] + mean["y"][:-1]) / 2)
    assert abs(arrived - 1) < 0.02


def test_what_escapes_end_in_and_where(folder):
    three = """
landscape.expression = "x^2*(x^2 - 4)^2/10"
diffusion.D = 0.3
grid.x = { min = -3, max = 3, cells = 60 }
valley = [{ name = "left", where = "x < -1.1" }, { name = "middle", where = "abs(x) <= 1.1" },
          { name = "right", where = "x > 1.1" }]
escape = [{ from = "middle", to = "any" }, { from = "middle", to = "first_exit" }]
first_passage = { until = 40.0 }
"""
    figure = drawn(solved(folder, three), ["first_passage", "exit_places", "first_passage:middle->any"])
    assert len(panel(figure, "first-passage times").lines) == 2
    assert [line.get_label() for line in figure.axes[-1].lines] == ["middle → any other", "into left", "into right"]
    bars = panel(figure, "places of exit, middle → any other")
    assert [line.get_text() for line in bars.get_legend().get_texts()] == ["left: 0.5", "right: 0.5"]
    assert [len(bar.get_segments()) for bar in bars.collections] == [1, 1]
    (folder / "one").mkdir()
    figure = drawn(solved(folder / "one", three.replace(', { from = "middle", to = "first_exit" }', "")), ["first_passage"])
    assert [line.get_label() for line in panel(figure, "first-passage times").lines] == [
        "middle → any other", "into left", "into right"
    ]
    plane = PLANE.replace("evolve", "first_passage = {}\nevolve")
    figure = drawn(solved(folder, plane), ["landscape", "exit_places:valley_1-any"])
    (marks,) = [one for one in panel(figure, "places of exit").collections if one.get_sizes().size > 2]
    at = np.asarray(marks.get_offsets())
    assert at[np.argmax(marks.get_sizes()), 0] > 0.2 and len(at) > 3


def test_what_leaves_through_walls(folder):
    """x starts between two absorbing walls, to which it comes with probabilities that an integral tells."""
    text = """
landscape.expression = "x^2/8 - 0.3*x"
diffusion.D = 0.5
units.time = "s"
grid.x = { min = -1, max = 2, cells = 200, boundary = "absorbing" }
valley = [{ name = "between", where = "abs(x) < 3" }]
escape = [{ from = "between", to = "first_exit", methods = ["mean_first_passage"] }]
evolve = { initial = { mean = [0.0], sd = [0.02] }, until = 60.0, frames = 30 }
"""
    result = solved(folder, text)
    figure = drawn(result)
    left = panel(figure, "probability that has left")
    assert [line.get_label() for line in left.lines] == ["x.min", "x.max", "has not left"]
    assert left.get_xlabel() == "time [s]" and left.get_ylabel() == "probability"
    low, high, inside = (line.get_ydata() for line in left.lines)
    np.testing.assert_allclose(low + high + inside, 1, atol=1e-12)
    scale = lambda x: np.exp((x**2 / 8 - 0.3 * x) / 0.5)  # of dx/dt = -L' + sqrt(2 D) xi
    x = np.linspace(-1, 2, 300001)
    assert abs(high[-1] - scale(x)[x <= 0].sum() / scale(x).sum()) < 1e-3 and inside[-1] < 1e-8
    flux = panel(drawn(result, ["wall_outflux"]), "flux through absorbing walls")
    assert flux.get_ylabel() == "flux [1/s]" and len(flux.lines) == 2
    assert len({line.get_color() for line in flux.lines} | {series(0).colour}) == 3  # not the valley's


def test_rates_beside_times_are_in_the_unit_of_these(folder):
    text = WELLS.replace('units = { time = "ns"', 'units = { rate = "1/us", time = "ns"') + """
escape = [{ from = "left", to = "right", methods = ["flux", "langevin"] }]
langevin = { particles = 60, step = 0.02 }
"""
    with opened(solved(folder, text)) as data:
        figure = draw_result(data, ["flux", "escape_times", "rates"])
        check(figure)
        rate = next(math.exp(one.log_rate) for one in data.estimates if one.method == "flux")
        seen = data["escaped_langevin_left_right"].sum() / data["escape_time_langevin_left_right"].sum()
    levels = panel(figure, "net flux")
    (level,) = [line.get_ydata()[0] for line in levels.lines if line.get_label() == "rate by the method flux"]
    assert panel(figure, "rates").get_xlabel() == "rate [1/us]" and levels.get_ylabel() == "flux / probability [1/ns]"
    assert abs(level - rate / 1000) < 1e-12 * level
    law = panel(figure, "times of escape").lines[-1]
    assert abs(-math.log(law.get_ydata()[-1]) / law.get_xdata()[-1] / seen - 1) < 0.1


def test_units_of_time_are_those_of_the_program(folder):
    (folder / "case.toml").write_text(WELLS.replace('time = "ns"', 'time = "ns", rate = "1/century"'))
    told = run("check", "case.toml", folder=folder, status=2).stderr
    assert re.search(r"known: (.*?); got", " ".join(told.split()))[1].split(", ") == list(SECONDS)


def test_reasons_without_a_rate_are_told_whole(folder):
    reason = "assumes what does not hold here; " * 9 + "and that is all"
    none = (math.nan, math.nan)
    rows = [
        ("a->b", "mean_first_passage", -3.0, none, 1, ""),
        ("a->b", "theory:kramers", math.nan, none, 0, reason),
        ("a->b", "theory:laplace", -3.1, none, 0, ""),
    ]
    figure = draw_result(ResultData(table_of_rates(rows), {"estimate_rate": {"units": "1/ns"}}, {}))
    check(figure)
    shown = [" ".join(text.get_text().split()) for text in panel(figure, "rates").texts]
    assert f"no rate: {reason}" in shown, shown


def test_panels_that_are_not_there_are_answered_with_those_that_are(folder):
    result = solved(folder, WELLS)
    wrong = run("plot", result, "--panels", "landscape,comittor", folder=folder, status=2).stderr
    assert 'no panel "comittor"' in wrong and "committor:left-any" in wrong and "rates" in wrong, wrong
    assert (
        "name of a picture ends in .png, .svg, .pdf"
        in run("plot", result, "-o", "a.gif", folder=folder, status=2).stderr
    )
    assert "no such file" in run("plot", "none.h5", folder=folder, status=2).stderr
    assert "--panels" in run("run", "case.toml", "--panels", "rates", folder=folder, status=2).stderr
    assert not list(folder.glob("*.part*"))


def test_every_format_is_written_by_the_program(folder):
    (folder / "case.toml").write_text(WELLS)
    starts = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    for suffix, start in starts.items():
        told = run("run", "case.toml", "--plot", f"a.{suffix}", "--panels", "landscape,rates", folder=folder).stdout
        assert f"drawn to a.{suffix}" in told
        assert (folder / f"a.{suffix}").read_bytes().startswith(start)
        run("plot", "case.h5", "-o", f"b.{suffix}", "--panels", "landscape,rates", folder=folder)
        assert (folder / f"a.{suffix}").read_bytes() == (folder / f"b.{suffix}").read_bytes(), suffix
    run("plot", "case.h5", folder=folder)
    subprocess.run(
        [sys.executable, ROOT / "tools/plot/plot_result.py", "case.h5", "-o", "old.png"], cwd=folder, check=True
    )
    assert (folder / "case.png").read_bytes() == (folder / "old.png").read_bytes()


def test_rates_that_no_double_holds_zero_rates_and_closed_forms(folder):
    rows = [
        ("a->b", "mean_first_passage", -1000.0, (0.0, 0.0), 1, ""),
        ("a->b", "theory:kramers", -1010.0, (math.nan,) * 2, 0, ""),
        ("a->b", "langevin", -990.0, (0.0, 0.0), 0, ""),
        (
            "b->a",
            "mean_first_passage",
            -math.inf,
            (math.nan,) * 2,
            1,
            "0, because blocked at x = 0.5: the noise vanishes there; more",
        ),
        ("b->a", "langevin", math.nan, (math.nan, 1e-3), 0, "no escape was seen"),
        ("b->a", "theory:laplace", -700.0, (math.nan,) * 2, 0, ""),
    ]
    figure = draw_result(ResultData(table_of_rates(rows), {"estimate_rate": {"units": "1/ns"}}, {}))
    check(figure)
    axes = panel(figure, "rates")
    at = {
        gid: [float(line.get_xdata()[0]) for line in axes.lines if line.get_gid() == gid]
        for gid in ("measured", "closed form", "recommended")
    }
    assert np.allclose(at["measured"], [-1000 / math.log(10), -990 / math.log(10)])
    assert np.allclose(at["closed form"], [-1010 / math.log(10), -700 / math.log(10)])
    assert len(at["recommended"]) == 1 and axes.get_xlabel() == "rate [1/ns]"
    hollow = [line for line in axes.lines if line.get_gid() == "closed form"]
    assert all(line.get_marker() == "D" and line.get_markerfacecolor() == "white" for line in hollow)
    words = " | ".join(text.get_text() for text in axes.texts)
    assert "rate 0, because blocked at x = 0.5: the noise vanishes there; more" in words, words
    assert "no rate, below 1.00" in words, words
    assert "10⁻⁴⁰⁰" in [label.get_text() for label in axes.get_xticklabels()]


def test_many_valleys(folder):
    names = [f"valley_{k + 1}" for k in range(14)]
    x = np.linspace(-8, 8, 90)
    y = np.linspace(-6, 6, 80)
    angle = 2 * np.pi * np.arange(14) / 14
    centres = np.stack([6 * np.cos(angle), 4.5 * np.sin(angle)], axis=1)
    squares = np.array([(x - a) ** 2 + (y[:, None] - b) ** 2 for a, b in centres])
    rows = [
        (f"{name}->any", method, -7.0 - k + shift, (math.nan,) * 2, method == "flux", "")
        for k, name in enumerate(names)
        for shift, method in ((0, "flux"), (0.3, "reactive_flux"), (1, "theory:kramers"))
    ]
    time = np.geomspace(1, 100, 30)
    flux = np.exp(-np.arange(14))[None, :] * np.exp(-time / 40)[:, None]
    data = {
        **table_of_rates(rows),
        "valley": np.array(names, dtype=object),
        "x": x,
        "y": y,
        "landscape": squares.min(axis=0),
        "x_edge": np.linspace(-8.1, 8.1, 91),
        "y_edge": np.linspace(-6.1, 6.1, 81),
        "valley_label": squares.argmin(axis=0),
        "valley_minimum_x": centres[:, 0],
        "valley_minimum_y": centres[:, 1],
        "stationary_density": np.exp(-squares.min(axis=0)),
        "time": time,
        "valley_outflux": flux,
        "valley_probability": np.full(flux.shape, 1 / 14),
        "network_valley": np.array(names, dtype=object),
        "network_rate": np.exp(-squares[:, ::9, ::9].mean(axis=(1, 2)))[:, None] * np.ones(14),
    }
    figure = draw_result(ResultData(data, {}, {}))
    check(figure)
    assert len(panel(figure, "landscape").texts) == 14
    assert titles(figure).count("rates of escape") == 2  # one would be too long
    flux = panel(figure, "net flux")
    styles = [(line.get_color(), line.get_marker()) for line in flux.lines if line.get_marker() != "None"]
    assert len(styles) == len(set(styles)) == 12
    named = {**data, "valley": np.array([f"hollow {name}" for name in names], dtype=object)}
    figure = draw_result(ResultData(named, {}, {}), ["landscape"])
    check(figure)


def test_figures_made_again(folder):
    methods = 'escape = [{ from = "left", to = "right", methods = ["mean_first_passage", "theory:kramers"] }]'
    (folder / "case.toml").write_text(WELLS.split("evolve")[0] + methods)
    head = 'title = "Arrhenius"\nclaim = "-log(rate) ~ 1/value"\nchoice = "one well"\n'
    one = '[[panel]]\nname = "wells {}"\ncase = "case.toml"\nvary = "diffusion.D=0.05:0.2:4"\n'
    (folder / "mine.toml").write_text(head + "".join(one.format(k) for k in range(4)))
    told = run("reproduce", "mine.toml", "-o", "out", "--format", "svg", folder=folder).stdout
    assert "out/mine.svg" in told and (folder / "out/mine.svg").read_bytes().startswith(b"<?xml")
    assert "--format" in run("reproduce", "mine.toml", "--format", "gif", folder=folder, status=2).stderr
    figure = draw_reproduction(*read_figure(folder / "out/mine.json"))
    check(figure)
    assert len(titles(figure)) == 4 and titles(figure)[0].startswith("wells 0\n")
    assert figure.axes[0].get_xlabel() == "1 / D" and figure.axes[0].get_ylabel() == "−log rate"
    names = [text.get_text() for text in figure.axes[-1].get_legend().get_texts()]
    assert names == ["Fokker–Planck, mean first passage", "Kramers"]
    barrier = np.diff(figure.axes[0].lines[-1].get_ydata()) / np.diff(figure.axes[0].lines[-1].get_xdata())
    assert np.allclose(barrier, 0.25)
    coarse = ["--set", "grid.x.cells=54", "--set", "grid.y.cells=44", "--set", "accuracy.relative=0.1"]
    run("reproduce", "fig2", *coarse, "-o", "out", "--quiet", folder=folder)
    figure = draw_reproduction(*read_figure(folder / "out/fig2.json"))
    check(figure)
    assert [title for title in titles(figure) if title] == ["white noise", "SGD noise"]
    sections = [axes for axes in figure.axes if axes.get_ylabel() == "L along the most probable path"]
    assert len(sections) == 2 and all("sharp → flat" in " ".join(t.get_text() for t in axes.texts) for axes in sections)


if __name__ == "__main__":
    run_tests(globals())
