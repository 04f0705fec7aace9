#include "solver/elimination/aligned_array.hpp"
#include "solver/elimination/balancing_weights.hpp"
#include "solver/elimination/elimination.hpp"
#include "tests/solver/lattice_generators.hpp"
#include "tests/solver/one_way_rates.hpp"

#include <doctest/doctest.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace valleyflux;

namespace {

Eigen::VectorXd random_positive(Index count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> value(-8.0, 3.0);
  Eigen::VectorXd x(count);
  for (double& entry : x) entry = std::exp(value(random));
  return x;
}

/// (shift I - Q) u = f or (shift I - Q^T) u = f by Gaussian elimination of the dense matrix in the arithmetic of Real.
template <typename Real>
Eigen::VectorXd dense_solution(const Generator& g, double shift, const Eigen::VectorXd& f, bool transposed) {
  const auto n = static_cast<std::size_t>(g.states);
  std::vector<std::vector<Real>> a(n, std::vector<Real>(n + 1, Real(0)));
  for (std::size_t s = 0; s < n; ++s) {
    a[s][s] = Real(g.exit[static_cast<Index>(s)]) + Real(shift);
    a[s][n] = f[static_cast<Index>(s)];
  }
  for (std::size_t e = 0; e < g.from.size(); ++e) {
    const auto i = static_cast<std::size_t>(g.from[e]), j = static_cast<std::size_t>(g.to[e]);
    a[i][i] += Real(g.forward[e]);
    a[j][j] += Real(g.backward[e]);
    (transposed ? a[j][i] : a[i][j]) -= Real(g.forward[e]);
    (transposed ? a[i][j] : a[j][i]) -= Real(g.backward[e]);
  }
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t i = s + 1; i < n; ++i) {
      if (a[i][s] == 0) continue;
      const Real factor = a[i][s] / a[s][s];
      for (std::size_t j = s; j <= n; ++j) a[i][j] -= factor * a[s][j];
    }
  std::vector<Real> u(n);
  for (std::size_t s = n; s-- > 0;) {
    u[s] = a[s][n];
    for (std::size_t j = s + 1; j < n; ++j) u[s] -= a[s][j] * u[j];
    u[s] /= a[s][s];
  }
  Eigen::VectorXd rounded(g.states);
  for (std::size_t s = 0; s < n; ++s) rounded[static_cast<Index>(s)] = static_cast<double>(u[s]);
  return rounded;
}

using HundredDigits =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<100>, boost::multiprecision::et_off>;

/// The same by Grassmann's, Taksar's and Heyman's dense recursion in extended precision, for larger generators.
Eigen::VectorXd dense_recursion(const Generator& g, const Eigen::VectorXd& f) {
  const Index n = g.states;
  using Matrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Matrix q = Matrix::Zero(n, n + 2);  // the last columns: exit rate and right-hand side
  for (std::size_t e = 0; e < g.from.size(); ++e) {
    q(g.from[e], g.to[e]) = g.forward[e];
    q(g.to[e], g.from[e]) = g.backward[e];
  }
  q.col(n) = g.exit.cast<long double>();
  q.col(n + 1) = f.cast<long double>();
  for (Index s = 0; s < n; ++s) {
    q.row(s).tail(n + 1 - s) /= q.row(s).segment(s + 1, n - s).sum();
    for (Index i = s + 1; i < n; ++i)
      if (q(i, s) > 0) q.row(i).tail(n + 1 - s) += q(i, s) * q.row(s).tail(n + 1 - s);
  }
  for (Index s = n - 1; s >= 0; --s)
    for (Index j = s + 1; j < n; ++j) q(s, n + 1) += q(s, j) * q(j, n + 1);
  return q.col(n + 1).cast<double>();
}

struct Threads {
  explicit Threads(int count) : before(omp_get_max_threads()) { omp_set_num_threads(count); }
  ~Threads() { omp_set_num_threads(before); }
  int before;
};

}  // namespace

