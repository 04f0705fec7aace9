"""Results as pandas and xarray, and in files."""

import copy
import json
import multiprocessing
import pickle
import re

import h5py
import matplotlib.figure
import numpy as np
import pandas as pd
import pytest
import valleyflux as vf
import xarray as xr

TEXT = """
title = "Two wells"
landscape.expression = "(x^2 - 1)^2 + y^2 + x*y/2"
units.time = "ns"
[diffusion]
D = 0.25
[grid]
x = { min = -2.2, max = 2.2, cells = 32 }
y = { min = -2, max = 2, cells = 24, boundary = "absorbing" }
[accuracy]
relative = 0.1
[evolve]
initial = "valley_1"
until = 2.0
frames = 3
"""


@pytest.fixture(scope="module")
def result():
    return vf.run(TEXT, progress=False)


def test_rates_have_the_columns_of_json(result):
    rows = json.loads(result.json())["estimates"]
    assert list(result.rates.columns) == list(rows[0])
    assert len(result.rates) == len(rows)
    assert result.rates["rate"].dtype == float and result.rates["recommended"].dtype == bool
    assert result.rates.attrs["units"]["rate"] == "1/ns"


def test_fields_are_what_xarray_reads_from_the_file(result, tmp_path):
    file = tmp_path / "out.h5"
    result.save(file)
    assert file.with_suffix(".xdmf").exists()
    with xr.open_dataset(file, engine="h5netcdf", decode_times=False) as read:
        read.load()
    fields = result.fields
    assert set(fields.variables) == set(read.variables)
    assert "density" in fields and fields["density"].dims == ("time", "y", "x")
    for name in read.variables:
        assert fields[name].dims == read[name].dims, name
        np.testing.assert_array_equal(fields[name].values, read[name].values, err_msg=name)
        assert fields[name].attrs.get("long_name") == read[name].attrs.get("long_name"), name
    assert fields["density"].attrs["units"] == read["density"].attrs["units"]
    assert fields.attrs["title"] == read.attrs["title"] == "Two wells"
    assert json.loads(result.json())["output"] == str(file)
    with h5py.File(file) as raw:
        assert "frames/density_0002" in raw


def test_fields_are_shared_not_copied(result):
    density = result.fields["density"].values
    again = {name: values for name, _, values, _ in result._finished.datasets()}["density"]
    assert np.shares_memory(density, again) and not density.flags.writeable


def test_fields_outlive_the_result():
    fields = vf.run(TEXT, progress=False).fields
    assert np.isfinite(fields["density"].values).all()


def test_probability_is_conserved(result):
    fields = result.fields
    area = np.diff(fields["x_edge"]) * np.diff(fields["y_edge"])[:, None]
    left = (fields["density"] * area).sum(("x", "y")) + fields["wall_outflow"].sum("wall")
    np.testing.assert_allclose(left, 1, atol=1e-12)


def test_spectrum_and_network_are_there():
    result = vf.Case(landscape="x^4/4 - x^2/2", diffusion=0.1, grid={"x": (-2.5, 2.5, 100)}).solve(progress=False)
    assert result.spectrum.dtype == complex and result.spectrum.real.max() <= 1e-12
    network = result.network
    assert network is not None and network["network_rate"].dims == ("network_valley", "network_target")
    assert list(result.valleys.index) == ["valley_1", "valley_2"]


def test_a_rate_that_was_not_asked_for_is_a_key_error(result):
    with pytest.raises(KeyError, match="valley_9"):
        result.rate("valley_9")


def test_results_are_drawn_as_their_files_are(result, tmp_path):
    from valleyflux.plot.data import opened
    from valleyflux.plot.panels import draw_result

    figure = result.plot()
    assert isinstance(figure, matplotlib.figure.Figure)
    assert len(figure.axes) >= 6 and figure._suptitle.get_text() == "Two wells"
    result.save(tmp_path / "out.h5")
    with opened(tmp_path / "out.h5") as data:
        again = draw_result(data)
    for name, drawn in (("memory", figure), ("file", again)):
        drawn.savefig(tmp_path / f"{name}.png", metadata={"Software": None})
    assert (tmp_path / "memory.png").read_bytes() == (tmp_path / "file.png").read_bytes()


