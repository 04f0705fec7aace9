#include "problems/case/case_file.hpp"
#include "solver/elimination/known_orders.hpp"
#include "solver/run/run.hpp"
#include "tests/solver/lattice_generators.hpp"
#include "tests/solver/one_way_rates.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

struct Part {
  Generator generator;
  std::vector<std::int32_t> states;  // of the whole
};

/// The states of which `keep` is true, in reverse order, and of the edges between them all but every ninth. What leads
/// out of them is an exit, and so is a little everywhere.
Part part_of(const Generator& whole, const std::vector<bool>& keep) {
  Part part;
  std::vector<std::int32_t> number(keep.size(), -1);
  for (std::size_t s = keep.size(); s-- > 0;)
    if (keep[s]) {
      number[s] = static_cast<std::int32_t>(part.states.size());
      part.states.push_back(static_cast<std::int32_t>(s));
    }
  Generator& g = part.generator;
  g.states = static_cast<Index>(part.states.size());
  constexpr double little = 1e-3;
  g.exit = Eigen::VectorXd::Constant(g.states, little);
  for (std::size_t e = 0; e < whole.from.size(); ++e) {
    const std::int32_t i = number[static_cast<std::size_t>(whole.from[e])],
                       j = number[static_cast<std::size_t>(whole.to[e])];
    constexpr std::size_t one_of = 9;
    if (i >= 0 && j >= 0 && e % one_of != 0) {
      g.from.push_back(i);
      g.to.push_back(j);
      g.forward.push_back(whole.forward[e]);
      g.backward.push_back(whole.backward[e]);
    } else {
      if (i >= 0) g.exit[i] += whole.forward[e];
      if (j >= 0) g.exit[j] += whole.backward[e];
    }
  }
  return part;
}

using Wide = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

/// -Q with its exits.
Wide matrix_of(const Generator& g) {
  Wide a = Wide::Zero(g.states, g.states);
  a.diagonal() = g.exit.cast<long double>();
  for (std::size_t e = 0; e < g.from.size(); ++e) {
    a(g.from[e], g.to[e]) -= g.forward[e];
    a(g.from[e], g.from[e]) += g.forward[e];
    a(g.to[e], g.from[e]) -= g.backward[e];
    a(g.to[e], g.to[e]) += g.backward[e];
  }
  return a;
}

}  // namespace

TEST_CASE("parts of a process are solved by the order of the whole") {
  const auto energy = [](const Eigen::VectorXi& x) { return 0.1 * static_cast<double>((x[0] - 6) * (x[0] - 9)); };
  std::map<std::string, Lattice> lattices;
  lattices["plane"] = boltzmann({19, 16}, {{1, 0}, {0, 1}}, {false, false}, energy, 3);
  lattices["torus with long edges"] = boltzmann({15, 14}, {{1, 0}, {0, 1}, {2, 1}}, {true, true}, energy, 4);
  lattices["one-way rates"] = boltzmann({14, 12}, {{1, 0}, {0, 1}, {1, -1}}, {false, false}, energy, 5);
  make_one_way(lattices["one-way rates"].generator, 1);
  lattices["path"] = boltzmann({120}, {{1}}, {false}, energy, 6);
  lattices["ring"] = boltzmann({90}, {{1}}, {true}, energy, 7);
  std::mt19937 random(11);
  for (const auto& entry : lattices) {
    CAPTURE(entry.first);
    const Lattice& lattice = entry.second;
    const EliminationOrder whole(lattice.generator, lattice.positions, {.leaf_states = 6});
    const auto states = static_cast<std::size_t>(lattice.generator.states);
    std::vector<std::vector<bool>> choices{std::vector<bool>(states, true)};
    for (const double share : {0.97, 0.5, 0.1}) {
      std::bernoulli_distribution keep(share);
      std::vector<bool> kept(states);
      for (std::size_t s = 0; s < states; ++s) kept[s] = keep(random);
      choices.push_back(std::move(kept));
    }
    // A hole, as a core is one.
    std::vector<bool> around(states);
    for (std::size_t s = 0; s < states; ++s)
      around[s] = (lattice.positions.col(static_cast<Index>(s)).array() - 7).abs().maxCoeff() > 2;
    choices.push_back(std::move(around));
    for (const std::vector<bool>& choice : choices) {
      const Part part = part_of(lattice.generator, choice);
      CAPTURE(part.generator.states);
      const std::unique_ptr<LinearEngine> engine = whole.part(part.generator, part.states);
      const std::unique_ptr<LinearSolver> solver = engine->factorise(part.generator);
      const Wide a = matrix_of(part.generator);
      const Wide ones = Wide::Ones(a.rows(), 1);
      const Eigen::VectorXd f = Eigen::VectorXd::Ones(a.rows());
      CHECK(largest_error(solver->solve(f), a.partialPivLu().solve(ones).cast<double>()) < 1e-12);
      CHECK(largest_error(solver->solve_forward(f), a.transpose().partialPivLu().solve(ones).cast<double>()) < 1e-12);
    }
  }
}

TEST_CASE("an order is made once for grids with the same edges") {
  const auto flat = [](const Eigen::VectorXi&) { return 0.0; };
  const auto bent = [](const Eigen::VectorXi& x) { return 0.2 * x[0]; };
  const Lattice one = boltzmann({12, 10}, {{1, 0}, {0, 1}}, {false, false}, flat, 1),
                other_rates = boltzmann({12, 10}, {{1, 0}, {0, 1}}, {false, false}, bent, 2),
                other_edges = boltzmann({12, 10}, {{1, 0}, {0, 1}, {1, 1}}, {false, false}, flat, 1);
  Lattice elsewhere = one;
  elsewhere.positions.row(0) *= 3;
  KnownOrders orders;
  const auto order = orders.order_of(one.generator, one.positions);
  CHECK(orders.order_of(other_rates.generator, other_rates.positions) == order);
  CHECK(orders.order_of(other_edges.generator, other_edges.positions) != order);
  CHECK(orders.order_of(elsewhere.generator, elsewhere.positions) != order);
  CHECK(orders.made() == 3);
  CHECK(orders.found() == 1);
  Generator killed = other_rates.generator;
  killed.exit[5] = 0.3;
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(killed.states);
  CHECK(order->factorise(killed)->solve(ones) ==
        EliminationOrder(killed, other_rates.positions).factorise(killed)->solve(ones));
}

TEST_CASE("runs of a sweep share orders, which changes no bit of their rates") {
  const auto at = [](double noise) {
    return read_case(
        "[landscape]\nexpression = \"(x^2 - 1)^2 + y^2\"\n[grid]\nx = { min = -2, max = 2, cells = 48 }\n"
        "y = { min = -2, max = 2, cells = 40 }\n[solver]\ngrids = 2\n[accuracy]\nrelative = 1\n[diffusion]\nD = " +
            std::to_string(noise),
        "case.toml", ".");
  };
  SharedWork shared = SharedWork::of_sweep();
  for (const double noise : {0.2, 0.3, 0.4}) {
    CAPTURE(noise);
    const Results together = run(at(noise), {.rates_only = true}, {}, shared),
                  alone = run(at(noise), {.rates_only = true});
    REQUIRE(together.estimates.size() == alone.estimates.size());
    REQUIRE(!alone.estimates.empty());
    for (std::size_t k = 0; k < alone.estimates.size(); ++k) {
      CHECK(together.estimates[k].rate == alone.estimates[k].rate);
      CHECK(together.estimates[k].high == alone.estimates[k].high);
    }
  }
  CHECK(shared.orders->made() > 0);
  CHECK(shared.orders->found() == 2 * shared.orders->made());
}
