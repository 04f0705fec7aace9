#!/usr/bin/env bash
# Installs what is missing and builds the documentation site, build/docs/html/index.html. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install_packages.sh docs
/usr/bin/python3 -m venv --system-site-packages build/venv
build/venv/bin/pip install -q -r tests/python/requirements.txt -r docs/requirements.txt
cmake --preset default -DVALLEYFLUX_PYTHON=ON -DPython_EXECUTABLE="$PWD/build/venv/bin/python"
cmake --build --preset default --target docs
