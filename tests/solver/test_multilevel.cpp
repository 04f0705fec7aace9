#include "solver/elimination/elimination.hpp"
#include "solver/engines.hpp"
#include "solver/escape/quasi_stationary.hpp"
#include "solver/multilevel/balanced_flows.hpp"
#include "solver/multilevel/multilevel_solver.hpp"
#include "solver/run/case_memory.hpp"
#include "tests/relative.hpp"
#include "tests/solver/one_way_rates.hpp"

#include <doctest/doctest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <numbers>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace valleyflux;

namespace {

using Pairs = std::map<std::pair<std::int32_t, std::int32_t>, std::pair<double, double>>;

/// A generator with the integer coordinates of its states.
struct PlaneChain {
  Generator generator;
  Eigen::MatrixXi positions;
};

PlaneChain chain_of(const Pairs& rates, const Eigen::MatrixXi& positions) {
  PlaneChain chain;
  chain.generator.states = positions.cols();
  chain.positions = positions;
  for (const auto& [ends, both] : rates) {
    chain.generator.from.push_back(ends.first);
    chain.generator.to.push_back(ends.second);
    chain.generator.forward.push_back(both.first);
    chain.generator.backward.push_back(both.second);
  }
  chain.generator.exit = Eigen::VectorXd::Zero(positions.cols());
  return chain;
}

/// Rates from a cell to another, and back.
using RatesOfStep = std::function<std::pair<double, double>(const Eigen::Vector2i& at, const Eigen::Vector2i& step)>;

/// n x m cells joined along `steps`, round both axes if periodic.
PlaneChain lattice_chain(int n, int m, const std::vector<Eigen::Vector2i>& steps, bool periodic,
                         const RatesOfStep& rates) {
  Pairs pairs;
  Eigen::MatrixXi positions(2, n * m);
  for (int j = 0; j < m; ++j)
    for (int i = 0; i < n; ++i) {
      const std::int32_t state = i + n * j;
      positions.col(state) << i, j;
      for (const Eigen::Vector2i& step : steps) {
        int a = i + step[0], b = j + step[1];
        if (periodic) {
          a = (a + n) % n;
          b = (b + m) % m;
        }
        if (a < 0 || b < 0 || a >= n || b >= m) continue;
        const std::int32_t other = a + n * b;
        auto [to, back] = rates({i, j}, step);
        if (other < state) std::swap(to, back);
        pairs[{std::min(state, other), std::max(state, other)}] = {to, back};
      }
    }
  return chain_of(pairs, positions);
}

/// Jumps by exp(-U) along steps of given weights.
PlaneChain landscape_chain(int n, int m, const std::vector<Eigen::Vector2i>& steps, const std::vector<double>& weights,
                           bool periodic, const std::function<double(double, double)>& energy) {
  return lattice_chain(n, m, steps, periodic, [&](const Eigen::Vector2i& at, const Eigen::Vector2i& step) {
    const auto of = [&](int i, int j) { return energy(((i + n) % n + 0.5) / n, ((j + m) % m + 0.5) / m); };
    const double rise = of(at[0] + step[0], at[1] + step[1]) - of(at[0], at[1]);
    const auto which = static_cast<std::size_t>(std::find(steps.begin(), steps.end(), step) - steps.begin());
    return std::pair(weights[which] * std::exp(-0.5 * rise), weights[which] * std::exp(0.5 * rise));
  });
}

const std::vector<Eigen::Vector2i> along_axes{{1, 0}, {0, 1}};

/// Wells at x = -1 and 1, `barrier` high, on [-1.6, 1.6] x [-0.8, 0.8].
double wells(double barrier, double across, double up) {
  const double x = 3.2 * across - 1.6, y = 1.6 * up - 0.8;
  return barrier * ((x * x - 1.0) * (x * x - 1.0) + 0.8 * y * y + 0.3 * x * y);
}

/// The drift (x - x^3 - 10 x y^2, -(1 + x^2) y) of Maier & Stein (1993) on [-1.5, 1.5] x [-0.75, 0.75].
PlaneChain maier_stein(int n, int m, double noise) {
  return lattice_chain(n, m, along_axes, false, [=](const Eigen::Vector2i& at, const Eigen::Vector2i& step) {
    const double x = 3.0 * (at[0] + 0.5 + 0.5 * step[0]) / n - 1.5, y = 1.5 * (at[1] + 0.5 + 0.5 * step[1]) / m - 0.75;
    const double width = step[0] != 0 ? 3.0 / n : 1.5 / m;
    const double z = (step[0] != 0 ? x - x * x * x - 10.0 * x * y * y : -(1.0 + x * x) * y) * width / noise;
    const double scale = noise / (width * width);
    const auto bernoulli = [](double s) { return s == 0.0 ? 1.0 : s / std::expm1(s); };
    return std::pair(scale * bernoulli(-z), scale * bernoulli(z));
  });
}

/// Cells about the right well can be left.
void open_right(PlaneChain& chain) {
  const int n = chain.positions.row(0).maxCoeff() + 1, m = chain.positions.row(1).maxCoeff() + 1;
  for (Index s = 0; s < chain.generator.states; ++s)
    if (std::abs((chain.positions(0, s) + 0.5) / n - 0.81) < 0.04 &&
        std::abs((chain.positions(1, s) + 0.5) / m - 0.5) < 0.1)
      chain.generator.exit[s] = 1.0 + 0.1 * chain.positions(1, s);
}

/// Everybody jumps to a few others anywhere.
PlaneChain random_graph(std::int32_t states, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int32_t> other(0, states - 1);
  std::uniform_real_distribution<double> logarithm(-6.0, 6.0);
  Pairs pairs;
  Eigen::MatrixXi positions(2, states);
  for (std::int32_t s = 0; s < states; ++s) {
    positions.col(s) << s % 20, s / 20;
    for (int k = 0; k < 3; ++k) {
      const std::int32_t t = k == 0 ? (s + 1) % states : other(random);
      if (t != s) pairs[{std::min(s, t), std::max(s, t)}] = {std::exp(logarithm(random)), std::exp(logarithm(random))};
    }
  }
  return chain_of(pairs, positions);
}

/// Largest relative error of entries above `least` of the largest.
double worst_entry(const Eigen::VectorXd& x, const Eigen::VectorXd& expected, double least = 1e-240) {
  REQUIRE(x.size() == expected.size());
  double worst = 0.0;
  const double top = expected.maxCoeff();
  for (Index i = 0; i < x.size(); ++i)
    if (expected[i] > least * top) worst = std::max(worst, relative_error(x[i], expected[i]));
  return worst;
}

std::map<std::string, PlaneChain> test_chains() {
  std::map<std::string, PlaneChain> chains;
  for (const double barrier : {5.0, 53.0, 213.0, 500.0})
    chains["double well " + std::to_string(static_cast<int>(barrier))] = landscape_chain(
        64, 40, along_axes, {1.0, 1.0}, false, [=](double x, double y) { return wells(barrier, x, y); });
  chains["rotated tensor"] = landscape_chain(48, 48, {{1, 0}, {1, 1}, {2, 1}}, {0.3, 1.0, 30.0}, false,
                                             [](double x, double y) { return wells(10.0, x, y); });
  chains["both axes periodic"] = landscape_chain(45, 36, along_axes, {1.0, 2.0}, true, [](double x, double y) {
    const double turn = 2.0 * std::numbers::pi;
    return 8.0 * (std::cos(2.0 * turn * x) + std::cos(turn * y)) + 2.0 * std::sin(turn * x) * std::cos(turn * y);
  });
  chains["periodic with a current"] =
      lattice_chain(40, 30, along_axes, true, [](const Eigen::Vector2i& at, const Eigen::Vector2i& step) {
        const double slope = step[0] != 0 ? 0.7 + std::sin(0.2 * at[1]) : -0.3;
        return std::pair(std::exp(0.5 * slope), std::exp(-0.5 * slope));
      });
  chains["Maier and Stein 0.05"] = maier_stein(64, 40, 0.05);
  chains["Maier and Stein 0.01"] = maier_stein(72, 48, 0.01);
  chains["one-way rates"] =
      landscape_chain(40, 30, along_axes, {1.0, 1.0}, false, [](double x, double y) { return wells(8.0, x, y); });
  make_one_way(chains["one-way rates"].generator, 3);
  // Noise along y alone on the left: nobody comes back from the right.
  chains["degenerate on the left"] =
      lattice_chain(40, 20, along_axes, false, [](const Eigen::Vector2i& at, const Eigen::Vector2i& step) {
        if (step[0] != 0) return std::pair(1.0, at[0] < 15 ? 0.0 : 0.8);
        return std::pair(1.0 + 0.1 * at[1], 1.3);
      });
  chains["no noise at all"] =
      lattice_chain(30, 20, along_axes, false, [](const Eigen::Vector2i&, const Eigen::Vector2i& step) {
        return std::pair(step[0] != 0 ? 1.0 : 0.0, step[0] != 0 ? 0.0 : 0.5);
      });
  chains["no noise at all"].generator.exit.segment(29, 1).setOnes();
  chains["random graph"] = random_graph(400, 5);
  for (auto& entry : chains) open_right(entry.second);
  return chains;
}

Eigen::VectorXd exponentials(Index count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> logarithm(-8.0, 3.0);
  Eigen::VectorXd x(count);
  for (double& entry : x) entry = std::exp(logarithm(random));
  return x;
}

}  // namespace

