#include "solver/elimination/elimination.hpp"
#include "tests/solver/lattice_generators.hpp"
#include "tests/solver/one_way_rates.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

using namespace valleyflux;

namespace {

/// Jumps by the drift (-x - r y, -y + r x) and the noise `kt` on a square of n x n cells around the origin.
Lattice whirl(int n, double kt, double r) {
  Lattice lattice = boltzmann({n, n}, {{1, 0}, {0, 1}}, {false, false}, [](const Eigen::VectorXi&) { return 0.0; });
  Generator& g = lattice.generator;
  const double h = 6.0 / n;
  for (std::size_t e = 0; e < g.from.size(); ++e) {
    const Eigen::Vector2d a = (lattice.positions.col(g.from[e]).cast<double>().array() + 0.5) * h - 3.0;
    const bool along_x = lattice.positions(0, g.to[e]) > lattice.positions(0, g.from[e]);
    const double x = a[0] + (along_x ? 0.5 * h : 0.0), y = a[1] + (along_x ? 0.0 : 0.5 * h);
    const double step = (along_x ? -x - r * y : -y + r * x) * h / kt;
    g.forward[e] = step == 0.0 ? 1.0 : -step / std::expm1(-step);
    g.backward[e] = step == 0.0 ? 1.0 : step / std::expm1(step);
  }
  return lattice;
}

/// Largest relative difference, over states not too improbable, of what flows into a state and what flows out.
double imbalance(const Generator& g, const Eigen::VectorXd& law) {
  Eigen::VectorXd in = Eigen::VectorXd::Zero(g.states), out = in;
  for (std::size_t e = 0; e < g.from.size(); ++e) {
    out[g.from[e]] += law[g.from[e]] * g.forward[e];
    in[g.to[e]] += law[g.from[e]] * g.forward[e];
    out[g.to[e]] += law[g.to[e]] * g.backward[e];
    in[g.from[e]] += law[g.to[e]] * g.backward[e];
  }
  double worst = 0.0;
  for (Index s = 0; s < g.states; ++s)
    if (law[s] > 1e-250) worst = std::max(worst, std::abs(in[s] / out[s] - 1.0));
  return worst;
}

}  // namespace

TEST_CASE("stationary probabilities are Boltzmann's, from 1e-250 to 1") {
  for (const bool line : {false, true}) {
    Lattice lattice = line ? boltzmann({300}, {{1}}, {false}, two_valleys(300, 570.0))
                           : boltzmann({60, 20}, {{1, 0}, {0, 1}, {2, 1}}, {false, false}, two_valleys(60, 570.0), 16);
    const Generator& g = lattice.generator;
    const auto energy = two_valleys(line ? 300 : 60, 570.0);
    Eigen::VectorXd u(g.states);
    for (Index s = 0; s < g.states; ++s) u[s] = energy(lattice.positions.col(s));
    Eigen::VectorXd weight = (u.minCoeff() - u.array()).exp();
    weight /= weight.sum();
    CHECK(weight.minCoeff() < 1e-240);
    const Eigen::VectorXd law = stationary_probabilities(EliminationOrder(g, lattice.positions), g);
    CHECK(std::abs(law.sum() - 1.0) < 1e-14);
    // Exponentials of energies of hundreds, and their differences, are themselves right to 1e-13 only.
    CHECK(largest_error(law, weight) < 2e-12);
  }
}

TEST_CASE("a chain keeps the law of two valleys that nothing representable lies between") {
  for (const double barrier : {720.0, 900.0, 5000.0}) {
    CAPTURE(barrier);
    const auto energy = two_valleys(300, barrier);
    const Lattice lattice = boltzmann({300}, {{1}}, {false}, energy);
    Eigen::VectorXd u(300);
    for (Index s = 0; s < 300; ++s) u[s] = energy(lattice.positions.col(s));
    Eigen::VectorXd weight = (u.minCoeff() - u.array()).exp();
    weight /= weight.sum();
    const Eigen::VectorXd law =
        stationary_probabilities(EliminationOrder(lattice.generator, lattice.positions), lattice.generator);
    CHECK((law - weight).cwiseAbs().maxCoeff() < 1e-11);
  }
}

