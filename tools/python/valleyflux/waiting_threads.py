"""How the threads of the library wait for each other."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def asleep() -> Iterator[None]:
    """Has OpenMP, where it is loaded meanwhile, put threads that wait to sleep, as the program does: spinning ones take
    the processor from whoever else is at work. What the user says in the environment stays."""
    if {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & os.environ.keys():
        yield
        return
    os.environ["OMP_WAIT_POLICY"] = "passive"
    try:
        yield
    finally:
        del os.environ["OMP_WAIT_POLICY"]
