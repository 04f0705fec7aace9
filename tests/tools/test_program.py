"""The program as a user meets it: runs ready cases, reads what comes out, and types wrong things."""

import contextlib
import json
import math
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import time

from program import PROGRAM, run, run_tests

HERE = pathlib.Path(__file__).resolve().parent


def estimates(results):
    return {(e["from"], e["to"], e["method"]): e for e in results["estimates"]}


def test_white_noise(folder):
    results = json.loads(run("run", "quartic_white_noise", "--json", folder=folder).stdout)
    rate = estimates(results)[("left", "right", "mean_first_passage")]
    # tau = 728.380..., by quadrature of the double integral.
    assert abs(rate["time"] / 728.380 - 1) < 1e-5, rate
    assert rate["low"] < rate["rate"] < rate["high"]
    assert results["evolution"]["mass_error"] <= 1e-12 and results["evolution"]["density_min"] >= 0
    subprocess.run([sys.executable, HERE / "check_result_file.py", folder / "quartic_white_noise.h5"], check=True)
    assert "estimate_rate" in run("info", "quartic_white_noise.h5", folder=folder).stdout


def test_splitting_and_histogram(folder):
    arguments = ["run", "quartic_white_noise", "--json", "--set", "parameters.T=0.0125", "--set", "evolve.until=20",
                 "--set", "langevin.step=0.01", "--set", "langevin.histogram=true", "--set", "langevin.replicas=50",
                 "--set", "langevin.runs=32", "--set", 'langevin.scheme="platen"', "--set", 'langevin.noise="single"',
                 "--set", 'escape.0.methods=["mean_first_passage", "splitting"]']
    results = json.loads(run(*arguments, folder=folder).stdout)
    found = estimates(results)
    exact, rate = (found[("left", "right", method)] for method in ("mean_first_passage", "splitting"))
    # A barrier of 20 kT. The interval is that of 95 % (Student, on the logarithm): twice as wide is four standard errors.
    assert abs(rate["log_rate"] - exact["log_rate"]) < 2 * math.log(rate["high"] / rate["rate"]), (exact, rate)
    assert "32 runs of 50 replicas" in rate["note"] and "Platen's scheme, noise in single precision" in rate["note"], rate
    histogram = results["histogram"]
    assert histogram["particles"] == 10000 and histogram["time"] == 20
    assert abs(histogram["total_variation"] - histogram["expected"]) < 5 * histogram["error"], histogram
    import h5py
    with h5py.File(folder / "quartic_white_noise.h5") as file:
        cells = file["x_edge"][1:] - file["x_edge"][:-1]
        assert abs((file["particle_density"][:] * cells).sum() - 1) < 1e-12
    assert "langevin.histogram needs a [grid]" in run(
        "run", "styblinski_tang_10d", "--set", "langevin.histogram=true", folder=folder, status=2).stderr
    assert 'must be one of euler_maruyama, platen' in run(
        "run", "muller_brown", "--set", 'langevin.scheme="heun"', folder=folder, status=2).stderr


def test_timings(folder):
    begun = time.monotonic()
    done = run("run", "quartic_white_noise", "--json", "--timings", folder=folder)
    took = time.monotonic() - begun
    json.loads(done.stdout)  # the table is on the other stream
    rows = {}
    for line in done.stderr.splitlines():
        found = re.fullmatch(r"(\S.*?) +(\d+\.\d+) +(\d+\.\d+) +(\d+) MB", line)
        if found:
            rows[found[1]] = [float(number) for number in found.groups()[1:]]
    assert {"discretising", "stationary law", "evolving", "escapes", "writing", "all"} <= set(rows), done.stderr
    total = rows.pop("all")
    stages = list(rows.values())
    for column in (0, 1):
        assert abs(sum(row[column] for row in stages) - total[column]) <= 0.001 * len(stages), done.stderr
    assert 0 < total[0] <= took and total[2] == max(row[2] for row in stages) > 1, done.stderr
    assert "stage " not in run("run", "quartic_white_noise", "--json", folder=folder).stderr


