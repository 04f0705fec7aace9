"""A network panel of the paper's figures against a plain loop that shares no code with the program: data read, grouped and
standardised, rescaled, and SGD or SGLD run out of the box by NumPy and its own random numbers."""

import gzip
import pathlib

import h5py
import numpy as np

from program import run, run_tests

CASES = pathlib.Path(__file__).resolve().parents[2] / "problems/cases"
REPETITIONS = 400
HALF_WIDTH = 0.05


def data_of(name, group):
    """Features (samples x features) and labels 0 or 1 of a stand-in whose last column is the label."""
    rows = [line.split(",") for line in gzip.open(CASES / f"data/{name}", "rt").read().split()]
    features = np.array([row[:-1] for row in rows], dtype=float)
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    return features, np.array([row[-1] in group for row in rows], dtype=int)


def gradients(weights, x, label):
    """Gradients of cross entropy by each layer's weights (repetitions x outputs x inputs) over the repetitions' own
    minibatches x (repetitions x batch x features)."""
    inputs, units = [x], x
    for layer in weights[:-1]:
        units = np.maximum(np.einsum("rbi,roi->rbo", units, layer), 0)
        inputs.append(units)
    outputs = np.einsum("rbi,roi->rbo", units, weights[-1])
    slope = np.exp(outputs - outputs.max(axis=2, keepdims=True))
    slope /= slope.sum(axis=2, keepdims=True)
    np.put_along_axis(slope, label[:, :, None], np.take_along_axis(slope, label[:, :, None], 2) - 1, 2)
    found = [None] * len(weights)
    for n in reversed(range(len(weights))):
        found[n] = np.einsum("rbo,rbi->roi", slope, inputs[n]) / x.shape[1]
        slope = np.einsum("rbo,roi->rbi", slope, weights[n]) * (inputs[n] > 0)
    return found


def exit_iterations(features, labels, theta, depth, k, eta, batch, injected, seed):
    """Iterations that repetitions of SGD on L(sqrt(k) theta) take from theta / sqrt(k) out of a box of HALF_WIDTH /
    sqrt(k)."""
    numbers, root = np.random.default_rng(seed), np.sqrt(k)
    sizes = [features.shape[1]] + [10] * (depth - 1) + [2]
    theta = np.repeat(theta[None] / root, REPETITIONS, axis=0)
    start, done = theta.copy(), np.zeros(REPETITIONS, dtype=int)
    going, iteration = np.arange(REPETITIONS), 0
    while len(going):
        iteration += 1
        weights, at = [], 0
        for inputs, outputs in zip(sizes, sizes[1:]):  # columns first
            part = root * theta[going, at:at + inputs * outputs]
            weights.append(part.reshape(-1, inputs, outputs).transpose(0, 2, 1))
            at += inputs * outputs
        drawn = numbers.integers(len(labels), size=(len(going), batch))
        slopes = gradients(weights, features[drawn], labels[drawn])
        slope = np.concatenate([layer.transpose(0, 2, 1).reshape(len(going), -1) for layer in slopes], axis=1)
        theta[going] += -eta * root * slope + np.sqrt(2 * eta * injected) * numbers.standard_normal(slope.shape)
        outside = (np.abs(theta[going] - start[going]) > HALF_WIDTH / root).any(axis=1)
        done[going[outside]] = iteration
        going = going[~outside]
    return done


def compare(folder, name, data, group, depth, k, eta, batch, injected):
    quoted = ", ".join(f'"{label}"' for label in group)
    settings = {"data.group": f"[{quoted}]", "loss.depth": depth, "loss.k": k, "diffusion.eta": eta, "diffusion.batch_size": batch,
                "diffusion.injected": injected, "langevin.particles": REPETITIONS, "start.training.epochs": 20}
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    # The ready case's seed chooses a group; here it is named.
    case = (CASES / f"{name}.toml").read_text().replace('group = "random" # a half of the labels against the others\nseed = 1\n', "")
    (folder / "case.toml").write_text(case.replace("data/", f"{CASES}/data/"))
    run("run", "case.toml", "--quiet", "-o", "out.h5", *words, folder=folder)
    with h5py.File(folder / "out.h5") as file:
        theta = file["start"][()] * np.sqrt(k)
        assert file["escaped_sgd_trained_first_exit"][()].all()
        program = file["escape_time_sgd_trained_first_exit"][()] / eta
    plain = exit_iterations(*data_of(data, group), theta, depth, k, eta, batch, injected, seed=7)
    error = np.hypot(program.std(), plain.std()) / np.sqrt(REPETITIONS)
    assert plain.mean() > 30, "too quick to tell anything"
    assert abs(program.mean() - plain.mean()) < 4 * error, (program.mean(), plain.mean(), error)
    # The error of a median is 1 (exponential law) to 1.25 times (normal law) that of the mean.
    assert abs(np.median(program) - np.median(plain)) < 4 * 1.25 * error, (np.median(program), np.median(plain))


def test_sgd(folder):
    compare(folder, "avila", "synthetic_avila.txt.gz", ["A", "F"], depth=2, k=2.0, eta=0.002, batch=1, injected=0.0)


def test_sgld(folder):
    compare(folder, "banknote", "synthetic_banknote.txt.gz", ["1"], depth=3, k=0.5, eta=0.001, batch=5, injected=0.0005)


def times_and_start(folder, **settings):
    words = [word for key, value in settings.items() for word in ("--set", f"{key.replace('__', '.')}={value}")]
    run("run", "avila", "--quiet", "-o", "out.h5", "--set", "start.training.epochs=20", *words, folder=folder)
    with h5py.File(folder / "out.h5") as file:
        return file["escape_time_sgd_trained_first_exit"][()], file["start"][()]


def test_rescaling(folder):
    """With start and box divided by sqrt(k) the landscape in the box is the same: SGD on L(sqrt(k) theta) is SGD on L with
    the learning rate k eta, iteration for iteration. By other powers it is not."""
    sharp, start = times_and_start(folder, loss__k=4, diffusion__eta=0.0005)
    plain, centre = times_and_start(folder, loss__k=1, diffusion__eta=0.002)
    assert np.array_equal(np.rint(sharp / 0.0005), np.rint(plain / 0.002)) and np.array_equal(2 * start, centre)
    # A box of 0.05 / k holds, in the landscape's own parameters, sqrt(k) 0.05 / k = 0.05 / sqrt(k).
    by_k, _ = times_and_start(folder, loss__k=4, diffusion__eta=0.0005, valley__trained__scale=1)
    half, _ = times_and_start(folder, loss__k=1, diffusion__eta=0.002, valley__trained__half_width=0.025)
    assert np.array_equal(np.rint(by_k / 0.0005), np.rint(half / 0.002)) and by_k.mean() < 0.6 * sharp.mean()
    # The box as it is, and a start at theta / k: 0.05 sqrt(k) about half the parameters.
    fixed, start = times_and_start(folder, loss__k=4, diffusion__eta=0.0005, valley__trained__scale="false", start__scale=1)
    assert np.array_equal(4 * start, centre) and not np.array_equal(fixed, sharp)


if __name__ == "__main__":
    run_tests(globals())
