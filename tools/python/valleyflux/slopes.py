"""Whether the gradients of a loss by Python functions are those of its value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .arguments import shown, wrong, wrong_text
from .loss import Loss

_AT_ONCE = 4096  # samples, as the library asks for them
_DIRECTIONS = 8  # along which slopes are compared: all parameters of small losses
_BESIDE = 0.05  # of the parameters' size: how far from the start
_TOLERANCE = 1e-3  # of a slope
_LEAST = 1e-300


def require_gradients_of_value(loss: Loss, start: NDArray[np.float64]) -> None:
    """Compares the mean gradient with central differences of the value at two points beside the start: at the start
    itself the loss may have a kink, or no slope. Once a loss. Raises CaseError with both numbers where they differ at
    both."""
    if loss._agree:
        return
    random = np.random.default_rng(0)
    size = max(1.0, float(np.max(np.abs(start))))
    differing: list[tuple[float, float, float]] = []
    for _ in range(2):
        theta = start + _BESIDE * size * random.uniform(-1, 1, loss.dimension)
        value, gradient = _number(loss, theta), _mean_gradient(loss, theta)
        if np.isfinite(value) and not np.isfinite(gradient).all():
            said = f"loss.gradients are not all finite beside the start, where loss.value is {value:.6g}"
            raise wrong_text("loss.gradients", said)
        if loss.dimension <= _DIRECTIONS:
            directions = np.eye(loss.dimension)
        else:
            directions = random.normal(size=(_DIRECTIONS, loss.dimension))
            directions /= np.linalg.norm(directions, axis=1)[:, np.newaxis]
        noise = _noise(loss, theta, size * directions[0])
        found = [_difference_of_slopes(loss, theta, value, gradient, size * along, noise) for along in directions]
        differing.append(max(found, key=lambda one: one[0]))
    if all(excess > 1 for excess, _, _ in differing):
        _, by_value, by_gradients = differing[0]
        raise wrong_text(
            "loss.gradients",
            "loss.gradients are not those of loss.value: beside the start the value changes by "
            f"{by_value / size:.6g} per unit of length, by the mean of the {loss.samples} gradients "
            f"{by_gradients / size:.6g}",
        )
    object.__setattr__(loss, "_agree", True)


def _noise(loss: Loss, theta: NDArray[np.float64], along: NDArray[np.float64]) -> float:
    """Of the value's numbers, by fourth differences over steps in which nothing else changes (Hamming; More & Wild
    2011); of single precision at least its rounding, by which nothing may change at all."""
    values = np.array([_number(loss, theta + 1e-6 * k * along) for k in range(-8, 9)])
    single = np.array_equal(values, values.astype(np.float32))
    rounding = float(np.finfo(np.float32 if single else float).eps * np.max(np.abs(values)))
    return max(float(np.sqrt(np.mean(np.diff(values, 4) ** 2) / 70)), rounding)


def _difference_of_slopes(
    loss: Loss,
    theta: NDArray[np.float64],
    value: float,
    gradient: NDArray[np.float64],
    along: NDArray[np.float64],
    noise: float,
) -> tuple[float, float, float]:
    """Over what differences can tell, and both slopes. The error of the longer step is what the shorter one differs by,
    and what the slopes to both sides differ by, between which that of a loss with kinks lies."""
    step = float(np.clip(np.cbrt(noise), 1e-5, 1e-2))
    ends = [[_number(loss, theta + sign * h * along) for sign in (1, -1)] for h in (step, step / 2)]
    longer, shorter = ((up - down) / (2 * h) for (up, down), h in zip(ends, (step, step / 2)))
    own = float(gradient @ along)
    steepest = float(np.linalg.norm(gradient) * np.linalg.norm(along))
    allowed: float = _TOLERANCE * max(abs(own), abs(longer), _TOLERANCE * steepest)
    allowed += 8 * abs(longer - shorter) + 8 * noise / step + abs(ends[0][0] - 2 * value + ends[0][1]) / step
    return abs(own - longer) / max(allowed, _LEAST), longer, own


def _number(loss: Loss, theta: NDArray[np.float64]) -> float:
    given = loss.value(theta)
    if np.size(given) != 1 or np.iscomplexobj(given):
        raise wrong("loss.value", "a function that gives one number, the mean over the samples", given)
    return float(given)


def _mean_gradient(loss: Loss, theta: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros(loss.dimension)
    for first in range(0, loss.samples, _AT_ONCE):
        rows = np.arange(first, min(first + _AT_ONCE, loss.samples))
        try:
            given = np.asarray(loss.gradients(theta, rows), float)
        except IndexError as error:
            raise wrong_text(
                "loss.samples",
                f"loss.gradients, asked for the samples {rows[0]} to {rows[-1]} of loss.samples = {loss.samples}, says: "
                f"{error}",
            ) from error
        if given.shape != (rows.size, loss.dimension):
            raise ValueError(
                f"the gradients of a loss must have the shape (samples, parameters) = ({rows.size}, {loss.dimension}) "
                f"(got {shown(given.shape)})"
            )
        total += given.sum(axis=0)
    return total / loss.samples