def test_waiting_threads_sleep_unless_the_environment_says_otherwise(folder):
    def begun_with(**given):
        """The policy that the program's threads wait by, and how often it began."""
        of_program = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "GLIBC_TUNABLES")
        environment = {key: value for key, value in os.environ.items() if key not in of_program}
        done = subprocess.run([PROGRAM, "list"], cwd=folder, capture_output=True, text=True, check=True,
                              env={**environment, "OMP_DISPLAY_ENV": "true", "LD_DEBUG": "libs", **given})
        policies = re.findall(r"OMP_WAIT_POLICY *= *'(\w+)'", done.stderr)
        return policies[-1].lower(), done.stderr.count("transferring control: ")

    # It begins anew once, and not where there is nothing to add.
    assert begun_with() == ("passive", 2)
    assert begun_with(OMP_WAIT_POLICY="active") == ("active", 2)
    assert begun_with(OMP_WAIT_POLICY="active", GLIBC_TUNABLES="") == ("active", 1)


def test_minibatches(folder):
    # l = (x - a)^2 / 2 over a = -1, 1: the chain is x' = (1 - eta) x + eta a, and stays at 0 with whole batches.
    (folder / "data.csv").write_text("a\n-1\n1\n")
    (folder / "batches.toml").write_text('[landscape]\nexpression = "(x - a)^2/2"\ndata = "data.csv"\n'
                                         '[diffusion]\nmodel = "sgd"\neta = 0.5\nbatch_size = 1\n'
                                         "[grid]\nx = { min = -2.0, max = 2.0, cells = 80 }\n"
                                         '[[valley]]\nname = "middle"\nwhere = "abs(x) < 0.7"\n'
                                         '[[escape]]\nfrom = "middle"\nto = "first_exit"\nmethods = ["sgd"]\n'
                                         '[langevin]\nparticles = 4000\ntime_limit = 100\n'
                                         'minibatch = "without_replacement"\n')
    rate = estimates(json.loads(run("run", "batches.toml", "--json", folder=folder).stdout))[("middle", "first_exit", "sgd")]
    assert "minibatches of 1 without replacement; 4000 of 4000" in rate["note"], rate
    assert abs(rate["time"] / mean_time_of_signs() - 1) < 0.06, rate
    whole = run("run", "batches.toml", "--json", "--set", "diffusion.batch_size=2", folder=folder)
    assert "rate lies below" in estimates(json.loads(whole.stdout))[("middle", "first_exit", "sgd")]["note"]
    message = run("run", "muller_brown", "--set", 'langevin.minibatch="with_replacement"', folder=folder, status=2).stderr
    assert "langevin.minibatch needs landscape.data" in message, message


def mean_time_of_signs():
    """Mean time until x' = (x + a) / 2, a = -1 or 1 by chance, leaves |x| < 0.7: all paths of up to 40 steps."""
    alive, time = {0.0: 1.0}, 0.0
    for step in range(40):
        time += 0.5 * sum(alive.values())
        following = {}
        for x, weight in alive.items():
            for sign in (-1.0, 1.0):
                to = round((x + sign) / 2, 4)  # places this near to each other are one
                if abs(to) < 0.7:
                    following[to] = following.get(to, 0.0) + weight / 2
        alive = following
    return time


def test_box(folder):
    results = json.loads(run("run", "styblinski_tang_10d", "--json", "--set", "diffusion.D=8", "--set",
                             "langevin.particles=500", "--set", "langevin.replicas=20", "--set", "langevin.runs=16",
                             folder=folder).stdout)
    found = estimates(results)
    direct, splitting = (found[("lowest", "first_exit", method)] for method in ("langevin", "splitting"))
    assert results["grid"] == {"dimension": 10, "variables": [f"x{k}" for k in range(1, 11)], "cells": []}
    assert abs(results["valleys"][0]["minimum"][9] + 2.903534) < 1e-6
    assert max(direct["low"], splitting["low"]) < min(direct["high"], splitting["high"]) * 1.2, (direct, splitting)
    import h5py
    with h5py.File(folder / "styblinski_tang_10d.h5") as file:
        assert file["escape_time_langevin_lowest_first_exit"].shape == (500,)
    assert "10 dimensions, particles alone" in run("check", "styblinski_tang_10d", folder=folder).stdout
    for override, message in (('escape.0.methods=["flux"]', "needs a [grid]"),
                              ("valley.lowest.minimum=[2.7, 2.7, 2.7, 2.7, 2.7, 2.7, 2.7, 2.7, 2.7, 2.7]", "lies outside valley"),
                              ("box.max=-4", "lies outside the box"),
                              ("box.dimension=9", "unknown name")):
        assert message in run("run", "styblinski_tang_10d", "--set", override, folder=folder, status=2).stderr, override


