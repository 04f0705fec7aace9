"""Bad values of numeric keys end with a message that names the key or the place, soon and never by a signal."""

import os
import subprocess

from program import PROGRAM, run_tests

CASE = """title = "w"
[landscape]
expression = "x^4/4 - x^2/2"
[diffusion]
D = 0.1
[grid]
x = { min = -2.5, max = 2.5, cells = 40 }
[evolve]
initial = { mean = [0.5], sd = [0.2] }
until = 1.0
"""
KEYS = [
    "diffusion.D", "grid.x.min", "grid.x.max", "grid.x.cells", "grid.x.grading.centre", "grid.x.grading.width",
    "evolve.until", "evolve.frames", "evolve.tolerance", "langevin.particles", "langevin.seed", "langevin.step",
    "langevin.time_limit", "langevin.replicas", "langevin.runs", "theory.s", "accuracy.relative", "solver.grids",
    "solver.modes",
]
VALUES = ["nan", "inf", "-inf", "1e308", "-1", "0", "1e-320", "0.5", "-1e308", "9223372036854775807", '"one"', "[]", "true"]


def test_bad_numbers_are_refused_by_name(folder):
    (folder / "w.toml").write_text(CASE)
    wrong = []
    for key in KEYS:
        for value in VALUES:
            done = subprocess.run(
                [PROGRAM, "check", "w.toml", "--set", f"{key}={value}"], cwd=folder, capture_output=True, text=True,
                timeout=10, env={**os.environ, "OMP_NUM_THREADS": "1"})
            # Ends of an axis that overflow later on are reported at the place of the axis or the grid.
            named = f"--set {key}: error: " in done.stderr or (
                key.startswith("grid.") and done.stderr.startswith(("w.toml:6:", "w.toml:7:", "--set grid.")))
            if done.returncode not in (0, 2) or (done.returncode == 2 and not named):
                wrong.append((key, value, done.returncode, done.stderr[:200]))
            elif value in ("nan", "inf", "-inf", '"one"', "[]", "true") and done.returncode != 2:
                wrong.append((key, value, done.returncode, done.stdout[:80]))
    assert not wrong, "\n".join(map(str, wrong))


run_tests(globals())