TEST_CASE("every entry of a solution agrees with Gaussian elimination in a hundred digits") {
  std::map<std::string, Lattice> lattices;
  lattices["5-point"] = five_point(11, 9, 30.0, 1);
  lattices["long offsets"] =
      boltzmann({10, 9}, {{1, 0}, {0, 1}, {1, 1}, {2, 1}, {3, -1}}, {false, false}, two_valleys(10, 20.0), 2);
  lattices["periodic"] = boltzmann({10, 8}, {{1, 0}, {0, 1}, {2, -1}}, {true, true}, two_valleys(10, 10.0), 3);
  lattices["periodic in one direction"] = boltzmann({9, 9}, {{1, 0}, {0, 1}}, {false, true}, two_valleys(9, 40.0), 4);
  lattices["three dimensions"] =
      boltzmann({5, 4, 4}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}}, {false, false, true}, two_valleys(5, 15.0), 5);
  lattices["path"] = boltzmann({60}, {{1}}, {false}, two_valleys(60, 60.0), 6);
  lattices["cycle"] = boltzmann({50}, {{1}}, {true}, two_valleys(50, 30.0), 7);
  lattices["cycle of three"] = boltzmann({3}, {{1}}, {true}, two_valleys(3, 5.0), 8);
  lattices["line with long offsets"] = boltzmann({60}, {{1}, {3}}, {false}, two_valleys(60, 20.0), 9);
  lattices["one-way rates"] = boltzmann({10, 8}, {{1, 0}, {0, 1}, {1, -1}}, {false, false}, two_valleys(10, 10.0), 10);
  make_one_way(lattices["one-way rates"].generator, 1);
  lattices["one-way cycle"] = boltzmann({30}, {{1}}, {true}, two_valleys(30, 4.0), 11);
  make_one_way(lattices["one-way cycle"].generator, 2);
  for (auto& entry : lattices) {
    CAPTURE(entry.first);
    Lattice& lattice = entry.second;
    Generator& g = lattice.generator;
    g.exit[g.states / 3] = 1e-3;
    g.exit[g.states - 1] = 2.0;
    const Eigen::VectorXd f = random_positive(g.states, 3);
    for (const Index leaf : {1, 4, 48})
      for (const double shift : {0.0, 0.37}) {
        CAPTURE(leaf);
        CAPTURE(shift);
        const Elimination elimination(EliminationOrder(g, lattice.positions, {.leaf_states = leaf}), g, shift);
        CHECK(largest_error(elimination.solve(f), dense_solution<HundredDigits>(g, shift, f, false)) < 1e-13);
        CHECK(largest_error(elimination.solve_forward(f), dense_solution<HundredDigits>(g, shift, f, true)) < 1e-13);
      }
  }
}

TEST_CASE("large fronts agree with the dense recursion in extended precision") {
  for (const auto& [side, balanced] :
       std::vector<std::pair<int, bool>>{{17, false}, {30, false}, {17, true}, {30, true}}) {
    Lattice lattice =
        boltzmann({side, side}, {{1, 0}, {0, 1}, {3, 1}, {2, -3}, {5, 2}}, {false, true}, two_valleys(side, 80.0), 12);
    if (!balanced) make_one_way(lattice.generator, 4);
    open_last_column(lattice);
    const Generator& g = lattice.generator;
    REQUIRE(balancing_weights(g).has_value() == balanced);
    const Eigen::VectorXd f = random_positive(g.states, 5), exact = dense_recursion(g, f);
    for (const Index leaf : {20, 200, 1000}) {
      CAPTURE(leaf);
      const Elimination elimination(EliminationOrder(g, lattice.positions, {.leaf_states = leaf}), g);
      CHECK(largest_error(elimination.solve(f), exact) < 1e-13);
    }
  }
}