def test_blocked(folder):
    results = json.loads(run("run", "quartic_sgd", "--json", folder=folder).stdout)
    rate = estimates(results)[("left", "right", "quasi_stationary")]
    assert rate["rate"] == 0 and rate["log_rate"] is None and "blocked at x = -0.57735" in rate["note"], rate
    assert len(rate["blocked_at"]) == 1 and abs(rate["blocked_at"][0] + 1 / 3**0.5) < 1e-9, rate


def test_particles(folder):
    arguments = ["run", "quartic_white_noise", "--json", "--set", "parameters.T=0.1", "--set", "langevin.particles=2000",
                 "--set", "langevin.step=0.01", "--set", 'escape.0.methods=["mean_first_passage", "langevin", "sgd"]']
    found = estimates(json.loads(run(*arguments, folder=folder).stdout))
    exact = found[("left", "right", "mean_first_passage")]["rate"]
    for method in ("langevin", "sgd"):
        rate = found[("left", "right", method)]
        # Four standard errors; the interval has 1.96.
        assert abs(rate["rate"] - exact) < 2 * (rate["high"] - rate["low"]), rate
        assert "2000 of 2000 particles escaped" in rate["note"], rate
    import h5py
    with h5py.File(folder / "quartic_white_noise.h5") as file:
        times, escaped = file["escape_time_langevin_left_right"][:], file["escaped_langevin_left_right"][:]
        assert times.shape == (2000,) and escaped.all()
        assert abs(1998 / times.sum() / found[("left", "right", "langevin")]["rate"] - 1) < 1e-12  # Eq. 86
    subprocess.run([sys.executable, HERE / "check_result_file.py", folder / "quartic_white_noise.h5"], check=True)
    # Too short a time: an upper bound instead of a rate, and no failure.
    short = estimates(json.loads(run(*arguments, "--set", "langevin.time_limit=0.1", folder=folder).stdout))
    rate = short[("left", "right", "langevin")]
    assert rate["rate"] is None and rate["low"] == 0 and 0.01 < rate["high"] < 0.02, rate
    message = run(*arguments, "--set", "langevin.step=-1", folder=folder, status=2).stderr
    assert "langevin.step must be positive (got -1)" in message, message


def test_interrupted_particles(folder):
    # A barrier that nobody climbs while we wait.
    (folder / "high.toml").write_text('[landscape]\nname = "quartic_double_well"\n[diffusion]\nD = 0.012\n'
                                      "[grid]\nx = { min = -2.0, max = 2.0, cells = 64 }\n"
                                      '[[valley]]\nname = "left"\nwhere = "x < 0"\n'
                                      '[[escape]]\nfrom = "left"\nto = "first_exit"\nmethods = ["langevin"]\n'
                                      "[langevin]\nstep = 0.01\ntime_limit = 1e12\n")
    process = subprocess.Popen([PROGRAM, "run", "high.toml", "--json"], cwd=folder, stdout=subprocess.PIPE, text=True)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, process.returncode
    rate = estimates(json.loads(output))[("left", "first_exit", "langevin")]
    assert "partial: interrupted" in rate["note"] and rate["high"] > 0, rate
    assert (folder / "high.h5").exists()


def test_sweep(folder):
    arguments = ["sweep", "claim_temperature", "--set", 'escape.0.methods=["mean_first_passage", "theory:kramers"]',
                 "--vary", "parameters.D=0.0125:0.025:4:log", "-o", "s.csv", "--json"]
    results = json.loads(run(*arguments, folder=folder).stdout)
    assert len(results["rows"]) == 8 and results["keys"] == ["parameters.D"]
    fits = {(fit["method"], fit["relation"]): fit for fit in results["fits"]}
    # Kramers: -log(rate) = const. + 0.25 / D; the prefactor's corrections are of relative order D.
    assert abs(fits["theory:kramers", "-log(rate) ~ 1/value"]["slope"] - 0.25) < 1e-12
    solved = fits["mean_first_passage", "-log(rate) ~ 1/value"]
    assert abs(solved["slope"] - 0.25) < 1e-3 and solved["r_squared"] > 0.999999, solved
    # Cut off in the middle of the last value, it goes on there and ends with the same bytes.
    table = folder / "s.csv"
    whole = table.read_bytes()
    table.write_bytes(whole[:-100])
    assert json.loads(run(*arguments, folder=folder).stdout)["rows"] == results["rows"]
    assert table.read_bytes() == whole
    assert "another sweep" in run(*arguments, "--set", "parameters.D=0.03", folder=folder, status=2).stderr
    for vary, complaint in {"parameters.D": "form", "parameters.D=1:2": "form", "parameters.D=1:x:3": "no number",
                            "parameters.D=1:2:1": "count", "parameters.D=-1:2:3:log": "positive",
                            "parameters.D=-1:2:3": "negative eigenvalue", "no.key=1:2:3": "unknown key"}.items():
        assert complaint in run("sweep", "claim_temperature", "--vary", vary, "-o", "w.csv", folder=folder,
                                status=2).stderr, vary
    two = json.loads(run("sweep", "claim_white_noise_sharpness", *arguments[2:6], "--vary", "parameters.k=1:2:3", "-o",
                         "two.csv", "--json", folder=folder).stdout)
    assert len(two["rows"]) == 24 and {tuple(fit["others"]) for fit in two["fits"]} == {(1.0,), (1.5,), (2.0,)}
    run("plot", table, folder=folder)
    assert (folder / "s.png").stat().st_size > 10000


