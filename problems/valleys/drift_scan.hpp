#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/drift.hpp"

#include <Eigen/Core>

#include <array>
#include <cstddef>
#include <vector>

namespace valleyflux {

/// F sampled at the vertices of a lattice of cells over the box.
template <int Dim>
struct DriftScan {
  std::array<Index, Dim> cells{};
  std::array<std::vector<double>, Dim> vertices;  // cells + 1 positions an axis
  Eigen::MatrixXd force;                          // Dim x vertices, first axis fastest

  Index vertex(const Offset<Dim>& at) const {
    Index index = 0;
    for (int k = Dim - 1; k >= 0; --k) index = index * (cells[static_cast<std::size_t>(k)] + 1) + at[k];
    return index;
  }
  Point<Dim> position(const Offset<Dim>& at) const {
    Point<Dim> x;
    for (int k = 0; k < Dim; ++k) x[k] = vertices[static_cast<std::size_t>(k)][static_cast<std::size_t>(at[k])];
    return x;
  }
};

/// As many cells a side as the grid has, at least `scan_cells` (16384 on the line), at most 1024 (65536). On the line
/// the last and the first number at either side of a place where F switches by a comparison, abs, min or max are
/// vertices, too. Parallel.
template <int Dim>
DriftScan<Dim> scan_drift(const Drift& drift, const Grid<Dim>& grid, Index scan_cells);

/// Where Newton's method is to look for zeros of F: the vertices at which |F| is smallest among their neighbours, and
/// the cells over which every component of F changes sign (middle and corners, a cell may hold several zeros; on the
/// line the zero itself, by bisection).
template <int Dim>
std::vector<Point<Dim>> zero_candidates(const Drift& drift, const DriftScan<Dim>& scan);

extern template DriftScan<1> scan_drift(const Drift&, const Grid<1>&, Index);
extern template DriftScan<2> scan_drift(const Drift&, const Grid<2>&, Index);
extern template std::vector<Point<1>> zero_candidates(const Drift&, const DriftScan<1>&);
extern template std::vector<Point<2>> zero_candidates(const Drift&, const DriftScan<2>&);

}  // namespace valleyflux
