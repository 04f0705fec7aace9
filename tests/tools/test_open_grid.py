"""Cases without a grid: what was chosen is told everywhere, a sweep chooses anew, and equal runs give equal bytes."""

import csv
import json

from program import run, run_tests

CASE = """title = "open"
[parameters]
T = 0.05
[landscape]
expression = "x^4/4 - x^2/2"
[diffusion]
model = "expression"
D = "T"
[evolve]
initial = "valley_1"
until = 5
frames = 4
"""


def written(folder, text=CASE):
    (folder / "case.toml").write_text(text)
    return folder


def test_what_was_chosen_is_told(folder):
    written(folder)
    assert "\nchosen: x from -" in run("check", "case.toml", folder=folder).stdout
    table = run("run", "case.toml", folder=folder).stdout
    assert "\ngrid chosen: x from -" in table, table
    results = json.loads(run("run", "case.toml", "--json", folder=folder).stdout)
    accuracy = results["accuracy"]
    assert accuracy["chosen"].startswith("x from -") and accuracy["reached"] <= accuracy["wanted"], accuracy
    assert f"x from {accuracy['domain'][0][0]:.9g} to" in accuracy["chosen"], accuracy
    assert results["grid"]["cells"][0] <= accuracy["cells"][0]
    assert b"accuracy_chosen" in (folder / "case.h5").read_bytes()
    given = json.loads(run("run", "case.toml", "--json", "--set", "grid.x.min=-2", "--set", "grid.x.max=2", "--set", "grid.x.cells=64",
                           folder=folder).stdout)
    assert given["accuracy"]["chosen"] is None and given["accuracy"]["domain"] == [[-2, 2]], given["accuracy"]


def test_equal_runs_give_equal_bytes(folder):
    written(folder)
    for name in ("one.h5", "two.h5"):
        run("run", "case.toml", "-o", "same.h5", "--quiet", folder=folder)
        (folder / "same.h5").rename(folder / name)
    assert (folder / "one.h5").read_bytes() == (folder / "two.h5").read_bytes()


def test_a_sweep_chooses_at_every_value(folder):
    written(folder, CASE.split("[evolve]")[0])
    # From noise so strong that a grid for the weak one would end inside the valleys.
    run("sweep", "case.toml", "--vary", "parameters.T=0.02:2:3:log", "-o", "sweep.csv", "--quiet", folder=folder)
    lines = [line for line in (folder / "sweep.csv").read_text().splitlines() if not line.startswith("#")]
    swept = [row for row in csv.DictReader(lines) if row["method"] == "mean_first_passage" and row["from"] == "valley_1"]
    assert len(swept) == 3, lines
    for row in swept:
        alone = json.loads(run("run", "case.toml", "--json", "--set", f"parameters.T={row['parameters.T']}", folder=folder).stdout)
        rate = next(e["rate"] for e in alone["estimates"] if e["method"] == "mean_first_passage" and e["from"] == "valley_1")
        assert abs(float(row["rate"]) / rate - 1) < 1e-12, (row, rate)


def test_what_cannot_be_chosen_is_an_error(folder):
    for expression, told in (("x^3/3 - x", "Give grid.x.min"), ("cos(x)", 'boundary = "periodic"'), ("0*x", "nothing holds")):
        written(folder, CASE.replace("x^4/4 - x^2/2", expression))
        assert told in run("check", "case.toml", folder=folder, status=2).stderr, expression


if __name__ == "__main__":
    run_tests(globals())
