"""Figures made again, as the program makes them."""

import os
import signal
import threading

import numpy as np
import pytest
import valleyflux as vf

from truth import quartic_mean_time

CASE = """
landscape.expression = "x^4/4 - x^2/2"
diffusion.D = 0.1
grid.x = { min = -2.5, max = 2.5, cells = 100 }
valley = [{ name = "left", where = "x < 0" }, { name = "right", where = "x > 0", core = "x > 0.9" }]
escape = [{ from = "left", to = "right", methods = ["mean_first_passage"] }]
"""
FIGURE = """
title = "Arrhenius"
claim = "-log(rate) ~ 1/value"
choice = "one well"
[[setting]]
what = "noise"
stated = "varied"
key = "diffusion.D"
why = "it is what the rate depends on"
[[panel]]
name = "quartic"
case = "FILE"
vary = "diffusion.D=0.05:0.2:4"
"""


def test_a_figure_of_ones_own_has_the_rates_of_quadrature(tmp_path):
    case, figure = tmp_path / "well.toml", tmp_path / "arrhenius.toml"
    case.write_text(CASE)
    figure.write_text(FIGURE.replace("FILE", str(case)))
    made = vf.reproduce(figure, tmp_path / "out")
    assert (made.name, list(made.verdicts)) == ("arrhenius", ["quartic"])
    np.testing.assert_allclose(1 / made.rates["rate"], [quartic_mean_time(D) for D in made.rates["value"]], rtol=1e-6)
    assert list(made.rates["value"]) == [0.05, 0.1, 0.15, 0.2]
    drawn = made.plot().axes[0]
    assert drawn.get_xlabel() == "1 / D" and "quartic" in drawn.get_title(loc="left")
    assert made.picture is not None and made.picture.read_bytes().startswith(b"\x89PNG")


def test_ctrl_c_writes_no_figure(tmp_path):
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        vf.reproduce("fig8", tmp_path, quick=True)
    timer.join()
    assert not (tmp_path / "fig8.json").exists()


def test_unknown_figures_are_told(tmp_path):
    with pytest.raises(vf.CaseError, match="nearest figure"):
        vf.reproduce("fig99", tmp_path)
    with pytest.raises(ValueError, match="at least 1"):
        vf.reproduce("fig8", tmp_path, seeds=0)
