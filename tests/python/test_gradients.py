"""Gradients beside landscapes: exact Hessians from coarse tables, and fewer calls."""

import pickle

import numpy as np
import pytest
import valleyflux as vf
import xarray as xr

from truth import quartic, quartic_mean_time

D = 0.1
PI = np.pi
x, y = np.linspace(-1.8, 1.8, 25), np.linspace(-1.6, 1.6, 21)
X, Y = np.meshgrid(x, y, indexing="ij")


def two_wells(x, y):
    """Minima at (-1, 0) and (1, 0), a saddle at the origin, 1 above."""
    return 0.5 * (1 + np.cos(PI * x)) + (y - 0.3 * np.sin(PI * x)) ** 2


def slopes(x, y):
    beside = 2 * (y - 0.3 * np.sin(PI * x))
    return -0.5 * PI * np.sin(PI * x) - 0.3 * PI * np.cos(PI * x) * beside, beside


def kramers():
    """The determinants of the Hessians at minimum and saddle are pi^2 and -pi^2."""
    saddle = [[-(PI**2) / 2 + 0.18 * PI**2, -0.6 * PI], [-0.6 * PI, 2.0]]
    return -np.linalg.eigvalsh(saddle)[0] / (2 * PI) * np.exp(-1 / D)


def case_of(landscape, **more):
    return vf.Case(
        landscape=landscape,
        diffusion=D,
        grid={"x": (-1.8, 1.8, 40), "y": (-1.6, 1.6, 40)},
        valleys={"left": "x < 0", "right": "x > 0"},
        escapes=[{"from": "left", "to": "right", "methods": ["theory:kramers"]}],
        **more,
    )


def kramers_of(case):
    return case.solve(progress=False).rate("left", "right").value


def test_kramers_rate_of_a_coarse_table_is_right_with_its_slopes():
    table, given = (x, y, two_wells(X, Y)), slopes(X, Y)
    assert abs(kramers_of(case_of(table)) / kramers() - 1) > 1e-2  # by the spline's Hessians
    right = kramers_of(case_of(table, gradient=given))
    assert abs(right / kramers() - 1) < 6e-4
    assert kramers_of(case_of(table, gradient=np.stack(given))) == right


def test_arrays_of_xarray_are_turned_as_the_landscape_is():
    def image(values):
        return xr.DataArray(values.T, {"y": y, "x": x}, ("y", "x"))

    table = case_of((x, y, two_wells(X, Y)), gradient=slopes(X, Y))
    images = case_of(image(two_wells(X, Y)), gradient=[image(slope) for slope in slopes(X, Y)])
    assert kramers_of(images) == kramers_of(table)


class Counted:
    """Knows at how many points it was asked."""

    def __init__(self, function):
        self.function, self.points = function, 0

    def __call__(self, x):
        self.points += np.size(x)
        return self.function(x)


def test_a_function_with_its_gradient_is_asked_less_often_and_as_right():
    one = {"diffusion": 0.05, "grid": {"x": (-2.5, 2.5)}, "escapes": [("left", "right")]}
    one["valleys"] = {"left": "x < 0", "right": {"where": "x > 0", "core": "x > 0.9"}}
    plain, value, slope = Counted(quartic), Counted(quartic), Counted(lambda x: x**3 - x)
    vf.Case(landscape=plain, **one)
    case = vf.Case(landscape=value, gradient=slope, **one)
    assert value.points + slope.points < plain.points / 2
    rate = case.solve(progress=False).rate("left", "right", "mean_first_passage")
    assert abs(rate.time / quartic_mean_time(0.05) - 1) < 1e-4
    again = pickle.loads(pickle.dumps(case)).with_values({"diffusion.D": 0.1})
    assert again.solve(progress=False).rate("left", "right", "mean_first_passage").value > rate.value


@pytest.mark.parametrize(
    "gradient",
    [
        slopes,
        lambda x, y: list(slopes(x, y)),
        lambda x, y: np.stack(slopes(x, y)),
        lambda x, y: tuple(np.float64(part) for part in slopes(float(x), float(y))),  # of numbers alone, as jax.grad
    ],
    ids=["tuple", "list", "array", "numbers"],
)
def test_a_gradient_may_be_given_in_any_form_and_helps_to_choose_the_domain(gradient):
    case = vf.Case(
        landscape=lambda x, y: two_wells(x, y) + x**4 / 20,
        gradient=lambda x, y: [part + more for part, more in zip(gradient(x, y), (x**3 / 5, 0))],
        diffusion=D,
        accuracy={"relative": 0.05},
    )
    assert len(case.solve(progress=False).valleys) >= 2


def test_a_gradient_that_is_not_the_landscapes_is_refused():
    with pytest.raises(vf.CaseError, match=r"the gradient along x is not that of landscape: from x = .* to x = "):
        case_of(two_wells, gradient=lambda x, y: (-slopes(x, y)[0], slopes(x, y)[1]))
    with pytest.raises(vf.CaseError, match="the gradient along y is not that of landscape"):
        case_of((x, y, two_wells(X, Y)), gradient=(slopes(X, Y)[0], slopes(X, Y)[0]))
    with pytest.raises(ValueError, match="gradient must give 2 numbers at a point, .* along each of x, y .got 1."):
        case_of(two_wells, gradient=lambda x, y: slopes(x, y)[0])
    with pytest.raises(ValueError, match="gradient is nan at x = "):
        case_of(two_wells, gradient=lambda x, y: (slopes(x, y)[0] + np.where(x > 1, np.nan, 0), slopes(x, y)[1]))
    with pytest.raises(ValueError, match="gradient must hold 2 arrays"):
        case_of((x, y, two_wells(X, Y)), gradient=[slopes(X, Y)[0]])
    with pytest.raises(ValueError, match="landscape_y: values of shape"):
        case_of((x, y, two_wells(X, Y)), gradient=(slopes(X, Y)[0], slopes(X, Y)[1][1:]))


def test_a_gradient_goes_with_its_landscape_alone():
    with pytest.raises(TypeError, match="a landscape that is a function or an array"):
        case_of("x^2 + y^2", gradient=slopes)
    with pytest.raises(TypeError, match="both be functions, or both be arrays"):
        case_of(two_wells, gradient=slopes(X, Y))
