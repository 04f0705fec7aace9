#!/usr/bin/env python3
"""Draws a sweep, as `valleyflux plot` does; the name that this had in earlier versions."""

import pathlib
import runpy

runpy.run_path(str(pathlib.Path(__file__).resolve().parent), run_name="__main__")