TEST_CASE("first-passage times of a birth-death chain are exact over barriers of 5 to 600 kT") {
  for (const double barrier : {5.0, 40.0, 200.0, 600.0}) {
    CAPTURE(barrier);
    Lattice chain = boltzmann({3000}, {{1}}, {false}, two_valleys(3000, barrier));
    Generator& g = chain.generator;
    g.exit[g.states - 1] = 0.7;
    // T_s = sum over i >= s of sum over j <= i of pi_j / (pi_i q_{i,i+1}), by ratios of neighbours' rates.
    std::vector<long double> step(static_cast<std::size_t>(g.states));
    for (std::size_t i = 0; i < step.size(); ++i) {
      const bool end = i + 1 == step.size();
      step[i] = (1.0L + (i > 0 ? step[i - 1] * g.backward[i - 1] : 0.0L)) / (end ? g.exit[g.states - 1] : g.forward[i]);
    }
    Eigen::VectorXd exact(g.states);
    long double sum = 0.0L;
    for (std::size_t i = step.size(); i-- > 0;) exact[static_cast<Index>(i)] = static_cast<double>(sum += step[i]);
    const Elimination elimination(EliminationOrder(g, chain.positions), g);
    CHECK(largest_error(elimination.solve(Eigen::VectorXd::Ones(g.states)), exact) < 1e-13);
  }
}

TEST_CASE("a channel of many rows passes its barrier like a single chain") {
  const int length = 120, width = 21;
  for (const double barrier : {10.0, 600.0}) {
    const auto energy = [&](const Eigen::VectorXi& at) { return two_valleys(length, barrier)(at.head(1)); };
    Lattice chain = boltzmann({length}, {{1}}, {false}, energy);
    Lattice channel = boltzmann({length, width}, {{1, 0}, {0, 1}}, {false, false}, energy);
    open_last_column(chain);
    open_last_column(channel);
    const Generator &one = chain.generator, &many = channel.generator;
    const Eigen::VectorXd time =
        Elimination(EliminationOrder(one, chain.positions), one).solve(Eigen::VectorXd::Ones(one.states));
    const Eigen::VectorXd times =
        Elimination(EliminationOrder(many, channel.positions), many).solve(Eigen::VectorXd::Ones(many.states));
    CHECK(largest_error(times, time.replicate(width, 1)) < 1e-13);
  }
}

TEST_CASE("chances to leave by either way sum to one, and the small one is no difference") {
  // Downhill to the left by 60 kT.
  Lattice lattice = boltzmann(
      {60, 25}, {{1, 0}, {0, 1}}, {false, false}, [](const Eigen::VectorXi& at) { return 1.0 * at[0] + 0.1 * at[1]; },
      13);
  Generator& g = lattice.generator;
  Eigen::VectorXd left = Eigen::VectorXd::Zero(g.states), right = left;
  for (Index s = 0; s < g.states; ++s) {
    if (lattice.positions(0, s) == 0) left[s] = 0.8;
    if (lattice.positions(0, s) == 59) right[s] = 1.3;
  }
  g.exit = left + right;
  const Elimination elimination(EliminationOrder(g, lattice.positions), g);
  const Eigen::VectorXd to_left = elimination.solve(left), to_right = elimination.solve(right);
  CHECK((to_left + to_right - Eigen::VectorXd::Ones(g.states)).cwiseAbs().maxCoeff() < 1e-13);
  CHECK(to_right.minCoeff() > 0.0);
  CHECK(to_right.minCoeff() < 1e-15);
}

TEST_CASE("the solutions of the backward and the forward equation are adjoint") {
  Lattice lattice = boltzmann({30, 28}, {{1, 0}, {0, 1}, {2, 1}}, {true, false}, two_valleys(30, 25.0), 14);
  make_one_way(lattice.generator, 6);
  open_last_column(lattice);
  const Generator& g = lattice.generator;
  const Elimination elimination(EliminationOrder(g, lattice.positions), g, 1e-6);
  const Eigen::VectorXd f = random_positive(g.states, 7), h = random_positive(g.states, 8);
  const double one = elimination.solve(f).dot(h), other = f.dot(elimination.solve_forward(h));
  CHECK(std::abs(one / other - 1.0) < 1e-13);
}

