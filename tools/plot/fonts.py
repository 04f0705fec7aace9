"""Characters that the figures' own font lacks: from a font that is installed and has them, or a box in their place."""

from __future__ import annotations

import warnings
from functools import lru_cache

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

OWN = "DejaVu Sans"  # comes with matplotlib
FURTHER = (  # of many scripts, looked into in this order
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK TC",
    "Noto Sans CJK KR",
    "Noto Sans JP",
    "Noto Sans SC",
    "Noto Sans TC",
    "Noto Sans KR",
    "Source Han Sans",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "IPAexGothic",
    "IPAGothic",
    "Takao Gothic",
    "VL Gothic",
    "NanumGothic",
    "Droid Sans Fallback",
    "Hiragino Sans",
    "PingFang SC",
    "Yu Gothic",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Noto Sans",
    "Noto Sans Devanagari",
    "Noto Sans Bengali",
    "Noto Sans Tamil",
    "Noto Sans Thai",
    "Arial Unicode MS",
    "Unifont",
    "Symbola",
    "DejaVu Serif",
)
BOX = "□"


class MissingCharacters(UserWarning):
    """Of names in a figure."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        super().__init__(
            f'no installed font has the characters "{characters}": they are drawn as {BOX} (fonts such as Noto Sans CJK '
            "have them)"
        )


@lru_cache(maxsize=None)
def families(further: tuple[str, ...] = FURTHER) -> list[str]:
    """Names of fonts that are there, in the order in which a character is looked for."""
    there = {font.name for font in fontManager.ttflist}
    return [OWN, *(name for name in further if name in there)]


@lru_cache(maxsize=None)
def characters(further: tuple[str, ...] = FURTHER) -> frozenset[int]:
    """Code points that these fonts have."""
    fonts = (get_font(findfont(FontProperties(family=name))) for name in families(further))
    return frozenset(code for font in fonts for code in font.get_charmap())


def drawable(text: str) -> str:
    """The text with boxes for what no font has, of which it warns."""
    if text.isascii():
        return text
    missing = "".join(dict.fromkeys(c for c in text if not c.isspace() and ord(c) not in characters()))
    if missing:
        warnings.warn(MissingCharacters(missing), stacklevel=3)
    return "".join(BOX if c in missing else c for c in text)
