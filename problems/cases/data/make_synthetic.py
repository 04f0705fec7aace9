#!/usr/bin/env python3
"""Makes the synthetic tables that the ready cases read, in the formats that people's own files have.

synthetic_free_energy.dat: a free energy of two dihedral angles in kJ/mol, as PLUMED writes it (periodic, two variables).
synthetic_loss_surface.h5: a slice of a network's loss in the layout of the loss-landscape tools (Li et al. 2018), with a
steep wall and a few points that were never computed (-1).
synthetic_dihedral_diffusion.dat: D of the first of these angles along it, in rad^2/ns.
synthetic_pmf.dat: a free energy of one coordinate in units of kT with its standard errors, as WHAM writes it.
synthetic_cluster.npz: free energy and diffusion tensor of two collective variables of a small cluster, in units of kT:
four valleys, and a plateau where it was never sampled.
synthetic_network_slice.npy: the loss of a network of two tanh units in the plane through a minimum, the same minimum with
the units exchanged, and a direction across.
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


def dihedral_diffusion(points=36):
    lines = ["# phi D  (rad, rad^2/ns)"]
    for phi in -np.pi + 2 * np.pi * np.arange(points) / points:
        lines.append(f"{phi:12.8f} {110.0 + 45.0 * np.cos(phi + 1.2) + 15.0 * np.cos(2 * phi):12.6f}")
    (FOLDER / "synthetic_dihedral_diffusion.dat").write_text("\n".join(lines) + "\n")


def pmf(points=101):
    lines = ["#Coor Free +/- Prob +/-"]
    x = np.linspace(0.2, 1.2, points)
    free = 5.0 * (((x - 0.7) / 0.3) ** 2 - 1) ** 2 - 2.0 * (x - 0.7) / 0.3
    free -= free.min()
    probability = np.exp(-free) / np.exp(-free).sum()
    for at, f, p in zip(x, free, probability):
        lines.append(f"{at:.6f} {f:.6f} {0.03 * (1 + 0.1 * f):.6f} {p:.8f} {0.03 * p:.8f}")
    (FOLDER / "synthetic_pmf.dat").write_text("\n".join(lines) + "\n")


def cluster(nx=81, ny=61):
    x, y = np.linspace(0.4, 2.0, nx), np.linspace(-0.6, 0.8, ny)
    gx, gy = np.meshgrid(x, y, indexing="ij")
    well = lambda depth, a, b, w, v: np.exp(depth - ((gx - a) / w) ** 2 - ((gy - b) / v) ** 2)
    free = 12.0 - np.log(1.0 + well(12.0, 0.8, 0.1, 0.14, 0.16) + well(10.0, 1.3, -0.2, 0.17, 0.13)
                         + well(9.0, 1.25, 0.4, 0.15, 0.14) + well(7.5, 1.65, 0.15, 0.12, 0.13))
    dxx, dyy = 0.05 * (1 + 0.6 * np.tanh(2 * (gx - 1.2))), 0.04 * (1 - 0.5 * np.tanh(3 * gy))
    np.savez_compressed(FOLDER / "synthetic_cluster.npz", x=x, y=y, F=np.float32(free.T), D_xx=np.float32(dxx.T),
                        D_xy=np.float32((0.4 * np.sqrt(dxx * dyy) * np.sin(2 * (gx + gy))).T), D_yy=np.float32(dyy.T))


def network_slice(points=61):
    """Of a + b tanh(w s + c) over two units, least squares on a bump; gradient descent finds the minimum."""
    s = np.linspace(-2.0, 2.0, 41)
    target = np.exp(-2.0 * s**2)
    units = lambda p: np.tanh(np.outer(p[2:4], s) + p[4:6, None])
    loss = lambda p: 0.5 * np.mean((p[0:2] @ units(p) + p[6] - target) ** 2)
    p = np.array([0.8, -0.9, 1.5, 1.4, 1.0, -1.1, 0.1])
    for _ in range(20000):
        h = units(p)
        residual = (p[0:2] @ h + p[6] - target) / s.size
        inner = p[0:2, None] * (1 - h**2) * residual
        p = p - 0.5 * np.concatenate([h @ residual, inner @ s, inner.sum(1), [residual.sum()]])
    other = p[[1, 0, 3, 2, 5, 4, 6]]
    middle, along = 0.5 * (p + other), 0.5 * (p - other)
    across = np.array([0.5, 0.5, -0.3, -0.3, 0.2, 0.2, -0.2])
    at = np.linspace(-1.6, 1.6, points)
    np.save(FOLDER / "synthetic_network_slice.npy",
            np.float32([[loss(middle + u * along + v * across) for u in at] for v in at]))


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
    dihedral_diffusion()
    pmf()
    cluster()
    network_slice()
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
