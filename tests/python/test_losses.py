"""Losses by Python functions go through the same experiments as those of the library."""

import copy
import os
import pickle
import re
import subprocess
import sys

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


def own(**others):
    return vf.Case(loss=vf.Loss(**{"value": value, "gradients": gradients, "dimension": FEATURES, "samples": SAMPLES, **others}), **REST)


@pytest.mark.parametrize("factor", [-1.0, 2.0, 1.02, SAMPLES])
def test_gradients_that_are_not_those_of_the_value_are_refused(factor):
    with pytest.raises(vf.CaseError, match=r"not those of loss.value: .* changes by (\S+) .* gradients (\S+)") as caught:
        own(gradients=lambda theta, rows: factor * gradients(theta, rows)).solve(progress=False)
    assert caught.value.key == "loss.gradients"
    by_value, by_gradients = re.search(r"changes by (\S+) .* gradients (\S+)", str(caught.value)).groups()
    assert float(by_gradients) / float(by_value) == pytest.approx(factor, rel=1e-4)


def test_kinks_and_single_precision_are_no_reason_to_refuse_gradients():
    from valleyflux.slopes import require_gradients_of_value

    random = np.random.default_rng(2)
    x, sign = random.normal(size=(500, 3)), random.normal(size=500)
    for kind, wrong in ((np.float64, 1.1), (np.float32, -1.0)):

        def units(theta, rows):
            first, second = theta.astype(kind).reshape(2, 4, 3)
            inside = x[rows].astype(kind) @ first.T
            return inside, np.maximum(inside, 0), second[:, 0]

        def value(theta):  # of a network with four ReLU units
            _, out, weights = units(theta, slice(None))
            return np.mean((out @ weights - sign.astype(kind)) ** 2)

        def gradients(theta, rows):
            inside, out, weights = units(theta, rows)
            left = 2 * (out @ weights - sign[rows].astype(kind))
            first = (left[:, None] * (inside > 0) * weights)[:, :, None] * x[rows].astype(kind)[:, None, :]
            second = np.zeros((len(rows), 4, 3), kind)
            second[:, :, 0] = left[:, None] * out
            return np.stack([first, second], axis=1).reshape(len(rows), -1)

        for start in (np.zeros(24), random.normal(size=24), 10 * random.normal(size=24)):
            require_gradients_of_value(vf.Loss(value, gradients, 24, 500), start)
            with pytest.raises(vf.CaseError, match="not those"):
                require_gradients_of_value(vf.Loss(value, lambda *at: wrong * gradients(*at), 24, 500), start)


def test_what_functions_of_a_loss_must_not_give_is_named():
    with pytest.raises(vf.CaseError, match=r"loss.value must be .* one number.*\(got an array of shape \(400,\)\)"):
        own(value=lambda theta: np.logaddexp(0.0, -SIGNED @ theta)).solve(progress=False)
    with pytest.raises(vf.CaseError, match="loss.samples = 500, says: index 400 is out of bounds"):
        own(samples=500).solve(progress=False)
    with pytest.raises(vf.CaseError, match="not all finite beside the start, where loss.value is 0.69"):
        own(gradients=lambda theta, rows: np.nan * SIGNED[rows]).solve(progress=False)


def test_results_of_functions_that_no_pickle_holds_are_pickled_without_them():
    case = own(value=lambda theta: value(theta))
    result = case.solve(progress=False)
    again = pickle.loads(pickle.dumps(result))
    assert again.json() == result.json() and again.fields.equals(result.fields) and again.case.text == case.text
    with pytest.raises(vf.CaseError, match="left behind"):
        again.case.solve(progress=False)
    assert copy.deepcopy(result).case.solve(progress=False).json() == result.json()
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(case)
    module = pickle.loads(pickle.dumps(vf.Case(loss=LOSS, **REST).solve(progress=False)))
    assert module.case.solve(progress=False).json() == module.json()


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


def test_results_of_losses_can_be_pickled():
    result = vf.Case(
        data={"samples": 200, "features": 4, "seed": 1},
        loss={"model": "logistic_regression", "covariance": True},
        **REST,
    ).solve(progress=False)
    again = pickle.loads(pickle.dumps(result))
    assert "hessian_eigenvalue" in again.fields and again.json() == result.json()


def test_a_loss_that_has_failed_once_may_be_right_the_next_time():
    fails = [True]

    def gradients_at_first_not(theta, rows):
        if fails.pop() if fails else False:
            raise KeyError("no such sample")
        return gradients(theta, rows)

    case = vf.Case(
        loss=vf.Loss(value=value, gradients=gradients_at_first_not, dimension=FEATURES, samples=SAMPLES), **REST
    )
    with pytest.raises(KeyError):
        case.solve(progress=False)
    known = vf.Case(loss=LOSS, **REST).solve(progress=False).rate("start", "first_exit").value
    assert case.solve(progress=False).rate("start", "first_exit").value == known


# Presses Ctrl-C while Python computes a gradient of a particle, in the thread that takes signals.
INTERRUPTED = """
import os, signal, sys
import test_losses
import valleyflux as vf

calls = 0

def gradients(theta, rows):
    global calls
    calls += 1
    if calls in PRESSED:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):  # Python takes the signal somewhere in here
            pass
    return test_losses.gradients(theta, rows)

loss = vf.Loss(value=test_losses.value, gradients=gradients, dimension=2, samples=test_losses.SAMPLES)
rest = {**test_losses.REST, "langevin": {"particles": 100000, "time_limit": 400.0, "seed": 3}}
result = vf.Case(loss=loss, **rest).solve(progress=False, threads=1)
print(result.interrupted, result.rates["escapes"][0], calls, *result.warnings, sep="\\n")
"""


def interrupted(pressed):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), os.environ["PYTHONPATH"]])}
    script = INTERRUPTED.replace("PRESSED", str(pressed))
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=200)


def test_ctrl_c_while_python_computes_a_gradient_ends_in_what_there_is():
    run = interrupted([20000])
    assert run.returncode == 0 and run.stderr == ""
    ended, escapes, calls, warning, *_ = run.stdout.splitlines()
    assert ended == "True" and 0 < float(escapes) < 100000 and int(calls) > 20000
    assert warning.startswith("start -> first_exit: interrupted: what is told rests on the particles up to there")


def test_a_second_ctrl_c_ends_the_run_itself():
    run = interrupted([20000, 20001])
    assert run.returncode != 0 and run.stdout == ""
    assert run.stderr.splitlines()[-1] == "KeyboardInterrupt"
