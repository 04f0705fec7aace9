"""What the start pages show runs as it stands, each block within seconds, and draws the pictures that stand there;
VALLEYFLUX_WRITE_DOCS=1 puts these into docs/start anew."""

import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import pytest
import valleyflux as vf

ROOT = pathlib.Path(__file__).parents[2]
PROGRAM = pathlib.Path(os.environ["VALLEYFLUX"]).resolve()
PAGES = sorted((ROOT / "docs/start").glob("*.md"))
FILE = re.compile(r"`([\w.]+\.toml)`")
PICTURE = re.compile(r"^!\[.*\]\((\w+\.png)\)", re.MULTILINE)
SECONDS = 20.0  # of one processor: other tests may take the machine's time


def blocks(text):
    """(language, content, name of the file that the text before names) of every block that is to be run."""
    for found in re.finditer(r"(<!-- not run -->\n)?^```(sh|python|toml)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        if not found[1]:
            names = FILE.findall(text[: found.start()].rsplit("```", 1)[-1])
            yield found[2], found[3], names[-1] if names else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_start_page_shows_runs(page, tmp_path):
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/valleyflux").symlink_to(PROGRAM)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}/bin:{os.environ['PATH']}",
        "PYTHONPATH": str(pathlib.Path(vf.__file__).parents[1]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    run = []
    for language, content, name in blocks(page.read_text(encoding="utf-8")):
        if language == "toml":
            assert name, content
            (tmp_path / name).write_text(content, encoding="utf-8")
            continue
        command = ["bash", "-euc", content] if language == "sh" else [sys.executable, "-c", content]
        before, start = os.times(), time.monotonic()
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        after = os.times()
        assert done.returncode == 0, content + done.stdout + done.stderr
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        print(f"{page.stem}: {spent:.1f} s of processor, {time.monotonic() - start:.1f} s: {content.splitlines()[0]}")
        assert spent < SECONDS, content
        run.append(language)
    assert {"sh", "python"} <= set(run)
    for name in PICTURE.findall(page.read_text(encoding="utf-8")):
        assert (tmp_path / name).exists(), f"no block of {page.name} draws {name}"
        if os.environ.get("VALLEYFLUX_WRITE_DOCS"):
            shutil.copyfile(tmp_path / name, page.parent / name)
    pictures = list(tmp_path.glob("*.png"))
    assert len(pictures) >= 2 and all(picture.stat().st_size > 10000 for picture in pictures), pictures


def test_pages_of_all_fields_are_there():
    assert [page.stem for page in PAGES] == ["chemistry", "machine_learning", "neuroscience", "physics"]


def test_the_decision_between_two_bounds_is_the_exact_one():
    page = (ROOT / "docs/start/neuroscience.md").read_text(encoding="utf-8")
    (case,) = (content for language, content, name in blocks(page) if language == "toml" and name == "bounds.toml")
    for evidence in (1.0, 0.5):
        fields = vf.Case(case).with_values({"parameters.evidence": evidence}).solve(progress=False).fields
        choice = fields["wall_outflow"].isel(time=-1).sel(wall="x.max")
        undecided = 1 - fields["wall_outflow"].sum("wall")
        assert float(choice) == pytest.approx(1 / (1 + math.exp(-2 * evidence)), rel=1e-4)
        assert float(undecided.integrate("time")) == pytest.approx(math.tanh(evidence) / evidence, rel=1e-3)
