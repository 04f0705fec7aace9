"""What tells series and frames apart in figures."""

import itertools
import sys

import matplotlib

matplotlib.use("Agg")
import numpy as np

from figure_checks import DEUTERANOPIA, lab
from program import ROOT, run_tests

sys.path.insert(0, str(ROOT / "tools"))
from plot.style import COLOURS, LINES, MARKERS, series
from plot.times import chosen_frames


def test_frames_grow_by_equal_factors(_):
    assert chosen_frames(np.linspace(0, 1000, 1001), 5) == [0, 1, 10, 100, 1000]
    assert chosen_frames(np.array([0.0]), 5) == [0]
    assert chosen_frames(np.array([0.0, 3.0]), 5) == [0, 1]


def test_colours_are_told_apart_by_colour_blind_eyes(_):
    for eyes in (np.eye(3), DEUTERANOPIA):
        for one, other in itertools.combinations(COLOURS, 2):
            assert np.linalg.norm(lab(one, eyes) - lab(other, eyes)) > 8, (one, other)
    assert len({series(k)[:2] for k in range(len(COLOURS) * len(MARKERS))}) == len(COLOURS) * len(MARKERS)
    assert len(LINES) >= 4


if __name__ == "__main__":
    run_tests(globals())
