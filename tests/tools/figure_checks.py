"""What is right of every figure, found in its artists and their places on the sheet."""

import itertools

import numpy as np
from matplotlib.text import Text

# Machado, Oliveira & Fernandes (2009): linear RGB as eyes without the M cones have it.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def all_axes(figure):
    """Colour bars among them."""
    return [axes for outer in figure.axes for axes in (outer, *outer.child_axes)]


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes if axes.get_title(loc="left")]


def panel(figure, title):
    return next(axes for axes in figure.axes if axes.get_title(loc="left").startswith(title))


def texts(artist):
    """All that can be read, numbers of axes too where they lie within its limits."""
    found = []
    for axes in all_axes(artist):
        if not axes.axison:
            continue
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            found += [tick.label1 for tick in ticks] + [tick.label2 for tick in ticks] + [axis.label]
        found += [axes._left_title, axes.title, *axes.texts]
        if axes.get_legend():
            found += axes.get_legend().get_texts()
    found += [text for text in artist.findobj(Text) if text is artist._suptitle]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def check(figure):
    """Raises AssertionError for texts on each other, cut off, or a legend over data."""
    figure.draw_without_rendering()
    sheet = figure.bbox.padded(1.5)
    boxes = [(text.get_text(), text.get_window_extent().padded(-0.8)) for text in texts(figure)]
    for text, box in boxes:
        assert sheet.x0 <= box.x0 and box.x1 <= sheet.x1 and sheet.y0 <= box.y0 and box.y1 <= sheet.y1, (
            "cut off",
            text,
        )
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        assert not first.overlaps(second), ("on each other", one, other)
    drawn = [
        axes for axes in figure.axes if axes.axison and axes._sharex is None
    ]  # a second scale has no name of its own
    for axes in figure.axes:
        legend = axes.get_legend()
        for other in drawn if legend else []:
            assert not legend.get_window_extent().padded(-0.8).overlaps(other.bbox), (
                titles(figure),
                legend.get_texts(),
            )
    for axes in drawn:
        assert axes.get_xlabel(), axes.get_title(loc="left")
        assert axes.get_ylabel() or axes.get_title(loc="left") == "rates of escape"
    for one, other in itertools.combinations([axes.bbox for axes in drawn], 2):
        assert not one.padded(-1).overlaps(other), "panels on each other"


def lab(colour, seen_by=np.eye(3)):
    """CIE L*a*b* of an sRGB colour."""
    value = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(seen_by @ linear, 0, 1) / (TO_XYZ @ np.ones(3))
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
