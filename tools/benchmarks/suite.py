#!/usr/bin/env python3
"""This program beside its peers, in one session: of every problem the error against a verified answer and the
processor time of one thread, as a multiple of what valleyflux takes.

    tools/benchmarks/suite.py [--quick | --full] [--tools NAME,...] [--problems NAME,...]
    tools/benchmarks/suite.py --install     Debian packages of the peers (apt-get), and those of PyPI in an environment
                                            of the suite's own, BUILD/benchmarks/venv
    tools/benchmarks/suite.py --list        problems, tools, their licences, and which of them are here

It builds what it needs in BUILD (default: build), which CMake has configured. Peers are programs of their own, in
BUILD/benchmarks/peers: neither the library nor the program is linked with any of them, nothing that is missing here is
needed for building or testing, and what is missing is named. What the answers are verified by:
suite/references.hpp."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import resource
import signal
import subprocess
import sys

from suite import problems, table, tools

ROOT = pathlib.Path(__file__).resolve().parents[2]
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def commit():
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def limited(command, limit):
    """Runs a command on one thread for so many seconds of processor time."""
    return subprocess.run(command, capture_output=True, text=True, timeout=20 * limit, check=False,
                          env={**os.environ, **ONE_THREAD},
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5)))


def measured(session, wanted, limit):
    """The problem with an outcome, or the reason why there is none, of every entry that is asked for."""
    rows = []
    for entry in wanted.entries:
        if not session.asked_for(entry.tool):
            continue
        row = {"tool": entry.tool, "licence": tools.TOOLS[entry.tool].licence}
        missing = session.missing(entry.tool)
        if missing:
            rows.append({**row, "missing": missing})
            continue
        print(f"{wanted.title}: {entry.tool} ...", file=sys.stderr, flush=True)
        try:
            command = [session.resolved(word) for word in entry.command]
            done = limited(command, limit)
            if done.returncode == 0:
                row |= json.loads(done.stdout.splitlines()[-1])
            elif -done.returncode in (signal.SIGXCPU, signal.SIGKILL):
                row["failed"] = f"not done after {limit} s"
            else:
                row["failed"] = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        except subprocess.TimeoutExpired:
            row["failed"] = f"not done after {20 * limit} s by the clock"
        except (IndexError, ValueError, RuntimeError) as error:
            row["failed"] = str(error) or "no outcome"
        rows.append(row)
    own = next((row["seconds"] for row in rows if row["tool"] == "valleyflux" and "seconds" in row), None)
    for row in rows:
        if own and "seconds" in row:
            row["ratio"] = row["seconds"] / own
    return {"problem": wanted.name, "title": wanted.title, "cells": wanted.cells, "error_is": wanted.error, "rows": rows}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="tiny grids: does it all run?")
    size.add_argument("--full", action="store_true", help="grids up to 1024 x 1024 as well")
    parser.add_argument("--tools", metavar="NAME,...", help="these alone")
    parser.add_argument("--problems", metavar="NAME,...", help="these alone")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="default: BUILD/benchmarks/suite.json")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", metavar="FOLDER")
    parser.add_argument("--built", action="store_true", help="programs as they are: nothing is built")
    parser.add_argument("--limit", type=int, default=300, metavar="S",
                        help="processor seconds that one tool may take on one problem")
    parser.add_argument("--install", action="store_true", help="install what peers need, and end")
    parser.add_argument("--list", action="store_true", help="what there is, and what of it is here, and end")
    return parser.parse_args()


def names(given, known, what):
    chosen = given.split(",") if given else list(known)
    for name in chosen:
        if name not in known:
            sys.exit(f"{what} '{name}' is not known; there are {', '.join(known)}")
    return chosen


def main():
    given = arguments()
    size = "quick" if given.quick else "full" if given.full else "default"
    everything = problems.problems(size)
    chosen_tools = names(given.tools, tools.TOOLS, "tool")
    chosen_problems = names(given.problems, dict.fromkeys(p.name for p in everything), "problem")
    if given.install:
        return tools.install(given.build.resolve(), chosen_tools)
    session = tools.Session(ROOT, given.build.resolve(), chosen_tools)
    if given.list:
        print(table.listing(session, everything))
        return 0
    if not given.built:
        session.build()
    results = []
    for problem in everything:
        if problem.name not in chosen_problems:
            continue
        results.append(measured(session, problem, given.limit))
        print(table.of_problem(results[-1]), flush=True)
    print(table.notes(results))
    report = {
        "commit": commit(), "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "processor": processor(), "load": os.getloadavg(), "size": size, "threads": 1, "problems": results}
    file = given.json or given.build / "benchmarks" / "suite.json"
    file.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"\nWritten to {file}")
    return 1 if any("failed" in row for result in results for row in result["rows"]) else 0


if __name__ == "__main__":
    sys.exit(main())
