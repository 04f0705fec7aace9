"""Losses by Python functions."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arguments import wrong_text

@dataclass(frozen=True)
class Loss:
    """A loss L(theta) = 1/m sum_i l_i(theta), an average over m samples, whose gradients are known sample by sample.

    Args:
        value: L at parameters (d); a number.
        gradients: of ``(theta, rows)``, parameters (d) and numbers of samples (n, from 0 to m - 1, with repetitions),
            the gradients of these samples, an array (n, d). Tensors of other libraries are to be made arrays.
        dimension: d.
        samples: m.

    The functions are called from several threads, one at a time. What they raise ends the run and comes back, but for
    Ctrl-C: it ends the run as it does elsewhere (``Case.solve``), the call that it broke off being made again; a second
    one comes back. They are to give the same numbers for the same arguments, as the results then are the same for the
    same seed. Where a run begins, the mean of the gradients is compared with differences of the value: gradients that are
    not those of the value are refused.
    """

    value: Callable[[NDArray[np.float64]], Any]
    gradients: Callable[[NDArray[np.float64], NDArray[np.int64]], Any]
    dimension: int
    samples: int
    _agree: bool = field(default=False, init=False, repr=False, compare=False)  # value and gradients: looked at once

    def __post_init__(self) -> None:
        for name in ("dimension", "samples"):
            if not (isinstance(getattr(self, name), (int, np.integer)) and getattr(self, name) > 0):
                raise ValueError(f"{name} of a loss must be a whole number above 0 (got {getattr(self, name)!r})")
        for name in ("value", "gradients"):
            if not callable(getattr(self, name)):
                raise TypeError(f"{name} of a loss must be a function (got {getattr(self, name)!r})")


class _LeftBehind:
    """A function that pickles leave behind where they cannot hold it: a result is read without the functions of its loss."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)

    def __deepcopy__(self, memo: dict[int, Any]) -> _LeftBehind:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        try:
            pickle.dumps(self._function)
        except (pickle.PicklingError, AttributeError, TypeError):
            return _LeftBehind, (_gone,)
        return _LeftBehind, (self._function,)


def _gone(*_: Any) -> Any:
    raise wrong_text(
        "loss", "the functions of this loss were left behind when its result was pickled: those of a module are kept"
    )


def without_need_of_functions(loss: Loss) -> Loss:
    """The same, which can be pickled whatever its functions are."""
    return replace(loss, value=_LeftBehind(loss.value), gradients=_LeftBehind(loss.gradients))
