"""Escapes to walls and regions as a user meets them: in tables, JSON, result files, CSV, reports and sweeps."""

import csv
import json
import subprocess
import sys

from program import ROOT, run, run_tests

CASE = """
variables = ["phi"]
[landscape]
expression = "phi^4/4 - phi^2/2"
[diffusion]
D = 0.1
[grid]
phi = { min = -2, max = 1.5, cells = 140 }
[[valley]]
name = "left"
where = "phi < 0"
[[escape]]
from = "left"
to = "x.max"
methods = ["mean_first_passage", "langevin"]
[[escape]]
from = "left"
to = { where = "phi > 0.4" }
methods = ["mean_first_passage"]
[[escape]]
from = "left"
to = { where = "phi > 1.2", name = "far, \\"right\\"" }
methods = ["mean_first_passage", "reactive_flux"]
[first_passage]
[langevin]
particles = 300
step = 0.01
[solver]
modes = 0
"""
NAMES = ["phi.max", "phi > 0.4", 'far, "right"']


def test_results_call_targets_by_their_names(folder):
    (folder / "targets.toml").write_text(CASE)
    done = run("run", "targets.toml", "--json", "-o", "out.h5", folder=folder)
    results = json.loads(done.stdout)
    assert list(dict.fromkeys(row["to"] for row in results["estimates"])) == NAMES, results["estimates"]
    assert [row["to"] for row in results["estimates"] if row["recommended"]] == NAMES
    assert [one["to"] for one in results["first_passage"]] == NAMES
    assert [one["targets"][0]["name"] for one in results["first_passage"]] == NAMES
    particles = next(row for row in results["estimates"] if row["method"] == "langevin")
    assert particles["low"] < particles["rate"] < particles["high"] and particles["to"] == "phi.max", particles
    table = run("run", "targets.toml", "-o", "other.h5", folder=folder).stdout
    assert all(f"left -> {name}" in table for name in NAMES), table
    subprocess.run([sys.executable, ROOT / "tests" / "tools" / "check_result_file.py", folder / "out.h5"], check=True)
    import h5py

    with h5py.File(folder / "out.h5") as file:
        assert list(dict.fromkeys(file["estimate_to"].asstr()[()])) == NAMES
        for name in NAMES:
            times = file[f"mean_first_passage_time_left_{name}"][()]
            assert times.shape == (140,) and times[35] > 0, name
        assert file["escape_time_langevin_left_phi.max"].shape == (300,)
    assert all(name in run("info", "out.h5", folder=folder).stdout for name in NAMES)
    run("report", "out.h5", "-o", "out.html", folder=folder)
    page = (folder / "out.html").read_text()
    assert all(name in page or json.dumps(name)[1:-1] in page for name in NAMES)


def test_sweeps_name_targets(folder):
    (folder / "targets.toml").write_text(CASE)
    run("sweep", "targets.toml", "--vary", "diffusion.D=0.1:0.2:2", "--set", 'escape.0.methods=["mean_first_passage"]',
        "-o", "sweep.csv", folder=folder)
    with open(folder / "sweep.csv", newline="") as file:
        rows = [row for row in csv.DictReader(line for line in file if not line.startswith("#"))]
    assert {row["to"] for row in rows} == set(NAMES), rows


def test_check_tells_targets_and_refuses_what_is_none(folder):
    (folder / "targets.toml").write_text(CASE)
    said = run("check", "targets.toml", folder=folder).stdout
    assert "phi.max" in said and "a wall" in said and "phi > 0.4" in said, said
    for setting, message in {'escape.0.to="phi.top"': 'there is no valley "phi.top"', 'escape.0.to="psi.max"': "walls are phi.min, phi.max",
                             'escape.1.to={where="phi < 0"}': "holds the minimum of \"left\"",
                             'escape.1.to={where="phi > 9"}': "holds no cell of the grid (phi from -2 to 1.5)",
                             'grid.phi.boundary="periodic"': "phi is periodic"}.items():
        complaint = run("check", "targets.toml", "--set", setting, folder=folder, status=2).stderr
        assert message in complaint and "escape" in complaint, complaint


if __name__ == "__main__":
    run_tests(globals())
