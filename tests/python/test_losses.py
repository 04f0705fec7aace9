"""Losses by Python functions go through the same experiments as those of the library."""

import pickle

import numpy as np
import pytest
import valleyflux as vf

SAMPLES, FEATURES = 400, 2


def data():
    random = np.random.default_rng(5)
    return random.normal(size=(SAMPLES, FEATURES)), random.integers(0, 2, SAMPLES)


X, LABELS = data()
SIGNED = X * (2 * LABELS - 1)[:, None]


def value(theta):
    return np.mean(np.logaddexp(0.0, -SIGNED @ theta))


def gradients(theta, rows):
    own = SIGNED[rows]
    return -own / (1.0 + np.exp(own @ theta))[:, None]


LOSS = vf.Loss(value=value, gradients=gradients, dimension=FEATURES, samples=SAMPLES)
REST = {
    "diffusion": {"eta": 0.02, "batch_size": 2},
    "valleys": {"start": {"half_width": 0.15}},
    "langevin": {"particles": 64, "time_limit": 400.0, "seed": 3},
    "escapes": [{"from": "start", "to": "first_exit", "methods": ["sgd"]}],
}


def of_library(folder, **others):
    with open(folder / "data.csv", "w") as file:
        for row, label in zip(X, LABELS):
            file.write(f"{row[0]!r},{row[1]!r},{label}\n".replace("np.float64(", "").replace(")", ""))
    return vf.Case(
        data={"file": str(folder / "data.csv")}, loss={"model": "logistic_regression", **others.pop("loss", {})}, **REST, **others
    )


def test_the_same_loss_escapes_at_the_same_rate(tmp_path):
    own = vf.Case(loss=LOSS, **REST).solve(progress=False)
    library = of_library(tmp_path).solve(progress=False)
    assert own.rates["escapes"].iloc[0] == library.rates["escapes"].iloc[0] > 20
    assert own.rate("start", "first_exit").value == pytest.approx(library.rate("start", "first_exit").value, rel=1e-9)


def test_the_fokker_planck_equation_has_its_covariance(tmp_path):
    methods = [{"from": "start", "to": "first_exit", "methods": ["mean_first_passage"]}]
    rest = {**REST, "escapes": methods}
    own = vf.Case(loss=LOSS, **rest).solve(progress=False).rate("start", "first_exit")
    given = {**rest, "data": {"file": str(tmp_path / "data.csv")}, "loss": {"model": "logistic_regression"}}
    of_library(tmp_path)
    library = vf.Case(**given).solve(progress=False).rate("start", "first_exit")
    assert own.value == pytest.approx(library.value, rel=1e-6)


def test_a_trained_start_and_k_are_those_of_the_library(tmp_path):
    start = {"start": {"training": {"eta": 0.1, "steps": 500, "batch_size": 4}}}
    own = vf.Case(loss={"by": LOSS, "k": 2.0}, **REST, **start).solve(progress=False)
    library = of_library(tmp_path, loss={"k": 2.0}, **start).solve(progress=False)
    assert own.rate("start", "first_exit").value == pytest.approx(library.rate("start", "first_exit").value, rel=1e-9)


def test_what_the_functions_raise_comes_back():
    def refuse(theta, rows):
        raise KeyError("no such sample")

    case = vf.Case(loss=vf.Loss(value=value, gradients=refuse, dimension=FEATURES, samples=SAMPLES), **REST)
    with pytest.raises(KeyError, match="no such sample"):
        case.solve(progress=False)
    listed = vf.Loss(value=value, gradients=lambda theta, rows: gradients(theta, rows).tolist(), dimension=FEATURES, samples=SAMPLES)
    rate = vf.Case(loss=listed, **{key: part for key, part in REST.items() if key != "escapes"}).solve(progress=False).rate("start", "first_exit")
    assert rate.value == vf.Case(loss=LOSS, **REST).solve(progress=False).rate("start", "first_exit").value
    narrow = vf.Loss(value=value, gradients=lambda theta, rows: gradients(theta, rows)[:1], dimension=FEATURES, samples=SAMPLES)
    with pytest.raises(ValueError, match=r"\(samples, parameters\) = \(\d+, 2\) \(got \(1, 2\)\)"):
        vf.Case(loss=narrow, **REST).solve(progress=False)


def test_what_is_no_loss_is_refused():
    with pytest.raises(ValueError, match="dimension"):
        vf.Loss(value=value, gradients=gradients, dimension=0, samples=1)
    with pytest.raises(TypeError, match="gradients"):
        vf.Loss(value=value, gradients=3, dimension=1, samples=1)
    with pytest.raises(vf.CaseError, match="has its data itself"):
        vf.Case(loss=LOSS, data={"samples": 10, "features": 2}, **REST)
    with pytest.raises(vf.CaseError, match="no loss.model"):
        vf.Case(loss={"by": LOSS, "model": "network"}, **REST)


def test_cases_of_losses_can_be_pickled_and_changed():
    case = pickle.loads(pickle.dumps(vf.Case(loss=LOSS, **REST)))
    changed = case.with_values({"diffusion.eta": 0.03}).solve(progress=False)
    assert changed.rate("start", "first_exit").value != case.solve(progress=False).rate("start", "first_exit").value