def test_warnings_of_a_sweep_are_told_once_with_their_number(folder):
    """Kramers' formula assumes low noise: the barrier is a quarter, and the first of three values low."""
    arguments = ["sweep", "quartic_white_noise", "--set", 'escape.0.methods=["theory:kramers"]', "--set",
                 'escape.1.methods=["theory:kramers"]', "--vary", "parameters.T=0.005:0.205:3"]
    told = run(*arguments, "-o", "a.csv", folder=folder).stderr
    assert told.startswith("warning (at 2 of 3 values, first at parameters.T=0.105): "), told
    assert told.count("low noise") == 1 and "left -> right; left -> first_exit by theory:kramers" in told, told
    each = run(*arguments, "-o", "b.csv", "--verbose", folder=folder).stderr
    assert each.count("low noise") == 4 and "at parameters.T=0.205:" in each, each


def test_network_and_paths(folder):
    arguments = ["run", "muller_brown", "--json", "--set", "grid.x.cells=80", "--set", "grid.y.cells=80", "--set",
                 "evolve.until=0.1", "--set", "evolve.frames=1", "--set", "theory.quasi_potential=true"]
    results = json.loads(run(*arguments, folder=folder).stdout)
    network = results["network"]
    assert network["valleys"] == ["valley_1", "valley_2", "valley_3"] and network["rule_1_rate"][0][1] is None
    for a in range(3):  # detailed balance
        for b in range(3):
            there, back = (network["probability"][i] * network["rate"][i][j] for i, j in ((a, b), (b, a)))
            assert abs(there - back) < 1e-2 * (there + back + 1e-300), network
    assert len(results["spectrum"]) == 6 and results["spectrum"][0] == 0 and results["spectrum"][1] < 0
    climb = next(path for path in results["paths"] if path["from"] == "valley_1")
    # Published heights: (-40.6648 + 146.6995) / 15.
    assert climb["method"] == "string" and abs(climb["exponent"] - 106.0347 / 15) < 1e-5, climb
    import h5py
    import numpy as np
    with h5py.File(folder / "muller_brown.h5") as file:
        q = file["committor_valley_1_any"][()]
        assert 0 <= q.min() and q.max() <= 1 and file["right_eigenfunction"].shape == (6, 80, 80)
        start = np.argmin(file["landscape"][()])
        assert abs(file["quasi_potential_valley_1"][()].flat[start]) < 0.5
        assert abs(file["path_action"][list(file["path"].asstr()[()]).index("valley_1->valley_3")][-1] - climb["exponent"]) < 0.01
    subprocess.run([sys.executable, HERE / "check_result_file.py", folder / "muller_brown.h5"], check=True)


