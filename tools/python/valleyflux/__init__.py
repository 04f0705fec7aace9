"""Rates of escape from the valleys of a landscape: the Fokker-Planck equation, particles and closed forms.

    import valleyflux as vf
    case = vf.Case(landscape=lambda x, y: (x*x - 1)**2 + y*y + x*y/2, diffusion=0.2)
    r = case.solve()
    r.rates

Everything is computed by the C++ library of the same name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .waiting_threads import asleep

with asleep():
    from . import _core

from .case import Case
from .errors import CaseError, OutputError, ProblemError, SolverError
from .figures import Figure, reproduce
from .loss import Loss
from .progress import ProgressBar
from .result import Rate, Result
from .sweep import Sweep, sweep

__version__: str = _core.version()

__all__ = [
    "Case",
    "CaseError",
    "Figure",
    "Loss",
    "OutputError",
    "ProblemError",
    "ProgressBar",
    "Rate",
    "Result",
    "SolverError",
    "Sweep",
    "escape",
    "evolve",
    "first_passage",
    "particles",
    "ready_cases",
    "ready_figures",
    "reproduce",
    "run",
    "sweep",
]


def run(source: str | os.PathLike[str] | Mapping[str, Any], **options: Any) -> Result:
    """Solves a case that is a file, a ready case, TOML text or a dict. Options are those of ``Case.solve``."""
    return Case(source).solve(**options)


def evolve(case: Case, until: float, **options: Any) -> Result:
    """``case.evolve(until, ...)``."""
    return case.evolve(until, **options)


def escape(case: Case, from_: str, to: str | Mapping[str, str] = "any", **options: Any) -> Result:
    """``case.escape(from_, to, ...)``."""
    return case.escape(from_, to, **options)


def first_passage(case: Case, from_: str, to: str | Mapping[str, str] = "any", **options: Any) -> Result:
    """``case.first_passage(from_, to, ...)``."""
    return case.first_passage(from_, to, **options)


def particles(case: Case, from_: str, to: str | Mapping[str, str] = "any", **options: Any) -> Result:
    """``case.particles(from_, to, ...)``."""
    return case.particles(from_, to, **options)


def ready_cases() -> list[str]:
    """Names of the cases that come with the package."""
    return _core.ready_cases()


def ready_figures() -> list[str]:
    """Names of the figures that ``reproduce`` knows."""
    return _core.ready_figures()
