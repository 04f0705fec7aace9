#!/usr/bin/env bash
# Lets libFuzzer make inputs for a fuzz target (tests/fuzz), or for all of them, two at a time; each for so many seconds.
# Builds them first by the preset asan (Clang). One line a target; the exit status is 0 only if no input made one fail.
# What it finds that is new to the targets stays in build-asan/fuzz/corpus and is used by the next run; an input that fails
# is kept in build-asan/fuzz/failures, and `build-asan/tests/fuzz/fuzz_TARGET FILE` shows what it does.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=(case expression plumed surface table delimited idx)
usage="usage: $0 all|$(IFS='|'; echo "${targets[*]}") [seconds (default 60)]"
seconds=${2:-60}
[[ $# -ge 1 && $# -le 2 && $seconds =~ ^[0-9]+$ ]] || { echo "$usage" >&2; exit 2; }
if [[ $1 != all ]]; then
  [[ " ${targets[*]} " == *" $1 "* ]] || { echo "$usage" >&2; exit 2; }
  targets=("$1")
fi

cmake --preset asan -DVALLEYFLUX_WERROR="${CI:-OFF}" >/dev/null
cmake --build --preset asan --target "${targets[@]/#/fuzz_}"

fuzz_one() {
  local target=$1 seconds=$2 folder=build-asan/fuzz/corpus/$1 log=build-asan/fuzz/logs/$1.log options=()
  mkdir -p "$folder" build-asan/fuzz/logs build-asan/fuzz/failures
  [[ ! -f tests/fuzz/dictionaries/$target ]] || options+=(-dict="tests/fuzz/dictionaries/$target")
  # Longer inputs are slower and find little more; expressions nest as deep as they are long.
  case $target in
    expression) options+=(-max_len=512) ;;
    *) options+=(-max_len=4096) ;;
  esac
  local status=0
  OMP_NUM_THREADS=1 "build-asan/tests/fuzz/fuzz_$target" "$folder" "tests/fuzz/corpus/$target" "${options[@]}" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build-asan/fuzz/failures/$target-" >"$log" 2>&1 </dev/null || status=$?
  local executions
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if ((status == 0)); then
    echo "fuzz_$target: passed (${executions:-0} inputs)"
  else
    echo "fuzz_$target: FAILED (${executions:-0} inputs; see $log)"
    grep -m 3 -E '^(SUMMARY|violated|terminate)|ERROR:|runtime error:|Test unit written' "$log" || true
    return 1
  fi
}
export -f fuzz_one
printf '%s\n' "${targets[@]}" | xargs -P 2 -I {} bash -c 'set -euo pipefail; fuzz_one "$1" "$2"' fuzz {} "$seconds"
