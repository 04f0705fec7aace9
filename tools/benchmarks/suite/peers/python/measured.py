"""How the Python peers are timed and judged; the line of JSON that tells the driver."""

import json
import time

import numpy as np

D, TIME = 0.2, 10.0  # noise, and the time at which densities are compared


def best_of(work):
    """Processor seconds of the fastest of three runs at most (the first may compile), and what the last one gave."""
    best, spent = float("inf"), 0.0
    for _ in range(3):
        begin = time.process_time()
        value = work()
        seconds = time.process_time() - begin
        best, spent = min(best, seconds), spent + seconds
        if spent > 20.0:
            break
    return best, value


def start(x, y=None):
    """Density of the Gaussian that evolutions start from."""
    along_x = np.exp(-(((x + 1.0) / 0.2) ** 2) / 2)
    return along_x if y is None else along_x * np.exp(-(((y - 0.25) / 0.2) ** 2) / 2)


def axis(end, n):
    """Centres of n cells."""
    return (np.arange(n) + 0.5) * 2.0 * end / n - end


def l1_error(values, file):
    """Of densities or probabilities in proportion, x fastest."""
    exact = np.loadtxt(file)
    return float(np.abs(values / values.sum() - exact).sum())


def tell(seconds, error, version, note):
    print(json.dumps({"seconds": seconds, "error": error, "version": version, "note": note}))
