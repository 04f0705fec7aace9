"""What the program says of itself: help, manual page, shell completion, version."""

import re
import shutil
import subprocess

from program import PROGRAM, ROOT, run, run_tests

OPTION = re.compile(r"^\s+(?:-\w,)?(--[\w-]+)", re.MULTILINE)


def help_of(folder, *command):
    return run(*command, "--help", folder=folder).stdout


def commands(folder):
    listed = help_of(folder).split("Subcommands:")[1]
    return re.findall(r"^  (\w+) ", listed, re.MULTILINE)


def options(folder, command):
    return OPTION.findall(help_of(folder, command))


def ready_cases():
    return sorted(path.stem for path in (ROOT / "problems/cases").glob("*.toml"))


def completed(folder, line):
    """What bash offers for the last word of a command line; the name of the program is its first."""
    (folder / "completion.bash").write_text(run("completion", "bash", folder=folder).stdout)
    done = subprocess.run(
        ["bash", "--norc", "-c", 'source completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _valleyflux; '
         'printf "%s\\n" "${COMPREPLY[@]}"', "bash", *line], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.split()


def test_version(folder):
    text = run("--version", folder=folder).stdout
    assert re.fullmatch(r"valleyflux \d+\.\d+\.\d+( \([0-9a-f]{7,40}(-dirty)?\))?\n", text), text
    version = re.search(r"^  VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE).group(1)
    assert text.split()[1] == version
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"## [{version}] - " in (ROOT / "CHANGELOG.md").read_text()


def test_help_keeps_to_the_columns_of_a_terminal(folder):
    for command in [[], *([name] for name in commands(folder))]:
        wide = [line for line in help_of(folder, *command).splitlines() if len(line) > 80]
        assert not wide, (command, wide)


def test_every_command_and_option_is_in_the_manual_page(folder):
    page = run("man", folder=folder).stdout
    text = page.replace("\\-", "-")
    assert len(commands(folder)) >= 8
    for command in commands(folder):
        section = re.search(rf"^\.SS {command}\b.*?(?=^\.S[SH])", text, re.MULTILINE | re.DOTALL)
        assert section, command
        for option in options(folder, command):
            assert f"\\fB{option}\\fR" in section[0], (command, option)
    for name in ready_cases():
        assert f"\\fB{name}\\fR" in text, name
    for checker in (["groff", "-man", "-ww", "-Kutf8", "-Tutf8", "-z"], ["man", "--warnings", "-l", "-"],
                    ["mandoc", "-T", "lint", "-W", "warning"]):
        if shutil.which(checker[0]):
            done = subprocess.run(checker, input=page, capture_output=True, text=True)
            said = [line for line in (done.stderr + (done.stdout if checker[0] == "mandoc" else "")).splitlines()
                    if "missing date" not in line]  # of a page that is made anew each time there is none
            assert done.returncode == 0 or checker[0] == "mandoc", (checker, done.stderr)
            assert not said, (checker, said)


def test_bash_completes(folder):
    assert set(completed(folder, ["valleyflux", ""])) >= set(commands(folder))
    assert completed(folder, ["valleyflux", "swe"]) == ["sweep"]
    assert set(completed(folder, ["valleyflux", "-"])) >= {"--help", "--version"}
    for command in commands(folder):
        assert set(completed(folder, ["valleyflux", command, "--"])) == set(options(folder, command)), command
    assert set(completed(folder, ["valleyflux", "run", ""])) >= set(ready_cases())
    assert completed(folder, ["valleyflux", "run", "--json", "mais"]) == []
    assert completed(folder, ["valleyflux", "run", "--json", "maier"]) == ["maier_stein"]
    assert completed(folder, ["valleyflux", "reproduce", "fig1"]) == ["fig1", "fig10", "fig11", "fig12"]
    assert completed(folder, ["valleyflux", "completion", "z"]) == ["zsh"]
    listed = completed(folder, ["valleyflux", "list", ""])
    assert len(listed) == len(set(listed)) and {"splitting", "theory:kramers", "himmelblau", "fig7"} <= set(listed), listed
    (folder / "my own.toml").write_text("")
    (folder / "results").mkdir()
    assert completed(folder, ["valleyflux", "run", "my"]) == ["my", "own.toml"]
    assert completed(folder, ["valleyflux", "reproduce", "fig8", "-o", "res"]) == ["results"]
    assert completed(folder, ["valleyflux", "run", "maier_stein", "--threads", ""]) == []


def test_scripts_of_all_shells_are_complete(folder):
    names = [*commands(folder), *ready_cases(), *(option[2:] for option in options(folder, "run"))]
    for shell in ("bash", "zsh", "fish"):
        script = run("completion", shell, folder=folder).stdout
        for name in names:
            assert re.search(rf"\b{re.escape(name)}\b", script), (shell, name)
        if shutil.which(shell):
            done = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True)
            assert done.returncode == 0 and not done.stderr, (shell, done.stderr)
    if shutil.which("fish"):
        (folder / "c.fish").write_text(run("completion", "fish", folder=folder).stdout)
        offered = subprocess.run(["fish", "--no-config", "-c", "source c.fish; complete -C 'valleyflux run maier'"],
                                 cwd=folder, capture_output=True, text=True, env={"HOME": str(folder), "PATH": "/usr/bin:/bin"})
        assert "maier_stein" in offered.stdout, offered
    assert "known are bash, zsh and fish" in run("completion", "csh", folder=folder, status=2).stderr


def test_keys_are_listed_all_by_table_and_one_by_one(folder):
    everything = run("list", "keys", folder=folder).stdout
    assert all(len(line) <= 80 for line in everything.splitlines())
    of_table = run("list", "diffusion", folder=folder).stdout
    assert of_table in everything and "\n  eta: " in of_table and "\n  relative: " not in of_table
    of_one = run("list", "evolve.frames", folder=folder).stdout
    assert "\n  frames: whole number; omitted: 50\n" in of_one and "stepper" not in of_one
    of_axis, of_any = (run("list", f"grid.{axis}.cells", folder=folder).stdout for axis in ("phi", "*"))
    assert of_axis == of_any and "\n  cells: " in of_axis and "\n  min: " not in of_axis
    assert "\n  min: " in run("list", "grid.x", folder=folder).stdout
    run("list", "grid.x.y.cells", folder=folder, status=2)
    of_both = run("list", "langevin", folder=folder).stdout  # a method and a table
    assert of_both.startswith("langevin: ") and "\n[langevin]: " in of_both and "\n  particles: " in of_both, of_both
    assert '"diffusion.eta"' in run("list", "diffusion.etaa", folder=folder, status=2).stderr

if __name__ == "__main__":
    run_tests(globals())
