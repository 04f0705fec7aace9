#!/usr/bin/env bash
# The main job: installs missing packages, builds, runs a ready case and draws its result. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

CASE=quartic_white_noise
RESULT=build/quick_start/$CASE.h5

tools/install_packages.sh build
cmake --preset default
cmake --build --preset default --target valleyflux
mkdir -p "$(dirname "$RESULT")"
build/valleyflux run "$CASE" -o "$RESULT" --plot "${RESULT%.h5}.png"
echo "Result: $PWD/$RESULT"
echo "Figure: $PWD/${RESULT%.h5}.png"