TEST_CASE("an implicit Euler step keeps the probability") {
  Lattice lattice = five_point(50, 40, 12.0, 15);
  const Generator& g = lattice.generator;
  const Eigen::VectorXd p = random_positive(g.states, 9).normalized();
  for (const double dt : {1e-3, 1.0, 1e12}) {
    const Elimination step(EliminationOrder(g, lattice.positions), g, 1.0 / dt);
    const Eigen::VectorXd next = step.solve_forward(p / dt);
    CHECK(std::abs(next.sum() / p.sum() - 1.0) < 1e-13);
    CHECK(next.minCoeff() >= 0.0);
  }
}

TEST_CASE("right-hand sides that go through the factors together are solved like each alone") {
  Lattice lattice = boltzmann({11, 10}, {{1, 0}, {0, 1}, {3, 1}}, {false, true}, two_valleys(11, 60.0), 23);
  make_one_way(lattice.generator, 5);
  open_last_column(lattice);
  const Generator& g = lattice.generator;
  const Elimination elimination(EliminationOrder(g, lattice.positions), g);
  for (const Index columns : {0, 1, 2, 3, 7}) {
    CAPTURE(columns);
    Eigen::MatrixXd f(g.states, columns);
    for (Index c = 0; c < columns; ++c) f.col(c) = random_positive(g.states, 30 + static_cast<unsigned>(c));
    const Eigen::MatrixXd u = elimination.solve_columns(f), p = elimination.solve_forward_columns(f);
    REQUIRE(u.cols() == columns);
    REQUIRE(p.cols() == columns);
    for (Index c = 0; c < columns; ++c) {
      CHECK(largest_error(u.col(c), dense_recursion(g, f.col(c))) < 1e-13);
      CHECK(largest_error(p.col(c), dense_solution<HundredDigits>(g, 0.0, f.col(c), true)) < 1e-13);
    }
  }
}

TEST_CASE("detailed balance is told by its weights, and only where it holds") {
  const auto energy = two_valleys(20, 150.0);
  const Lattice lattice = boltzmann({20, 15}, {{1, 0}, {0, 1}, {2, -1}}, {false, true}, energy, 24);
  const auto weights = balancing_weights(lattice.generator);
  REQUIRE(weights.has_value());
  for (Index s = 1; s < lattice.generator.states; ++s) {
    const double rise = energy(lattice.positions.col(s)) - energy(lattice.positions.col(0));
    CHECK(std::abs((*weights)[s] / (*weights)[0] / std::exp(-rise) - 1.0) < 1e-12);
  }
  Generator turning = lattice.generator;
  turning.forward[turning.forward.size() / 2] *= 1.0 + 1e-10;
  CHECK_FALSE(balancing_weights(turning).has_value());
  Generator one_way = lattice.generator;
  one_way.backward[3] = 0.0;
  CHECK_FALSE(balancing_weights(one_way).has_value());
  const Lattice deep = boltzmann({20, 15}, {{1, 0}, {0, 1}}, {false, true}, two_valleys(20, 600.0), 25);
  CHECK_FALSE(balancing_weights(deep.generator).has_value());
  Generator pieces = lattice.generator;  // no rate leads out of the first column
  for (std::size_t e = 0; e < pieces.from.size(); ++e)
    if (lattice.positions(0, pieces.from[e]) == 0 || lattice.positions(0, pieces.to[e]) == 0)
      pieces.forward[e] = pieces.backward[e] = 0.0;
  CHECK(balancing_weights(pieces).has_value());
}

