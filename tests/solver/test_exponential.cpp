#include "solver/elimination/elimination.hpp"
#include "solver/evolution/evolve.hpp"

#include "tests/matrix_exponential.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

using namespace valleyflux;

namespace {

/// Rates of diffusion `noise` in the potential at n evenly spaced points of an interval, by Bernoulli's function.
Generator line_of(const std::function<double(double)>& potential, double from, double to, Index n, double noise) {
  Generator generator;
  generator.states = n;
  generator.exit = Eigen::VectorXd::Zero(n);
  const double h = (to - from) / static_cast<double>(n - 1);
  const auto bernoulli = [](double s) { return std::abs(s) < 1e-12 ? 1.0 : s / std::expm1(s); };
  for (Index i = 0; i + 1 < n; ++i) {
    const double x = from + h * static_cast<double>(i), rise = (potential(x + h) - potential(x)) / noise;
    generator.from.push_back(static_cast<std::int32_t>(i));
    generator.to.push_back(static_cast<std::int32_t>(i + 1));
    generator.forward.push_back(noise / (h * h) * bernoulli(rise));
    generator.backward.push_back(noise / (h * h) * bernoulli(-rise));
  }
  return generator;
}

double quartic_height(double x) {
  return (x * x - 1.0) * (x * x - 1.0);
}

/// A ring of n states that turns, with short cuts and rates of several decades, and a few exits: far from reversible.
Generator turning_ring(Index n, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> decade(-1.0, 2.0);
  Generator generator;
  generator.states = n;
  generator.exit = Eigen::VectorXd::Zero(n);
  for (Index i = 0; i < n; i += 7) generator.exit[i] = 0.01 * std::pow(10.0, decade(engine));
  for (Index i = 0; i < n; ++i)
    for (const Index j : {i + 1, i + 5, i + n - 1})
      if (j < n) {
        generator.from.push_back(static_cast<std::int32_t>(i));
        generator.to.push_back(static_cast<std::int32_t>(j));
        generator.forward.push_back(std::pow(10.0, decade(engine)));
        generator.backward.push_back(0.03 * std::pow(10.0, decade(engine)));
      }
  return generator;
}

EliminationOrder natural_order(const Generator& generator) {
  Eigen::MatrixXi at(1, generator.states);
  for (Index i = 0; i < generator.states; ++i) at(0, i) = static_cast<int>(i);
  return EliminationOrder(generator, at);
}

Eigen::MatrixXd forward_matrix(const Generator& generator) {
  Eigen::MatrixXd q = Eigen::MatrixXd::Zero(generator.states, generator.states);
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    q(generator.to[e], generator.from[e]) = generator.forward[e];
    q(generator.from[e], generator.to[e]) = generator.backward[e];
  }
  const Eigen::RowVectorXd left = q.colwise().sum() + generator.exit.transpose();
  q.diagonal() -= left;
  return q;
}

/// e^(t A) of an A with no negative entry off its diagonal, by sums and products of what is not negative alone: right
/// in every entry.
Eigen::MatrixXd positive_exponential(const Eigen::MatrixXd& a, double t) {
  const double fastest = t * a.diagonal().cwiseAbs().maxCoeff();
  const int doublings = std::max(0, static_cast<int>(std::ceil(std::log2(fastest))) + 1);
  const double c = std::ldexp(fastest, -doublings);
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(a.rows(), a.cols());
  const Eigen::MatrixXd shifted = std::ldexp(t, -doublings) * a + c * identity;
  Eigen::MatrixXd sum = identity, term = identity;
  for (int k = 1; k < 30; ++k) {
    term = (term * shifted / k).eval();
    sum += term;
  }
  sum *= std::exp(-c);
  for (int k = 0; k < doublings; ++k) sum = (sum * sum).eval();
  return sum;
}

Eigen::VectorXd peak(Index n, double at, double width) {
  Eigen::VectorXd p(n);
  for (Index i = 0; i < n; ++i) p[i] = std::exp(-0.5 * std::pow((static_cast<double>(i) - at) / width, 2));
  return p / p.sum();
}