def test_escapes_to_any_valley_and_accuracy(folder):
    case = """
[landscape]
expression = "-cos(2*pi*x)*(1 + 0.2*x)"
[diffusion]
model = "constant"
D = 0.2
[grid]
x = { min = -1.5, max = 1.5, cells = 60 }
[[escape]]
from = "valley_2"
to = "any"
[accuracy]
relative = 1e-6
memory = "100 MB"
[solver]
modes = 3
"""
    (folder / "three.toml").write_text(case)
    results = json.loads(run("run", "three.toml", "--json", folder=folder).stdout)
    rows = [e for e in results["estimates"] if e["recommended"]]
    assert len(rows) == 1 and rows[0]["to"] == "any" and rows[0]["low"] < rows[0]["rate"] < rows[0]["high"], rows
    shares = {share["to"]: share for share in rows[0]["shares"]}
    assert len(shares) == 2 and abs(sum(share["probability"] for share in shares.values()) - 1) < 1e-6, shares
    accuracy = results["accuracy"]
    assert accuracy["wanted"] == 1e-6 and 0 < accuracy["reached"] <= 1e-6, accuracy
    assert accuracy["domain"] == [[-1.5, 1.5]] and accuracy["cells"][0] >= 60, accuracy
    assert len(results["spectrum_error"]) == 3 and results["network"]["probability_low"][0] > 0
    assert all(v["stationary_low"] <= v["stationary_probability"] <= v["stationary_high"] for v in results["valleys"])
    table = run("run", "three.toml", folder=folder).stdout
    assert "mean_first_passage *" in table and "valley_2 -> any ends in:" in table and "reached" in table, table
    subprocess.run([sys.executable, HERE / "check_result_file.py", folder / "three.h5"], check=True)
    import h5py
    with h5py.File(folder / "three.h5") as file:
        row = list(file["estimate_recommended"][()]).index(1)
        assert abs(file["estimate_share"][row][[0, 2]].sum() - 1) < 1e-6 and file.attrs["accuracy_wanted"] == 1e-6
    for setting, complaint in {"accuracy.relative=0": "positive", "accuracy.relative=1e-12": "between 1e-10 and 1",
                               'accuracy.memory="much"': 'a size like "4GB"',
                               "accuracy.cells=3": "unknown key"}.items():
        assert complaint in run("run", "three.toml", "--set", setting, folder=folder, status=2).stderr, setting
    # Too little memory for the grids it would take: a number, and a warning that says how far it is to be trusted.
    few = run("run", "three.toml", "--json", "--set", "accuracy.memory=\"1 kB\"", "--set", "grid.x.cells=60", folder=folder)
    assert "above accuracy.relative = 1e-06" in few.stderr and "accuracy.memory" in few.stderr, few.stderr
    # Valleys that fall between the cells: no number, and the reason.
    few = run("run", "three.toml", "--json", "--set", "accuracy.memory=\"1 kB\"", "--set", "grid.x.cells=20", folder=folder)
    assert "narrower than half a cell" in few.stderr and "accuracy.memory" in few.stderr, few.stderr


def test_a_method_that_has_no_answer_leaves_the_rest(folder):
    settings = ["--set", 'escape.0.methods=["theory:sgd", "mean_first_passage"]']
    results = json.loads(run("run", "quartic_white_noise", "--json", *settings, folder=folder).stdout)
    row = estimates(results)[("left", "right", "theory:sgd")]
    assert row["rate"] is None and "SGD noise" in row["note"], row
    assert estimates(results)[("left", "right", "mean_first_passage")]["recommended"]
    # No stationary law between absorbing walls: transition path theory alone has no answer.
    settings = ["--set", 'grid.x.boundary="absorbing"', "--set", "solver.modes=0"]
    both = json.loads(run("run", "quartic_white_noise", "--json", *settings, "--set",
                          'escape.0.methods=["reactive_flux", "mean_first_passage"]', folder=folder).stdout)
    assert "stationary law" in estimates(both)[("left", "right", "reactive_flux")]["note"], both
    run("run", "quartic_white_noise", *settings, "--set", 'escape.0.methods=["reactive_flux"]', folder=folder, status=1)


def test_equal_bytes(folder):
    for threads in ("1", "2"):
        run("run", "styblinski_tang_2d", "--quiet", "--threads", threads, "--set", "grid.x.cells=96", "--set", "grid.y.cells=96",
            "--set", "evolve.frames=2", "-o", f"threads_{threads}.h5", folder=folder)
    import h5py
    with h5py.File(folder / "threads_1.h5") as one, h5py.File(folder / "threads_2.h5") as two:
        for name in one:
            if isinstance(one[name], h5py.Dataset):
                assert one[name][()].tobytes() == two[name][()].tobytes() or one[name].dtype.hasobject, name


