"""python3 tools/plot FILE: the folder is called by its path, without the package that it is a part of."""

import pathlib
import sys

if not __package__:
    sys.path[0] = str(pathlib.Path(__file__).resolve().parent.parent)
    from plot.program import main
else:
    from .program import main

main()
