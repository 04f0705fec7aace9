"""What the program does to files, on signals, and where its output goes nowhere."""

import os
import re
import resource
import signal
import socket
import subprocess
import time

from program import PROGRAM, run, run_tests

CASE = ('[landscape]\nname = "quartic_double_well"\n[diffusion]\nD = 0.1\n'
        "[grid]\nx = { min = -2.0, max = 2.0, cells = 64 }\n[solver]\nmodes = 0\n"
        '[[escape]]\nfrom = "valley_1"\nto = "valley_2"\nmethods = ["mean_first_passage"]\n')
ENDLESS = CASE.replace("D = 0.1", "D = 0.012").replace('"mean_first_passage"', '"langevin"') + (
    "[langevin]\nstep = 0.01\ntime_limit = 1e12\n")


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def is_good(path):
    import h5py
    with h5py.File(path) as file:
        return file["estimate_rate"][0] > 0


def start(*arguments, folder, **more):
    return subprocess.Popen([PROGRAM, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            **more)


def test_two_runs_onto_one_file(folder):
    (folder / "case.toml").write_text(CASE)
    for _ in range(30):
        both = [start("run", "case.toml", "--quiet", folder=folder) for _ in range(2)]
        for process in both:
            _, complaints = process.communicate(timeout=60)
            assert process.returncode == 0, complaints
        assert is_good(folder / "case.h5")
    assert names(folder) == ["case.h5", "case.toml", "case.xdmf"]


def test_two_sweeps_onto_one_file(folder):
    (folder / "case.toml").write_text(CASE)
    arguments = ["sweep", "case.toml", "--vary", "diffusion.D=0.1:0.2:10", "--quiet", "-o"]
    run(*arguments, "alone.csv", folder=folder)
    both = [start(*arguments, "both.csv", folder=folder) for _ in range(2)]
    ends = [process.communicate(timeout=60) and process.returncode for process in both]
    assert 0 in ends, ends
    assert (folder / "both.csv").read_bytes() == (folder / "alone.csv").read_bytes()


def test_inputs_are_not_overwritten(folder):
    (folder / "case.toml").write_text(CASE)
    os.link(folder / "case.toml", folder / "linked.h5")
    (folder / "pointer.h5").symlink_to("case.toml")
    for output in ("case.toml", "linked.h5", "pointer.h5"):
        assert "made from" in run("run", "case.toml", "-o", output, folder=folder, status=2).stderr
        run("sweep", "case.toml", "--vary", "diffusion.D=0.1:0.2:2", "-o", output, folder=folder, status=2)
        assert (folder / "case.toml").read_text() == CASE
    # The default name of the result is that of the surface.
    run("run", "case.toml", "--quiet", folder=folder)
    (folder / "surface.h5").write_text("x V\n")
    (folder / "surface.toml").write_text(CASE.replace('name = "quartic_double_well"', 'file = "surface.h5"'))
    run("run", "surface.toml", folder=folder, status=2)
    assert (folder / "surface.h5").read_text() == "x V\n"
    (folder / "data.csv").write_text("a\n-1\n1\n")
    (folder / "terms.toml").write_text(CASE.replace('name = "quartic_double_well"',
                                                    'expression = "(x^2-1)^2/4 + a*0.01"\ndata = "data.csv"'))
    assert "data.csv" in run("run", "terms.toml", "-o", "data.csv", folder=folder, status=2).stderr
    assert (folder / "data.csv").read_text() == "a\n-1\n1\n"
    # Nor by the XDMF file beside the result.
    (folder / "own.xdmf").write_text(CASE)
    run("run", "own.xdmf", folder=folder, status=2)
    assert (folder / "own.xdmf").read_text() == CASE


def test_special_files_are_left_alone(folder):
    (folder / "case.toml").write_text(CASE)
    os.mkfifo(folder / "fifo")
    (folder / "folder").mkdir()
    (folder / "circle").symlink_to("circle")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        for output in ("/dev/null", "fifo", "socket", "folder", "folder/", "missing/a.h5", "circle"):
            begin = time.monotonic()
            done = run("run", "case.toml", "-o", output, folder=folder, status=2)
            assert output.rstrip("/") in done.stderr and time.monotonic() - begin < 5, done.stderr
            run("sweep", "case.toml", "--vary", "diffusion.D=0.1:0.2:2", "-o", output, folder=folder, status=2)
    (folder / "kept.h5").write_text("older")
    (folder / "kept.h5").chmod(0o444)
    if os.geteuid() != 0:
        run("run", "case.toml", "-o", "kept.h5", folder=folder, status=2)
        (folder / "folder").chmod(0o555)
        run("run", "case.toml", "-o", "folder/a.h5", folder=folder, status=2)
    for target in ("there", "not_there"):
        (folder / "link.h5").unlink(missing_ok=True)
        (folder / "link.h5").symlink_to(target)
        if target == "there":
            (folder / target).write_text("older")
        run("run", "case.toml", "--quiet", "-o", "link.h5", folder=folder)
        assert (folder / "link.h5").is_symlink() and is_good(folder / target)


def test_signals_leave_nothing_behind(folder):
    (folder / "case.toml").write_text(ENDLESS)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        process = start("run", "case.toml", folder=folder)
        while process.poll() is None and len(names(folder)) < 2:
            time.sleep(0.01)
        process.send_signal(number)
        if number == signal.SIGINT:
            time.sleep(0.5)
            process.send_signal(number)  # the first one may have asked for what there is
        process.communicate(timeout=60)
        left = names(folder)
        if number != signal.SIGINT:
            assert process.returncode == -number, process.returncode
            assert left == ["case.toml"], left
        assert not [name for name in left if name.endswith(".part")], left


def test_full_disk(folder):
    (folder / "case.toml").write_text(CASE)
    (folder / "case.h5").write_text("older")
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    for arguments in (["run", "case.toml"], ["sweep", "case.toml", "--vary", "diffusion.D=0.1:0.2:40", "-o", "s.csv"]):
        process = start(*arguments, folder=folder, preexec_fn=limit)
        _, complaints = process.communicate(timeout=60)
        assert process.returncode == 1 and complaints, (process.returncode, complaints)
    assert (folder / "case.h5").read_text() == "older"
    assert set(names(folder)) <= {"case.toml", "case.h5", "s.csv"}


def shell(command, folder):
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "VALLEYFLUX": PROGRAM})