std::vector<int> two_halves(Index n) {
  std::vector<int> labels;
  for (Index i = 0; i < n; ++i) labels.push_back(i < n / 2 ? 0 : 1);
  return labels;
}

struct Frames {
  Evolution evolution;
  std::vector<EvolutionFrame> all;
};

/// known: the shift of a factorisation that is at hand; 0: none.
Frames frames_of(const Generator& generator, const Eigen::VectorXd& initial, const EvolveOptions& options,
                 const EvolutionRecord& record = {}, double known = 0.0) {
  Frames frames;
  const EliminationOrder order = natural_order(generator);
  ShiftedSolver factorised;
  if (known > 0) factorised = {known, order.factorise(generator, known)};
  frames.evolution = evolve(
      generator, order, initial, whole_parts(two_halves(generator.states), 2), options,
      [&](const EvolutionFrame& frame) { frames.all.push_back(frame); }, record, std::move(factorised));
  return frames;
}

}  // namespace

TEST_CASE("the exponential is within its stated error of the matrix exponential at every frame and tolerance") {
  struct Chosen {
    Generator generator;
    Eigen::VectorXd initial;
    double until;
  };
  const std::vector<Chosen> cases{
      {line_of(quartic_height, -2.2, 2.2, 120, 0.2), peak(120, 35.0, 5.0), 10.0},
      {line_of(quartic_height, -2.2, 2.2, 120, 0.2), Eigen::VectorXd::Constant(120, 1.0 / 120), 50.0},
      {line_of(quartic_height, -2.0, 2.0, 120, 0.05), Eigen::VectorXd::Unit(120, 50), 0.5},
      {turning_ring(60, 1), Eigen::VectorXd::Unit(60, 3), 3.0},
      {turning_ring(90, 2), peak(90, 20.0, 4.0), 0.4},
      {turning_ring(60, 3), Eigen::VectorXd::Constant(60, 1.0 / 60), 400.0},
  };
  for (std::size_t k = 0; k < cases.size(); ++k) {
    const auto& [generator, initial, until] = cases[k];
    for (const long frames : {1L, 12L, 40L}) {
      const Eigen::MatrixXd step = matrix_exponential(until / static_cast<double>(frames) * forward_matrix(generator));
      for (const double tolerance : {1e-3, 1e-6, 1e-9}) {
        CAPTURE(k);
        CAPTURE(frames);
        CAPTURE(tolerance);
        const Frames found =
            frames_of(generator, initial,
                      {.until = until, .frames = frames, .stepper = Stepper::exponential, .tolerance = tolerance});
        CHECK(found.evolution.stepper == Stepper::exponential);
        REQUIRE(found.all.size() == static_cast<std::size_t>(frames) + 1);
        Eigen::VectorXd exact = initial;
        double worst = 0.0;
        for (long n = 1; n <= frames; ++n) {
          exact = (step * exact).eval();
          const EvolutionFrame& frame = found.all[static_cast<std::size_t>(n)];
          worst = std::max(worst, (frame.probability - exact).lpNorm<1>());
          CHECK(frame.probability.minCoeff() >= 0.0);
        }
        constexpr double round_off_of_exact = 1e-10;
        CHECK(worst <= found.evolution.error_estimate + round_off_of_exact);
        if (found.evolution.positive_frames == 0) CHECK(found.evolution.error_estimate <= 20.0 * tolerance);
        CHECK(found.evolution.mass_error < 1e-11);
        CHECK(found.evolution.balance_error <= found.evolution.error_estimate + round_off_of_exact);
      }
    }
  }
}

