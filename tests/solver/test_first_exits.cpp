#include "problems/dynamics/diffusion_model.hpp"
#include "solver/particles/first_exits.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/particles/escape_statistics.hpp"
#include "solver/run/run.hpp"
#include "solver/solver_error.hpp"

#include <Eigen/LU>

#include "tests/solver/double_well.hpp"

#include <doctest/doctest.h>
#include <omp.h>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace valleyflux;

namespace {

struct MeanTime {
  double value, error;
};

MeanTime mean_of(const FirstExits& exits) {
  const auto n = static_cast<double>(exits.time.size());
  const double mean = std::accumulate(exits.time.begin(), exits.time.end(), 0.0) / n;
  double variance = 0.0;
  for (const double t : exits.time) variance += (t - mean) * (t - mean) / (n - 1.0);
  return {mean, std::sqrt(variance / n)};
}

/// Free diffusion, D = 1/2, watched until it leaves [-1, 1] or the unit disc: mean times (1 - x^2) / (2 D) = 1 and
/// 1 / (4 D) = 1/2 from the middle.
template <int Dim>
Problem<Dim> free_diffusion(Index cells) {
  std::array<Axis, Dim> axes = [&] {
    if constexpr (Dim == 1)
      return std::array<Axis, 1>{Axis("x", -1.5, 1.5, cells)};
    else
      return std::array<Axis, 2>{Axis("x", -1.5, 1.5, cells), Axis("y", -1.5, 1.5, cells)};
  }();
  const std::vector<std::string> names = variable_names(Dim);
  Problem<Dim> problem{"",
                       {Drift(expression_landscape(Expression("0*x", names))),
                        constant_diffusion(0.5 * Eigen::MatrixXd::Identity(Dim, Dim)), Interpretation::ito},
                       Grid<Dim>(axes),
                       {},
                       {},
                       {}};
  CriticalPoint<Dim> middle;
  middle.position.setZero();
  problem.valleys = {{"inside", Region<Dim>([](const Point<Dim>& x) { return x.norm() < 1.0; }), {}, middle}};
  return problem;
}

Problem<1> noisy_well(double noise) {
  return double_well({Drift(built_in_landscape("quartic_double_well", 1)),
                      constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise)), Interpretation::ito},
                     Axis("x", -2.5, 2.5, 400));
}

/// From the minimum of the first valley, as the Fokker-Planck equation has it.
double mean_time(const Problem<1>& problem, int to) {
  const Discretisation<1> discretisation = discretise(problem);
  return *solve_escape(problem, discretisation, state_labels(problem, discretisation.space), {0, to}, {false, false})
              .mean_first_passage_time;
}

}  // namespace

TEST_CASE("free diffusion leaves an interval and a disc in the exact mean times, however long the step") {
  for (const double step : {0.02, 0.005}) {
    const MeanTime line = mean_of(first_exits(free_diffusion<1>(60), {0, -1}, {.particles = 20000, .step = step}));
    CHECK(std::abs(line.value - 1.0) < 4.0 * line.error + 0.1 * step);
    // The disc is not flat: the bridge is right to first order in the step.
    const MeanTime disc = mean_of(first_exits(free_diffusion<2>(60), {0, -1}, {.particles = 20000, .step = step}));
    CHECK(std::abs(disc.value - 0.5) < 4.0 * disc.error + step);
  }
}

TEST_CASE("a chain that is only looked at after its steps leaves later, as Chernoff's constant says") {
  // The surface seems farther by 0.5826 standard deviations of a step (Chernoff 1965; Siegmund 1979).
  const double step = 0.01;
  const MeanTime mean = mean_of(first_exits(free_diffusion<1>(60), {0, -1},
                                            {.particles = 20000, .step = step, .dynamics = ParticleDynamics::sgd}));
  CHECK(std::abs(mean.value - std::pow(1.0 + 0.5826 * std::sqrt(step), 2)) < 4.0 * mean.error + step);
}

TEST_CASE("particles escape in the mean time that the Fokker-Planck equation says") {
  const Problem<1> problem = noisy_well(0.1);
  for (const int to : {1, -1}) {
    const double expected = mean_time(problem, to);
    const MeanTime mean = mean_of(first_exits(problem, {0, to}, {.particles = 4000, .step = 0.005, .seed = 5}));
    CHECK(std::abs(mean.value - expected) < 4.0 * mean.error);
  }
}

