"""PyDDM: drift 1, noise 1 (D = 1/2), bounds at -1 and 1. pyddm_peer.py"""

import numpy as np
import pyddm
from measured import best_of, tell

EXACT = np.tanh(1.0)  # of both bounds alike


def mean_time():
    model = pyddm.gddm(drift=1, noise=1, bound=1, T_dur=12, dx=0.005, dt=0.005, mixture_coef=0)
    return model.solve_numerical_cn().mean_decision_time()


pyddm.set_N_cpus(1)
seconds, time = best_of(mean_time)
tell(seconds, abs(time / EXACT - 1.0), pyddm.__version__, "Crank-Nicolson, dx = dt = 0.005")
