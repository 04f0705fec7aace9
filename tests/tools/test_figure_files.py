"""Files that are no results: what is drawn of them, and what is said."""

import json
import re
import subprocess
import sys

import h5py

from program import ROOT, run, run_tests

sys.path.insert(0, str(ROOT / "tools"))
from plot.data import opened
from plot.panels import PANELS, offered

CASE = """
landscape.expression = "x^4/4 - x^2/2"
diffusion.D = 0.1
grid.x = { min = -2.5, max = 2.5, cells = 60 }
accuracy.relative = 0.1
"""
DRAWN = "results (.h5, of valleyflux run)"


def said_of(name, folder):
    """The one line that both the module and the program say, with the status of wrong input."""
    direct = subprocess.run([sys.executable, ROOT / "tools/plot", name], cwd=folder, capture_output=True, text=True)
    by_program = run("plot", name, folder=folder, status=2)
    for done in (direct, by_program):
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        assert done.returncode == 2 and len(lines) == 1 and lines[0].startswith("error: "), done
    assert not list(folder.glob("*.png")) and not list(folder.glob("*.part*"))
    assert name in direct.stderr and direct.stderr.strip() in by_program.stderr
    return direct.stderr


def test_foreign_files_are_named_with_what_would_be_right(folder):
    (folder / "text.h5").write_text("no result")
    (folder / "empty.h5").write_text("")
    with h5py.File(folder / "other.h5", "w") as file:
        file["a"] = [1, 2]
    for name, wrong in (
        ("text.h5", "no HDF5 file"),
        ("empty.h5", "no HDF5 file"),
        ("other.h5", "no dataset /estimate"),
    ):
        said = said_of(name, folder)
        assert wrong in said and DRAWN in said, said
    (folder / "other.json").write_text(json.dumps({"panels": 1}))
    (folder / "cut.json").write_text('{"claim": ')
    (folder / "bytes.json").write_bytes(bytes(range(256)))
    (folder / "bytes.csv").write_bytes(bytes(range(256)))
    (folder / "other.csv").write_text("a,b\n1,2\n")
    for name in ("other.json", "cut.json", "bytes.json", "bytes.csv", "other.csv"):
        said = said_of(name, folder)
        assert DRAWN in said, said
    (folder / "old.json").write_text(json.dumps({"claim": "rate ~ value", "panels": [{"name": "a"}]}))
    assert "a panel lacks" in said_of("old.json", folder)


def test_files_that_are_cut_off_or_lack_a_part_are_named(folder):
    (folder / "case.toml").write_text(CASE)
    run("run", "case.toml", "--quiet", folder=folder)
    whole = (folder / "case.h5").read_bytes()
    (folder / "cut.h5").write_bytes(whole[: len(whole) // 2])
    said = said_of("cut.h5", folder)
    assert "cut off, damaged or being written" in said and "truncated file" in said
    with h5py.File(folder / "case.h5", "a") as file:
        del file["estimate_low"]
    assert "no dataset /estimate_low, which results of valleyflux run have" in said_of("case.h5", folder)


def test_a_table_that_is_cut_off_says_the_row(folder):
    (folder / "case.toml").write_text(CASE)
    run("sweep", "case.toml", "--vary", "diffusion.D=0.1:0.2:2", "-o", "s.csv", "--quiet", folder=folder)
    rows = (folder / "s.csv").read_text().splitlines(keepends=True)
    (folder / "s.csv").write_text("".join(rows[:-1]) + rows[-1][: len(rows[-1]) // 4])
    assert "s.csv is damaged in row" in said_of("s.csv", folder)


def refused(panels, folder, case="case.toml"):
    """Before anything is solved."""
    said = run("run", case, "--plot", "a.png", "--panels", panels, folder=folder, status=2).stderr
    assert not list(folder.glob("*.h5")) and said.startswith("--panels: error: "), said
    return " ".join(said.split())


def test_names_of_panels_are_judged_before_the_run(folder):
    (folder / "case.toml").write_text(CASE)
    assert 'no panel "comittor"; the nearest is "committor"' in refused("landscape,comittor", folder)
    assert 'the panel "committor" is of an escape, such as committor:left-right' in refused("committor:left", folder)
    assert 'the panel "rates" is one alone (got "rates:left")' in refused("rates:left", folder)
    assert 'the panel "stationary_density" needs 2 coordinates (the case has 1)' in refused("stationary_density", folder)
    assert 'the panel "density" needs a grid, and the case has none' in refused("density", folder, "mnist")
    assert "no panel" in refused("landscape,,rates", folder)


def test_module_and_program_know_the_same_panels(folder):
    (folder / "case.toml").write_text(CASE)
    known = re.search(r"there are: ([^)]*)\)", refused("none", folder))[1].split(", ")
    assert known == list(PANELS)
    page = (ROOT / "docs/figures.md").read_text()
    assert all(f"| `{name}`" in page for name in PANELS)
    for case in (CASE, CASE.replace("x^2/2", "x^2/2 + y^2") + "grid.y = { min = -1, max = 1, cells = 20 }"):
        further = "\ntheory.quasi_potential = true\nevolve = { initial = 'valley_1', until = 1.0 }"
        (folder / "case.toml").write_text(case + further)
        run("run", "case.toml", "--quiet", folder=folder)
        with opened(folder / "case.h5") as data:
            names = {name.partition(":")[0] for name in offered(data)}
        assert len(names) > 8 and names <= set(PANELS), names


def test_a_panel_that_a_result_lacks_leaves_the_result(folder):
    (folder / "case.toml").write_text(CASE)
    asked = ["--plot", "a.png", "--panels", "rates,first_passage"]
    done = run("run", "case.toml", "--quiet", *asked, folder=folder, status=2)
    said = " ".join(done.stderr.split())
    assert 'no panel "first_passage" of this result' in said
    assert "a.png is not drawn, but case.h5 is written: valleyflux plot case.h5 -o a.png draws it" in said, said
    run("plot", "case.h5", "-o", "a.png", folder=folder)
    assert (folder / "a.png").exists()


if __name__ == "__main__":
    run_tests(globals())
