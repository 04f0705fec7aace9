"""Sheets of figures, of results of which every number is known: what their space is used for, and one look for one thing."""

import math
import sys
import warnings

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from figure_checks import check, panel, titles
from figure_data import NONE, a_line, a_plane, table_of_rates
from program import ROOT, run_tests

sys.path.insert(0, str(ROOT / "tools"))
from plot import ResultData, draw_reproduction, draw_result, draw_sweep, save
from plot.data import Estimate
from plot.decades import logarithmic
from plot.fonts import MissingCharacters, characters, families
from plot.program import sentences
from plot.style import COLOURS, readable_on, series
from plot.sweeps import SweepData


def drawn(data, panels=None, units={}):
    plt.close("all")
    figure = draw_result(ResultData(data, units, {}), panels)
    check(figure)
    return figure


def share_of_sheet(figure, axes):
    width, height = axes.get_window_extent().size
    return width / figure.bbox.width


def colour_of(axes, label):
    return next(line.get_color() for line in axes.lines if line.get_label().startswith(label))


def test_one_valley_has_one_colour(folder):
    """Whatever of its escapes there are, and in whatever order."""
    for escapes in ((("left", "right"), ("right", "left")), (("right", "left"), ("left", "right")), (("right", "left"),)):
        figure = drawn(a_line(escapes=escapes))
        for k, name in enumerate(("left", "right")):
            if all(origin != name for origin, _ in escapes):
                continue
            densities = panel(figure, "densities")
            bands = [matplotlib.colors.to_hex(band.get_facecolor()) for band in densities.patches]
            assert bands[[text.get_text() for text in densities.texts].index(name)] == series(k).colour
            assert colour_of(densities, f"quasi-stationary, {name}") == series(k).colour
            assert colour_of(panel(figure, "committor"), name) == series(k).colour
            heading = next(text for text in panel(figure, "rates").texts if text.get_text().startswith(name))
            assert heading.get_color() == series(k).colour


def test_escapes_from_one_valley_are_told_apart_without_colour(folder):
    figure = drawn(a_line(("a", "b", "c"), (("a", "b"), ("a", "c"))), ["committor", "density"])
    for axes in figure.axes:
        own = [line for line in axes.lines if "→" in line.get_label()]
        assert len(own) == 2 and len({line.get_color() for line in own}) == 1
        assert len({str(line._dash_pattern) for line in own}) == 2


def test_words_on_colours_can_be_read(folder):
    """The contrast that WCAG asks of large letters."""

    def light(colour):
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in matplotlib.colors.to_rgb(colour)]
        return np.dot(linear, (0.2126, 0.7152, 0.0722))

    for colour in COLOURS:
        one, other = sorted((light(colour), light(readable_on(colour))))
        assert (other + 0.05) / (one + 0.05) >= 3, colour


def test_three_maps_leave_no_quarter_empty(folder):
    figure = drawn(a_plane(), ["landscape", "stationary_density", "committor", "rates"])
    large, *small = (panel(figure, title) for title in ("landscape", "stationary", "committor"))
    assert share_of_sheet(figure, large) > 0.45
    assert all(0.18 < share_of_sheet(figure, axes) < 0.3 for axes in small)
    upper, lower = (axes.get_window_extent() for axes in small)
    whole = large.get_window_extent()
    assert whole.x1 < upper.x0 and abs(upper.x0 - lower.x0) < 1 and lower.y1 < upper.y0
    assert abs(whole.y1 - upper.y1) < 0.1 * whole.height and abs(whole.y0 - lower.y0) < 0.1 * whole.height


def test_a_wide_map_stands_above_two_others(folder):
    data = a_plane()
    data["y_edge"] = data["y_edge"] / 2
    data["y"] = data["y"] / 2
    figure = drawn(data, ["landscape", "stationary_density", "committor"])
    large, left, right = (axes.get_window_extent() for axes in figure.axes)
    assert large.width > 0.6 * figure.bbox.width and abs(left.width - right.width) < 1
    assert left.y1 < large.y0 and abs(left.y0 - right.y0) < 1