TEST_CASE("memory of a large array that was freed is given to the next one that fits, while that is asked for") {
  constexpr std::size_t large = std::size_t{1} << 21, small = 100;
  const ArrayReuse reuse;
  double* const first = aligned_array(large).get();
  AlignedArray again = aligned_array(large / 2);
  CHECK(again.get() == first);
  AlignedArray other = aligned_array(large / 2);
  CHECK(other.get() != first);
  CHECK(aligned_array(small).get() != first);
  again.reset();
  AlignedArray larger = aligned_array(2 * large);  // does not fit: what was kept is given back
  for (const std::size_t place : {std::size_t{0}, 2 * large - 1}) larger[place] = 1.0;
  CHECK(larger[2 * large - 1] == 1.0);
}

TEST_CASE("the result does not depend on the number of threads, bit for bit") {
  for (const bool wide : {false, true}) {
    Lattice lattice =
        wide ? boltzmann({70, 60}, {{1, 0}, {0, 1}, {3, 2}, {2, -5}, {7, 3}}, {false, true}, two_valleys(70, 40.0), 18)
             : five_point(160, 150, 40.0, 19);
    open_last_column(lattice);
    const Generator& g = lattice.generator;
    const Eigen::VectorXd f = random_positive(g.states, 11);
    std::array<Eigen::VectorXd, 3> backward, forward;
    for (const int threads : {1, 2, 3}) {
      const Threads count(threads);
      const Elimination elimination(EliminationOrder(g, lattice.positions), g);
      backward[static_cast<std::size_t>(threads - 1)] = elimination.solve(f);
      forward[static_cast<std::size_t>(threads - 1)] = elimination.solve_forward(f);
    }
    for (const std::size_t other : {1, 2}) {
      CHECK((backward[0].array() == backward[other].array()).all());
      CHECK((forward[0].array() == forward[other].array()).all());
    }
  }
}

TEST_CASE("pieces that do not touch are solved each on its own") {
  Lattice line = boltzmann({40}, {{1}}, {false}, two_valleys(40, 8.0));
  Lattice plane = five_point(15, 9, 8.0);
  for (Lattice* lattice : {&line, &plane}) {
    Generator& g = lattice->generator;
    Generator cut = g;
    cut.from.clear();
    cut.to.clear();
    cut.forward.clear();
    cut.backward.clear();
    for (std::size_t e = 0; e < g.from.size(); ++e) {
      const int a = lattice->positions(0, g.from[e]), b = lattice->positions(0, g.to[e]);
      if (a != b && (a == 4 || a == 10 || a == 11)) continue;
      cut.from.push_back(g.from[e]);
      cut.to.push_back(g.to[e]);
      cut.forward.push_back(g.forward[e]);
      cut.backward.push_back(g.backward[e]);
    }
    cut.exit.setConstant(1e-5);
    const Eigen::VectorXd f = random_positive(g.states, 12);
    const Elimination elimination(EliminationOrder(cut, lattice->positions, {.leaf_states = 6}), cut);
    CHECK(largest_error(elimination.solve(f), dense_solution<HundredDigits>(cut, 0.0, f, false)) < 1e-13);
  }
}

TEST_CASE("states that cannot leave are an error that names one of them") {
  Lattice line = boltzmann({40}, {{1}}, {false}, two_valleys(40, 3.0));
  Lattice ring = boltzmann({40}, {{1}}, {true}, two_valleys(40, 3.0));
  Lattice plane = five_point(15, 12, 3.0);
  for (Lattice* lattice : {&line, &ring, &plane}) {
    Generator& g = lattice->generator;
    CHECK_THROWS_AS(Elimination(EliminationOrder(g, lattice->positions), g), SolverError);
    CHECK_NOTHROW(Elimination(EliminationOrder(g, lattice->positions), g, 1e-3));
    open_last_column(*lattice);
    CHECK_NOTHROW(Elimination(EliminationOrder(g, lattice->positions), g));
    // State 7 can be entered only.
    for (std::size_t e = 0; e < g.from.size(); ++e) {
      if (g.from[e] == 7) g.forward[e] = 0.0;
      if (g.to[e] == 7) g.backward[e] = 0.0;
    }
    const EliminationOrder order(g, lattice->positions);
    CHECK_THROWS_WITH_AS(Elimination(order, g), doctest::Contains("state 7 "), SolverError);
    try {
      const Elimination elimination(order, g);
    } catch (const NoWayOut& error) {
      CHECK(error.state == 7);
    }
  }
}

