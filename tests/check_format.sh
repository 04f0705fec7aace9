#!/usr/bin/env bash
# Fails where clang-format (version 14, Debian 12's) would change a source file, and names it.
set -euo pipefail
cd "$(dirname "$0")/.."
find grids problems solver output tools tests -name '*.[ch]pp' -print0 |
  xargs -0 clang-format --dry-run -Werror --ferror-limit=1
