#!/usr/bin/env python3
"""Reduces the colours of pictures, which makes them a third as large; those of valleys, escapes and areas stay what they are.

    /usr/bin/python3 docs/shrink_pictures.py docs/*.png
"""

import pathlib
import sys

import numpy as np
from PIL import Image, ImageColor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
from plot.style import COLOURS

LEAST = 12  # points of a colour that is kept
AREA = 60  # points of one colour that are an area, such as a part of a colour bar
GREY = 40  # between red, green and blue, of 255: what differs less is a shade of letters


def reduced(picture, colours=256):
    """A picture of that many colours. Marks take so few points of it that their own would be lost."""
    found, places, counts = np.unique(
        np.asarray(picture).reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    there = {tuple(colour) for colour in found[counts >= LEAST].tolist()}
    seen = np.argsort(-counts, kind="stable")
    seen = seen[(counts[seen] >= AREA) & (np.ptp(found[seen].astype(int), axis=1) >= GREY)]
    areas = found[seen[: colours // 4]]
    kept = [colour for colour in map(ImageColor.getrgb, ("white", *COLOURS)) if colour in there]
    kept += [colour for colour in map(tuple, areas.tolist()) if colour not in kept]
    others = picture.quantize(colours - len(kept), dither=Image.Dither.NONE).convert("RGB").getcolors(colours)
    palette = np.array([*kept, *(colour for _, colour in others)])
    nearest = np.argmin((palette**2).sum(axis=1) - 2 * (found.astype(float) @ palette.T), axis=1).astype(np.uint8)
    small = Image.fromarray(nearest[places].reshape(picture.size[::-1]), "P")
    small.putpalette(palette.astype(np.uint8).tobytes())
    return small


if __name__ == "__main__":
    for file in sys.argv[1:]:
        reduced(Image.open(file).convert("RGB")).save(file, optimize=True)
