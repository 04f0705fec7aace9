"""Evolutions that are interrupted and go on."""

import os
import resource
import signal
import subprocess
import time

from kill_many_times import CASE, kill_many_times
from program import PROGRAM, run, run_tests


def long_case(folder):
    """A case whose run takes long after its checkpoint appears (a second after its start), on whatever machine, and its
    result."""
    for doublings in range(8):
        text = CASE.format(stepper="tr_bdf2", until=0.5 * 2**doublings, frames=400 * 2**doublings)
        (folder / "long.toml").write_text(text)
        # By the processor's time: a machine that is busy now may be quiet later.
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        run("run", "long.toml", "--quiet", folder=folder)
        if resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before > 6.0:
            return text, (folder / "long.h5").read_bytes()
    raise AssertionError("no run lasts")


def interrupted(folder, *arguments, number=signal.SIGKILL):
    """What a run says that gets the signal soon after its checkpoint has appeared."""
    process = subprocess.Popen([PROGRAM, "run", "long.toml", "--quiet", *arguments], cwd=folder, stderr=subprocess.PIPE,
                               text=True)
    while process.poll() is None and not (folder / "long.h5.checkpoint").exists():
        time.sleep(0.01)
    time.sleep(0.1)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == -number, (process.returncode, said)
    return said


def test_killed_at_random_times(folder):
    kill_many_times(folder, 24, seed=3, most_in_one=4)


def test_signals_say_how_to_go_on(folder):
    _, whole = long_case(folder)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        (folder / "long.h5").unlink()
        assert "--resume goes on from long.h5.checkpoint" in interrupted(folder, number=number)
        assert not (folder / "long.h5").exists() and not list(folder.glob("*.part"))
        assert "going on from long.h5.checkpoint" in run("run", "long.toml", "--quiet", "--resume", folder=folder).stderr
        assert (folder / "long.h5").read_bytes() == whole and not (folder / "long.h5.checkpoint").exists()


def test_an_interruption_before_the_first_frame_says_that_nothing_is_kept(folder):
    (folder / "early.toml").write_text(CASE.format(stepper="tr_bdf2", until=1000.0, frames=2))
    for seconds in (0.05, 0.1, 0.2, 0.4, 0.8, 1.6):  # until the machine has come as far as to listen
        process = subprocess.Popen([PROGRAM, "run", "early.toml", "--quiet"], cwd=folder, stderr=subprocess.PIPE, text=True)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGINT
        if said:
            break
    assert said == "interrupted; nothing is written\n", said
    assert [file.name for file in folder.iterdir()] == ["early.toml"]


def test_torn_and_foreign_checkpoints(folder):
    text, whole = long_case(folder)
    checkpoint = folder / "long.h5.checkpoint"
    interrupted(folder)
    kept = checkpoint.read_bytes()
    damaged = bytearray(kept)
    damaged[-20000] ^= 1
    for content in (kept[:-1], kept[:-5], kept[:-30000], kept + b"\xff" * 100, bytes(damaged)):
        checkpoint.write_bytes(content)
        run("run", "long.toml", "--quiet", "--resume", folder=folder)
        assert (folder / "long.h5").read_bytes() == whole
    checkpoint.write_bytes(kept)
    other = run("run", "long.toml", "--resume", "--set", "evolve.until=0.4", folder=folder, status=2).stderr
    assert "the case differs" in other, other
    (folder / "long.toml").write_text(text.replace("D = 1.0", "D = 1.5"))
    other = run("run", "long.toml", "--resume", folder=folder, status=2).stderr
    assert '("D = 1.0" then, "D = 1.5" now)' in other, other
    assert checkpoint.read_bytes() == kept
    (folder / "long.toml").write_text(text)
    checkpoint.write_bytes(b"something else")
    assert "no checkpoint" in run("run", "long.toml", "--resume", folder=folder, status=2).stderr
    # Nothing that is no checkpoint is written over or removed.
    assert "no checkpoint" in run("run", "long.toml", folder=folder, status=2).stderr
    assert checkpoint.read_bytes() == b"something else"
    checkpoint.unlink()
    os.mkfifo(checkpoint)
    assert "no checkpoint" in run("run", "long.toml", folder=folder, status=2).stderr
    assert checkpoint.is_fifo()
    checkpoint.unlink()
    checkpoint.write_text(text)
    assert "no checkpoint" in run("run", "long.h5.checkpoint", "-o", "long.h5", folder=folder, status=2).stderr
    assert checkpoint.read_text() == text
    # Overrides and remarks make no other case of the same values.
    checkpoint.write_bytes(kept)
    other = run("run", "long.toml", "--resume", "--set", "diffusion.D=1.25", folder=folder, status=2).stderr
    assert '("D = 1.0" then, "D = 1.25" now)' in other, other
    (folder / "long.toml").write_text("# A remark.\n" + text)
    run("run", "long.toml", "--quiet", "--resume", "--set", "diffusion.D=1.0", folder=folder)
    assert (folder / "long.h5").exists() and not checkpoint.exists()
    (folder / "long.toml").write_text(text)
    # Without --resume the run starts anew and says so.
    checkpoint.write_bytes(kept)
    assert "starting anew" in run("run", "long.toml", "--quiet", folder=folder).stderr
    assert (folder / "long.h5").read_bytes() == whole and not checkpoint.exists()
    assert "from the beginning" in run("run", "long.toml", "--quiet", "--resume", folder=folder).stderr
    assert (folder / "long.h5").read_bytes() == whole
    assert "no [evolve]" in run("run", "styblinski_tang_10d", "--resume", folder=folder, status=2).stderr


if __name__ == "__main__":
    run_tests(globals())
