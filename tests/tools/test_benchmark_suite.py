"""The benchmark suite runs from its problems to table and JSON, the library alone, and the library's errors are small."""

import json
import pathlib
import subprocess
import sys

from program import PROGRAM, ROOT, run_tests

# Of the algebra and of the time integration; the last ones of grids and of a thousand particles.
LARGEST_ERROR = {
    "passage": 1e-11, "density": 2e-9, "eigenvalue": 1e-11, "line_passage": 1e-11, "line_density": 2e-9, "decision": 1e-11,
    "equation_line": 1e-4, "equation_plane": 0.05, "slowest_rate": 1e-4, "particles": 0.1,
}


def suite(*arguments):
    return subprocess.run([sys.executable, ROOT / "tools" / "benchmarks" / "suite.py", "--quick", "--build",
                           pathlib.Path(PROGRAM).parent, *arguments], capture_output=True, text=True)


def test_every_problem_is_solved_and_judged(folder):
    done = suite("--tools", "valleyflux", "--built", "--json", folder / "suite.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(len(line) <= 80 for line in done.stdout.splitlines() if not line.startswith("Written")), done.stdout
    problems = json.loads((folder / "suite.json").read_text())["problems"]
    assert {problem["problem"] for problem in problems} == set(LARGEST_ERROR)
    for problem in problems:
        for row in problem["rows"]:
            assert row["error"] <= LARGEST_ERROR[problem["problem"]], (problem["title"], row)
            assert row["seconds"] > 0 and row["licence"] == "MIT", row


def test_what_is_missing_or_unknown_is_named(_):
    listed = suite("--list").stdout
    assert "UMFPACK" in listed and "fplanck" in listed and "LGPL" in listed, listed
    refused = suite("--tools", "valeyflux")
    assert refused.returncode != 0 and "tool 'valeyflux' is not known" in refused.stderr, refused.stderr


if __name__ == "__main__":
    run_tests(globals())