TEST_CASE("every entry of the multilevel solver's answers is that of elimination") {
  constexpr double allowed = 2e-10;
  for (const auto& [name, chain] : test_chains()) {
    const std::string which = name;
    CAPTURE(which);
    const Generator& g = chain.generator;
    const EliminationOrder order(g, chain.positions);
    const Elimination elimination(order, g);
    const MultilevelEngine engine(chain.positions);
    const auto solver = engine.factorise(g);
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(g.states);
    CHECK(worst_entry(solver->solve(ones), elimination.solve(ones)) < allowed);
    CHECK(worst_entry(solver->solve(g.exit), elimination.solve(g.exit)) < allowed);
    Eigen::VectorXd upper = g.exit;
    for (Index s = 0; s < g.states; ++s)
      if (2 * chain.positions(1, s) < chain.positions.row(1).maxCoeff()) upper[s] = 0.0;
    CHECK(worst_entry(solver->solve(upper), elimination.solve(upper)) < allowed);
    const Eigen::VectorXd first = Eigen::VectorXd::Unit(g.states, g.states / 2 + 5);
    CHECK(worst_entry(solver->solve_forward(first), elimination.solve_forward(first)) < allowed);
    const Eigen::VectorXd random = exponentials(g.states, 4);
    CHECK(worst_entry(solver->solve(random), elimination.solve(random)) < allowed);
    CHECK(worst_entry(solver->solve_forward(random), elimination.solve_forward(random)) < allowed);
    const double shift = 1e-3;
    CHECK(worst_entry(engine.factorise(g, shift)->solve_forward(first),
                      Elimination(order, g, shift).solve_forward(first)) < allowed);
  }
}

