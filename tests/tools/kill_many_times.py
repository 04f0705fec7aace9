#!/usr/bin/env python3
"""Kills runs of an evolution at random times and resumes them until they end; the result must have the bytes of a run
that nobody disturbed.

Usage: kill_many_times.py KILLS [SEED]   (the program: environment variable VALLEYFLUX)
"""

import pathlib
import random
import subprocess
import sys
import tempfile
import time

from program import PROGRAM, run

# Some seconds of evolving, in frames of some milliseconds.
CASE = """
[landscape]
expression = "5*(x^2 - 1)^2 + 4*y^2 + x*y"
[diffusion]
D = 1.0
[grid]
x = {{ min = -1.7, max = 1.7, cells = 60 }}
y = {{ min = -1.5, max = 1.5, cells = 60 }}
[evolve]
initial = "valley_1"
until = {until}
frames = {frames}
stepper = "{stepper}"
[solver]
modes = 0
grids = 1
network = false
[theory]
paths = false
[[escape]]
from = "valley_1"
to = "valley_2"
methods = ["mean_first_passage"]
"""
STEPPERS = {"tr_bdf2": (0.5, 400), "backward_euler": (0.15, 450), "dopri5": (0.02, 600), "exponential": (2.0, 400)}


def frames_kept(checkpoint):
    """By its size: all records of frames are of nearly the same one."""
    return checkpoint.stat().st_size // (60 * 60 * 8) if checkpoint.exists() else 0


def kill_until_done(folder, name, random_numbers, seconds, most_kills):
    """Kills made; asserts that no frame that was kept is ever lost."""
    kills, kept, more = 0, 0, []
    while True:
        process = subprocess.Popen([PROGRAM, "run", f"{name}.toml", "--quiet", *more], cwd=folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        more = ["--resume"]
        if kills < most_kills:
            time.sleep(random_numbers.uniform(0.0, seconds))
            process.kill()
        _, complaints = process.communicate()
        if process.returncode == 0:
            return kills
        assert process.returncode == -9, (process.returncode, complaints)
        kills += 1
        now = frames_kept(folder / f"{name}.h5.checkpoint")
        assert now >= kept - 1, f"{kept} frames were kept, {now} after kill {kills}"
        kept = now


def kill_many_times(folder, kills, seed, most_in_one=10**9):
    random_numbers = random.Random(seed)
    whole, seconds = {}, {}
    for stepper, (until, frames) in STEPPERS.items():
        (folder / f"{stepper}.toml").write_text(CASE.format(stepper=stepper, until=until, frames=frames))
        begin = time.monotonic()
        run("run", f"{stepper}.toml", "--quiet", folder=folder)
        seconds[stepper] = time.monotonic() - begin
        whole[stepper] = (folder / f"{stepper}.h5").read_bytes()
    done = runs = 0
    while done < kills:
        stepper = list(STEPPERS)[runs % len(STEPPERS)]
        (folder / f"{stepper}.h5").unlink()
        done += kill_until_done(folder, stepper, random_numbers, seconds[stepper], min(most_in_one, kills - done))
        runs += 1
        assert (folder / f"{stepper}.h5").read_bytes() == whole[stepper], f"{stepper}: other bytes"
        assert not list(folder.glob("*.checkpoint"))
        for part in folder.glob("*.part"):  # a killed process cannot clean up
            part.unlink()
    return done, runs, seconds


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        done, runs, seconds = kill_many_times(pathlib.Path(place), int(sys.argv[1]), int((sys.argv + ["1"])[2]))
    print(f"{done} kills, {runs} runs resumed to their end, each with the bytes of an undisturbed one; "
          + ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items()))
