"""Keeps what every ready case gives, and says what a change of the program made different.

    VALLEYFLUX=build/valleyflux python3 tests/tools/golden.py save FOLDER      before the change
    VALLEYFLUX=build/valleyflux python3 tests/tools/golden.py compare FOLDER   after it

Compared are the terminal's text, what `check` says, the JSON and every dataset and attribute of the HDF5 file, all to
the last bit. Keys, datasets and attributes that were not there before are listed as added; all else that differs makes
the exit status 1. Slow cases run with the smaller settings of test_ready_cases.py, all on one thread.
"""

import json
import sys
from pathlib import Path

import h5py
import numpy

from program import ROOT, run
from test_ready_cases import SMALL


def produce(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for case in sorted((ROOT / "problems/cases").glob("*.toml")):
        name = case.stem
        settings = [word for setting in SMALL.get(name, []) for word in ("--set", setting)]
        result = run("run", name, *settings, "--threads", "1", "-o", f"{name}.h5", folder=folder)
        (folder / f"{name}.txt").write_text(result.stdout + result.stderr)
        result = run("run", name, *settings, "--threads", "1", "--json", "-o", f"{name}.h5", folder=folder)
        (folder / f"{name}.json").write_text(result.stdout)
        result = run("check", name, *settings, folder=folder)
        (folder / f"{name}.check.txt").write_text(result.stdout + result.stderr)
        print(name, flush=True)
    (folder / "list.txt").write_text(run("list", folder=folder).stdout)


def differences(before, after, place):
    """Of JSON values, as (place, what is different, whether it was merely added)."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in after.keys() - before.keys():
            yield f"{place}.{key}", "added", True
        for key, value in before.items():
            if key in after:
                yield from differences(value, after[key], f"{place}.{key}")
            else:
                yield f"{place}.{key}", "is gone", False
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for n, (one, other) in enumerate(zip(before, after)):
            yield from differences(one, other, f"{place}[{n}]")
    elif before != after and not (before != before and after != after):
        yield place, f"{before} -> {after}", False


def contents(file):
    """Datasets and attributes of an HDF5 file by their names, as bytes that can be compared."""
    found = {}

    def attributes(name, node):
        for key, value in node.attrs.items():
            if key in ("DIMENSION_LIST", "REFERENCE_LIST"):
                continue  # addresses within the file
            found[f"{name}@{key}"] = str(numpy.asarray(value).tolist())

    def visit(name, node):
        attributes(name, node)
        if isinstance(node, h5py.Dataset):
            value = node[()]
            found[name] = (node.shape, str(node.dtype), value.tobytes() if hasattr(value, "tobytes") and
                           node.dtype != object else str(value))

    with h5py.File(file) as opened:
        attributes("/", opened)
        opened.visititems(visit)
    return found


def compare(before, after):
    changes = []
    for old in sorted(before.iterdir()):
        new = after / old.name
        if not new.exists():
            changes.append((old.name, "is gone", False))
        elif old.suffix == ".txt" and old.read_text() != new.read_text():
            lines = zip(old.read_text().splitlines() + [""], new.read_text().splitlines() + [""])
            first = next((f"{a!r} -> {b!r}" for a, b in lines if a != b), "lines added")
            changes.append((old.name, first, False))
        elif old.suffix == ".json":
            changes += differences(json.loads(old.read_text()), json.loads(new.read_text()), old.name)
        elif old.suffix == ".h5":
            one, other = contents(old), contents(new)
            changes += [(f"{old.name}:{key}", "added", True) for key in sorted(other.keys() - one.keys())]
            changes += [(f"{old.name}:{key}", "differs" if key in other else "is gone", False)
                        for key in sorted(one) if one[key] != other.get(key)]
    return changes


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("save", "compare"):
        sys.exit(__doc__)
    kept = Path(sys.argv[2]).absolute()
    if sys.argv[1] == "save":
        produce(kept)
    else:
        produce(kept.with_name(kept.name + ".after"))
        changes = compare(kept, kept.with_name(kept.name + ".after"))
        for place, change, _ in changes:
            print(f"{place}: {change}")
        sys.exit(any(not added for _, _, added in changes))
