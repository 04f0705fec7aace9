#!/usr/bin/env python3
"""Draws the pictures of the gallery, docs/gallery/CASE.png, and writes its page, docs/gallery.md. By hand, where figures or
cases change:

    VALLEYFLUX=build/valleyflux /usr/bin/python3 docs/gallery.py [CASE ...] [--results FOLDER]
    VALLEYFLUX=build/valleyflux /usr/bin/python3 docs/gallery.py --check     nothing is drawn; fails where the page is old

Cases are run as they are, slow ones with the settings of tests/tools/test_ready_cases.py; results that lie in FOLDER
already are drawn again without a run.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

DOCS = pathlib.Path(__file__).resolve().parent
ROOT = DOCS.parent
CASES = ROOT / "problems/cases"
sys.path.insert(0, str(ROOT / "tests/tools"))

from program import PROGRAM
from test_ready_cases import SMALL

GROUPS = {  # names of cases, or how they begin; what begins with none of these stands in the last one
    "Double wells and noise": ("quartic", "styblinski_tang_1d", "washboard", "no_grid"),
    "Landscapes and drifts in the plane": (
        "muller_brown", "three_hole", "himmelblau", "styblinski_tang_2d", "sharp_and_flat", "sgd_2d", "maier_stein",
        "ornstein_uhlenbeck",
    ),
    "Tables: free energies and loss surfaces": (
        "pmf", "free_energy_surface", "dihedral_diffusion", "cluster", "loss_surface", "network_slice",
    ),
    "How rates depend on noise and sharpness": ("claim",),
    "Losses over data, many dimensions": ("",),
}
PANELS = {  # of cases whose other panels say less, or leave these too little room
    "pmf": "landscape,committor,rates",
    "styblinski_tang_1d": "landscape,committor,rates",
    "washboard": "landscape,density,first_passage,rates",
}
BYTES, ALL_BYTES = 100_000, 2_000_000
WIDTHS = (900, 720, 600)  # of a picture, in pixels; a smaller one where it would take too many bytes


def text_of(case):
    return (CASES / f"{case}.toml").read_text(encoding="utf-8")


def title_of(case):
    found = re.search(r'^title = "(.*)"', text_of(case), re.MULTILINE)
    return found[1].replace("Mueller", "Müller").replace("Styblinski-Tang", "Styblinski–Tang") if found else case


def is_sweep(case):
    """Whether the case says most where something is varied."""
    return "\n[sweep]" in text_of(case) and (case.startswith("claim_") or "\n[loss]" in text_of(case))


def command(case):
    return ["sweep" if is_sweep(case) else "run", case]


def solve(case, folder):
    """The file with the case's result, which may lie there already."""
    file = folder / f"{case}.{'csv' if is_sweep(case) else 'h5'}"
    settings = list(SMALL.get(case, []))
    if is_sweep(case) and not case.startswith("claim_") and "langevin.particles=10" not in settings:
        settings.append("langevin.particles=50")
    if not file.exists():
        words = [word for setting in settings for word in ("--set", setting)]
        subprocess.run([PROGRAM, *command(case), *words, "--quiet", "-o", file], check=True, stdout=subprocess.DEVNULL)
    return file


def draw(case, folder):
    file = solve(case, folder)
    picture = folder / f"{case}.png"
    plot = ["/usr/bin/python3", ROOT / "tools/plot", file, "-o", picture]
    subprocess.run(plot + (["--panels", PANELS[case]] if case in PANELS else []), check=True)
    if is_tall(picture):  # so many panels that none can be seen
        ground = "drift" if "\n[drift]" in text_of(case) else "landscape"
        subprocess.run([*plot, "--panels", f"{ground},stationary_density,rates"], check=True)
    shrink(picture, DOCS / "gallery" / f"{case}.png")


def is_tall(picture):
    from PIL import Image

    with Image.open(picture) as image:
        return image.height > 1.2 * image.width


def shrink(source, target):
    """A picture of few enough colours to be small."""
    from PIL import Image
    from shrink_pictures import reduced

    image = Image.open(source).convert("RGB")
    for width in WIDTHS:
        small = image.resize((width, round(image.height * width / image.width)), Image.LANCZOS)
        for colours in (128, 64):  # maps of fewer have stripes
            reduced(small, colours).save(target, optimize=True)
            if target.stat().st_size <= BYTES:
                return
    sys.exit(f"{target}: {target.stat().st_size} bytes are more than {BYTES}")


def grouped(cases):
    left = list(cases)
    for group, names in GROUPS.items():
        mine = [case for case in left if case.startswith(names)]
        left = [case for case in left if case not in mine]
        yield group, mine


def card(case):
    return f""":::{{grid-item-card}} {title_of(case)}
:link: case-{case.replace('_', '-')}
:link-type: ref
:img-top: gallery/{case}.png
`{case}`
:::
"""


def section(case):
    return f"""(case-{case.replace('_', '-')})=
### {title_of(case)}

```sh
valleyflux {' '.join(command(case))}
```

![Result of {case}](gallery/{case}.png)

:::{{dropdown}} {case}.toml
```{{literalinclude}} ../problems/cases/{case}.toml
:language: toml
```
:::
"""


def page(cases):
    groups = list(grouped(cases))
    parts = [(DOCS / "gallery_head.md").read_text(encoding="utf-8")]
    for group, mine in groups:
        parts.append(f"## {group}\n\n::::{{grid}} 1 2 3 3\n:gutter: 2\n\n" + "\n".join(map(card, mine)) + "::::\n")
        parts += map(section, mine)
    return "\n".join(parts)


def faults(cases):
    pictures = {file.stem: file.stat().st_size for file in (DOCS / "gallery").glob("*.png")}
    for case in sorted(set(cases) ^ set(pictures)):
        yield f"docs/gallery/{case}.png and problems/cases/{case}.toml: one of them is missing"
    for case, size in pictures.items():
        if size > BYTES:
            yield f"docs/gallery/{case}.png has {size} bytes: {BYTES} at most"
    if sum(pictures.values()) > ALL_BYTES:
        yield f"docs/gallery has {sum(pictures.values())} bytes: {ALL_BYTES} at most"
    if (DOCS / "gallery.md").read_text(encoding="utf-8") != page(cases):
        yield "docs/gallery.md is not what docs/gallery.py writes"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    cases = sorted(file.stem for file in CASES.glob("*.toml"))
    if arguments.check:
        found = list(faults(cases))
        print("\n".join(found) or f"{len(cases)} cases in the gallery")
        return 1 if found else 0
    failed = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.results or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for case in arguments.cases or cases:
            print(case, flush=True)
            try:
                draw(case, folder)
            except subprocess.CalledProcessError as error:  # the others are drawn all the same
                failed.append(f"{case}: {error}")
    (DOCS / "gallery.md").write_text(page(cases), encoding="utf-8")
    print("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
