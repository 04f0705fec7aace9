"""Bad values of numeric keys end with a message that names the key or the place, soon and never by a signal."""

import os
import subprocess

from program import PROGRAM, run_tests

LINE = """title = "w"
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
SGD = """title = "w"
[landscape]
expression = "a*x^4/4 - x^2/2"
[parameters]
a = 1.0
[diffusion]
model = "sgd"
eta = 0.1
batch_size = 1
injected = 0.01
[grid]
x = { min = -2.5, max = 2.5, cells = 40 }
"""
BOX = """title = "w"
[landscape]
name = "styblinski_tang"
[diffusion]
D = 4.0
[box]
dimension = 3
min = -5.0
max = 5.0
[[valley]]
name = "lowest"
where = "x < 0.15 && y < 0.15 && z < 0.15"
minimum = [-2.9, -2.9, -2.9]
[[escape]]
from = "lowest"
to = "first_exit"
methods = ["langevin"]
"""
LOSS = """title = "w"
[data]
samples = 50
features = 2
classes = 2
seed = 1
[loss]
model = "styblinski_tang"
k = 1.0
[start]
at = -2.9
[[valley]]
name = "start"
max = 0.15
[diffusion]
eta = 0.04
batch_size = 1
injected = 0.0
[[escape]]
from = "start"
to = "first_exit"
methods = ["sgd"]
[langevin]
particles = 10
"""
KEYS = {
    LINE: [
        "diffusion.D", "grid.x.min", "grid.x.max", "grid.x.cells", "grid.x.grading.centre", "grid.x.grading.width",
        "evolve.until", "evolve.frames", "evolve.tolerance", "langevin.particles", "langevin.seed", "langevin.step",
        "langevin.time_limit", "langevin.replicas", "langevin.runs", "theory.s", "accuracy.relative", "accuracy.memory",
        "solver.grids", "solver.modes", "evolve.initial.mean", "evolve.initial.sd"
    ],
    SGD: ["diffusion.eta", "diffusion.batch_size", "diffusion.injected", "parameters.a"],
    BOX: ["box.dimension", "box.min", "box.max", "valley.0.minimum", "langevin.step"],
    LOSS: [
        "data.samples", "data.features", "data.classes", "data.seed", "loss.k", "start.at", "valley.0.max",
        "diffusion.eta", "diffusion.batch_size", "diffusion.injected", "langevin.particles"
    ],
}
VALUES = ["nan", "inf", "-inf", "1e308", "-1", "0", "1e-320", "0.5", "-1e308", "9223372036854775807", '"one"', "[]", "true"]


def refused(case, folder, key, value):
    """Nothing, or what is wrong with how the value was received."""
    (folder / "w.toml").write_text(case)
    done = subprocess.run(
        [PROGRAM, "check", "w.toml", "--set", f"{key}={value}"], cwd=folder, capture_output=True, text=True,
        timeout=20, env={**os.environ, "OMP_NUM_THREADS": "1"})
    # What overflows later on is reported at a place of the file, or of the domain.
    named = done.stderr.startswith((f"--set {key}: error: ", f"--set {key.rsplit('.', 1)[0]}", "w.toml:")) or (
        done.stderr.startswith("error: ") and " x = " in done.stderr)
    if done.returncode not in (0, 1, 2) or (done.returncode > 0 and not named):
        return key, value, done.returncode, done.stderr[:300]
    if value in ("nan", "inf", "-inf", '"one"', "[]", "true") and done.returncode != 2:
        return key, value, done.returncode, done.stdout[:80]
    return None


def test_bad_numbers_are_refused_by_name(folder):
    wrong = [refused(case, folder, key, value) for case, keys in KEYS.items() for key in keys for value in VALUES]
    assert not any(wrong), "\n".join(str(one) for one in wrong if one)


run_tests(globals())