TEST_CASE("rates that are not finite are an error, not an answer") {
  Lattice plane = five_point(15, 12, 3.0);
  open_last_column(plane);
  plane.generator.forward[20] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(Elimination(EliminationOrder(plane.generator, plane.positions), plane.generator), SolverError);
  plane.generator.forward[20] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(Elimination(EliminationOrder(plane.generator, plane.positions), plane.generator), SolverError);
}

TEST_CASE("an order serves every generator with the same edges") {
  Lattice lattice = five_point(20, 20, 5.0, 20);
  open_last_column(lattice);
  const EliminationOrder order(lattice.generator, lattice.positions);
  Generator other = five_point(20, 20, 30.0, 21).generator;
  other.exit = lattice.generator.exit;
  const Eigen::VectorXd f = random_positive(other.states, 13);
  CHECK(largest_error(Elimination(order, other).solve(f), dense_recursion(other, f)) < 1e-13);
}

TEST_CASE("factors grow like n log n in two dimensions") {
  std::array<double, 3> bytes{};
  for (std::size_t k = 0; k < 3; ++k) {
    const int n = 32 << k;
    const Lattice lattice = five_point(n, n, 5.0);
    bytes[k] = static_cast<double>(EliminationOrder(lattice.generator, lattice.positions).factor_bytes()) / (n * n);
  }
  CHECK(bytes[0] > 8 * 20);
  CHECK(bytes[2] < 8 * 150);
  CHECK(bytes[2] / bytes[1] < 1.3);
}

TEST_CASE("the smallest generators are solved") {
  Generator g;
  g.states = 1;
  g.exit = Eigen::VectorXd::Constant(1, 4.0);
  const Eigen::MatrixXi origin = Eigen::MatrixXi::Zero(2, 1);
  CHECK(Elimination(EliminationOrder(g, origin), g).solve(Eigen::VectorXd::Ones(1))[0] == 0.25);
  CHECK(stationary_probabilities(EliminationOrder(g, origin), g)[0] == 1.0);
  Lattice pair = boltzmann({2}, {{1}}, {true}, [](const Eigen::VectorXi& at) { return 1.0 * at[0]; });
  const Eigen::VectorXd law =
      stationary_probabilities(EliminationOrder(pair.generator, pair.positions), pair.generator);
  CHECK(std::abs(law[1] / law[0] - std::exp(-1.0)) < 1e-15);
}

TEST_CASE("arguments that do not fit together are refused") {
  Lattice lattice = five_point(8, 8, 5.0);
  open_last_column(lattice);
  const Generator& g = lattice.generator;
  CHECK_THROWS_AS(EliminationOrder(g, lattice.positions.leftCols(10)), std::invalid_argument);
  const EliminationOrder order(g, lattice.positions);
  CHECK_THROWS_AS(Elimination(order, g, -1.0), std::invalid_argument);
  CHECK_THROWS_AS(Elimination(order, g, std::numeric_limits<double>::quiet_NaN()), std::invalid_argument);
  CHECK_THROWS_AS(Elimination(order, five_point(9, 8, 5.0).generator), std::invalid_argument);
  const Elimination elimination(order, g);
  CHECK_THROWS_AS(elimination.solve(Eigen::VectorXd::Ones(3)), std::invalid_argument);
  CHECK_THROWS_AS(elimination.solve_forward(Eigen::VectorXd::Ones(65)), std::invalid_argument);
}