TEST_CASE("intervals of the rate hold the truth in 95 of 100 cases") {
  // Quartic well, barrier 3 D, from -1 to beyond 0.9: the mean time by nested quadrature.
  constexpr double noise = 0.25 / 3.0;
  const auto height = [](double x) { return 0.25 * std::pow(x, 4) - 0.5 * x * x; };
  using boost::math::quadrature::gauss_kronrod;
  const auto inner = [&](double y) {
    const auto weight = [&](double z) { return std::exp((height(y) - height(z)) / noise) / noise; };
    return gauss_kronrod<double, 31>::integrate(weight, -2.5, y, 12, 1e-12);
  };
  const double rate = 1.0 / gauss_kronrod<double, 31>::integrate(inner, -1.0, 0.9, 12, 1e-12);
  const Problem<1> problem = noisy_well(noise);
  constexpr int repetitions = 120;
  int holds = 0;
  for (int k = 0; k < repetitions; ++k) {
    const EscapeStatistics found = escape_statistics(first_exits(
        problem, {0, 1},
        {.particles = 40, .step = 0.02, .seed = static_cast<std::uint64_t>(k), .scheme = ParticleScheme::platen}));
    holds += found.low <= rate && rate <= found.high;
  }
  // Times are a little less spread than exponential ones: they include the way itself.
  CHECK(holds > repetitions * 0.95 - 4.0 * std::sqrt(repetitions * 0.95 * 0.05));
  CHECK(holds < repetitions);
}

TEST_CASE("noise in single precision leaves rates what they are") {
  const Problem<1> problem = noisy_well(0.1);
  const auto mean = [&](NoisePrecision precision) {
    return mean_of(first_exits(problem, {0, 1}, {.particles = 40000, .step = 0.02, .seed = 3, .noise = precision}));
  };
  const MeanTime full = mean(NoisePrecision::full), single = mean(NoisePrecision::single);
  CHECK(std::abs(full.value - single.value) < 4.0 * std::hypot(full.error, single.error));
}

TEST_CASE("noise that depends on the place moves particles as its interpretation asks") {
  for (const auto interpretation : {Interpretation::ito, Interpretation::isothermal}) {
    Problem<1> problem = noisy_well(0.1);
    problem.dynamics.diffusion = expression_diffusion(1, {{Expression("0.1 * (1 + 0.5*x^2)", {"x"})}});
    problem.dynamics.interpretation = interpretation;
    const double expected = mean_time(problem, 1);
    const MeanTime mean = mean_of(first_exits(problem, {0, 1}, {.particles = 4000, .step = 0.005}));
    CHECK(std::abs(mean.value - expected) < 4.0 * mean.error + 0.01 * expected);
  }
}

TEST_CASE("the chain of discrete SGD passes where its diffusion limit is blocked, in the time its kernel says") {
  // Quartic well, D = kappa |3 x^2 - 1|, B = 1, eta = 2 B kappa, from -1 beyond 1.
  const double eta = 0.2, kappa = 0.1, wall = -2.5, target = 1.0;
  Problem<1> problem = noisy_well(kappa);
  problem.dynamics.diffusion = expression_diffusion(1, {{Expression("0.1 * abs(3*x^2 - 1)", {"x"})}});
  problem.valleys[1].core = Region<1>([](const Point<1>& x) { return x[0] >= 1.0; });
  // With three seeds of four somebody is thrown across the box, which is an error.
  const MeanTime mean = mean_of(
      first_exits(problem, {0, 1}, {.particles = 20000, .step = eta, .seed = 7, .dynamics = ParticleDynamics::sgd}));

  // u = eta + K u for the mean time u, the kernel K collocated on Gauss-Legendre panels.
  using Rule = boost::math::quadrature::gauss<double, 20>;
  constexpr Index panels = 24, nodes = 20 * panels;
  Eigen::VectorXd x(nodes), weight(nodes);
  Index n = 0;
  for (Index panel = 0; panel < panels; ++panel)
    for (const double side : {-1.0, 1.0})
      for (std::size_t q = 0; q < Rule::abscissa().size(); ++q, ++n) {
        const double width = (target - wall) / panels;
        x[n] = wall + width * (static_cast<double>(panel) + 0.5 + 0.5 * side * Rule::abscissa()[q]);
        weight[n] = 0.5 * width * Rule::weights()[q];
      }
  const auto kernel = [&](double from) {
    const double middle = from - eta * (from * from * from - from);
    const double sd = std::sqrt(2.0 * eta * kappa * std::abs(3.0 * from * from - 1.0));
    const auto bell = [&](const Eigen::ArrayXd& y) { return (-0.5 * ((y - middle) / sd).square()).exp().eval(); };
    // What would go beyond the wall is mirrored there.
    return Eigen::VectorXd((bell(x.array()) + bell(2.0 * wall - x.array())) / (std::sqrt(2.0 * M_PI) * sd) *
                           weight.array());
  };
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(nodes, nodes);
  for (Index k = 0; k < nodes; ++k) system.row(k) -= kernel(x[k]).transpose();
  const Eigen::VectorXd time = system.partialPivLu().solve(Eigen::VectorXd::Constant(nodes, eta));
  const double expected = eta + kernel(-1.0).dot(time);
  CAPTURE(expected);
  CHECK(std::abs(mean.value - expected) < 4.0 * mean.error);
}