TEST_CASE("evolutions far beyond the slowest relaxation take one space, and end in the stationary law") {
  const Index n = 120;
  const double noise = 0.08;
  const Generator generator = line_of(quartic_height, -2.0, 2.0, n, noise);
  const Eigen::VectorXd initial = peak(n, 30.0, 4.0);
  Eigen::VectorXd law(n);
  for (Index i = 0; i < n; ++i)
    law[i] = std::exp(-quartic_height(-2.0 + 4.0 * static_cast<double>(i) / (n - 1.0)) / noise);
  law /= law.sum();
  for (const double until : {1e5, 1e7, 1e9, 1e12, 1e15}) {
    CAPTURE(until);
    const Frames found = frames_of(generator, initial,
                                   {.until = until, .frames = 10, .stepper = Stepper::exponential, .tolerance = 1e-9});
    CHECK(found.evolution.positive_frames == 0);
    CHECK(found.evolution.steps == 1);
    CHECK(found.evolution.error_estimate < 1e-8);
    if (until < 1e8) {
      // Each of its doublings doubles the round-off of the slow mode, and of the sum, which is 1.
      const Eigen::VectorXd first = positive_exponential(forward_matrix(generator), until / 10.0) * initial;
      const double round_off_of_exact = 1e-15 * until;
      CHECK((found.all[1].probability - first / first.sum()).lpNorm<1>() <=
            found.evolution.error_estimate + round_off_of_exact);
    }
    if (until > 1e8) CHECK((found.all[10].probability - law).lpNorm<1>() <= found.evolution.error_estimate);
  }
}

TEST_CASE("behind a barrier of 20 kT densities and currents of the exponential keep their relative accuracy") {
  const Index n = 160;
  const Generator generator = line_of(quartic_height, -1.9, 1.9, n, 0.05);
  const Eigen::VectorXd initial = peak(n, 38.0, 4.0);
  constexpr long frames = 8;
  const double until = 4.0, tolerance = 1e-6;
  const Frames found = frames_of(
      generator, initial, {.until = until, .frames = frames, .stepper = Stepper::exponential, .tolerance = tolerance});
  CHECK(found.evolution.positive_frames == 0);
  const ValleyCurrents currents(generator, whole_parts(two_halves(n), 2));
  const Eigen::MatrixXd step = positive_exponential(forward_matrix(generator), until / frames);
  Eigen::VectorXd exact = initial;
  for (std::size_t k = 1; k <= frames; ++k) {
    CAPTURE(k);
    exact = (step * exact).eval();
    const double flux = currents.outflux(exact)[0];
    CHECK(flux < 1e-5);
    CHECK(relative_error(found.all[k].valley_outflux[0], flux) < 10.0 * tolerance);
    CHECK(relative_error(found.all[k].probability[n / 2], exact[n / 2]) < 10.0 * tolerance);
    CHECK(relative_error(found.all[k].valley_probability[1], exact.tail(n / 2).sum()) < 10.0 * tolerance);
  }
}

TEST_CASE("what leaves through exits is right however little is left") {
  Generator generator = line_of([](double x) { return 0.5 * x * x; }, -1.0, 1.0, 80, 0.5);
  generator.exit[0] = generator.exit[79] = 1e3;
  const Eigen::VectorXd initial = peak(80, 30.0, 3.0);
  constexpr long frames = 10;
  const Frames found = frames_of(generator, initial, {.until = 5.0, .frames = frames, .stepper = Stepper::exponential});
  const Eigen::MatrixXd step = positive_exponential(forward_matrix(generator), 5.0 / frames);
  Eigen::VectorXd exact = initial;
  for (std::size_t k = 1; k <= frames; ++k) {
    CAPTURE(k);
    exact = (step * exact).eval();
    CHECK(relative_error(found.all[k].probability.sum(), exact.sum()) < 1e-4);
    CHECK(std::abs(found.all[k].exited - (1.0 - exact.sum())) < 1e-6);
  }
  CHECK(exact.sum() < 0.03);
}

