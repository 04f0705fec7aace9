"""What is given in the wrong form is named, with its value and what would be right; what is clear is taken."""

import pathlib

import numpy as np
import pytest
import valleyflux as vf
import xarray as xr

WELLS = {"landscape": lambda x: (x * x - 1) ** 2, "diffusion": 0.2}
PLANE = xr.Dataset({"F": (("a", "b"), np.zeros((300, 300))), "G": (("a", "b"), np.ones((300, 300)))})


@pytest.mark.parametrize(
    ("given", "key", "said"),
    [
        ({"landscape": np.zeros((100, 100))}, "landscape", r"\(x, y, values\) \(got an array of shape \(100, 100\)\)"),
        ({"landscape": [0.0] * 10000}, "landscape", "an array needs its coordinates"),
        ({"landscape": PLANE}, "landscape", r"dataset\['F'\] \(it holds: F, G\)"),
        ({"landscape": 3}, "landscape", r"an expression, a function, .* \(got 3\)"),
        ({"landscape": "pmf.dat"}, "landscape", r'give pathlib.Path\("pmf.dat"\) or \{"file": "pmf.dat"\}'),
        ({"landscape": lambda x: None}, "landscape", r"real numbers \(got None\)"),
        ({"landscape": lambda x: None, "grid": {"x": (-1, 1)}}, "landscape", r"real numbers \(got None\)"),
        ({"landscape": lambda x: x + 1j}, "landscape", r"real numbers \(got .*1j"),
        ({"landscape": (np.arange(9.0), np.ones(9) + 1j)}, "landscape", "shape .9,. of complex numbers"),
        ({"landscape": lambda x, y: x * y, "grid": {"x": (-1, 1)}}, "landscape", r"coordinate, x \(it takes x, y\)"),
        ({"gradient": lambda x, y: x}, "gradient", r"coordinate, x \(it takes x, y\)"),
        ({"gradient": lambda x, y: x, "grid": {"x": (-2, 2)}}, "gradient", r"coordinate, x \(it takes x, y\)"),
        ({"grid": (-2, 2)}, "grid", r'such as \{"x": \(-2, 2\)\}, .* \(got \(-2, 2\)\)'),
        ({"grid": {"x": "-2..2"}}, "grid.x", r"\(min, max\), .* \(got '-2..2'\)"),
        ({"grid": {"x": (-2, 2, 3, 4)}}, "grid.x", r"got \(-2, 2, 3, 4\)"),
        ({"grid": {"x": ("a", 2)}}, "grid.x.min", "a number, as functions are sampled there .got 'a'."),
        ({"valleys": ["x < 0", "x > 0"]}, "valleys", r'such as \{"left": "x < 0"\}, or a number'),
        ({"valleys": {"a": lambda x: x < 0}}, "valleys.a", r'a condition such as "x < 0".*\(got a function\)'),
        ({"escapes": "left"}, "escapes", r'\("left", "any"\)\] \(got \'left\'\)'),
        ({"escapes": ["left", "right", "any"]}, "escapes", "a list of .from, to."),
        ({"loss": 3}, "loss", "a valleyflux.Loss .got 3."),
        ({"source": lambda x: x}, "source", "has keywords. .got a function."),
    ],
)
def test_wrong_arguments_are_named(given, key, said):
    with pytest.raises(vf.CaseError, match=said) as caught:
        vf.Case(**{**WELLS, **given})
    assert caught.value.key == key and "\n" not in str(caught.value) and len(str(caught.value)) < 250


def test_wrong_values_are_named():
    case = vf.Case(**WELLS)
    for wrong, key, said in (
        (lambda: case.with_values([1]), "values", r'\{"diffusion.D": 0.1\} \(got \[1\]\)'),
        (lambda: case.solve(threads="two"), "threads", "a whole number, or None for all .got 'two'."),
        (lambda: case.solve(progress=3), "progress", "a function of the fraction done and the stage .got 3."),
        (lambda: vf.sweep(case, {"diffusion.D": 0.1}), "diffusion.D", "a list of values.*got 0.1"),
        (lambda: vf.sweep(case, {"diffusion.D": []}), "diffusion.D", "one at least.*got .."),
        (lambda: vf.sweep(case, {}), "vary", "a dict of keys"),
        (lambda: vf.sweep({"diffusion.D": [0.1]}, case), "case", "a valleyflux.Case"),
    ):
        with pytest.raises(vf.CaseError, match=said) as caught:
            wrong()
        assert caught.value.key == key
    with pytest.raises(TypeError, match="diffusion.D cannot hold a function"):
        case.with_values({"diffusion.D": lambda x: x})


def test_no_error_shows_all_of_an_array():
    with pytest.raises(vf.CaseError, match=r"must be a table \(got \[.*\.\.\.\)") as caught:
        vf.Case(**WELLS, accuracy=np.zeros((200, 200)))
    assert len(str(caught.value)) < 200
    with pytest.raises(TypeError, match=r"parameters.F cannot hold an array of shape \(300, 300\)"):
        vf.Case(**WELLS, parameters=PLANE)


def test_errors_and_warnings_of_arrays_name_the_argument_and_no_file():
    x = np.linspace(-2, 2, 81)
    uneven = np.sort(np.random.default_rng(0).uniform(-2, 2, 81))
    for given in (
        {"landscape": (uneven, np.zeros(81))},
        {"landscape": (x, np.full(81, np.nan))},
        {"landscape": (x, (x**2 - 1) ** 2), "gradient": -4 * x * (x**2 - 1)},
        {"gradient": lambda x: -4 * x * (x**2 - 1)},
    ):
        with pytest.raises(vf.CaseError, match="case:2:8: error: landscape: ") as caught:
            vf.Case(**{**WELLS, **given})
        assert "valleyflux_" not in str(caught.value)
    with pytest.raises(vf.CaseError, match="error: diffusion.D: ") as caught:
        vf.Case(landscape="x^2", diffusion=(uneven, np.ones(81)))
    assert "valleyflux_" not in str(caught.value)


def test_what_is_clear_is_taken():
    valleys = {"left": "x < 0", "right": "x > 0"}
    listed = vf.Case(**WELLS, valleys=valleys, escapes=[("left", "right")])
    for escapes in (("left", "right"), ["left", "right"], {"from": "left", "to": "right"}):
        assert vf.Case(**WELLS, valleys=valleys, escapes=escapes).text == listed.text
    region = {"where": "x > 0.5"}
    one = vf.Case(**WELLS, valleys=valleys, escapes=("left", region))
    assert one.text == vf.Case(**WELLS, valleys=valleys, escapes=[{"from": "left", "to": region}]).text
    result = listed.escape("left", "right", "mean_first_passage", progress=False)
    assert list(result.rates["method"]) == ["mean_first_passage"]
    assert [axes.get_title(loc="left") for axes in result.plot("landscape").axes] == ["landscape"]
    assert vf.Case(landscape=lambda x, a=2: a * (x * x - 1) ** 2, diffusion=0.2).variables == ("x",)
    with pytest.raises(vf.CaseError, match="there is none of that name"):
        vf.Case(landscape=pathlib.Path("pmf.dat"), diffusion=0.1)
