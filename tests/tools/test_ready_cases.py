"""Every ready case runs to status 0; the slow ones with fewer cells or particles than they come with."""

import json

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


def ready_cases(folder):
    listed = run("list", folder=folder).stdout.split("\nready case")[1].split("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines()[1:]]


def test_every_ready_case_runs(folder):
    names = ready_cases(folder)
    assert len(names) > 20 and set(SMALL) <= set(names), names
    for name in names:
        settings = [word for setting in SMALL.get(name, []) for word in ("--set", setting)]
        results = json.loads(run("run", name, *settings, "--json", folder=folder).stdout)
        # One row of each escape is to be quoted, and rows without a rate say why.
        escapes = {(e["from"], e["to"]) for e in results["estimates"]}
        recommended = [(e["from"], e["to"]) for e in results["estimates"] if e["recommended"]]
        with_rate = {(e["from"], e["to"]) for e in results["estimates"] if e["rate"] is not None}
        assert sorted(recommended) == sorted(with_rate) and with_rate == escapes, (name, recommended, escapes)
        for e in results["estimates"]:
            assert e["rate"] is not None or e["note"], (name, e)


if __name__ == "__main__":
    run_tests(globals())
