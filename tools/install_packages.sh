#!/usr/bin/env bash
# Installs the Debian packages that are missing: those that building and running needs, with the argument "python" also
# those that `pip install .` needs, with "docs" those of the documentation, with "test" those that only the tests need. Does nothing, and needs no rights, where
# all are there.
set -euo pipefail

packages=(
  g++ cmake ninja-build
  libeigen3-dev libboost-dev libhdf5-dev libfmt-dev libtomlplusplus-dev nlohmann-json3-dev libcli11-dev librandom123-dev libspectra-dev zlib1g-dev doctest-dev
  python3 python3-h5py python3-matplotlib
)
case "${1:-build}" in
  build) ;;
  python) packages+=(python3-dev python3-venv) ;;
  docs) packages+=(python3-dev python3-venv python3-pandas python3-xarray doxygen) ;;
  test)
    packages+=(clang clang-format libclang-rt-dev libomp-dev python3-xarray python3-h5netcdf)
    packages+=(python3-dev python3-venv python3-pandas python3-scipy doxygen chromium chromium-driver)
    ;;
  tidy) packages+=(clang clang-tidy libomp-dev) ;;
  *)
    echo "usage: $0 [build|python|docs|test|tidy]" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian system: make sure that these packages' contents are installed: ${packages[*]}" >&2
  exit 0
fi
missing=()
for package in "${packages[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
((EUID == 0)) || as_root=(sudo)
echo "Installing ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