TEST_CASE("multilevel stationary laws are those of elimination") {
  for (const auto& [name, chain] : test_chains()) {
    const std::string which = name;
    CAPTURE(which);
    const Generator& g = chain.generator;
    if (which == "random graph" || !which.starts_with("no noise")) {
      const Eigen::VectorXd expected = stationary_probabilities(EliminationOrder(g, chain.positions), g, 3.0);
      CHECK(worst_entry(MultilevelEngine(chain.positions).stationary(g, 3.0), expected) < 1e-10);
    }
  }
}

TEST_CASE("cycles from a flat start find the Boltzmann law") {
  for (const double barrier : {5.0, 53.0, 250.0}) {
    CAPTURE(barrier);
    const PlaneChain chain = landscape_chain(72, 48, along_axes, {1.0, 1.5}, false,
                                             [=](double x, double y) { return wells(barrier, x, y); });
    std::vector<std::int32_t> states(static_cast<std::size_t>(chain.generator.states));
    for (std::size_t s = 0; s < states.size(); ++s) states[s] = static_cast<std::int32_t>(s);
    const JumpsByState jumps(chain.generator);
    const BalancedFlows flows = balance(flow_graph(jumps, {states, states}, chain.positions, {}, {}, {}),
                                        Eigen::VectorXd::Ones(chain.generator.states));
    Eigen::VectorXd exact(chain.generator.states);
    for (Index s = 0; s < exact.size(); ++s)
      exact[s] = -wells(barrier, (chain.positions(0, s) + 0.5) / 72, (chain.positions(1, s) + 0.5) / 48);
    exact = (exact.array() - exact.maxCoeff()).exp();
    CHECK(worst_entry(flows.law, exact) < 1e-10);
    CHECK(flows.cycles < 40);
  }
}