def test_panels_are_chosen(result):
    figure = result.plot(panels=["landscape", "mean_first_passage_time:valley_2->any"])
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert len(titles) == 2 and "valley_2" in titles[1]
    with pytest.raises(ValueError, match='no panel "rate".*landscape.*rates'):
        result.plot(panels=["rate"])


def test_evolve_escape_and_particles_are_cases_with_other_tables():
    case = vf.Case(landscape="x^2/2", diffusion=0.5, grid={"x": (-6, 6, 300)})
    evolved = vf.evolve(case, 1.0, initial={"mean": [2.0], "sd": [0.3]}, frames=4, progress=False).fields
    # Ornstein and Uhlenbeck: the mean decays by exp(-t), the variance relaxes to D.
    width, centre = np.diff(evolved["x_edge"]), evolved["x"]
    last = evolved["density"].isel(time=-1)
    mean = float((last * centre * width).sum())
    variance = float((last * centre**2 * width).sum()) - mean**2
    assert abs(mean - 2 * np.exp(-1)) < 1e-3
    assert abs(variance - (0.5 + (0.09 - 0.5) * np.exp(-2))) < 1e-3


def quartic_wells(D, **others):
    return vf.Case(
        landscape="x^4/4 - x^2/2",
        diffusion=D,
        grid={"x": (-2.5, 2.5, 100)},
        valleys={"left": "x < 0", "right": {"where": "x > 0", "core": "x > 0.9"}},
        **others,
    )


def test_particles_agree_with_the_mean_time():
    from truth import quartic_mean_time

    case = quartic_wells(0.2)
    rate = vf.particles(case, "left", "right", particles=2000, step=1e-3, seed=3, progress=False).rate("left", "right")
    assert abs(rate.time / quartic_mean_time(0.2) - 1) < 0.12
    by_grid = vf.first_passage(case, "left", "right", progress=False).rate("left", "right")
    assert abs(by_grid.time / quartic_mean_time(0.2) - 1) < 1e-6


def test_sweeps_have_a_row_for_each_value():
    from truth import quartic_mean_time

    case = quartic_wells(0.1, escapes=[{"from": "left", "to": "right", "methods": ["mean_first_passage"]}])
    values = [0.05, 0.06, 0.08]
    swept = vf.sweep(case, {"diffusion.D": values}, progress=False)
    assert list(swept.rates["diffusion.D"]) == values
    np.testing.assert_allclose(swept.rates["time"], [quartic_mean_time(D) for D in values], rtol=1e-6)
    # Arrhenius: -log(rate) over 1/D is a line of slope 1/4, the barrier, but for what is of the order of D.
    line = swept.fits.set_index("relation").loc["-log(rate) ~ 1/value"]
    assert abs(line["slope"] - 0.25) < 0.03
    names = [text.get_text() for text in swept.plot().axes[-1].get_legend().get_texts()]
    found = re.fullmatch(r"mean first passage: slope ([\d.]+) ± ([\d.]+) against 1 / D", names[0])
    assert len(names) == 1 and abs(float(found[1]) - line["slope"]) < line["standard_error"]
    assert abs(float(found[2]) / line["standard_error"] - 1) < 0.5
    with pytest.raises(vf.CaseError):
        vf.sweep(case, {"diffusion.D": [0.1, -1.0]}, progress=False)
    assert repr(swept) == "<valleyflux.Sweep of diffusion.D: 3 results>"
    printed = str(swept).splitlines()
    assert printed[0].split() == ["diffusion.D", "=", "0.05", "method", "rate", "low", "high"]
    assert re.match(rf"  left -> right +mean_first_passage \* +{1 / quartic_mean_time(0.05):.6g} ", printed[1])
    assert len(printed) == 8 and max(map(len, printed)) <= 80
    two = vf.sweep(case, {"diffusion.D": [0.1, 0.2], "grid.x.cells": [50, 60]}, progress=False)
    assert two.values == ((0.1, 50.0), (0.2, 50.0), (0.1, 60.0), (0.2, 60.0))


