"""Rates against quadrature, whatever the landscape is given by."""

import math
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import valleyflux as vf
import xarray as xr

from truth import kramers_quartic, quartic, quartic_density, quartic_mean_time

D = 0.05
VALLEYS = {"left": "x < 0", "right": {"where": "x > 0", "core": "x > 0.9"}}
x = np.linspace(-2.5, 2.5, 2001)

LANDSCAPES = {
    "a string": "x^4/4 - x^2/2",
    "a function of arrays": lambda x: x**4 / 4 - x**2 / 2,
    "a function of numbers": lambda x: math.pow(x, 4) / 4 - x * x / 2,
    "an array": (x, quartic(x)),
    "a DataArray": xr.DataArray(quartic(x), {"x": x}),
}


def double_well(landscape, **more):
    given = {"diffusion": D, "grid": {"x": (-2.5, 2.5)}, "valleys": VALLEYS, "escapes": [("left", "right")], **more}
    return vf.Case(landscape=landscape, **given)


@pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=LANDSCAPES.keys())
def test_the_mean_time_is_that_of_quadrature(landscape):
    result = double_well(landscape).solve(progress=False)
    rate = result.rate("left", "right", "mean_first_passage")
    truth = quartic_mean_time(D)
    assert math.isclose(truth, 728.380, rel_tol=1e-5)  # as published in the C++ tests
    # What interpolation may add is a tenth of accuracy.relative, 1e-4; of the array it is far less.
    assert abs(rate.time / truth - 1) < 1e-4
    assert rate.low <= rate.value <= rate.high
    assert rate.method == "mean_first_passage" and math.isclose(rate.log, math.log(rate.value))


def test_walls_and_regions_are_targets():
    region = {"where": "x > 0.4", "name": "far"}
    case = double_well("x^4/4 - x^2/2", grid={"x": (-2.5, 1.5)}, escapes=[("left", "x.max"), ("left", region)])
    result = case.solve(progress=False)
    for name, end in (("x.max", 1.5), ("far", 0.4)):
        rate = result.rate("left", name, "mean_first_passage")
        assert abs(rate.time / quartic_mean_time(D, end=end) - 1) < 1e-6
    assert list(dict.fromkeys(result.rates["to"])) == ["x.max", "far"]
    assert case.escape("left", region, "mean_first_passage", progress=False).rate("left").time == rate.time


def test_the_interval_of_a_string_holds_the_truth():
    rate = double_well("x^4/4 - x^2/2").solve(progress=False).rate("left", "right", "mean_first_passage")
    assert rate.low <= 1 / quartic_mean_time(D) * (1 + 1e-9) and rate.high >= 1 / quartic_mean_time(D) * (1 - 1e-9)


def test_kramers_formula_is_the_one_in_the_books():
    case = double_well("x^4/4 - x^2/2", escapes=[{"from": "left", "to": "right", "methods": ["theory:kramers"]}])
    rate = case.solve(progress=False).rate("left", "right")
    assert math.isclose(rate.value, kramers_quartic(D), rel_tol=1e-9)
    assert math.isnan(rate.low)


def test_the_stationary_density_is_boltzmanns():
    result = double_well("x^4/4 - x^2/2", grid={"x": (-2.5, 2.5, 200)}).solve(progress=False)
    density = result.fields["stationary_density"]
    edges = result.fields["x_edge"].values
    middle = [np.mean(quartic_density(a + (b - a) * (np.arange(64) + 0.5) / 64, D)) for a, b in zip(edges, edges[1:])]
    assert np.max(np.abs(density.values - middle)) < 2e-3 * max(middle)
    assert abs(float((density * np.diff(edges)).sum()) - 1) < 1e-12


def test_a_function_in_the_plane_needs_no_grid():
    # x and y part: the rate is that of the quartic well, and y is at rest around 0 with variance D.
    case = vf.Case(
        landscape=lambda x, y: x**4 / 4 - x**2 / 2 + y**2 / 2,
        diffusion=0.1,
        valleys={"left": "x < 0", "right": {"where": "x > 0", "core": "x > 0.9"}},
        escapes=[{"from": "left", "to": "right", "methods": ["mean_first_passage"]}],
    )
    result = case.solve(progress=False)
    rate = result.rate("left", "right")
    low = float(result.fields["x_edge"][0])
    truth = 1 / quartic_mean_time(0.1, wall=low)
    assert rate.low * (1 - 2e-4) <= truth <= rate.high * (1 + 2e-4)
    assert abs(rate.value / truth - 1) < 3e-3


def test_a_function_that_is_not_known_well_enough_says_so():
    smooth = double_well(lambda x: x**4 / 4 - x**2 / 2)
    jagged = double_well(lambda x: x**4 / 4 - x**2 / 2 + 1e-3 * abs(np.sin(1e5 * x)))
    for case, good in ((smooth, True), (jagged, False)):
        said = [text for text in case.warnings if text.startswith("landscape: a table of the function at ")]
        assert len(said) == 1 and ("was wanted" not in said[0]) == good
        assert said[0] in case.solve(progress=False).warnings


def test_a_function_in_single_precision_is_no_trouble():
    case = vf.Case(
        landscape=lambda x: np.float32(x) ** 4 / 4 - np.float32(x) ** 2 / 2,
        diffusion=0.1,
        valleys=VALLEYS,
        escapes=[("left", "right")],
    )
    result = case.solve(progress=False)
    wall = float(result.fields["x_edge"][0])
    assert abs(result.rate("left", "right").time / quartic_mean_time(0.1, wall=wall) - 1) < 1e-4


def test_drift_and_noise_may_be_functions():
    case = vf.Case(
        drift=[lambda x: x - x**3],
        diffusion=lambda x: 0.05 + 0 * x,
        grid={"x": (-2.5, 2.5)},
        valleys=VALLEYS,
        escapes=[{"from": "left", "to": "right", "methods": ["mean_first_passage"]}],
    )
    rate = case.solve(progress=False).rate("left", "right")
    assert abs(rate.time / quartic_mean_time(D) - 1) < 2e-4


def test_coordinates_have_the_names_of_the_arguments():
    around = {"min": -math.pi, "max": math.pi, "boundary": "periodic"}
    case = vf.Case(landscape=lambda phi: -np.cos(phi), diffusion=0.3, grid={"phi": around})
    assert case.variables == ("phi",)
    law = case.solve(progress=False).fields["stationary_density"]
    centres = law["x"].values
    # The von Mises law, whose norm is 2 pi I_0(1/D).
    assert np.max(np.abs(law.values - np.exp(np.cos(centres) / 0.3) / (2 * math.pi * np.i0(1 / 0.3)))) < 1e-3


def test_threads_and_many_runs_give_the_same():
    case = double_well("x^4/4 - x^2/2")
    assert case.solve(progress=False, threads=1).json() == case.solve(progress=False, threads=2).json()
    for threads in (0, 100000):
        with pytest.raises(ValueError, match="between 1 and"):
            case.solve(threads=threads)


@pytest.mark.parametrize("page", ["docs/python.md", "README.md"])
def test_examples_of_the_docs_run(page, tmp_path):
    text = (pathlib.Path(__file__).parents[2] / page).read_text()
    example = text.split("```python\nimport valleyflux")[1].split("```")[0]
    assert len(example.strip().splitlines()) <= 10
    package = str(pathlib.Path(vf.__file__).parents[1])
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": package}
    subprocess.run([sys.executable, "-c", "import valleyflux" + example], check=True, cwd=tmp_path, env=environment)
    if "wells.png" in example:
        assert (tmp_path / "wells.png").stat().st_size > 10000
