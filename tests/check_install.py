"""Fails unless an installation (its prefix is the argument) holds the public headers and nothing but them, and works where
it was not installed to."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

INCLUDE = re.compile(r"^\s*#\s*include\s*([<\"][^>\"]+)", re.MULTILINE)


def check_headers(include):
    assert [entry.name for entry in include.iterdir()] == ["valleyflux"], list(include.iterdir())
    found = {path.relative_to(include).as_posix() for path in include.rglob("*") if path.is_file()}
    reached, waiting = set(), ["valleyflux/valleyflux.hpp"]
    while waiting:
        header = waiting.pop()
        if header in reached:
            continue
        reached.add(header)
        for written in INCLUDE.findall((include / header).read_text(encoding="utf-8")):
            path = written[1:]
            assert written[0] == "<", f'{header} includes "{path}"'
            if path.startswith("valleyflux/"):
                waiting.append(path)
            else:
                assert "/" not in path or path.startswith("Eigen/"), f"{header} includes <{path}>"
    assert found == reached, f"never included: {sorted(found - reached)}; missing: {sorted(reached - found)}"
    return len(found)


def check_moved(prefix, folder):
    """Of a copy elsewhere: its own ready cases are read, which a changed title shows."""
    moved = folder / "moved"
    shutil.copytree(prefix, moved, symlinks=True)
    case = moved / "share/valleyflux/cases/quartic_white_noise.toml"
    case.write_text(re.sub(r'^title = .*', 'title = "Moved"', case.read_text(), count=1, flags=re.MULTILINE))
    environment = {key: value for key, value in os.environ.items() if key != "VALLEYFLUX_DATA"}
    environment["PATH"] = f"{moved / 'bin'}:{environment['PATH']}"

    def run(*words):
        return subprocess.run(["valleyflux", *words], cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout

    assert "Moved" in run("list")
    assert "Moved" in run("run", "quartic_white_noise", "--set", "evolve.until=1", "--set", "solver.network=false")
    assert (folder / "quartic_white_noise.h5").exists()


def check_shared_files(share):
    for path in ("bash-completion/completions/valleyflux", "zsh/site-functions/_valleyflux",
                 "fish/vendor_completions.d/valleyflux.fish", "man/man1/valleyflux.1"):
        assert "quartic_white_noise" in (share / path).read_text(encoding="utf-8"), path


def main():
    prefix = pathlib.Path(sys.argv[1])
    headers = check_headers(prefix / "include")
    check_shared_files(prefix / "share")
    with tempfile.TemporaryDirectory() as folder:
        check_moved(prefix, pathlib.Path(folder))
    print(f"{headers} public headers; the installation can be moved")


if __name__ == "__main__":
    main()
