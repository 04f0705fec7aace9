"""Figures of results, sweeps and experiments that were made again. Needs matplotlib, and h5py for files; not the
compiled library."""

from .data import ResultData
from .panels import draw_result
from .reproduction import draw_reproduction
from .style import save
from .sweeps import SweepData, draw_sweep, estimate_of

__all__ = ["ResultData", "SweepData", "draw_reproduction", "draw_result", "draw_sweep", "estimate_of", "save"]