def test_wrong_input(folder):
    (folder / "bad.toml").write_text('[landscape]\nname = "quartic_double_well"\n[diffusion]\nmodel = "sgd"\neta = -0.1\n'
                                     "[grid]\nx = { min = -2, max = 2, cells = 50 }\n")
    done = run("run", "bad.toml", folder=folder, status=2)
    assert done.stderr == "bad.toml:5:7: error: diffusion.eta must be positive (got -0.1)\n", done.stderr
    assert not (folder / "bad.h5").exists() and not (folder / "bad.h5.part").exists()
    assert "nearest is \"muller_brown\"" in run("run", "muller_brwn", folder=folder, status=2).stderr
    assert "bytes of memory" in run("run", "muller_brown", "--set", "grid.x.cells=1000000", folder=folder, status=2).stderr
    assert "no valley" in run("run", "quartic_white_noise", "--set", "evolve.initial=lef", folder=folder, status=2).stderr
    run("fly", folder=folder, status=2)
    run("run", folder=folder, status=2)
    (folder / "old.h5").write_text("an older result")
    run("run", "quartic_white_noise", "--set", "evolve.stepper=dopri5", "--set", "evolve.until=1e9", "-o", "old.h5", folder=folder, status=1)
    assert (folder / "old.h5").read_text() == "an older result"


def test_list_and_check(folder):
    assert "muller_brown" in run("list", folder=folder).stdout
    assert "exp(-(x - 1)^2" in run("list", "muller_brown", folder=folder).stdout or "Mueller" in run("list", "muller_brown", folder=folder).stdout
    assert "saddle" in run("check", "muller_brown", folder=folder).stdout
    both = run("list", "himmelblau", folder=folder).stdout  # a built-in landscape and a ready case
    assert "# landscape: (x^2 + y - 11)^2 + (x + y^2 - 7)^2" in both and "[landscape]" in both, both
    (folder / "copy.toml").write_text(both)
    assert "saddle" in run("check", "copy.toml", folder=folder).stdout
    run("run", "quartic_white_noise", "--quiet", "--set", "title=" + '"' + " ".join(["long"] * 40) + '"', folder=folder)
    told = run("info", "quartic_white_noise.h5", folder=folder).stdout
    assert all(len(line) <= 80 for line in told.splitlines()) and "\n  long long" in told, told
    assert re.search(r"^accuracy_wanted: 0.001$", told, re.MULTILINE) and re.search(r"valley_height +\(2\) +-0.25 -0.25 ", told), told


def test_faults_are_wrapped_on_a_terminal_alone(folder):
    long_path = "/".join(["folder"] * 20) + "/case.toml"
    in_pipe = run("run", long_path, folder=folder, status=2).stderr
    assert in_pipe.count("\n") == 1, in_pipe
    ours, theirs = pty.openpty()
    assert subprocess.run([PROGRAM, "run", long_path], cwd=folder, stderr=theirs).returncode == 2
    os.close(theirs)
    shown = os.read(ours, 65536).decode().splitlines()
    os.close(ours)
    assert len(shown) > 1 and all(len(line) <= 80 or " " not in line.strip() for line in shown), shown
    assert " ".join(" ".join(shown).split()) == " ".join(in_pipe.split())


def test_report(folder):
    run("run", "quartic_white_noise", "--set", "evolve.until=20", "--report", "both.html", "--quiet", folder=folder)
    assert run("report", "quartic_white_noise.h5", folder=folder).stdout == "written to quartic_white_noise.html\n"
    assert run("report", "quartic_white_noise.h5", "-o", "other.html", folder=folder).stdout == "written to other.html\n"
    page = (folder / "quartic_white_noise.html").read_bytes()
    assert page.startswith(b"<!doctype html>") and page == (folder / "other.html").read_bytes() == (folder / "both.html").read_bytes()
    # Refused before anything is solved.
    for page, words in (("new.h5", "overwrite the result"), ("./new.xdmf", "overwrite the result"), (".", "it is a folder")):
        said = run("run", "quartic_white_noise", "-o", "new.h5", "--report", page, folder=folder, status=2).stderr
        assert words in said and not (folder / "new.h5").exists(), said


def test_what_takes_longer_than_a_second_shows_progress(folder):
    ours, theirs = pty.openpty()
    cells = [word for axis in "xy" for word in ("--set", f"grid.{axis}.cells=1800")]
    process = subprocess.Popen([PROGRAM, "check", "muller_brown", *cells], cwd=folder, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # raised at the end by Linux
        while some := os.read(ours, 4096):
            shown += some
    os.close(ours)
    assert process.wait() == 0
    assert b"valleyflux check: setting up the problem (1 s)" in shown and shown.endswith(b"\r\x1b[K"), shown


if __name__ == "__main__":
    run_tests(globals())
