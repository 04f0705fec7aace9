"""The tools that are compared: what they need, under which licence they stand, and where they are."""

import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile


@dataclasses.dataclass(frozen=True)
class Tool:
    licence: str
    peer: str = ""  # its program, peers/NAME.cpp
    package: str = ""  # Debian's
    module: str = ""  # of Python, which lies in an environment of the suite's own
    distribution: str = ""  # PyPI's name of it


TOOLS = {
    "valleyflux": Tool("MIT"),
    "UMFPACK": Tool("GPL-2.0-or-later", "umfpack", "libsuitesparse-dev"),
    "CHOLMOD": Tool("LGPL-2.1-or-later, its supernodal part GPL-2.0-or-later", "cholmod", "libsuitesparse-dev"),
    "MUMPS": Tool("CeCILL-C", "mumps", "libmumps-seq-dev"),
    "hypre": Tool("Apache-2.0 or MIT", "hypre", "libhypre-dev"),
    "SLEPc": Tool("BSD-2-Clause", "slepc", "libslepc-real-dev"),
    "PETSc": Tool("BSD-2-Clause", "petsc", "libpetsc-real-dev"),
    "CVODE + KLU": Tool("BSD-3-Clause, KLU LGPL-2.1-or-later", "cvode", "libsundials-dev"),
    "LAPACK": Tool("BSD-3-Clause (OpenBLAS)", "lapack", "libopenblas-dev"),
    "plain loop": Tool("MIT (the suite's own)", "loops"),
    "fplanck": Tool("MIT", module="fplanck", distribution="fplanck"),
    "FiPy": Tool("public domain (NIST)", module="fipy", distribution="fipy"),
    "py-pde": Tool("MIT", module="pde", distribution="py-pde"),
    "PyDDM": Tool("MIT", module="pyddm", distribution="pyddm"),
    "deeptime": Tool("LGPL-3.0-or-later", module="deeptime", distribution="deeptime"),
}

HERE = pathlib.Path(__file__).resolve().parent


def install(build, chosen):
    """Debian's packages need root or sudo."""
    packages = sorted({TOOLS[name].package for name in chosen} - {""})
    modules = [TOOLS[name].distribution for name in chosen if TOOLS[name].distribution]
    if modules:
        packages.append("python3-venv")
    if packages:
        as_root = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*as_root, "apt-get", "update", "-q"], check=True)
        subprocess.run([*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q",
                        "--no-install-recommends", "pkg-config", *packages], check=True)
    if modules:
        venv = build / "benchmarks" / "venv"
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin" / "pip"), "install", "-q", *modules], check=True)
    return 0


class Session:
    """Builds programs, finds tools, makes problems; each problem once."""

    def __init__(self, root, build, chosen):
        self.root, self.build_folder, self.chosen = root, build, chosen
        self.folder = build / "benchmarks"
        self.own = build / "tools" / "benchmarks" / "suite" / "valleyflux_suite"
        self.made = {}

    def asked_for(self, tool):
        return tool in self.chosen

    def build(self):
        """What is here of the programs, up to date. Peers are silent where they are missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._run("cmake", "--build", self.build_folder, "--target", "valleyflux_suite")
        if any(TOOLS[name].peer for name in self.chosen):
            self._run("cmake", "-S", HERE / "peers", "-B", self.folder / "peers", "-DCMAKE_BUILD_TYPE=Release")
            self._run("cmake", "--build", self.folder / "peers")

    def missing(self, name):
        """What would have to be installed for a tool; nothing where it is here."""
        tool = TOOLS[name]
        if tool.peer and not self.peer(tool.peer).exists():
            return tool.package
        if tool.module and not list((self.folder / "venv").glob(f"lib/python*/site-packages/{tool.module}")):
            return f"{tool.distribution} (PyPI)"
        return ""

    def peer(self, name):
        return self.folder / "peers" / f"peer_{name}"

    def resolved(self, word):
        """A word of a command: programs, files of problems and verified numbers stand in it as tuples."""
        if not isinstance(word, tuple):
            return str(word)
        kind, *rest = word
        if kind == "own":
            return str(self.own)
        if kind == "peer":
            return str(self.peer(rest[0]))
        if kind == "python":
            return str(self.folder / "venv" / "bin" / "python")
        if kind == "script":
            return str(HERE / "peers" / "python" / f"{rest[0]}.py")
        if word not in self.made:
            self.made[word] = self._chain(rest) if kind == "chain" else self._told(word)
        return self.made[word]

    def _chain(self, words):
        file = self._file(words)
        self._run(self.own, "make", *words, file)
        return str(file)

    def _told(self, word):
        """exact: the number itself; cells: a file of them."""
        text = self._run(self.own, *word)
        if word[0] == "exact":
            return text.strip()
        file = self._file(word)
        file.write_text(text, encoding="utf-8")
        return str(file)

    def _file(self, words):
        folder = self.folder / "problems"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / "_".join(str(word) for word in words)

    @staticmethod
    def _run(*words):
        with tempfile.TemporaryFile("w+") as errors:
            done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=errors, text=True, check=False)
            if done.returncode != 0:
                errors.seek(0)
                last = (done.stdout + errors.read()).strip().splitlines()[-15:]
                raise RuntimeError("\n".join([" ".join(str(word) for word in words) + " failed", *last]))
            return done.stdout