TEST_CASE("multilevel first-passage times along a line are the sums of their closed form") {
  // One-dimensional chain: T_i to the right end = sum over k >= i of (1 / (q_k pi_k)) sum over l <= k of pi_l.
  constexpr int n = 500;
  const PlaneChain chain = landscape_chain(n, 1, {{1, 0}}, {1.0}, false,
                                           [](double x, double) { return 60.0 * std::sin(9.0 * x) + 30.0 * x; });
  Generator g = chain.generator;
  g.exit[n - 1] = 0.7;
  const auto energy = [](int i) { return 60.0L * std::sin(9.0L * (i + 0.5L) / n) + 30.0L * (i + 0.5L) / n; };
  Eigen::VectorXd exact(n);
  long double below = 0.0L;
  std::vector<long double> step(n);
  for (int k = 0; k < n; ++k) {
    below += std::exp(-energy(k));
    const long double out = k + 1 < n ? std::exp(-0.5L * (energy(k) + energy(k + 1))) : 0.7L * std::exp(-energy(k));
    step[static_cast<std::size_t>(k)] = below / out;
  }
  long double time = 0.0L;
  for (int k = n - 1; k >= 0; --k) exact[k] = static_cast<double>(time += step[static_cast<std::size_t>(k)]);
  const auto solver = MultilevelEngine(chain.positions).factorise(g);
  CHECK(worst_entry(solver->solve(Eigen::VectorXd::Ones(n)), exact) < 1e-10);
}

TEST_CASE("right-hand sides of both signs are solved by their parts") {
  PlaneChain chain =
      landscape_chain(40, 30, along_axes, {1.0, 1.0}, false, [](double x, double y) { return wells(6.0, x, y); });
  open_right(chain);
  const Generator& g = chain.generator;
  Eigen::VectorXd f = exponentials(g.states, 9);
  for (Index s = 0; s < f.size(); s += 3) f[s] = -f[s];
  const Elimination elimination(EliminationOrder(g, chain.positions), g);
  const auto solver = MultilevelEngine(chain.positions).factorise(g);
  const Eigen::VectorXd u = elimination.solve(f), p = elimination.solve_forward(f);
  CHECK((solver->solve(f) - u).norm() < 1e-9 * u.norm());
  CHECK((solver->solve_forward(f) - p).norm() < 1e-9 * p.norm());
  CHECK(solver->solve(Eigen::VectorXd::Zero(g.states)).isZero(0.0));
}

TEST_CASE("the multilevel solver has the same bits for any number of threads") {
  PlaneChain chain = maier_stein(200, 160, 0.05);
  open_right(chain);
  const auto solved = [&](int threads) {
    const int before = omp_get_max_threads();
    omp_set_num_threads(threads);
    const auto solver = MultilevelEngine(chain.positions).factorise(chain.generator);
    Eigen::VectorXd u = solver->solve(Eigen::VectorXd::Ones(chain.generator.states));
    omp_set_num_threads(before);
    return u;
  };
  const Eigen::VectorXd one = solved(1);
  for (const int threads : {2, 3}) CHECK((solved(threads).array() == one.array()).all());
}

TEST_CASE("several closed classes are solved for passages and refused for a law") {
  // Two halves that nobody leaves for the other.
  PlaneChain chain =
      lattice_chain(40, 20, along_axes, false, [](const Eigen::Vector2i& at, const Eigen::Vector2i& step) {
        return step[0] != 0 && at[0] == 19 ? std::pair(0.0, 0.0) : std::pair(1.0, 1.2);
      });
  Generator& g = chain.generator;
  const MultilevelEngine engine(chain.positions);
  CHECK_THROWS_WITH_AS(engine.stationary(g), doctest::Contains("more than one closed class"), SolverError);
  g.exit[5] = 1.0;
  CHECK_THROWS_AS(engine.factorise(g), NoWayOut);
  g.exit[35] = 0.5;
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(g.states);
  CHECK(worst_entry(engine.factorise(g)->solve(ones),
                    Elimination(EliminationOrder(g, chain.positions), g).solve(ones)) < 1e-10);
}