TEST_CASE("a packet that drifts fast is made by TR-BDF2 and as right") {
  const Generator generator = line_of([](double x) { return 0.5 * x * x; }, -1.5, 3.0, 200, 0.005);
  const Eigen::VectorXd initial = peak(200, 160.0, 2.0);
  for (const double until : {0.5, 20.0}) {
    CAPTURE(until);
    constexpr long frames = 3;
    const Frames found =
        frames_of(generator, initial, {.until = until, .frames = frames, .stepper = Stepper::exponential});
    if (until < 1.0) CHECK(found.evolution.rejected > 0);
    const Eigen::VectorXd exact = positive_exponential(forward_matrix(generator), until) * initial;
    constexpr double round_off_of_exact = 1e-10;
    CHECK((found.all.back().probability - exact).lpNorm<1>() <= found.evolution.error_estimate + round_off_of_exact);
    CHECK(found.evolution.error_estimate < 1e-3);
    CHECK(found.evolution.probability_min >= 0.0);
  }
}

TEST_CASE("an exponential that goes on from any of its frames ends with the same bits") {
  const Generator generator = line_of(quartic_height, -2.0, 2.0, 60, 0.1);
  const Eigen::VectorXd initial = Eigen::VectorXd::Unit(60, 10);
  const EvolveOptions options{.until = 30.0, .frames = 37, .stepper = Stepper::exponential};
  for (const double known : {0.0, 0.3, 50.0}) {
    CAPTURE(known);
    std::vector<EvolutionState> states;
    const Frames whole =
        frames_of(generator, initial, options,
                  {.next = {}, .keep = [&](const EvolutionState& state) { states.push_back(state); }}, known);
    REQUIRE(states.size() == 38);
    for (const std::size_t kept : {1, 2, 7, 10, 11, 25, 37, 38}) {
      CAPTURE(kept);
      std::size_t at = 0;
      const Frames found = frames_of(generator, initial, options,
                                     {.next = [&]() -> std::optional<EvolutionState> {
                                        if (at == kept) return std::nullopt;
                                        return states[at++];
                                      },
                                      .keep = {}},
                                     known);
      REQUIRE(found.all.size() == whole.all.size());
      CHECK(found.all.back().probability == whole.all.back().probability);
      CHECK(found.all.back().valley_outflow == whole.all.back().valley_outflow);
      CHECK(found.evolution.error_estimate == whole.evolution.error_estimate);
      CHECK(found.evolution.factorisations == whole.evolution.factorisations);
      CHECK(found.evolution.steps == whole.evolution.steps);
    }
  }
}

TEST_CASE("a factorisation that is at hand serves the exponential where its shift does, and is passed over elsewhere") {
  const Generator generator = line_of(quartic_height, -2.0, 2.0, 60, 0.1);
  const Eigen::VectorXd initial = Eigen::VectorXd::Unit(60, 10);
  const EvolveOptions options{.until = 8.0, .frames = 8, .stepper = Stepper::exponential, .tolerance = 1e-9};
  const Eigen::VectorXd exact = positive_exponential(forward_matrix(generator), 8.0) * initial;
  const double own = 5.0 / 8.0;  // the shift of a space of all frames
  struct Chosen {
    double known;
    long made;
  };
  for (const Chosen& chosen :
       std::vector<Chosen>{{0.0, 1}, {own, 0}, {0.25 * own, 0}, {4.0 * own, 0}, {1e-3 * own, 1}, {1e3 * own, 1}}) {
    CAPTURE(chosen.known);
    const Frames found = frames_of(generator, initial, options, {}, chosen.known);
    CHECK(found.evolution.factorisations == chosen.made);
    CHECK((found.all.back().probability - exact).lpNorm<1>() <= found.evolution.error_estimate);
    CHECK(found.evolution.error_estimate < 1e-7);
  }
}

TEST_CASE("the exponential has the same bits with any number of threads") {
  const Generator generator = line_of(quartic_height, -2.0, 2.0, 20001, 0.1);
  const Eigen::VectorXd initial = peak(20001, 5000.0, 700.0);
  std::vector<Eigen::VectorXd> last;
  const int before = omp_get_max_threads();
  for (const int threads : {1, 2, 3}) {
    omp_set_num_threads(threads);
    last.push_back(frames_of(generator, initial, {.until = 1.0, .frames = 4, .stepper = Stepper::exponential})
                       .all.back()
                       .probability);
  }
  omp_set_num_threads(before);
  CHECK(last[1] == last[0]);
  CHECK(last[2] == last[0]);
}