def test_warnings_of_a_sweep_say_at_how_many_values():
    """Kramers' formula assumes low noise, which the first value is: its exponent is a quarter of 1/D."""
    case = quartic_wells(0.1, escapes=[{"from": "left", "to": "right", "methods": ["theory:kramers"]}])
    swept = vf.sweep(case, {"diffusion.D": [0.005, 0.1, 0.2]}, progress=False)
    told = str(swept)[str(swept).index("warning") :]
    assert " ".join(told.split()).startswith("warning (at 2 of 3 values, first at diffusion.D=0.1): it assumes what"), told
    assert told.count("warning") == 1 and "left -> right by theory:kramers" in told
    assert max(map(len, told.splitlines())) <= 80 and len(swept.warnings) == 2


def test_what_is_printed_begins_with_the_recommended_rates():
    result = vf.Case("quartic_white_noise", evolve={"until": 1.0, "initial": "left"}).solve(progress=False)
    lines = str(result).splitlines()
    assert lines[0] == "Quartic double well, white noise" and lines[2].startswith("escape "), lines[:3]
    assert f"{result.rate('left', 'right').value:.7g}" in lines[3]
    assert max(map(len, lines)) <= 80


def test_results_can_be_pickled_and_copied(result, tmp_path):
    known = (result.fields, result.rates)  # what is computed from the rest does not travel
    content = pickle.dumps(result)
    assert len(content) < 1.5 * sum(field.nbytes for field in known[0].variables.values()) + 20000
    for k, again in enumerate([pickle.loads(content), copy.deepcopy(result)]):
        assert again.json() == result.json() and str(again) == str(result)
        assert again.warnings == result.warnings and not again.interrupted
        xr.testing.assert_identical(again.fields, known[0])
        pd.testing.assert_frame_equal(again.rates, known[1])
        assert again.case.text == result.case.text
        folder = tmp_path / str(k)
        folder.mkdir()
        again.save(folder / "out.h5")
        again.report(folder / "out.html")
        again.plot(["rates"])
    result.report(tmp_path / "out.html")
    assert (tmp_path / "0/out.html").read_bytes() == (tmp_path / "out.html").read_bytes()
    result.save(tmp_path / "out.h5")
    assert (tmp_path / "0/out.xdmf").read_bytes() == (tmp_path / "out.xdmf").read_bytes()
    with h5py.File(tmp_path / "out.h5") as first, h5py.File(tmp_path / "0/out.h5") as second:
        assert list(first) == list(second) and set(first["frames"]) == set(second["frames"])
        assert first.attrs.keys() == second.attrs.keys()
        for name in first:
            if not isinstance(first[name], h5py.Dataset):
                continue
            before, after = first[name], second[name]
            assert (before.dtype, before.shape) == (after.dtype, after.shape) and before.attrs.keys() == after.attrs.keys()
            if before.dtype.kind == "O":
                assert before[()].tolist() == after[()].tolist(), name
            else:
                assert before[()].tobytes() == after[()].tobytes(), name


def test_every_part_of_a_result_survives_pickling():
    cases = {
        "network": {"escapes": [("left", "right")], "theory": {"paths": True}, "solver": {"modes": 4}},
        "particles": {"escapes": [{"from": "left", "to": "right", "methods": ["langevin"]}], "langevin": {"particles": 200}},
        "distributions": {"escapes": [("left", "right")], "first_passage": {"until": 50.0}},
        "histogram": {"evolve": {"initial": "left", "until": 1.0}, "langevin": {"histogram": True, "particles": 200}},
    }
    for parts in cases.values():
        case = vf.Case(
            landscape="(x^2 - 1)^2 + y^2 + x*y/2",
            diffusion=0.3,
            grid={"x": (-2.2, 2.2, 24), "y": (-2, 2, 24)},
            valleys={"left": "x < 0", "right": "x > 0"},
            accuracy={"relative": 0.5},
            **parts,
        )
        result = case.solve(progress=False)
        again = pickle.loads(pickle.dumps(result))
        assert again.json() == result.json()
        xr.testing.assert_identical(again.fields, result.fields)


