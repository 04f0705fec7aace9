"""Ctrl-C gives what there is; progress is told."""

import os
import signal
import sys
import threading
import types

import numpy as np
import pytest
import valleyflux as vf

PLANE = {
    "landscape": "(x^2 - 1)^2 + y^2",
    "diffusion": 0.2,
    "grid": {"x": (-2, 2, 40), "y": (-2, 2, 40)},
    "accuracy": {"relative": 0.5},
}


class AtStage:
    """Presses Ctrl-C when a stage has begun."""

    def __init__(self, stage):
        self.stage, self.pressed, self.told = stage, False, []

    def __call__(self, fraction, stage):
        self.told.append((fraction, stage))
        if stage.startswith(self.stage) and fraction > 0.2 and not self.pressed:
            self.pressed = True
            os.kill(os.getpid(), signal.SIGINT)


def test_progress_is_told():
    press = AtStage("never")
    vf.Case(**PLANE).solve(progress=press)
    assert [stage for _, stage in press.told[:2]] == ["setting up the problem", "discretising"]
    assert all(0 <= fraction <= 1 for fraction, _ in press.told)


def test_an_interrupted_evolution_keeps_its_frames():
    press = AtStage("evolving")
    result = vf.Case(**PLANE).evolve(10.0, initial="valley_1", frames=20, progress=press)
    assert press.pressed and result.interrupted
    frames = result.fields["density"]
    assert 2 <= frames.sizes["time"] < 21
    area = (4 / 40) ** 2
    np.testing.assert_allclose((frames * area).sum(("x", "y")), 1, atol=1e-12)
    assert len(result.rates) == 0 and "interrupted" in result.warnings[0]
    assert list(result.valleys.index) == ["valley_1", "valley_2"]


def test_interrupted_particles_keep_those_that_were_watched():
    case = vf.Case(
        landscape="x^4/4 - x^2/2",
        diffusion=0.05,
        grid={"x": (-2.5, 2.5, 50)},
        valleys={"left": "x < 0", "right": "x > 0"},
    )
    press = AtStage("langevin")
    result = case.particles("left", "right", particles=100000, seed=1, progress=press)
    assert press.pressed and result.interrupted
    rate = result.rate("left", "right")
    assert 100 < result.rates["escapes"][0] < 100000
    assert rate.low < rate.value < rate.high


def test_an_interrupted_sweep_keeps_the_values_before():
    press, runs = AtStage("never"), []

    def report(fraction, stage):
        if stage == "setting up the problem":
            runs.append(stage)
        if len(runs) == 3 and not press.pressed:
            press.pressed = True
            os.kill(os.getpid(), signal.SIGINT)

    case = vf.Case(landscape="x^4/4 - x^2/2", diffusion=0.1, grid={"x": (-2.5, 2.5, 50)})
    swept = vf.sweep(case, {"diffusion.D": [0.1, 0.2, 0.3, 0.4]}, progress=report)
    assert swept.interrupted and len(swept.results) == 2


def test_what_progress_raises_comes_back():
    def refuse(fraction, stage):
        raise LookupError(stage)

    with pytest.raises(LookupError, match="setting up the problem"):
        vf.Case(**PLANE).solve(progress=refuse)


def test_other_threads_run_meanwhile():
    counted, stop = [0], threading.Event()

    def count():
        while not stop.is_set():
            counted[0] += 1

    other = threading.Thread(target=count)
    before = [0]
    other.start()
    try:
        before[0] = counted[0]
        vf.Case(**{**PLANE, "grid": {"x": (-2, 2, 120), "y": (-2, 2, 120)}}).solve(progress=False)
        assert counted[0] > before[0] + 1000  # a lock that is held would have let it count a few times
    finally:
        stop.set()
        other.join()


@pytest.mark.parametrize("stage", ["discretising", "langevin, left -> right, 123456 of 200000 escapes", "x" * 200])
def test_a_bar_of_the_terminal_leaves_room_for_the_words(stage):
    line = vf.ProgressBar()._line(0.5, stage, 12.0)
    assert len(line) <= 79 and line.endswith(", 12 s") and line.count("#") == line.count(".", 0, line.index("]")) >= 2
    assert stage in line or len(stage) > 60


def test_a_bar_appears_in_a_notebook(monkeypatch):
    class ZMQInteractiveShell:
        pass

    class Cell:
        def update(self, text, raw):
            shown.append(text["text/plain"])

    def display(text, raw, display_id):
        assert raw and display_id
        shown.append(text["text/plain"])
        return Cell()

    shown = []
    notebook = types.ModuleType("IPython")
    notebook.get_ipython = ZMQInteractiveShell
    notebook.display = types.ModuleType("IPython.display")
    notebook.display.display = display
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setitem(sys.modules, "IPython.display", notebook.display)
    with vf.ProgressBar() as bar:
        for fraction in (0.0, 1.0):
            bar._begin = bar._last = -10.0
            bar(fraction, "escape")
    assert ["." * 30 in shown[0], "#" * 30 in shown[1], shown[2]] == [True, True, ""]


def test_a_bar_appears_in_terminals_alone(capsys):
    bar = vf.ProgressBar()
    bar._begin = bar._last = -10.0
    bar(0.5, "evolving")
    assert capsys.readouterr().err == ""
    bar._visible = True
    with bar:
        bar._last = -10.0
        bar(0.5, "evolving")
        shown = capsys.readouterr().err
    assert "[###############...............] evolving" in shown
    assert capsys.readouterr().err.endswith("\r")
