"""The program under test (environment variable VALLEYFLUX), run in a folder, and the tests of a script run in turn."""

import os
import pathlib
import signal
import subprocess
import tempfile

# What nohup, or a shell's background, tells this process to ignore, programs that it starts would ignore as well. A
# handler is no setting that they inherit.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, lambda *_: None)):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, handler)

PROGRAM = os.path.abspath(os.environ["VALLEYFLUX"])
ROOT = pathlib.Path(__file__).parents[2]


def run(*arguments, folder, status=0):
    done = subprocess.run([PROGRAM, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == status, f"{arguments}: status {done.returncode} instead of {status}\n{done.stdout}{done.stderr}"
    return done


def run_tests(names):
    """Each test_* of a script's globals(), in a folder of its own."""
    for name, test in list(names.items()):
        if name.startswith("test_"):
            with tempfile.TemporaryDirectory() as folder:
                test(pathlib.Path(folder))
            print(f"{name} passed")