def test_output_that_goes_nowhere(folder):
    (folder / "case.toml").write_text(CASE)
    (folder / "warns.toml").write_text(CASE.replace("mean_first_passage", "quasi_stationary").replace("cells = 64", "cells = 16") + "[accuracy]\nrelative = 1e-9\nmemory = \"1 kB\"\n")
    commands = ["run case.toml", "run case.toml --json", "sweep case.toml --vary diffusion.D=0.1:0.2:2", "check case.toml",
                "list", "list muller_brown", "info case.h5", "report case.h5", "--version", "--help"]
    for command in commands:
        for target in (">/dev/full", ">&-"):
            done = shell(f'rm -f case_sweep.csv; "$VALLEYFLUX" {command} {target}', folder)
            assert done.returncode == 1 and "standard output" in done.stderr, (command, target, done)
            done = shell(f'rm -f case_sweep.csv; "$VALLEYFLUX" {command} {target} 2>&-', folder)
            assert done.returncode == 1, (command, target, done)
        assert is_good(folder / "case.h5")
    for target in ("2>/dev/full", "2>&-"):
        done = shell(f'"$VALLEYFLUX" run warns.toml --json {target}', folder)
        assert done.returncode == 1 and done.stdout.startswith("{"), done
        assert shell(f'"$VALLEYFLUX" run missing.toml {target}', folder).returncode == 2
        assert shell(f'"$VALLEYFLUX" fly {target}', folder).returncode == 2
    # Its own files must not take the numbers of streams that are closed.
    assert shell('"$VALLEYFLUX" run case.toml <&- >&- 2>&-', folder).returncode == 1
    assert is_good(folder / "case.h5")


def test_output_whose_reader_has_gone(folder):
    (folder / "case.toml").write_text(CASE)
    many = "--vary diffusion.D=0.1:0.3:60"
    for command in ("run case.toml", "run case.toml --json", f"sweep case.toml {many}", f"sweep case.toml {many} --json",
                    "check case.toml", "list", "list muller_brown", "info case.h5", "man", "completion bash", "--version", "--help"):
        shell("rm -f case_sweep.csv", folder)
        done = shell(f'(sleep 1; "$VALLEYFLUX" {command}; echo $? >status) | true', folder)
        assert (folder / "status").read_text() == "141\n", (command, done)
        # Nothing is said of it, and what is written to files is there to the end.
        assert not re.search("[Ee]rror|written|pipe", done.stderr), (command, done)
        assert is_good(folder / "case.h5")
        if command.startswith("sweep"):
            assert len([line for line in (folder / "case_sweep.csv").read_text().splitlines() if line[0].isdigit()]) == 60


def test_numbers_of_threads(folder):
    (folder / "case.toml").write_text(CASE)
    for threads in ("100000", "0", "-1", "many"):
        assert "threads" in run("run", "case.toml", "--threads", threads, folder=folder, status=2).stderr
    for threads, status in {"100000": 2, "2000000000": 2, "0": 0, "-1": 0, "many": 0, "99999999999999999999": 0}.items():
        done = shell(f'OMP_NUM_THREADS={threads} "$VALLEYFLUX" run case.toml --quiet', folder)
        assert done.returncode == status, (threads, done)


if __name__ == "__main__":
    run_tests(globals())
