"""Every ready case runs to status 0; the slow ones with fewer cells or particles than they come with."""

import math

import h5py

from program import run, run_tests

SMALL = {  # --set of cases that take more than seconds as they are
    "cluster": ["grid.x.cells=40", "grid.y.cells=36", "accuracy.relative=0.1", "solver.modes=0"],
    "dihedral_diffusion": ["grid.phi.cells=64", "grid.psi.cells=64", "accuracy.relative=0.1", "solver.modes=0"],
    "free_energy_surface": ["evolve.until=1", "evolve.frames=1", "solver.modes=0", "accuracy.relative=0.1"],
    "himmelblau": ["grid.x.cells=80", "grid.y.cells=80"],
    "maier_stein": ["grid.x.cells=90", "grid.y.cells=60"],
    "muller_brown": ["grid.x.cells=80", "grid.y.cells=80", "evolve.until=0.1"],
    "network_random_labels": ["langevin.particles=10"],
    "ornstein_uhlenbeck": ["grid.x.cells=64", "grid.y.cells=64", "accuracy.relative=0.1"],
    "sensorless": ["langevin.particles=10"],
    "sgd_2d": ["grid.x.cells=80", "grid.y.cells=60", "accuracy.relative=0.1"],
    "styblinski_tang_10d": ["langevin.particles=100", "langevin.replicas=10", "langevin.runs=4"],
    "styblinski_tang_2d": ["grid.x.cells=80", "grid.y.cells=80"],
    "three_hole": ["grid.x.cells=80", "grid.y.cells=80"],
}


COLUMNS = 80  # of a terminal


def ready_cases(folder):
    listed = run("list", folder=folder).stdout.split("\nready case")[1].split("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines()[1:] if not line.startswith(" ")]


def too_wide(text):
    return [line for line in text.splitlines() if len(line) > COLUMNS]


def test_every_ready_case_runs(folder):
    names = ready_cases(folder)
    assert len(names) > 20 and set(SMALL) <= set(names), names
    for name in names:
        settings = [word for setting in SMALL.get(name, []) for word in ("--set", setting)]
        done = run("run", name, *settings, "--verbose", folder=folder)
        assert not too_wide(done.stdout + done.stderr), (name, too_wide(done.stdout + done.stderr))
        with h5py.File(folder / f"{name}.h5") as file:
            estimates = {key: file[f"estimate_{key}"][()] for key in ("from", "to", "recommended", "rate", "note")}
        # One row of each escape is to be quoted, and rows without a rate say why.
        rows = list(zip(*estimates.values()))
        escapes = {(a, b) for a, b, *_ in rows}
        quoted = [(a, b) for a, b, recommended, *_ in rows if recommended]
        with_rate = {(a, b) for a, b, _, rate, _ in rows if not math.isnan(rate)}
        assert sorted(quoted) == sorted(with_rate) and with_rate == escapes, (name, quoted, escapes)
        for a, b, _, rate, note in rows:
            assert not math.isnan(rate) or note, (name, a, b)


def test_what_is_told_without_solving_fits_a_terminal(folder):
    assert not too_wide(run("list", folder=folder).stdout)
    for name in ready_cases(folder):
        said = run("check", name, folder=folder).stdout
        assert not too_wide(said), (name, too_wide(said))


if __name__ == "__main__":
    run_tests(globals())
