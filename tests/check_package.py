"""Fails unless cpack makes a Debian package of the build folder (the argument) that names what it needs, leaves the Python
module to pip, and whose program runs its ready cases from wherever it is unpacked."""

import pathlib
import subprocess
import sys
import tempfile


def said_by(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        said_by("cpack", "-G", "DEB", "-B", str(folder / "made"), cwd=build)
        (package,) = (folder / "made").glob("valleyflux_*.deb")
        fields = said_by("dpkg-deb", "--field", package)
        for needed in ("Package: valleyflux\n", "libhdf5", "libfmt", "python3-matplotlib", "Section: science\n"):
            assert needed in fields, (needed, fields)
        said_by("dpkg-deb", "--extract", package, folder / "unpacked")
        prefix = folder / "unpacked/usr"
        held = {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if path.is_file()}
        for path in ("bin/valleyflux", "include/valleyflux/valleyflux.hpp", "share/man/man1/valleyflux.1",
                     "share/valleyflux/cases/quartic_white_noise.toml"):
            assert path in held, (path, sorted(held))
        assert not [path for path in held if "nanobind" in path or path.endswith((".pyi", "_core.abi3.so"))], sorted(held)
        version = said_by(prefix / "bin/valleyflux", "--version")
        assert version.split()[1] in package.name, (version, package.name)
        said_by(prefix / "bin/valleyflux", "run", "quartic_white_noise", "--set", "evolve.until=1", "--quiet", cwd=folder)
        assert (folder / "quartic_white_noise.h5").exists()
    print(f"{package.name}: {len(held)} files")


if __name__ == "__main__":
    main()