def test_panels_of_a_reproduction_leave_the_last_place_to_the_legend(folder):
    point = {"method": "sgd", "seed": 1, "log_rate": -2.0, "low": 0.1, "high": 0.2, "x": 1.0, "y": 2.0}
    one = dict.fromkeys(("pooled_slope", "pooled_correlation", "relation"))
    one |= {"name": "a", "ours": False, "key": "loss.k", "points": [point], "covariances": [], "verdict": "holds"}
    for count, in_a_place in ((5, True), (6, False), (4, False), (1, False)):
        content = {"claim": "-log(rate) ~ 1/value", "title": "A", "panels": [one] * count}
        figure = draw_reproduction(content, folder)
        check(figure)
        *panels, last = figure.axes
        assert len(panels) == count and last.get_legend()
        beside = last.get_legend().get_window_extent().y1 > panels[-1].get_window_extent().y0
        assert beside == in_a_place, count


def test_a_map_by_itself_is_large(folder):
    for panels in (["landscape", "rates"], ["landscape"]):
        figure = drawn(a_plane(), panels)
        assert share_of_sheet(figure, panel(figure, "landscape")) > 0.4, panels
    even = drawn(a_plane(), ["landscape", "committor"])
    assert all(share_of_sheet(even, axes) > 0.3 for axes in even.axes)


def test_legends_leave_panels_their_size(folder):
    """However many entries there are, and however long their names."""
    names = [f"a valley with a rather long name {k}" for k in range(4)]
    escapes = [(a, b) for a in names for b in names if a != b]
    for shown in (names[:2], names):
        among = [(a, b) for a, b in escapes if a in shown and b in shown]
        figure = drawn(a_line(shown, among), ["landscape", "density", "committor", "rates"])
        for title in ("landscape", "densities", "committor"):
            axes = panel(figure, title)
            inches = axes.get_window_extent().size / figure.dpi
            assert inches[0] > 2.4 and inches[1] > 1.2, (title, inches)
            bands = [text for text in axes.texts if text.get_weight() == "bold"]
            widths = [patch.get_window_extent().width for patch in axes.patches]
            assert len(bands) == len(shown) and all(text.get_window_extent().width < w for text, w in zip(bands, widths))
        legend = panel(figure, "committor").get_legend()
        assert len(legend.get_texts()) == min(8, len(shown) * (len(shown) - 1))
        for axes in figure.axes:
            if axes.get_legend():
                box = axes.get_legend().get_window_extent()
                assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, axes.get_title(loc="left")


def test_long_titles_are_broken_into_lines(folder):
    data = a_plane(("the first of the two valleys", "the second of the two valleys"))
    name = "committor:the first of the two valleys-the second of the two valleys"
    figure = drawn(data, ["landscape", name])
    assert "\n" in panel(figure, "committor").get_title(loc="left")


def test_paths_of_a_drift_without_landscape_are_drawn(folder):
    data = a_plane()
    height = data.pop("landscape")
    data["drift_y"], data["drift_x"] = (-slope for slope in np.gradient(height, data["y"], data["x"]))
    drift = drawn(data).axes[0]
    assert drift.get_title(loc="left") == "drift, valleys, most probable paths"
    paths = [line for line in drift.lines if line.get_gid() == "path"]
    assert len(paths) == 2 and all(np.ptp(line.get_xdata()) == 2 for line in paths)
    assert any(type(one).__name__ == "Quiver" for one in drift.collections)


def test_needles_are_seen(folder):
    """Tiny noise in a wide domain: the axis ends where nothing is, and the scale shows decades."""
    data = a_line(noise=0.002)
    wide = np.linspace(-20, 40, data["x_edge"].size)
    for name in ("stationary_density", "quasi_stationary_density_left_right", "quasi_stationary_density_right_left"):
        data[name] = np.interp(0.5 * (wide[1:] + wide[:-1]), data["x"], data[name], left=0, right=0)
    data["valley_label"] = (wide[1:] > 2 * np.pi).astype(int)
    data["landscape"] = np.cos(0.5 * (wide[1:] + wide[:-1]))
    data["x"], data["x_edge"] = 0.5 * (wide[1:] + wide[:-1]), wide
    axes = panel(drawn(data), "densities")
    low, high = axes.get_xlim()
    assert -1 < low < np.pi and 3 * np.pi < high < 14, (low, high)
    bottom, top = axes.get_ylim()
    assert axes.get_yscale() == "log" and 1e6 < top / bottom < 1e15
    assert all(bottom < np.nanmax(line.get_ydata()) < top for line in axes.lines if len(line.get_xdata()) > 2)
    assert panel(drawn(a_line()), "densities").get_yscale() == "linear"


