"""What cases are made of, and what is wrong with them."""

import pickle

import numpy as np
import pytest
import valleyflux as vf

TEXT = """
landscape.expression = "x^4/4 - x^2/2"
diffusion.D = 0.05
grid.x = { min = -2.5, max = 2.5, cells = 100 }
"""


def rates(case):
    return case.solve(progress=False).json()


def test_file_text_dict_and_keywords_are_the_same_case(tmp_path):
    (tmp_path / "case.toml").write_text(TEXT)
    tables = {
        "landscape": {"expression": "x^4/4 - x^2/2"},
        "diffusion": {"D": 0.05},
        "grid": {"x": {"min": -2.5, "max": 2.5, "cells": 100}},
    }
    by_keywords = vf.Case(landscape="x^4/4 - x^2/2", diffusion=0.05, grid={"x": (-2.5, 2.5, 100)})
    known = rates(by_keywords)
    assert rates(vf.Case(tables)) == known
    assert rates(vf.Case(TEXT)) == known
    assert rates(vf.Case(tmp_path / "case.toml")) == known
    assert rates(vf.Case(str(tmp_path / "case.toml"))) == known


def test_ready_cases_are_known():
    assert "muller_brown" in vf.ready_cases()
    assert vf.Case("muller_brown").variables == ("x", "y")


def test_files_and_functions_stand_side_by_side(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savetxt("d.dat", [[x, 0.1 + 0.01 * x] for x in np.linspace(-2.5, 2.5, 21)])
    noise = {"D": {"file": "d.dat"}, "model": "expression"}
    case = vf.Case(landscape=lambda x: x**2, diffusion=noise, grid={"x": (-2, 2)})
    assert str(tmp_path / "d.dat") in case.text


def test_built_in_landscapes_are_named():
    assert 'name = "three_hole"' in vf.Case(landscape="three_hole", diffusion=0.3).text


def test_values_can_be_changed():
    case = vf.Case(TEXT)
    warmer = case.with_values({"diffusion.D": 0.1, "title": 'a "hot" one'})
    assert (case.title, warmer.title) == ("case", 'a "hot" one')
    assert "0.1" in warmer.text and "0.1" not in case.text


def test_a_case_that_is_read_takes_keywords_as_well():
    assert "0.2" in vf.Case(TEXT, diffusion=0.2).text


@pytest.mark.parametrize("landscape", ["x^4/4 - x^2/2", lambda x: x**4 / 4 - x**2 / 2], ids=["text", "function"])
def test_cases_survive_pickling(landscape):
    case = vf.Case(landscape=landscape, diffusion=0.05, grid={"x": (-2.5, 2.5)})
    content, known = pickle.dumps(case), rates(case)
    del case  # and its tables with it
    assert rates(pickle.loads(content)) == known


def test_errors_have_places():
    with pytest.raises(vf.CaseError) as caught:
        vf.Case(TEXT.replace("0.05", "-1"))
    error = caught.value
    assert (error.file, error.line, error.key) == ("case", 3, "diffusion.D")
    assert error.column is not None and "must be positive" in error.message
    assert isinstance(error, ValueError)


def test_errors_of_changed_values_name_the_key():
    with pytest.raises(vf.CaseError) as caught:
        vf.Case(TEXT).with_values({"diffusion.D": -1})
    assert caught.value.key == "diffusion.D"


def test_errors_of_files_name_the_file(tmp_path):
    file = tmp_path / "wrong.toml"
    file.write_text(TEXT + "[grid.x]\ncels = 10\n")
    with pytest.raises(vf.CaseError) as caught:
        vf.Case(file)
    assert caught.value.file == str(file) and caught.value.line is not None
    with pytest.raises(vf.CaseError, match="no such file"):
        vf.Case(tmp_path / "none.toml")


def test_errors_survive_pickling():
    with pytest.raises(vf.CaseError) as caught:
        vf.Case(TEXT.replace("0.05", "-1"))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.line, copy.key, str(copy)) == (3, "diffusion.D", str(caught.value))


def test_solver_and_output_errors_are_of_their_own(tmp_path):
    result = vf.Case(TEXT).solve(progress=False)
    with pytest.raises(vf.OutputError):
        result.save(tmp_path / "nowhere" / "out.h5")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"landscape": lambda *x: x[0] ** 2, "diffusion": 0.1}, "how many coordinates"),
        ({"landscape": lambda x, y, z: x * y * z, "diffusion": 0.1}, "one or two coordinates"),
        ({"landscape": (np.arange(3.0), np.arange(4.0)), "diffusion": 0.1}, "do not lie on coordinates"),
        ({"landscape": "x^2", "diffusion": lambda x: 1 + x * x}, "give min and max"),
        ({"landscape": lambda x: np.sqrt(x * x - 2), "diffusion": 1.0, "grid": {"x": (-1, 1)}}, "nan at x = -1:"),
        ({"landscape": lambda x: np.zeros((2, 2)), "diffusion": 1.0, "grid": {"x": (0, 1)}}, "one number at a point"),
    ],
)
def test_what_cannot_be_a_case_is_told(given, said):
    with pytest.raises(ValueError, match=said):
        vf.Case(**given)


def test_what_a_function_raises_comes_back():
    def faulty(x):
        raise ZeroDivisionError("mine")

    for grid in (None, {"x": (-1, 1)}):
        with pytest.raises(ZeroDivisionError, match="mine"):
            vf.Case(landscape=faulty, diffusion=0.1, grid=grid)


def test_a_value_that_toml_has_no_word_for_is_refused():
    with pytest.raises(TypeError, match="cannot hold"):
        vf.Case(landscape="x^2", diffusion=object())