TEST_CASE("a solve that stalls is left to elimination or refused with the reason") {
  PlaneChain chain = maier_stein(48, 32, 0.02);
  open_right(chain);
  const Generator& g = chain.generator;
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(g.states);
  const MultilevelOptions hopeless{.tolerance = 1e-11, .most_cycles = 2};
  CHECK_THROWS_WITH_AS(MultilevelEngine(chain.positions, hopeless).factorise(g)->solve(ones),
                       doctest::Contains("still changes by"), Stalled);
  const auto report = std::make_shared<EngineReport>();
  const MultilevelEngine rescued(chain.positions, hopeless, multilevel_hooks(1e9, report));
  const Elimination elimination(EliminationOrder(g, chain.positions), g);
  const auto solver = rescued.factorise(g);
  CHECK(solver->solve(ones) == elimination.solve(ones));
  CHECK(solver->solve_forward(ones) == elimination.solve_forward(ones));
  CHECK(report->fall_backs.size() == 1);
  CHECK(rescued.stationary(g) == stationary_probabilities(EliminationOrder(g, chain.positions), g));
  CHECK(report->fall_backs.size() == 2);
  const MultilevelEngine poor(chain.positions, hopeless, multilevel_hooks(1e3, report));
  CHECK_THROWS_WITH_AS(poor.factorise(g)->solve(ones), doctest::Contains("more than accuracy.memory"), SolverError);
}

TEST_CASE("the multilevel solver tells of its solves and checks itself") {
  PlaneChain chain = maier_stein(48, 32, 0.05);
  open_right(chain);
  const auto report = std::make_shared<EngineReport>();
  const MultilevelEngine engine(chain.positions, {}, multilevel_hooks(1e9, report));
  engine.factorise(chain.generator)->solve(Eigen::VectorXd::Ones(chain.generator.states));
  CHECK(report->solves == 3);  // the law, backwards, forwards
  CHECK(report->most_cycles > 5);
  CHECK(report->most_cycles < 40);
  CHECK(report->check < 1e-10);
  CHECK(report->fall_backs.empty());
}

TEST_CASE("quasi-stationary laws by the multilevel solver are those of elimination") {
  for (const double barrier : {8.0, 53.0}) {
    CAPTURE(barrier);
    PlaneChain chain = landscape_chain(60, 40, along_axes, {1.0, 1.0}, false,
                                       [=](double x, double y) { return wells(barrier, x, y); });
    open_right(chain);
    const Generator& g = chain.generator;
    const auto law_by = [&g](const LinearEngine& engine) {
      std::unique_ptr<LinearSolver> solver = engine.factorise(g);
      const Eigen::VectorXd times = solver->solve(Eigen::VectorXd::Ones(g.states));
      return quasi_stationary(g, engine, std::move(solver), times);
    };
    const QuasiStationary expected = law_by(EliminationOrder(g, chain.positions));
    const QuasiStationary law = law_by(MultilevelEngine(chain.positions));
    CHECK(relative_error(law.rate, expected.rate) < 1e-9);
    CHECK((law.probability - expected.probability).cwiseAbs().sum() < 1e-8);
  }
}

TEST_CASE("grids of more than 1024 x 1024 cells take the multilevel solver by themselves") {
  constexpr double memory = 4e9, little = 1e8;
  CHECK_FALSE(takes_multilevel(EngineName::automatic, 2, 1024.0 * 1024.0, little));
  CHECK(takes_multilevel(EngineName::automatic, 2, 1025.0 * 1024.0, little));
  CHECK_FALSE(takes_multilevel(EngineName::automatic, 2, 1025.0 * 1024.0, memory));  // elimination is faster
  CHECK(takes_multilevel(EngineName::automatic, 2, 4096.0 * 4096.0, memory));
  CHECK_FALSE(takes_multilevel(EngineName::automatic, 1, 1e7, little));
  CHECK_FALSE(takes_multilevel(EngineName::elimination, 2, 1e7, little));
  CHECK(takes_multilevel(EngineName::multilevel, 2, 100.0, memory));
  CHECK(engine_named("multilevel") == EngineName::multilevel);
  CHECK_THROWS_AS(engine_named("multigrid"), std::invalid_argument);
}

TEST_CASE("what a large grid takes of memory depends on what elimination has to solve") {
  const auto of_case = [](const std::string& solver) {
    const Case definition = read_case(
        "[landscape]\nexpression = \"x^2 + y^2\"\n[diffusion]\nD = 1\n[grid]\nx = { min = -1, max = 1, cells = 2048 }\n"
        "y = { min = -1, max = 1, cells = 2048 }\n[solver]\n" +
            solver,
        "case.toml", ".");
    return case_memory(definition, 2048.0 * 2048.0);
  };
  CHECK(of_case("modes = 0") < 0.6 * of_case("modes = 6"));
  CHECK(of_case("modes = 0\nengine = \"elimination\"") == of_case("modes = 6"));
}
