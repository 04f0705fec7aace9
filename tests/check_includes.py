"""Fails where a folder includes one that comes after it: grids <- problems <- solver <- output <- tools."""

import pathlib
import re
import sys

FOLDERS = ["grids", "problems", "solver", "output", "tools"]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def violations(root):
    for rank, folder in enumerate(FOLDERS):
        for file in sorted((root / folder).rglob("*.[ch]pp")):
            for path in INCLUDE.findall(file.read_text(encoding="utf-8")):
                top = path.split("/")[0]
                if top not in FOLDERS[: rank + 1]:
                    allowed = ", ".join(FOLDERS[: rank + 1])
                    yield f'{file.relative_to(root)} includes "{path}"; {folder} may include {allowed}, from the root'
                elif not (root / path).is_file():
                    yield f'{file.relative_to(root)} includes "{path}", which does not exist'


def main():
    found = list(violations(pathlib.Path(__file__).resolve().parent.parent))
    print("\n".join(found) or "every include points the right way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
