"""Losses by Python functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
    same seed.
    """

    value: Callable[[NDArray[np.float64]], Any]
    gradients: Callable[[NDArray[np.float64], NDArray[np.int64]], Any]
    dimension: int
    samples: int

    def __post_init__(self) -> None:
        for name in ("dimension", "samples"):
            if not (isinstance(getattr(self, name), (int, np.integer)) and getattr(self, name) > 0):
                raise ValueError(f"{name} of a loss must be a whole number above 0 (got {getattr(self, name)!r})")
        for name in ("value", "gradients"):
            if not callable(getattr(self, name)):
                raise TypeError(f"{name} of a loss must be a function (got {getattr(self, name)!r})")