def test_densities_that_vanish_or_are_unknown_are_drawn_without_a_warning(folder):
    for value in (0.0, np.nan):
        data = a_line()
        for name in ("stationary_density", "quasi_stationary_density_left_right", "quasi_stationary_density_right_left"):
            data[name] = np.full(data["x"].size, value)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert panel(drawn(data), "densities").get_yscale() == "linear"
            plane = a_plane()
            plane["stationary_density"] = np.full_like(plane["stationary_density"], value)
            drawn(plane, ["stationary_density", "landscape"])


def test_a_start_that_is_a_needle_leaves_the_later_densities_their_room(folder):
    data = a_line(escapes=(("left", "right"),))
    later = data["stationary_density"]
    start = np.zeros(later.size)
    start[100] = 1 / (data["x"][1] - data["x"][0])
    data |= {"time": np.array([0.0, 1.0, 2.0]), "density": np.stack([start, later, later])}
    axes = panel(drawn(data, ["density"]), "densities (at the start up to")
    highest = max(later.max(), data["quasi_stationary_density_left_right"].max())
    assert highest < axes.get_ylim()[1] < 1.5 * highest


def test_maps_show_where_the_mass_is(folder):
    """With the whole of the path; all of them the same ground."""
    figure = drawn(a_plane(noise=0.005, width=6.0))
    grounds = {(axes.get_xlim(), axes.get_ylim()) for axes in figure.axes[:3]}
    assert len(grounds) == 1, grounds
    (x, y) = grounds.pop()
    assert -3 < x[0] < -1 and 1 < x[1] < 3 and -2 < y[0] < 0 < y[1] < 2, (x, y)
    figure = drawn(a_plane(), ["landscape"])
    assert figure.axes[0].get_xlim() == (-2.2, 2.2)


def test_the_covariance_of_the_gradient_against_the_hessian(folder):
    h = np.geomspace(1e-4, 10, 50) * np.where(np.arange(50) % 7, 1, -1)
    h[0] = 1e-15  # round-off
    data = {
        **table_of_rates([("start->first_exit", "sgd", -2.0, NONE, 1, "")]),
        "hessian_eigenvalue": h,
        "gradient_covariance": 0.4 * np.abs(h),
        "covariance_factor": np.array([0.4, 0.3, 0.5]),
        "covariance_correlation": np.array([0.97, 0.95, 0.98]),
    }
    units = {"hessian_eigenvalue": {"units": "eV/nm^2"}, "gradient_covariance": {"units": "eV^2/nm^2"}}
    figure = drawn(data, units=units)
    name = "covariance of the gradient against the Hessian\ncorrelation 0.970 [0.950, 0.980]"
    assert titles(figure) == [name, "rates of escape"]
    axes = panel(figure, "covariance")
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert axes.get_xlabel() == "|h|, eigenvalue of the Hessian [eV/nm²]"
    assert axes.get_ylabel() == "variance of one sample's gradient [eV²/nm²]"
    points, equal, factor = axes.lines
    assert len(points.get_xdata()) == 49 and min(points.get_xdata()) > 0
    assert np.allclose(equal.get_ydata(), equal.get_xdata()) and np.allclose(factor.get_ydata(), 0.4 * factor.get_xdata())
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["eigenvectors of the Hessian", "variance = |h|", "variance = 0.40 × |h|"]
    alone = {name: values for name, values in data.items() if not name.startswith("estimate")}
    assert len(titles(drawn({**alone, **table_of_rates([])}))) == 1


def test_logarithmic_axes_of_any_width_have_ticks_with_room(folder):
    for low, high in ((1.1, 1.2), (0.03, 0.4), (1e-7, 3e-6), (1e-9, 1e9)):
        figure, axes = plt.subplots(figsize=(2.4, 2))
        axes.set_xlim(low, high)
        logarithmic(axes.xaxis)
        figure.draw_without_rendering()
        shown = [tick.label1 for tick in axes.xaxis.get_major_ticks() if low <= tick.get_loc() <= high]
        boxes = [label.get_window_extent() for label in shown]
        assert len(boxes) >= 2 and all(one.x1 < other.x0 for one, other in zip(boxes, boxes[1:])), (low, high)
        if low == 1e-7:
            assert "10⁻⁶" in [label.get_text() for label in shown]
        if low == 0.03:
            assert [label.get_text() for label in shown] == ["0.05", "0.1", "0.2"]
        plt.close(figure)


