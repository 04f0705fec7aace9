"""Ready cases with the grid that they come with, and with one that the program chooses: time, accuracy, truth.

    VALLEYFLUX=build/valleyflux python3 tools/benchmarks/grid_choice_benchmark.py [NAME ...] [--truth 1e-5]

Of every ready case with a [grid] the keys min, max and cells of its axes are taken out (of periodic axes cells alone,
and of tables there is nothing else). Both run with the same settings, without particles; the truth is the case's own
grid, its ends moved out to those of the chosen one where these lie farther out, refined until `--truth`. "held" counts the intervals of rates from grids that hold the
truth's middle, widened by the truth's own interval."""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

PROGRAM = os.path.abspath(os.environ.get("VALLEYFLUX", "build/valleyflux"))
CASES = pathlib.Path(__file__).parents[2] / "problems" / "cases"
PARTICLES = {"langevin", "sgd", "splitting"}


def without_particles(text):
    def kept(match):
        methods = [m for m in json.loads(match.group(2)) if m not in PARTICLES]
        return match.group(1) + json.dumps(methods)

    return re.sub(r"(methods = )(\[[^]]*\])", kept, text)


def without_grid(text):
    """The case with its axes open; keys that are no ends or cells stay."""
    head, rest = text.split("[grid]", 1)
    axes, tail = re.match(r"((?:[^\n]*\n)(?:[xy] = \{.*\n)*)(.*)", rest, re.DOTALL).groups()
    opened = []
    for line in axes.splitlines():
        keys = ["cells"] if "periodic" in line else ["min", "max", "cells"]
        for key in keys:
            line = re.sub(rf"\b{key} = [^,}}]*,? ?", "", line)
        opened.append(re.sub(r",\s*}", " }", line))
    return head + "[grid]" + "\n".join(opened) + "\n" + tail


def run(folder, text, *settings):
    case = folder / "case.toml"
    case.write_text(text)
    words = [word for setting in settings for word in ("--set", setting)]
    start = time.perf_counter()
    done = subprocess.run([PROGRAM, "run", str(case), "-o", str(folder / "case.h5"), "--json", *words], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        return None, seconds, done.stderr.strip().splitlines()[-1:]
    return json.loads(done.stdout), seconds, []


def widened(given, chosen):
    """Settings that move the ends of the given grid out to those of the chosen one, with cells of the same size."""
    settings = []
    domains = zip("xy", given["grid"]["cells"], given["accuracy"]["domain"], chosen["accuracy"]["domain"])
    for axis, cells, (low, high), (chosen_low, chosen_high) in domains:
        ends = min(low, chosen_low), max(high, chosen_high)
        if ends != (low, high):
            settings += [f"grid.{axis}.min={ends[0]}", f"grid.{axis}.max={ends[1]}",
                         f"grid.{axis}.cells={round(cells * (ends[1] - ends[0]) / (high - low))}"]
    return settings


def rates(results):
    return {(e["from"], e["to"], e["method"]): e for e in results["estimates"] if e["rate"] and e["low"] is not None}


def held(chosen, truth):
    count = missed = 0
    for key, e in rates(chosen).items():
        if key not in rates(truth):
            continue
        t = rates(truth)[key]
        good = e["low"] <= t["high"] and t["low"] <= e["high"]
        count += good
        missed += not good
    return f"{count}/{count + missed}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--truth", default="1e-5")
    arguments = parser.parse_args()
    print(f"{'case':28} {'given s':>8} {'chosen s':>8} {'ratio':>6} {'given':>8} {'chosen':>8} {'held':>6}  cells given -> chosen (finest)")
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        shutil.copytree(CASES / "data", folder / "data")
        for path in sorted(CASES.glob("*.toml")):
            text = path.read_text()
            if (arguments.names and path.stem not in arguments.names) or "[grid]" not in text:
                continue
            text = without_particles(text)
            given, given_s, fault = run(folder, text)
            chosen, chosen_s, own_fault = run(folder, without_grid(text))
            if not given or not chosen:
                print(f"{path.stem:28} {given_s:8.2f} {chosen_s:8.2f}  {fault or own_fault}")
                continue
            truth, _, _ = run(folder, text, f"accuracy.relative={arguments.truth}", "solver.modes=0", "solver.network=false",
                              *widened(given, chosen))

            def accuracy(results):
                reached = (results["accuracy"] or {}).get("reached")
                return f"{reached:.1e}" if reached is not None else "-"

            cells = [" x ".join(map(str, r["accuracy"]["cells"])) for r in (given, chosen)]
            print(f"{path.stem:28} {given_s:8.2f} {chosen_s:8.2f} {chosen_s / given_s:6.2f} {accuracy(given):>8} {accuracy(chosen):>8} "
                  f"{held(chosen, truth) if truth else '-':>6}  {cells[0]} -> {cells[1]}", flush=True)


if __name__ == "__main__":
    main()