TEST_CASE("stationary probabilities may span more than double precision's range") {
  for (const bool line : {false, true}) {
    const int n = 101;
    // A hill of 2000 kT at the first and the last state.
    const auto energy = [&](const Eigen::VectorXi& at) { return 2000.0 * std::pow((at[0] - 50) / 50.0, 2); };
    const Lattice lattice =
        line ? boltzmann({n}, {{1}}, {false}, energy) : boltzmann({n, 6}, {{1, 0}, {0, 1}}, {false, false}, energy);
    const Eigen::VectorXd law =
        stationary_probabilities(EliminationOrder(lattice.generator, lattice.positions), lattice.generator);
    CHECK(law.allFinite());
    CHECK(std::abs(law.sum() - 1.0) < 1e-14);
    CHECK(law[0] == 0.0);
    CHECK(std::abs(law[40] / law[50] / std::exp(-80.0) - 1.0) < 1e-12);
  }
}

TEST_CASE("a generator without detailed balance keeps its stationary law") {
  Lattice lattice = boltzmann({24, 19}, {{1, 0}, {0, 1}, {1, 1}}, {true, false}, two_valleys(24, 6.0), 17);
  make_one_way(lattice.generator, 10);
  const Generator& g = lattice.generator;
  const Eigen::VectorXd law = stationary_probabilities(EliminationOrder(g, lattice.positions), g);
  CHECK(law.minCoeff() > 0.0);
  CHECK(imbalance(g, law) < 1e-13);
}

TEST_CASE("a whirl that spans more than double precision's range keeps its stationary law") {
  for (const double r : {0.0, 0.5, 1.0, 5.0}) {
    CAPTURE(r);
    const Lattice lattice = whirl(61, 0.003, r);
    const Eigen::VectorXd law =
        stationary_probabilities(EliminationOrder(lattice.generator, lattice.positions), lattice.generator);
    Index most_probable = 0;
    law.maxCoeff(&most_probable);
    CHECK(most_probable == 30 + 30 * 61);
    CHECK(std::abs(law.sum() - 1.0) < 1e-14);
    CHECK(imbalance(lattice.generator, law) < 1e-13);
  }
}

TEST_CASE("transient states have no stationary probability, wherever they are eliminated") {
  for (const bool line : {false, true})
    for (const bool transient_first : {false, true}) {
      Lattice lattice = line ? boltzmann({12}, {{1}}, {false}, two_valleys(12, 3.0))
                             : boltzmann({12, 7}, {{1, 0}, {0, 1}}, {false, false}, two_valleys(12, 3.0));
      Generator& g = lattice.generator;
      const auto transient = [&](std::int32_t s) { return (lattice.positions(0, s) < 5) == transient_first; };
      for (std::size_t e = 0; e < g.from.size(); ++e) {
        if (!transient(g.from[e]) && transient(g.to[e])) g.forward[e] = 0.0;
        if (transient(g.from[e]) && !transient(g.to[e])) g.backward[e] = 0.0;
      }
      const Eigen::VectorXd law =
          stationary_probabilities(EliminationOrder(g, lattice.positions, {.leaf_states = 4}), g);
      CHECK(std::abs(law.sum() - 1.0) < 1e-14);
      for (std::int32_t s = 0; s < g.states; ++s) CHECK((law[s] == 0.0) == transient(s));
    }
}

TEST_CASE("more than one closed class has no unique stationary law") {
  for (const bool line : {false, true}) {
    Lattice lattice = line ? boltzmann({12}, {{1}}, {false}, two_valleys(12, 3.0)) : five_point(12, 7, 3.0);
    Generator& g = lattice.generator;
    for (std::size_t e = 0; e < g.from.size(); ++e)
      if (lattice.positions(0, g.from[e]) != lattice.positions(0, g.to[e]) && lattice.positions(0, g.from[e]) == 5)
        g.forward[e] = g.backward[e] = 0.0;
    CHECK_THROWS_WITH_AS(stationary_probabilities(EliminationOrder(g, lattice.positions), g),
                         doctest::Contains("closed class"), SolverError);
  }
}
