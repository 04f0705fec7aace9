"""What the documentation shows of the program's output is what the program prints: of every block that begins with
"$ valleyflux ..." each line is printed, in that order; "..." stands for lines that are left out.

VALLEYFLUX_WRITE_DOCS=1 prints what each command gives, to copy from."""

import os
import re
import shlex

from program import ROOT, run, run_tests

BLOCK = re.compile(r"^```\n\$ valleyflux (.*?)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def pages():
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_outputs_are_shown_as_they_are(folder):
    checked = {}
    for page in pages():
        for command, shown in BLOCK.findall(page.read_text(encoding="utf-8")):
            if command not in checked:
                checked[command] = run(*shlex.split(command), folder=folder).stdout
                if os.environ.get("VALLEYFLUX_WRITE_DOCS"):
                    print(f"$ valleyflux {command}\n{checked[command]}")
            printed = iter(checked[command].splitlines())
            for line in shown.splitlines():
                assert line == "..." or line in printed, f"{page.name}: valleyflux {command} does not print, or not there:\n{line}"
    assert len(checked) > 5, list(checked)


if __name__ == "__main__":
    run_tests(globals())
