#!/usr/bin/env python3
"""Builds the documentation site without network: Doxygen's pages of the public headers, then all others by Sphinx, where
every warning is an error.

    docs/build_docs.py --headers build/include --package FOLDER --output build/docs

headers: the public headers as they are installed; package: a folder that holds the built Python package; the site's
first page is OUTPUT/html/index.html. Run by an interpreter that has docs/requirements.txt.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

DOCS = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("headers", "package", "output"):
        parser.add_argument(f"--{option}", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    output = arguments.output.resolve()
    cpp_pages = output / "doxygen"
    shutil.rmtree(output, ignore_errors=True)  # with pages that are no more
    cpp_pages.mkdir(parents=True)
    environment = {
        **os.environ,
        "VALLEYFLUX_HEADERS": str(arguments.headers.resolve()),
        "VALLEYFLUX_CPP_PAGES": str(cpp_pages),
        "PYTHONPATH": str(arguments.package.resolve()),
    }
    subprocess.run(["doxygen", DOCS / "Doxyfile"], check=True, env=environment)
    strict = ["-W", "--keep-going", "-n", "-q"]
    sphinx = [sys.executable, "-m", "sphinx", "-b", "html", *strict, "-d", output / "doctrees", DOCS, output / "html"]
    return subprocess.run(sphinx, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
