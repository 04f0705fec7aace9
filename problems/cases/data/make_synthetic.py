#!/usr/bin/env python3
"""Makes the synthetic tables that the ready cases read, in the formats that people's own files have.

synthetic_free_energy.dat: a free energy of two dihedral angles in kJ/mol, as PLUMED writes it (periodic, two variables).
synthetic_loss_surface.h5: a slice of a network's loss in the layout of the loss-landscape tools (Li et al. 2018), with a
steep wall and a few points that were never computed (-1).
Running it again gives the same bytes.
"""

import pathlib

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


if __name__ == "__main__":
    free_energy()
    loss_surface()
