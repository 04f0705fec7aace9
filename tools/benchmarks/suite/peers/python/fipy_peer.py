"""FiPy: fipy_peer.py line|plane CELLS EXACT"""

import os
import sys

os.environ.setdefault("FIPY_SOLVERS", "scipy")

import fipy
import numpy as np
from measured import D, TIME, best_of, l1_error, start, tell

kind, n, exact = sys.argv[1], int(sys.argv[2]), sys.argv[3]
STEPS = 200


def evolved():
    if kind == "line":
        mesh = fipy.Grid1D(nx=n, dx=4.4 / n) - [[2.2]]
        p = fipy.CellVariable(mesh=mesh, value=start(mesh.x.value))
        x = mesh.faceCenters[0]
        slope = [4.0 * x * (x**2 - 1.0)]
    else:
        mesh = fipy.Grid2D(nx=n, ny=n, dx=4.4 / n, dy=4.0 / n) - [[2.2], [2.0]]
        p = fipy.CellVariable(mesh=mesh, value=start(mesh.x.value, mesh.y.value))
        x, y = mesh.faceCenters
        slope = [4.0 * x * (x**2 - 1.0), 2.0 * y]
    inside = ~mesh.exteriorFaces.value
    drift = fipy.FaceVariable(mesh=mesh, rank=1, value=np.array([np.asarray(s) for s in slope]) * inside)
    equation = fipy.TransientTerm() == fipy.DiffusionTerm(D) + fipy.ExponentialConvectionTerm(drift)
    solver = fipy.LinearLUSolver()
    for _ in range(STEPS):
        equation.solve(var=p, dt=TIME / STEPS, solver=solver)
    return p.value


seconds, p = best_of(evolved)
tell(seconds, l1_error(p, exact), fipy.__version__, f"{STEPS} implicit Euler steps, LU")
