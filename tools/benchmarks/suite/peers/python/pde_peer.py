"""py-pde: pde_peer.py line|plane CELLS EXACT"""

import sys

import numpy as np
import pde
from measured import TIME, best_of, l1_error, start, tell

kind, n, exact = sys.argv[1], int(sys.argv[2]), sys.argv[3]
# The divergence written out. What lies at the walls is below 1e-15: 0 there, where no flux would grow.
ALONG_X = "0.2*laplace(p) + 4*x*(x**2 - 1)*d_dx(p) + (12*x**2 - 4)*p"

if kind == "line":
    grid = pde.CartesianGrid([[-2.2, 2.2]], n)
    first = start(grid.axes_coords[0])
    equation = pde.PDE({"p": ALONG_X}, bc={"value": 0})
else:
    grid = pde.CartesianGrid([[-2.2, 2.2], [-2.0, 2.0]], n)
    first = start(*np.meshgrid(*grid.axes_coords, indexing="ij"))
    equation = pde.PDE({"p": ALONG_X + " + 2*y*d_dy(p) + 2*p"}, bc={"value": 0})


def evolved():
    state = pde.ScalarField(grid, first / first.sum())
    return equation.solve(state, t_range=TIME, dt=2e-4, solver="euler", tracker=None)


seconds, p = best_of(evolved)
tell(seconds, l1_error(p.data.T.ravel(), exact), pde.__version__, "Euler, dt = 2e-4, compiled by numba")
