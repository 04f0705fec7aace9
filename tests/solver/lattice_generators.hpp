#pragma once

#include "solver/discretisation/generator.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace valleyflux {

/// A generator on a box of integer points, with the points.
struct Lattice {
  Generator generator;
  Eigen::MatrixXi positions;
};

/// States at the points of a box (first coordinate fastest; periodic in the marked directions), joined by `offsets`,
/// with q_ij = w_ij exp(-(U_j - U_i) / 2): the stationary law is exp(-U). No exits.
inline Lattice boltzmann(const std::vector<int>& box, const std::vector<std::vector<int>>& offsets,
                         const std::vector<bool>& periodic, const std::function<double(const Eigen::VectorXi&)>& energy,
                         unsigned seed = 0) {
  const auto dimension = static_cast<Index>(box.size());
  Lattice lattice;
  Generator& g = lattice.generator;
  g.states = 1;
  for (const int n : box) g.states *= n;
  lattice.positions.resize(dimension, g.states);
  for (Index s = 0; s < g.states; ++s) {
    Index rest = s;
    for (Index k = 0; k < dimension; ++k) {
      lattice.positions(k, s) = static_cast<int>(rest % box[static_cast<std::size_t>(k)]);
      rest /= box[static_cast<std::size_t>(k)];
    }
  }
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> weight(0.5, 2.0);
  std::map<std::pair<std::int32_t, std::int32_t>, double> edges;
  for (Index s = 0; s < g.states; ++s)
    for (const auto& offset : offsets) {
      Index other = 0;
      bool inside = true;
      for (Index k = dimension - 1; k >= 0; --k) {
        const auto at = static_cast<std::size_t>(k);
        int x = lattice.positions(k, s) + offset[at];
        if (periodic[at]) x = (x + box[at]) % box[at];
        inside = inside && x >= 0 && x < box[at];
        other = other * box[at] + x;
      }
      if (!inside || other == s) continue;
      edges[{static_cast<std::int32_t>(std::min(s, other)), static_cast<std::int32_t>(std::max(s, other))}] =
          seed == 0 ? 1.0 : weight(random);
    }
  for (const auto& [ends, w] : edges) {
    const double rise = energy(lattice.positions.col(ends.second)) - energy(lattice.positions.col(ends.first));
    g.from.push_back(ends.first);
    g.to.push_back(ends.second);
    g.forward.push_back(w * std::exp(-0.5 * rise));
    g.backward.push_back(w * std::exp(0.5 * rise));
  }
  g.exit = Eigen::VectorXd::Zero(g.states);
  return lattice;
}

/// Two valleys along the first coordinate, `barrier` deep, in a channel.
inline std::function<double(const Eigen::VectorXi&)> two_valleys(int cells, double barrier) {
  return [=](const Eigen::VectorXi& at) {
    const double x = std::sqrt(2.0) * ((at[0] + 0.5) / cells * 2.0 - 1.0);
    double energy = barrier * (x * x - 1.0) * (x * x - 1.0);
    for (Index k = 1; k < at.size(); ++k) energy += 0.02 * (at[k] - 3) * (at[k] - 3) + 0.1 * x * at[k];
    return energy;
  };
}

inline Lattice five_point(int nx, int ny, double barrier, unsigned seed = 0) {
  return boltzmann({nx, ny}, {{1, 0}, {0, 1}}, {false, false}, two_valleys(nx, barrier), seed);
}

/// States whose first coordinate is the last one leave at rate 1.
inline void open_last_column(Lattice& lattice) {
  const int last = lattice.positions.row(0).maxCoeff();
  for (Index s = 0; s < lattice.generator.states; ++s)
    if (lattice.positions(0, s) == last) lattice.generator.exit[s] = 1.0;
}

/// Largest relative error of an entry.
inline double largest_error(const Eigen::VectorXd& x, const Eigen::VectorXd& exact) {
  return x.size() != exact.size() ? INFINITY : ((x - exact).array() / exact.array()).abs().maxCoeff();
}

}  // namespace valleyflux
