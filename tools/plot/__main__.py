"""python3 tools/plot FILE: the folder is called by its path, without the package that it is a part of."""

import importlib
import pathlib
import sys

if not __package__:
    folder = pathlib.Path(__file__).resolve().parent
    sys.path[0] = str(folder.parent)
    __package__ = folder.name
    importlib.import_module(__package__)

from .program import main

main()
