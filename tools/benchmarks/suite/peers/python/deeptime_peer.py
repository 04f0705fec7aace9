"""deeptime: a Markov model of simulated trajectories, simulation included. deeptime_peer.py RATE"""

import sys

import deeptime
import numpy as np
from deeptime.markov import TransitionCountEstimator
from deeptime.markov.msm import MaximumLikelihoodMSM
from measured import D, best_of, tell

exact = float(sys.argv[1])
WALKERS, STEPS, EVERY, STEP, LAG = 400, 40000, 20, 0.005, 10


def slowest_rate():
    random = np.random.default_rng(1)
    x = np.where(np.arange(WALKERS) % 2 == 0, -1.0, 1.0)
    seen = np.empty((STEPS // EVERY, WALKERS))
    for step in range(STEPS):
        x += np.sqrt(2.0 * D * STEP) * random.standard_normal(WALKERS) - STEP * 4.0 * x * (x * x - 1.0)
        if step % EVERY == 0:
            seen[step // EVERY] = x
    states = np.clip(((seen + 1.6) / 3.2 * 64).astype(int), 0, 63)
    counts = TransitionCountEstimator(lagtime=LAG, count_mode="sliding").fit_fetch(
        [np.ascontiguousarray(states[:, walker]) for walker in range(WALKERS)])
    model = MaximumLikelihoodMSM().fit_fetch(counts.submodel_largest())
    return 1.0 / (model.timescales(k=1)[0] * EVERY * STEP)


seconds, rate = best_of(slowest_rate)
tell(seconds, abs(rate / exact - 1.0), deeptime.__version__, f"{WALKERS} trajectories, 64 states")
