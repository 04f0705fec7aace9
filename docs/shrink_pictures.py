#!/usr/bin/env python3
"""Reduces the colours of pictures, which makes them a third as large; those of valleys and escapes stay what they are.

    /usr/bin/python3 docs/shrink_pictures.py docs/*.png
"""

import pathlib
import sys

import numpy as np
from PIL import Image, ImageColor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
from plot.style import COLOURS

LEAST = 12  # points of a colour that is kept


def reduced(picture, colours=256):
    """A picture of that many colours. Marks take so few points of it that their own would be lost."""
    found, places, counts = np.unique(
        np.asarray(picture).reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    there = {tuple(colour) for colour in found[counts >= LEAST].tolist()}
    kept = [colour for colour in map(ImageColor.getrgb, ("white", *COLOURS)) if colour in there]
    others = picture.quantize(colours - len(kept), dither=Image.Dither.NONE).convert("RGB").getcolors(colours)
    palette = np.array([*kept, *(colour for _, colour in others)])
    nearest = np.argmin((palette**2).sum(axis=1) - 2 * (found.astype(float) @ palette.T), axis=1).astype(np.uint8)
    small = Image.fromarray(nearest[places].reshape(picture.size[::-1]), "P")
    small.putpalette(palette.astype(np.uint8).tobytes())
    return small


if __name__ == "__main__":
    for file in sys.argv[1:]:
        reduced(Image.open(file).convert("RGB")).save(file, optimize=True)