TEST_CASE("the method sgd samples one over the time of sgd_chain, and watches as long as its own steps allow") {
  const Results found = run(read_case(
      "[landscape]\nexpression = \"x^4/4 - x^2/2\"\n[diffusion]\nmodel = \"sgd\"\neta = 0.2\nbatch_size = 1\n"
      "[grid]\nx = { min = -2, max = 2, cells = 400 }\n[[valley]]\nname = \"left\"\nwhere = \"x < 0\"\n[[valley]]\n"
      "name = \"right\"\nwhere = \"x > 0\"\ncore = \"x > 1\"\n[[escape]]\nfrom = \"left\"\nto = \"right\"\nmethods = "
      "[\"sgd\", \"sgd_chain\"]\n[langevin]\nparticles = 20000\n[solver]\nmodes = 0\nnetwork = false\n",
      "case.toml", "."));
  const auto row = [&](const std::string& method) {
    return *std::find_if(found.estimates.begin(), found.estimates.end(),
                         [&](const Estimate& one) { return one.method == method; });
  };
  const Estimate particles = row("sgd"), chain = row("sgd_chain");
  CHECK(particles.note.find("20000 of 20000 particles escaped") != std::string::npos);
  const double deviation = std::log(*particles.high / *particles.low) / (2.0 * 1.96);
  CHECK(std::abs(std::log(*particles.rate * *chain.time)) < 3.5 * deviation);
  // Its rate is that of what has stayed for long, which leaves sooner than what sets out from the minimum.
  CHECK(std::log(*chain.rate * *chain.time) > 3.5 * deviation);
}

TEST_CASE("the same particles come out for every number of threads") {
  const Problem<1> problem = noisy_well(0.25);
  const ParticleOptions options{.particles = 5000, .step = 0.01, .time_limit = 20.0};
  const int before = omp_get_max_threads();
  omp_set_num_threads(1);
  const FirstExits one = first_exits(problem, {0, 1}, options);
  for (const int threads : {2, 4}) {
    omp_set_num_threads(threads);
    const FirstExits more = first_exits(problem, {0, 1}, options);
    CHECK(more.time == one.time);
    CHECK(more.escaped == one.escaped);
  }
  omp_set_num_threads(before);
  CHECK(std::accumulate(one.escaped.begin(), one.escaped.end(), 0) > 1000);
  CHECK(*std::max_element(one.time.begin(), one.time.end()) <= 20.0 + 1e-9);
}

TEST_CASE("particles that cannot do what is asked for are an error with a reason") {
  const Problem<1> problem = noisy_well(0.1);
  CHECK_THROWS_AS(first_exits(problem, {0, 1}, {.particles = 0}), std::invalid_argument);
  CHECK_THROWS_AS(first_exits(problem, {0, 1}, {.step = -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(first_exits(problem, {0, 1}, {.time_limit = 1e-9}), std::invalid_argument);
  Problem<1> inside = problem;
  inside.valleys[1].core = Region<1>([](const Point<1>&) { return true; });
  CHECK_THROWS_AS(first_exits(inside, {0, 1}, {}), std::invalid_argument);
  std::string message;
  try {
    first_exits(noisy_well(2.0), {0, 1}, {.particles = 100, .step = 3.0, .time_limit = 1e4});
  } catch (const SolverError& error) {
    message = error.what();
  }
  CHECK(message.find("langevin.step = 3 is too large") != std::string::npos);
}