def a_network(rates):
    names = np.array(["left", "right"], dtype=object)
    return {**a_line(), "network_valley": names, "network_target": names, "network_rate": np.array(rates)}


def test_rates_of_a_network_that_are_equal_are_no_extremes(folder):
    for other in (0.54, 0.54 * (1 + 1e-12), 0.6, 54.0):
        axes = panel(drawn(a_network([[0, 0.54], [other, 0]]), ["network"]), "rates between valleys")
        image, (bar,) = axes.images[0], axes.child_axes
        low, high = image.get_clim()
        assert low <= np.log10(0.54) <= np.log10(other) <= high and (other > 1) == (high - low > 1)
        shown = [tick.label1.get_text() for tick in bar.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]
        assert len(shown) >= 2 and all(shown), (other, shown)
        if other < 1:
            assert {text.get_color() for text in axes.texts} == {"black"} or other == 0.6


def test_currents_have_a_unit_and_numbers(folder):
    line = {**a_line(), "stationary_current_x": 1e-9 * np.ones(400), "drift_x": np.sin(np.linspace(0, 12.6, 400))}
    plane = {**a_plane(), **{f"stationary_current_{axis}": np.full((160, 160), 3e-5) for axis in "xy"}}
    for data, unit, of in ((line, "1/time", lambda axes: axes), (plane, "1/length/time", lambda axes: axes.child_axes[0])):
        for units, told in (({}, unit), ({name: {"units": "1/ns"} for name in data}, "1/ns")):
            axes = of(panel(drawn(data, ["current"], units), "stationary current"))
            low, high = axes.get_ylim()
            assert axes.get_ylabel().endswith(f"[{told}]")
            assert len([tick for tick in axes.get_yticks() if low <= tick <= high]) >= 3
    assert panel(drawn(line, ["drift"]), "drift").get_ylabel() == "drift [length/time]"


def test_names_of_valleys_avoid_arrows(folder):
    data = a_plane(("first", "second"))
    u, v = np.zeros((160, 160)), np.zeros((160, 160))
    u[data["y"] > 0.1] = 1.0  # above the lowest points alone
    axes = panel(drawn({**data, "drift_x": u, "drift_y": v}, ["drift"]), "drift")
    names = [text for text in axes.texts if text.get_gid() == "name"]
    lowest = axes.transData.transform((0, 0))[1]
    assert len(names) == 2 and all(text.get_window_extent().y1 < lowest + 8 for text in names)


def test_a_sweep_of_one_value_has_no_straight_lines(folder):
    one = [((0.1,), Estimate("a", "b", "flux", -3.0, math.nan, math.nan))]
    other = [((0.2,), Estimate("a", "b", "flux", -2.0, math.nan, math.nan))]
    assert titles(draw_sweep(SweepData(["diffusion.D"], one, ""))) == ["all rates"]
    assert titles(draw_sweep(SweepData(["diffusion.D"], one + other, ""))) == ["straight lines"]


def test_characters_that_no_font_has_are_boxes_and_one_sentence(folder):
    """Never matplotlib's own warnings, one a glyph; in the program one sentence that names them all."""
    data = a_line(("\U000f1234 $5", "α_2"), (("\U000f1234 $5", "α_2"),))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        figure = drawn(data)
        save(figure, folder / "a.svg")
    assert said and all(isinstance(one.message, MissingCharacters) for one in said), [str(one.message) for one in said]
    (sentence,) = sentences(said)
    assert "\U000f1234" in sentence and "α" not in sentence
    names = {text.get_text() for text in panel(figure, "landscape").texts}
    assert names == {"□ \\$5", "α_2"}, names


def test_fonts_that_are_installed_are_looked_into(folder):
    assert families(("DejaVu Sans Mono", "No such font")) == ["DejaVu Sans", "DejaVu Sans Mono"]
    own, more = characters(()), characters(("STIXGeneral",))
    assert ord("α") in own and more > own  # STIX comes with matplotlib
    assert set(families()) <= {font.name for font in matplotlib.font_manager.fontManager.ttflist}
    assert plt.rcParams["font.family"] == ["sans-serif"]  # of the user: untouched


def test_units_have_raised_powers(folder):
    figure = drawn(a_plane(), ["stationary_density"], {"stationary_density": {"units": "1/nm^2"}})
    assert "density [1/nm²]" in [bar.get_ylabel() for axes in figure.axes for bar in axes.child_axes]


if __name__ == "__main__":
    run_tests(globals())