def test_a_rate_is_found_by_its_valley_where_one_escape_leaves_it():
    wells = {
        "landscape": "x^4/4 - x^2/2",
        "diffusion": 0.1,
        "grid": {"x": (-2.5, 2.5, 50)},
        "valleys": {"left": "x < 0", "right": "x > 0"},
        "accuracy": {"relative": 0.5},
    }
    one = vf.Case(**wells, escapes=[("left", "right"), ("right", "left"), ("right", "first_exit")]).solve(progress=False)
    assert one.rate("left") == one.rate("left", "right")
    with pytest.raises(KeyError, match="escapes from right lead to left, first_exit: say which"):
        one.rate("right")
    with pytest.raises(KeyError, match="there are: right -> left by"):
        one.rate("right", "any")
    with pytest.raises(KeyError, match="there are: left -> right by"):
        one.rate("middle")


def test_first_passages_are_told_by_their_ends():
    wells = vf.Case(
        landscape="0.1*x^2*(x^2 - 4)^2",
        diffusion=0.3,
        grid={"x": (-3, 3, 60)},
        valleys={"left": "x < -1.1", "middle": "abs(x) <= 1.1", "right": "x > 1.1"},
        escapes=[("middle", "any")],
        first_passage={"until": 40.0, "points": 80},
    ).solve(progress=False)
    ends = wells.first_passages.set_index("target")
    assert list(ends.index) == ["left", "right"] and set(ends["to"]) == {"any"}
    np.testing.assert_allclose(ends["probability"], 0.5, rtol=1e-6)
    fields = wells.fields
    density = fields["first_passage_density_middle_any"]
    parts = [fields[f"first_passage_target_density_middle_any_{end}"] for end in ends.index]
    assert np.isfinite(density).sum() > 40
    np.testing.assert_allclose(parts[0] + parts[1], density, rtol=1e-9)
    assert list(fields["first_passage_exit_target_middle_any"].values) == ["left", "right"]
    np.testing.assert_allclose(fields["first_passage_exit_probability_middle_any"], 0.5, rtol=1e-6)
    low, high = fields["first_passage_exit_x_middle_any"].values
    assert low < -1.1 and abs(low + high) < 1e-6
    assert "middle -> any: left" in str(wells)


def _solved(diffusion):
    case = vf.Case(landscape="x^4/4 - x^2/2", diffusion=diffusion, grid={"x": (-2.5, 2.5, 50)}, accuracy={"relative": 0.5})
    return case.solve(threads=1, progress=False)


def test_results_come_back_from_other_processes():
    values = [0.1, 0.2]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        results = pool.map(_solved, values)
    assert [one.json() for one in results] == [_solved(value).json() for value in values]


def test_sweeps_can_be_pickled():
    case = vf.Case(landscape="x^4/4 - x^2/2", diffusion=0.1, grid={"x": (-2.5, 2.5, 50)}, accuracy={"relative": 0.5})
    swept = vf.sweep(case, {"diffusion.D": [0.1, 0.15, 0.2]}, progress=False)
    again = pickle.loads(pickle.dumps(swept))
    pd.testing.assert_frame_equal(again.fits, swept.fits)
    assert again.warnings == swept.warnings


def test_a_result_of_another_version_says_so(result):
    state = result._finished.__getstate__()
    assert state[0] == vf.__version__
    with pytest.raises(ValueError, match=r"pickled by valleyflux 0.0.1 cannot be read .* save\(\)"):
        vf._core.FinishedRun.__new__(vf._core.FinishedRun).__setstate__(("0.0.1", *state[1:]))
