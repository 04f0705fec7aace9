"""The problems of the suite, and what each tool is asked to do for them. Where tools share a matrix, a file gives all of
them the same one, and the error is that of the algebra or the time integration; where they take the equation
itself, it holds that of their discretisation, too."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Entry:
    tool: str
    command: tuple  # words; tuples among them are resolved by tools.Session


@dataclasses.dataclass(frozen=True)
class Problem:
    name: str
    title: str
    cells: str
    error: str  # of what
    entries: list  # valleyflux first: ratios are to it


OWN = ("own",)


def own(*words):
    return Entry("valleyflux", (OWN, "run", *words))


def peer(tool, program, *words):
    return Entry(tool, (("peer", program), *words))


def script(tool, name, *words):
    return Entry(tool, (("python",), ("script", name), *words))


def passage(n, barrier):
    chain = ("chain", "passage", n, barrier)
    return Problem("passage", f"First passage, {barrier} kT", f"{n} x {n}", "of any cell, relative", [
        own("passage", chain, "elimination"),
        own("passage", chain, "multilevel"),
        peer("UMFPACK", "umfpack", "passage", chain),
        peer("CHOLMOD", "cholmod", "passage", chain),
        peer("MUMPS", "mumps", "passage", chain),
        peer("hypre", "hypre", "passage", chain, "cg", 1e-6),
        peer("hypre", "hypre", "passage", chain, "cg", 1e-12),
        peer("hypre", "hypre", "passage", chain, "gmres", 1e-12),
    ])


def density(n, implicit):
    chain = ("chain", "density", n)
    entries = [
        own("density", chain, 1e-6),
        own("density", chain, 1e-9),
        peer("CHOLMOD", "cholmod", "density", chain, 10),
        peer("CHOLMOD", "cholmod", "density", chain, 14),
    ]
    if implicit:
        entries += [
            peer("PETSc", "petsc", "density", chain, "bdf", 1e-4),
            peer("PETSc", "petsc", "density", chain, "arkimex", 1e-4),
            peer("CVODE + KLU", "cvode", "density", chain, 1e-4),
        ]
    return Problem("density", "Density to t = 10", f"{n} x {n}", "of the time integration, L1", entries)


def eigenvalue(n):
    chain = ("chain", "eigenvalue", n)
    return Problem("eigenvalue", "Slowest eigenvalue", f"{n} x {n}", "relative", [
        own("eigenvalue", chain),
        peer("SLEPc", "slepc", "eigenvalue", chain, "lobpcg"),
        peer("SLEPc", "slepc", "eigenvalue", chain, "krylovschur"),
    ])


def line_passage(n, noise, barrier):
    return Problem("line_passage", f"First passage, {barrier} kT, assembled, line", f"{n}", "relative", [
        own("line_passage", n, noise),
        peer("LAPACK", "lapack", "line_passage", n, noise, ("exact", "passage", noise)),
    ])


def line_density(n):
    chain = ("chain", "line", n)
    return Problem("line_density", "Density on the line to t = 10", f"{n}", "of the time integration, L1", [
        own("density", chain, 1e-6),
        own("density", chain, 1e-9),
        peer("plain loop", "loops", "density", chain, 16),
    ])


def particles(number):
    noise, step = 0.4, 0.01
    return Problem("particles", f"Mean exit time of {number} particles", "-", "of the mean, relative", [
        own("particles", number, noise, step),
        peer("plain loop", "loops", "particles", number, noise, step, ("exact", "passage", noise)),
    ])


def python_line(n):
    exact = ("cells", "line", n)
    return Problem("equation_line", "Density from the equation, line", f"{n}", "of all, L1", [
        own("line_cells", n),
        *(script(tool, name, "line", n, exact) for tool, name in
          (("fplanck", "fplanck_peer"), ("FiPy", "fipy_peer"), ("py-pde", "pde_peer"))),
    ])


def python_plane(n):
    exact = ("cells", "plane", n)
    return Problem("equation_plane", "Density from the equation", f"{n} x {n}", "of all, L1", [
        own("plane_cells", n),
        *(script(tool, name, "plane", n, exact) for tool, name in
          (("fplanck", "fplanck_peer"), ("FiPy", "fipy_peer"), ("py-pde", "pde_peer"))),
    ])


def decision(n):
    return Problem("decision", "Decision time between two bounds", f"{n}", "relative", [
        own("decision", n),
        script("PyDDM", "pyddm_peer"),
    ])


def trajectories(n):
    return Problem("slowest_rate", "Slowest rate, line", f"{n}", "relative", [
        own("slowest_rate", n),
        script("deeptime", "deeptime_peer", ("exact", "rate")),
    ])


def problems(size):
    if size == "quick":
        return [passage(32, 5), passage(32, 53), density(32, True), eigenvalue(32), line_passage(1000, 0.2, 5),
                line_density(1000), particles(1024), python_line(100), python_plane(32), decision(101), trajectories(100)]
    large = size == "full"
    return [
        *(passage(n, 5) for n in (256, 512) + ((1024,) if large else ())),
        passage(96, 53),
        *(density(n, n < 512) for n in (256,) + ((1024,) if large else ())),
        *(eigenvalue(n) for n in (256, 512) + ((1024,) if large else ())),
        line_passage(1000000, 0.2, 5),
        line_passage(1000000, 0.04, 25),
        line_density(100000),
        particles(65536),
        python_line(200),
        python_plane(64),
        decision(201),
        trajectories(200),
    ]
