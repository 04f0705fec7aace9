"""Fails unless the C++ example of docs/cpp.md is, to the letter, the program that tests/consumer compiles and runs."""

import difflib
import pathlib
import re
import sys


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    blocks = re.findall(r"^```cpp\n(.*?)^```", (root / "docs/cpp.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    program = (root / "tests/consumer/main.cpp").read_text(encoding="utf-8")
    if program in blocks:
        print("docs/cpp.md shows tests/consumer/main.cpp as it is")
        return 0
    shown = max(blocks, key=lambda block: difflib.SequenceMatcher(None, block, program).ratio(), default="")
    sys.stdout.writelines(
        difflib.unified_diff(program.splitlines(True), shown.splitlines(True), "tests/consumer/main.cpp", "docs/cpp.md")
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
