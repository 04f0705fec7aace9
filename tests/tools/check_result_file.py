#!/usr/bin/env python3
"""Opens result files as a reader would (h5py, xarray with h5netcdf) and checks their layout.

Usage: check_result_file.py FILE...
"""

import sys
import xml.etree.ElementTree
from pathlib import Path

import h5py
import numpy
import xarray

FRAME_SERIES = ("valley_probability", "valley_outflux", "valley_outflow")
ESTIMATES = ("from", "to", "method", "recommended", "rate", "time", "log_rate", "low", "high", "escapes", "log_rate_error",
             "exponential", "step_bias", "step_bias_error", "data_error", "observed_order", "share_in_valley", "lost_at_walls",
             "lost_at_walls_low", "lost_at_walls_high", "note")
EVOLUTION = ("stepper", "steps", "rejected", "factorisations", "mass_error", "density_min", "balance_error",
             "error_estimate", "positive_frames", "tolerance")


def check_scales(path):
    """Every axis of every dataset has a scale of its length, and no string dataset is of fixed length."""

    def visit(name, item):
        if not isinstance(item, h5py.Dataset):
            return
        if h5py.h5ds.is_scale(item.id):
            assert item.ndim == 1, f"{name}: a scale of {item.ndim} dimensions"
        else:
            for axis, size in enumerate(item.shape):
                scales = item.dims[axis].values()
                assert len(scales) == 1, f"{name}: axis {axis} has {len(scales)} scales"
                assert scales[0].shape == (size,), f"{name}: the scale of axis {axis} is of another length"
        text = h5py.check_string_dtype(item.dtype)
        assert item.dtype.kind != "S" and (text is None or text.length is None), f"{name}: strings of fixed length"

    with h5py.File(path, "r") as file:
        file.visititems(visit)


def check_frames(path, fields):
    """The views of single frames show what the fields over time hold."""
    with h5py.File(path, "r") as file:
        if "time" not in file:
            assert "frames" not in file
            return
        for field in fields:
            for frame in range(len(file["time"])):
                view = file[f"frames/{field}_{frame:04d}"]
                assert view.is_virtual
                same = numpy.array_equal(view[0], file[field][frame], equal_nan=True)
                assert same, f"{view.name} differs from {field}"


def check_xdmf(path):
    """Every dataset that the XDMF file names exists with as many values."""
    root = xml.etree.ElementTree.parse(path.with_suffix(".xdmf")).getroot()
    with h5py.File(path, "r") as file:
        for item in root.iter("DataItem"):
            if item.get("Format") != "HDF":
                continue
            name, dataset = item.text.strip().rsplit(":", 1)
            assert name == path.name, f"the XDMF file names {name}"
            size = numpy.prod([int(n) for n in item.get("Dimensions").split()])
            assert file[dataset].size == size, f"{dataset}: {file[dataset].size} values, the XDMF file says {size}"


def check_dataset(data):
    """Dimensions, coordinates and CF attributes as the layout promises."""
    axes = [name for name in ("y", "x") if name in data.coords]
    assert "x" in axes
    assert data.attrs["Conventions"] == "CF-1.8"
    for name in ("title", "case", "valleyflux_version", "command"):
        assert isinstance(data.attrs[name], str), f"no attribute {name}"

    for name in axes:
        centres, edges, bounds = data[name].values, data[f"{name}_edge"].values, data[f"{name}_bnds"]
        assert data[name].attrs["axis"] == name.upper()
        assert data[name].attrs["bounds"] == f"{name}_bnds"
        assert data[name].attrs["long_name"] and "units" in data[name].attrs
        assert bounds.dims == (name, "nv") and bounds.shape[1] == 2
        assert numpy.array_equal(bounds.values[:, 0], edges[:-1]) and numpy.array_equal(bounds.values[:, 1], edges[1:])
        assert (edges[:-1] < centres).all() and (centres < edges[1:]).all()
    assert "nv" not in data.coords

    valleys = [str(name) for name in data["valley"].values]
    labels = data["valley_label"]
    assert labels.dims == tuple(axes) and labels.dtype.kind == "i"
    assert list(numpy.atleast_1d(labels.attrs["flag_values"])) == list(range(-1, len(valleys)))
    assert labels.attrs["flag_meanings"].split() == ["none"] + [name.replace(" ", "_") for name in valleys]
    assert set(numpy.unique(labels.values)) <= set(range(-1, len(valleys)))

    fields = ["density"] + [f"current_{name}" for name in sorted(axes)]
    if "time" in data.dims:
        assert data["time"].attrs["axis"] == "T"
        assert (numpy.diff(data["time"].values.astype(float)) > 0).all()
        for field in fields:
            assert data[field].dims == ("time", *axes), f"{field}{data[field].dims}"
            assert "_FillValue" in data[field].encoding and "long_name" in data[field].attrs
        for series in FRAME_SERIES:
            assert data[series].dims == ("time", "valley")
        assert (data["density"].values >= 0).all()
        for name in EVOLUTION:
            assert data[f"evolution_{name}"].dims == ("whole",)
    else:
        assert not set(data.variables) & {*fields, *FRAME_SERIES}

    for name in ESTIMATES:
        assert data[f"estimate_{name}"].dims == ("estimate",)
    for name in axes:
        assert data[f"estimate_blocked_at_{name}"].dims == ("estimate",)
    for label, *parts in zip(data["estimate"].values, *(data[f"estimate_{name}"].values for name in ESTIMATES[:3])):
        assert label == "{}->{}:{}".format(*parts), f"estimate {label}"
    assert data["warnings"].dims == ("warnings",)
    if data.sizes["estimate"] and data.indexes["estimate"].is_unique:
        first = str(data["estimate"].values[0])
        assert data.sel(estimate=first)["estimate_rate"].shape == ()
    return fields


def check(path):
    check_scales(path)
    with xarray.open_dataset(path, engine="h5netcdf", decode_times=False) as data:
        fields = check_dataset(data)
    check_frames(path, fields)
    check_xdmf(path)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for argument in sys.argv[1:]:
        check(Path(argument))
        print(f"{argument}: as promised")
