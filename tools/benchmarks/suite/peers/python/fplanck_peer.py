"""fplanck: fplanck_peer.py line|plane CELLS EXACT"""

import importlib.metadata
import sys

import numpy as np
from measured import D, TIME, best_of, l1_error, start, tell

if not hasattr(np, "product"):  # fplanck 0.2 is older than numpy 2
    np.product = np.prod

import fplanck
import scipy.constants

kind, n, exact = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def line():
    solver = fplanck.fokker_planck(temperature=D / scipy.constants.k, drag=1.0, extent=4.4, resolution=4.4 / n,
                                   potential=lambda x: (x**2 - 1.0) ** 2)
    return solver.propagate(start, TIME)


def plane():
    solver = fplanck.fokker_planck(temperature=D / scipy.constants.k, drag=1.0, extent=[4.4, 4.0],
                                   resolution=[4.4 / n, 4.0 / n], potential=lambda x, y: (x**2 - 1.0) ** 2 + y**2)
    return solver.propagate(start, TIME).T


seconds, p = best_of(line if kind == "line" else plane)
tell(seconds, l1_error(p.ravel()[: n if kind == "line" else n * n], exact), importlib.metadata.version("fplanck"),
     "matrix exponential")
