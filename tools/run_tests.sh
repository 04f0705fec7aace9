#!/usr/bin/env bash
# Installs missing packages, builds, runs every test, once more built by Clang with the sanitizers, and the main job; with
# --fuzz also half a minute of every fuzz target, with --tidy clang-tidy over every source (slow). Safe to run again. The
# last line counts the tests; the exit status is 0 only if all passed.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
  "" | --fuzz) presets=(default asan) ;;
  --tidy) presets=(default asan tidy) ;;
  *)
    echo "usage: $0 [--fuzz | --tidy]" >&2
    exit 2
    ;;
esac

log=$(mktemp)
passed=0
failed=0
# A script that stops early (a build that fails, say) has not tested the rest: that counts as a failure.
trap 'status=$?; rm -f "$log"; ((status == 0 || failed)) || failed=1; echo "$passed passed, $failed failed"' EXIT

heading() {
  echo
  echo "== $1 (after $SECONDS s)"
}

heading "packages"
tools/install_packages.sh test
[[ ${1:-} != --tidy ]] || tools/install_packages.sh tidy

heading "Python"
# Debian's packages, and beside them what it lacks.
/usr/bin/python3 -m venv --system-site-packages build/venv
build/venv/bin/pip install -q -r tests/python/requirements.txt -r docs/requirements.txt
with_python=(-DVALLEYFLUX_PYTHON=ON -DPython_EXECUTABLE="$PWD/build/venv/bin/python")

for preset in "${presets[@]}"; do
  heading "build: $preset"
  options=()
  [[ $preset != default ]] || options=("${with_python[@]}")
  # Warnings stop our own CI, not somebody with a newer compiler.
  cmake --preset "$preset" -DVALLEYFLUX_WERROR="${CI:-OFF}" "${options[@]}"
  cmake --build --preset "$preset"
  heading "tests: $preset"
  ctest --preset "$preset" </dev/null | tee "$log" || true
  failures=$(sed -n 's/.* \([0-9]*\) tests failed out of [0-9]*$/\1/p' "$log")
  total=$(sed -n 's/.* tests failed out of \([0-9]*\)$/\1/p' "$log")
  failed=$((failed + failures))
  passed=$((passed + total - failures))
done

if [[ ${1:-} == --fuzz ]]; then
  heading "fuzzing"
  # A failing target is counted, and the others go on.
  tools/fuzz.sh all 30 </dev/null | tee "$log" || true
  fuzzed=$(grep -c '^fuzz_[a-z]*: passed' "$log" || true)
  passed=$((passed + fuzzed))
  failed=$((failed + $(ls tests/fuzz/fuzz_*.cpp | wc -l) - fuzzed))
fi

heading "main job"
tools/quick_start.sh
((failed == 0))
