"""Inputs that are wrong, too large or never end: each is refused within seconds, naming where and what."""

import os
import re
import subprocess
import time

from program import PROGRAM, run_tests

CASE = """title = "A well"
[parameters]
T = 0.1
[landscape]
expression = "x^4/4 - x^2/2"
[diffusion]
D = 0.1
[grid]
x = { min = -2.5, max = 2.5, cells = 60 }
[[valley]]
name = "a"
where = "x < 0"
core = "x < -0.9"
[[valley]]
name = "b"
where = "x > 0"
core = "x > 0.9"
[evolve]
initial = "a"
until = 1.0
frames = 2
[[escape]]
from = "a"
to = "b"
methods = ["mean_first_passage"]
[langevin]
particles = 10
step = 1e-2
"""


def outcome(folder, command, text, *arguments, seconds=20):
    """Exit status and messages of the program on a case given as text or bytes."""
    (folder / "case.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    done = subprocess.run([PROGRAM, command, "case.toml", *arguments], cwd=folder, capture_output=True, timeout=seconds)
    return done.returncode, done.stderr.decode(errors="replace")


def refused(folder, text, *parts, command="check", arguments=()):
    status, message = outcome(folder, command, text, *arguments)
    assert status == 2, (status, message)
    for part in parts:
        assert part in message, (part, message)
    return message


def changed(old, new):
    assert CASE.count(old) >= 1, old
    return CASE.replace(old, new, 1)


def with_expression(expression):
    return changed("x^4/4 - x^2/2", expression)


def test_nesting_has_a_limit_and_a_place(folder):
    for expression in ("(" * 4000 + "x" + ")" * 4000, "-" * 100000 + "x", "abs(" * 4000 + "x" + ")" * 4000, "x^" * 20000 + "x",
                       "min(x," * 4000 + "x" + ")" * 4000, "+" * 100000 + "x"):
        refused(folder, with_expression(expression), "case.toml:5:", "landscape.expression", "deep")
    refused(folder, changed("x < -0.9", "!" * 100000 + "(x < 0)"), "case.toml:13:", "valley.0.core", "deep")
    refused(folder, "a = " + "[" * 100000, "case.toml:1:")
    refused(folder, "[" + "a." * 100000 + "b]\n", "case.toml:1:", "deep")
    refused(folder, "a." * 100000 + "b = 1\n", "case.toml:1:", "deep")
    refused(folder, with_expression("x" + "+1" * 600000), "case.toml:1:1", "bytes at most")
    refused(folder, CASE + "#" * 10**7, "case.toml", "at most")


def test_long_sums_take_linear_time(folder):
    for sum_of in ("+1" * 10000, "+0.001*x" * 10000, "+1e-5*x^3*(x-1)" * 10000):
        begun = time.monotonic()
        status, message = outcome(folder, "run", with_expression("x^4/4 - x^2/2" + sum_of), "--quiet", seconds=60)
        assert status in (0, 1), (status, message)
        assert time.monotonic() - begun < 30, sum_of[:20]


def test_landscapes_that_vary_too_fast_end_within_seconds(folder):
    for expression in ("sin(1e6*x)", "x^4/4 - x^2/2 + 0.01*sin(1e6*x)", "sin(1e5*x)"):
        status, message = outcome(folder, "run", with_expression(expression), "--quiet", seconds=60)
        assert status == 1 and "vary too fast" in message, (expression, status, message)
        refused(folder, with_expression(expression).split("[[valley]]")[0], "minima were found", "more cells")


def test_names_are_checked_when_the_case_is_read(folder):
    refused(folder, changed('name = "a"', 'name = "cis/trans"'), "case.toml:11:8", "cis/trans")
    for name in ("", ".", "..", "any", "first_exit", "a\\u0001", "a->b", "n" * 300):
        refused(folder, changed('name = "a"', f'name = "{name}"'), "case.toml:11:8", "cannot be a valley's name")
    refused(folder, changed('name = "b"', 'name = "a"'), "case.toml:15:8", 'valley "a" already')
    joined = "".join(f'[[valley]]\nname = "{name}"\nwhere = "x > {k} && x < {k + 0.4}"\n'
                     for name, k in (("a_b", -2), ("c", -1), ("a", 0.1), ("b_c", 1)))
    joined += "".join(f'[[escape]]\nfrom = "{one}"\nto = "{other}"\n' for one, other in (("a_b", "c"), ("a", "b_c")))
    refused(folder, CASE[:CASE.index("[[valley]]")] + joined, "case.toml:", "a_b", command="run")


def test_check_refuses_what_run_refuses(folder):
    for old, new, words in (('to = "b"', 'to = "third"', 'there is no valley "third"'),
                            ('initial = "a"', 'initial = "third"', 'there is no valley "third"'),
                            ('initial = "a"', "initial = { mean = [99.0], sd = [0.1] }", "outside the domain"),
                            ('initial = "a"', 'initial = { expression = "0*x" }', "zero at every cell")):
        for command in ("check", "run"):
            status, said = outcome(folder, command, CASE.replace(old, new))
            assert status == 2 and words in said, (command, new, said)


def complaint(folder, *arguments):
    done = subprocess.run([PROGRAM, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 2 and not done.stdout, done
    return done.stderr


def test_every_complaint_is_called_an_error_and_names_what_is_wrong(folder):
    (folder / "other.csv").write_text("k,rows_of_value\n")
    (folder / "empty.h5").write_text("")
    for arguments, words in ((("chek", "muller_brown"), 'no command "chek"; the nearest is "check"'), ((), "a command is missing: run, "),
                             (("--frob",), "unknown option --frob"), (("run",), "case is required"),
                             (("run", "washboard", "--threads", "x"), "--threads"), (("run", "washboard", "-o", ""), "must not be empty"),
                             (("info", "nothing.h5"), "nothing.h5: error: "), (("info", "empty.h5"), "empty.h5: error: "),
                             (("report", "nothing.h5"), "nothing.h5: error: "), (("report", "empty.h5"), "empty.h5: error: "),
                             (("report", "other.csv"), "no HDF5 file"), (("list", "zzz"), '"zzz"'), (("completion", "ksh"), '"ksh"'),
                             (("sweep", "quartic_white_noise", "--vary", "parameters.T=0.1:0.2:2", "-o", "other.csv"), "other.csv: error: it holds another"),
                             (("check", "washboard", "--set", ".a=1"), "--set .a=1: error: must have the form"),
                             (("check", "washboard", "--set", "a..b=1"), "must have the form"),
                             (("check", "muller_brown", "--set", "valley.9.where=\"x < 0\""), "valley"),
                             (("check", "himmelblau", "--set", 'escape.0.methods=["flux"]'), "[[escape]]"),
                             (("check", "washboard", "--set", 'data.file="x"'), "[data] has no place in a case without [loss]"),
                             (("check", "washboard", "--set", "start.at=1"), "[start] has no place in a case without [loss]"),
                             (("check", "styblinski_tang_10d", "--set", "langevin.histogram=true"), "needs a [grid]"),
                             (("check", "washboard", "--set", 'title="a\\u0000b"'), "title must not hold the character U+0000")):
        said = complaint(folder, *arguments)
        assert "error: " in said and words in said and said.count("\n") == 1, (arguments, said)


def test_a_folder_hides_no_ready_case(folder):
    (folder / "quartic_white_noise").mkdir()
    done = subprocess.run([PROGRAM, "check", "quartic_white_noise"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0 and "left" in done.stdout, done.stderr


def test_nothing_is_asked_for_twice(folder):
    refused(folder, CASE + '[[escape]]\nfrom = "a"\nto = "b"\n', "case.toml:30:8", "asked for already")
    refused(folder, changed('["mean_first_passage"]', '["flux", "flux"]'), "case.toml:25:", '"flux" is asked for twice')


def test_unknown_keys_come_before_missing_ones(folder):
    for old, new, wrong, near in (("until =", "untl =", "evolve.untl", "evolve.until"), ("cells =", "cels =", "grid.x.cels", "grid.x.cells"),
                                  ("[diffusion]", "[difusion]", "difusion", "diffusion"), ("D = 0.1", "d = 0.1", "diffusion.d", "diffusion.D"),
                                  ("where =", "were =", "valley.0.were", "valley.0.where"), ("to =", "too =", "escape.0.too", "escape.0.to"),
                                  ("particles =", "particle =", "langevin.particle", "langevin.particles")):
        refused(folder, changed(old, new), f'unknown key "{wrong}"; the nearest known one is "{near}"')
    refused(folder, CASE, "--set solvr.modes: error: unknown key", arguments=("--set", "solvr.modes=3"))


def test_what_the_grid_shows_is_told_at_its_own_place(folder):
    refused(folder, changed("D = 0.1", 'model = "expression"\nD = "x"'), "case.toml:8:", "negative eigenvalue", "x = -2.4")
    refused(folder, changed("D = 0.1", 'model = "expression"\nD = "log(x)"'), "case.toml:8:", "diffusion")
    refused(folder, with_expression("log(x)"), "case.toml:4:", "x = -2.4")
    refused(folder, changed('where = "x > 0"\ncore = "x > 0.9"', 'where = "x > -0.5"\ncore = "x > 0.9"'), "case.toml:14:", "overlap")
    refused(folder, changed('core = "x > 0.9"', 'core = "x > -0.9"'), "case.toml:14:", "reaches out of the valley")
    refused(folder, changed("D = 0.1", 'model = "constant"\nD = "T"'), "case.toml:8:", 'got "T"', 'diffusion.model = "expression"')
    refused(folder, changed("D = 0.1", 'model = "constant"\nD = [["T"]]'), "case.toml:8:", 'diffusion.model = "expression"')


BOX = CASE.replace("[grid]\nx = { min = -2.5, max = 2.5, cells = 60 }", "[box]\ndimension = 1\nmin = -2.5\nmax = 2.5").replace(
    "[evolve]\ninitial = \"a\"\nuntil = 1.0\nframes = 2\n", "").replace(
    'core = "x < -0.9"', 'core = "x < -0.9"\nminimum = [-1.0]').replace(
    'core = "x > 0.9"', 'core = "x > 0.9"\nminimum = [1.0]').replace('"mean_first_passage"', '"langevin"')


def test_escapes_in_a_box_are_checked_at_their_place(folder):
    status, message = outcome(folder, "check", BOX)
    assert status == 0, message
    coreless = BOX.replace('core = "x > 0.9"\n', "")
    refused(folder, coreless, "case.toml:23:6", 'valley "b" has no core')
    refused(folder, coreless.replace('to = "b"', 'to = "any"'), "case.toml:23:6", "no other valley has a core")
    refused(folder, coreless.replace('to = "b"', 'to = "any"'), "case.toml:23:6", "no other valley", command="run")
    assert not list(folder.glob("*.h5*"))
    refused(folder, BOX.replace('"langevin"', '"splitting"'), "case.toml:26:", "langevin.reaction_coordinate is missing")
    refused(folder, BOX.replace("minimum = [1.0]", "minimum = [-1.0]"), "case.toml:17:", "lies outside valley")


def test_parameters_that_are_set_must_be_named_by_an_expression(folder):
    used = changed("x^4/4", "T*x^4/0.4")
    refused(folder, used, "--set parameters.t", 'no expression names "t"', 'is "T"', arguments=("--set", "parameters.t=0.2"))
    refused(folder, CASE, "no expression", arguments=("--set", "parameters.T=0.2"))
    assert outcome(folder, "check", used, "--set", "parameters.T=0.2")[0] == 0
    refused(folder, used, 'no expression names "Q"', command="sweep", arguments=("--vary", "parameters.Q=1:2:2", "-o", "s.csv"))
    assert not list(folder.glob("s.csv*"))


def test_thread_counts_are_whole_and_positive(folder):
    for threads in ("0", "-1", "1.5", "many"):
        status, message = outcome(folder, "check", CASE, "--threads", threads)
        assert status != 0 and "--threads" in message and len(message) < 200, message


def test_bytes_that_are_no_text(folder):
    refused(folder, CASE.encode() + b"\xff", "case.toml:29:1", "0xFF")
    refused(folder, b"title = \"a\0b\"\n" + CASE.encode(), "case.toml:1:11")
    refused(folder, b"\xed\xa0\x80", "case.toml:1:1")
    refused(folder, b"", "case.toml:1:1", "empty")
    for text in (CASE.replace("\n", "\r\n"), "\ufeff" + CASE):
        assert outcome(folder, "check", text)[0] == 0, text[:5]


def test_only_regular_files_are_read(folder):
    (folder / "folder.toml").mkdir()
    os.mkfifo(folder / "pipe.toml")
    for name, reason in (("folder.toml", "director"), ("pipe.toml", "pipe"), ("/dev/zero", "device")):
        done = subprocess.run([PROGRAM, "check", name], cwd=folder, capture_output=True, text=True, timeout=20)
        assert done.returncode == 2 and reason in done.stderr, done
        surface = changed('expression = "x^4/4 - x^2/2"', f'file = "{name}"')
        refused(folder, surface, reason)
    refused(folder, changed('expression = "x^4/4 - x^2/2"', 'file = "none.dat"'), "case.toml:5:", "there is none of that name")


def surface(folder, fill):
    import h5py
    with h5py.File(folder / "surface.h5", "w") as file:
        file["xcoordinates"] = file["ycoordinates"] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
        fill(file)
    return ('[landscape]\nfile = "surface.h5"\nclip_above = 9\n[diffusion]\nD = 0.3\n'
            "[grid]\nx = { cells = 8 }\ny = { cells = 8 }\n")


def test_broken_surfaces_are_refused(folder):
    import h5py
    import numpy
    empty = h5py.h5s.create_simple((6, 6))
    late = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    late.set_alloc_time(h5py.h5d.ALLOC_TIME_LATE)
    fills = (lambda f: h5py.h5d.create(f.id, b"train_loss", h5py.h5t.NATIVE_DOUBLE, empty, late),
             lambda f: f.create_dataset("train_loss", (10**6, 10**6), dtype="f8"),
             lambda f: f.create_dataset("train_loss", data=["a"] * 36),
             lambda f: f.create_dataset("train_loss", data=numpy.zeros(36, dtype=[("a", "f8"), ("b", "i4")])),
             lambda f: f.create_dataset("train_loss", data=h5py.Empty("f8")),
             lambda f: f.create_dataset("train_loss", data=numpy.zeros((0, 6))),
             lambda f: f.create_dataset("train_loss", data=1.0),
             lambda f: f.create_group("train_loss"),
             lambda f: f.__setitem__("train_loss", h5py.ExternalLink("none.h5", "/x")),
             lambda f: f.__setitem__("train_loss", h5py.SoftLink("/train_loss")),
             lambda f: f.create_dataset("train_loss", data=numpy.zeros(35)),
             lambda f: f.create_dataset("train_loss", (36,), dtype="f8", external=[("/dev/zero", 0, 288)]))
    for fill in fills:
        refused(folder, surface(folder, fill), "case.toml:2:", "train_loss")
    text = surface(folder, lambda f: f.create_dataset("train_loss", data=numpy.zeros(36)))
    whole = (folder / "surface.h5").read_bytes()
    for length in (8, 100, len(whole) // 2):
        (folder / "surface.h5").write_bytes(whole[:length])
        refused(folder, text, "case.toml:2:", "surface.h5")


def test_noise_that_is_zero_is_refused_without_a_word_on_laws(folder):
    for noise in ('"0*x"', '[["0*x"]]'):
        told = refused(folder, changed("D = 0.1", f"D = {noise}"), "case.toml:7:5: error: the diffusion D is zero")
        assert "stationary law" not in told, told


def test_splitting_ends_where_the_coordinate_does_not_grow(folder):
    for coordinate in ("0*x", "-x", "x < 0", "log(-1 - x)"):
        text = changed("mean_first_passage", "splitting") + f'reaction_coordinate = "{coordinate}"\n'
        refused(folder, text, "case.toml:29:23", "langevin.reaction_coordinate", "grow", command="run")
    for coordinate in ("log(x)", "0*x/0", "1/0 + 0*x"):
        text = changed("mean_first_passage", "splitting") + f'reaction_coordinate = "{coordinate}"\n'
        told = refused(folder, text, "case.toml:29:23", "it reaches no finite number in its core", command="run")
        assert not re.search(r"\b(nan|inf)\b", told), told


def test_names_that_no_file_can_have(folder):
    name = "a" * 300
    for key in ("file", "data"):
        text = changed('expression = "x^4/4 - x^2/2"', f'{key} = "{name}"')
        refused(folder, text, "case.toml:5:", name)
    for command in ("run", "check", "reproduce"):
        done = subprocess.run([PROGRAM, command, name], cwd=folder, capture_output=True, text=True, timeout=20)
        assert done.returncode == 2 and name in done.stderr and "too long" in done.stderr, done.stderr
    (folder / "images.toml").write_text(f'''[data]
images = "{name}"
labels = "{name}"
[loss]
model = "network"
width = 2
''')
    done = subprocess.run([PROGRAM, "check", "images.toml"], cwd=folder, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2 and "images.toml:" in done.stderr and name in done.stderr, done.stderr


if __name__ == "__main__":
    run_tests(globals())
