#!/usr/bin/env python3
"""Makes the synthetic tables that the ready cases read, in the formats that people's own files have.

synthetic_free_energy.dat: a free energy of two dihedral angles in kJ/mol, as PLUMED writes it (periodic, two variables).
synthetic_loss_surface.h5: a slice of a network's loss in the layout of the loss-landscape tools (Li et al. 2018), with a
steep wall and a few points that were never computed (-1).
synthetic_{avila,banknote,sensorless}.txt.gz, synthetic_cardiotocography.csv.gz: normal classes, a table each in the
layout of the UCI data set of that name.
synthetic_normal.csv.gz: standard normal numbers.
synthetic_{images,labels}.idx.gz: blurred prototypes of ten classes with noise, in MNIST's format.
Running it again gives the same bytes.
"""

import gzip
import pathlib
import string
import struct

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent


def free_energy(points=48):
    angle = -np.pi + 2 * np.pi * np.arange(points) / points
    phi, psi = np.meshgrid(angle, angle, indexing="xy")  # phi fastest
    well = lambda depth, a, b, k: depth * np.exp(k * (np.cos(phi - a) - 1) + k * (np.cos(psi - b) - 1))
    surface = -25.0 * np.log(1e-3 + well(1.0, -1.4, 1.1, 2.2) + well(0.25, -1.3, -0.9, 3.0) + well(0.06, 1.1, -0.8, 3.0)) / 2.5
    lines = ["#! FIELDS phi psi file.free"]
    for name in ("phi", "psi"):
        lines += [f"#! SET min_{name} -pi", f"#! SET max_{name} pi", f"#! SET nbins_{name} {points}", f"#! SET periodic_{name} true"]
    for j in range(points):
        lines += [f"{phi[j, i]:14.9f} {psi[j, i]:14.9f} {surface[j, i]:14.6f}" for i in range(points)]
        lines.append("")
    (FOLDER / "synthetic_free_energy.dat").write_text("\n".join(lines) + "\n")


def loss_surface(nx=41, ny=41):
    x, y = np.linspace(-1.0, 1.0, nx), np.linspace(-1.0, 1.0, ny)
    gx, gy = np.meshgrid(x, y)  # x fastest when ravelled
    loss = 0.2 + 9.0 * ((gx**2 - 0.25) ** 2 * 4 + gy**2 * (1 + 0.5 * gx)) + 0.4 * gx + np.exp(14 * (gx**2 + gy**2) - 14)
    loss[:2, :2] = -1.0  # never computed
    with h5py.File(FOLDER / "synthetic_loss_surface.h5", "w", track_order=False) as out:
        for name, values in (("xcoordinates", x), ("ycoordinates", y), ("train_loss", loss), ("train_acc", 100 * np.exp(-loss))):
            out.create_dataset(name, data=values.reshape(nx, ny) if values.ndim == 2 else values, track_times=False)


def write_gz(name, contents):
    with open(FOLDER / name, "wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
        packed.write(contents)


def classes(seed, samples, features, count, distance):
    """Correlated normal samples around one centre for each class; numbers of classes."""
    random = np.random.Generator(np.random.PCG64(seed))
    label = np.arange(samples) * count // samples
    mixing = random.standard_normal((features, features)) / np.sqrt(features) + 0.5 * np.eye(features)
    centre = distance * random.standard_normal((count, features)) / np.sqrt(features)
    values = random.standard_normal((samples, features)) @ mixing + centre[label]
    wrong = random.random(samples) < 0.2  # labels that nothing tells: a network cannot fit them all
    return values, np.where(wrong, random.integers(0, count, samples), label)


def table(name, seed, samples, features, names, distance, header=None, other=None):
    values, label = classes(seed, samples, features, len(names), distance)
    lines = [] if header is None else [header]
    for x, c in zip(values, label):
        fields = [f"{v:.3f}" for v in x] + ([] if other is None else [str(other(c))]) + [names[c]]
        lines.append(",".join(fields))
    write_gz(name, ("\n".join(lines) + "\n").encode())


def images(seed=5, samples=800, count=10, side=28):
    random = np.random.Generator(np.random.PCG64(seed))
    at = np.arange(side)
    blur = np.exp(-((at[:, None] - at) ** 2) / (2 * 2.5**2))
    blurred = lambda n: np.array([blur @ random.standard_normal((side, side)) @ blur.T for _ in range(n)]) / 4.4
    prototype, label = blurred(count), np.arange(samples) % count
    shown = 60.0 * (prototype[label] + 4 * blurred(samples))
    pixels = (np.clip(shown, 0, 255) // 64 * 64).astype(np.uint8)
    write_gz("synthetic_images.idx.gz", struct.pack(">IIII", 0x803, samples, side, side) + pixels.tobytes())
    write_gz("synthetic_labels.idx.gz", struct.pack(">II", 0x801, samples) + label.astype(np.uint8).tobytes())


if __name__ == "__main__":
    free_energy()
    loss_surface()
    table("synthetic_avila.txt.gz", 1, 960, 10, string.ascii_uppercase[:9] + "WXY", 2.0)
    table("synthetic_banknote.txt.gz", 2, 800, 4, "01", 2.0)
    table("synthetic_cardiotocography.csv.gz", 3, 999, 21, "123", 2.0,
          "LB,AC,FM,UC,DL,DS,DP,ASTV,MSTV,ALTV,MLTV,Width,Min,Max,Nmax,Nzeros,Mode,Mean,Median,Variance,Tendency,CLASS,NSP",
          lambda c: 3 * c + 1)
    table("synthetic_sensorless.csv.gz", 4, 990, 48, [str(c) for c in range(11)], 3.0)
    numbers = np.random.Generator(np.random.PCG64(6)).standard_normal(500)
    write_gz("synthetic_normal.csv.gz", ("a\n" + "".join(f"{v:.5f}\n" for v in numbers)).encode())
    images()
