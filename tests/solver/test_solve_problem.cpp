#include "solver/solve_problem.hpp"

#include "problems/case/case_file.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/run/run.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/special_functions/hypergeometric_1F1.hpp>
#include <cmath>
#include <string>

using namespace valleyflux;

namespace {

struct Well {
  std::string name, where, core;
};

Region<1> where(const std::string& condition) {
  return Region<1>([holds = Expression(condition, {"x"})](const Point<1>& x) { return holds(x) != 0.0; });
}

Problem<1> on_the_line(const Drift& drift, const std::string& noise, Interpretation interpretation, Axis axis,
                       const std::vector<Well>& wells) {
  std::vector<ValleyDefinition<1>> valleys;
  for (const Well& well : wells) valleys.push_back({well.name, where(well.where), where(well.core)});
  return make_problem<1>("", {drift, expression_diffusion(1, {{Expression(noise, {"x"})}}), interpretation},
                         Grid<1>({std::move(axis)}), std::move(valleys));
}

Drift landscape(const std::string& expression) {
  return Drift(expression_landscape(Expression(expression, {"x"})));
}

Results solved(const Problem<1>& problem, const Escape& escape, std::vector<std::string> methods,
               const AccuracyOptions& accuracy = {}) {
  SolveRequest<1> request;
  request.escapes = {{escape, std::move(methods)}};
  request.modes = 0;
  request.network = false;
  request.accuracy = accuracy;
  return solve_problem(problem, request);
}

const Estimate& by(const Results& results, const std::string& method) {
  return *std::find_if(results.estimates.begin(), results.estimates.end(),
                       [&](const Estimate& one) { return one.method == method; });
}

/// Whether the interval holds a truth that is known to eight digits.
bool holds(const Estimate& estimate, double truth) {
  constexpr double digits = 1e-8;
  return estimate.low && estimate.high && *estimate.low * (1.0 - digits) <= truth &&
         truth <= *estimate.high * (1.0 + digits);
}

const std::vector<std::string> three{"quasi_stationary", "mean_first_passage", "flux"};

/// Wells at -1, 0 and 1; the outer ones are `outer` deep, the middle one less by `shallower`.
Problem<1> three_wells(double noise, Index cells, double shallower = 0.0) {
  const std::string form = "-cos(2*pi*x)*(1 - " + std::to_string(shallower) + "*exp(-4*x^2))";
  return on_the_line(
      landscape(form), std::to_string(noise), Interpretation::ito, Axis("x", -1.5, 1.5, cells),
      {{"left", "x < -0.5", "x < -0.9"}, {"middle", "abs(x) < 0.5", "abs(x) < 0.1"}, {"right", "x > 0.5", "x > 0.9"}});
}

}  // namespace

// Truths below: mean times by nested quadrature, principal eigenvalues by inverse iteration, both in scale and speed
// density on 10^4 nodes (a program of its own; 5000 nodes give the same eight digits).

TEST_CASE("a shallow valley beside a deep one on 20 to 80 cells") {
  for (const Index cells : {20, 40, 80}) {
    const Problem<1> problem =
        on_the_line(landscape("x^4/4 - x^2/2 - 0.25*x"), "0.006", Interpretation::ito, Axis("x", -1.8, 2.0, cells),
                    {{"left", "x < -0.2696", "x < -0.7"}, {"right", "x > -0.2696", "x > 0.9"}});
    const Results results = solved(problem, {0, 1}, three);
    CAPTURE(cells);
    CHECK(holds(by(results, "mean_first_passage"), 3.03413519e-05));
    CHECK(holds(by(results, "quasi_stationary"), 3.03482878e-05));
    if (by(results, "flux").rate) CHECK(holds(by(results, "flux"), 3.03482878e-05));
    CHECK(*results.accuracy->reached <= 1e-3);
    CHECK(results.warnings == problem.warnings);
  }
}

TEST_CASE("few cells between absorbing walls, noise that varies") {
  const Problem<1> problem = on_the_line(
      landscape("0.12023875661282263*x^4 - 0.07897593315679195*x^3 - 0.024446374180837897*x^2 - 0.14163986854093985*x "
                "- 0.21641213259024186*sin(3.4149162908939106*x + 2.4305935574034914)"),
      "0.15878109572348978*(1 + 0.7594220261520057*sin(0.895904977260189*x + 3.9231067127169226))", Interpretation::ito,
      Axis("x", -2.488716826368711, 2.488716826368711, 38, Boundary::absorbing, Boundary::absorbing),
      {{"v0", "x < 0.6079867867646255", "x > -0.74270653555909 && x < -0.002345046713346094"},
       {"v1", "x > 0.6079867867646255", "x > 0.8551320061738097 && x < 2.1078329861364242"}});
  const Results results = solved(problem, {0, 1}, three);
  CHECK(holds(by(results, "mean_first_passage"), 0.00320704065));
  CHECK(holds(by(results, "quasi_stationary"), 0.00322192627));
}

TEST_CASE("a flux is no plateau of another way out") {
  const Problem<1> problem = on_the_line(landscape("-cos(2*pi*x)*(1.5 - 0.5*tanh(3*x))"), "0.03", Interpretation::ito,
                                         Axis("x", -1.4, 1.4, 200),
                                         {{"left", "x < -0.52", "x < -0.9"},
                                          {"middle", "x > -0.52 && x < 0.47", "abs(x) < 0.1"},
                                          {"right", "x > 0.47", "x > 0.9"}});
  const Results results = solved(problem, {1, 0}, three);
  for (const char* method : {"mean_first_passage", "quasi_stationary"})
    CHECK(std::abs(*by(results, method).rate / 6.20372644e-50 - 1.0) < 1e-8);
  CHECK_FALSE(by(results, "flux").rate);
  CHECK(by(results, "flux").note.find("all ways out of middle") != std::string::npos);
  CHECK(by(results, "mean_first_passage").recommended);
}

TEST_CASE("a principal eigenvalue that a third valley holds is not the pair's rate, and says whose it is") {
  const std::string drift =
      "-(1.3510949254284608*cos(x + 2.803252450227598) + 0.7444884314199122*cos(2*x + 0.1280184914361158) - "
      "0.3634888430847217*cos(3*x + 5.237889216085082) + 1.9486697794865142*cos(4*x + 4.169430006384008))";
  const Problem<1> problem = on_the_line(
      Drift({Expression(drift, {"x"})}), "0.0298299097016707*(1 + 0.5994492919442238*sin(2*x + 3.746890608723498))",
      Interpretation::stratonovich, Axis("x", 0.0, 6.283185307179586, 175, Boundary::periodic, Boundary::periodic),
      {{"v0", "x > 5.621235481551989 || x < 0.7185449422972793", "x > 5.978866969924957 || x < 0.5590712953783655"},
       {"v1", "x > 0.7185449422972793 && x < 2.6371713441111", "x > 1.6332286410002288 && x < 1.916262192748769"},
       {"v2", "x > 2.6371713441111 && x < 4.1351066631326425", "x > 2.8932430525575326 && x < 3.178086105538057"},
       {"v3", "x > 4.1351066631326425 && x < 5.621235481551989", "x > 4.741958922335365 && x < 5.089683657841517"}});
  const Results results = solved(problem, {0, 1}, three);
  for (const char* method : {"quasi_stationary", "flux"}) {
    CHECK_FALSE(by(results, method).rate);
    CHECK(by(results, method).note.find("held by v3") != std::string::npos);
  }
  CHECK(by(results, "quasi_stationary").share_in_valley < 0.5);
  CHECK(by(results, "mean_first_passage").rate);
  CHECK(results.warnings == problem.warnings);  // a row that says why is no failure
}

TEST_CASE("an escape to any valley ends in each of two equal ones half of the time, at twice the rate into one") {
  const Problem<1> problem = three_wells(0.2, 151);
  SolveRequest<1> request;
  request.modes = 0;
  const Results results = solve_problem(problem, request);
  std::vector<std::string> from;
  for (const Estimate& one : results.estimates)
    if (one.method == "mean_first_passage") from.push_back(one.from + " " + one.to);
  CHECK(from == std::vector<std::string>{"left any", "middle any", "right any"});
  for (const Estimate& one : results.estimates) {
    if (one.from != "middle" || one.method != "mean_first_passage") continue;
    REQUIRE(one.shares.size() == 2);
    for (const TargetShare& share : one.shares) {
      CHECK(std::abs(share.probability - 0.5) < 1e-6);
      CHECK(*share.low <= 0.5);
      CHECK(*share.high >= 0.5);
    }
    // Among three states the rates between the cores add up.
    const NetworkResult& network = *results.network;
    CHECK(std::abs(*one.rate / (network.rate(1, 0) + network.rate(1, 2)) - 1.0) < 0.02);
  }
  // From the left the middle comes first, always.
  CHECK(results.estimates.front().shares.size() == 1);
  CHECK(std::abs(results.estimates.front().shares[0].probability - 1.0) < 1e-9);
}

TEST_CASE("rates are refined until they are as right as asked for, or a warning says what was reached") {
  const Problem<1> problem = three_wells(0.1, 40, 0.1);
  const Results fine = solved(problem, {1, 0}, {"reactive_flux"}, {.relative = 1e-7});
  CHECK(*fine.accuracy->reached <= 1e-7);
  CHECK(fine.warnings == problem.warnings);
  const Results rough = solved(problem, {1, 0}, {"reactive_flux"}, {.relative = 0.1});
  CHECK(holds(by(rough, "reactive_flux"), *by(fine, "reactive_flux").rate));
  // The middle well loses to both sides: only there the slow mode, which grids approach, is the pair's.
  const Results refused =
      solved(problem, {1, -1, Arrival::first_exit}, {"quasi_stationary"}, {.relative = 1e-10, .memory = 1e3});
  CHECK(refused.accuracy->cells == std::vector<Index>{40});
  REQUIRE(refused.warnings.size() == problem.warnings.size() + 1);
  CHECK(refused.warnings.back().find("accuracy.memory") != std::string::npos);
}

TEST_SUITE("slow") {
  TEST_CASE("a domain far larger than its valley is refined until the valley is seen, or there is no rate") {
    // 1F1(-rate / 2; 1 / 2; 1.2^2 / (2 D)) = 0 for the first exit of dx = -x dt from |x| < 1.2, D = 0.3.
    const double D = 0.3, end = 1.2;
    const auto survives = [&](double rate) {
      return boost::math::hypergeometric_1F1(-0.5 * rate, 0.5, end * end / (2.0 * D));
    };
    double low = 0.1, high = 0.2;
    for (int k = 0; k < 60; ++k) (survives(0.5 * (low + high)) > 0 ? low : high) = 0.5 * (low + high);
    for (const double domain : {3.0, 30.0, 1000.0})
      for (const Index cells : {8, 30}) {
        CAPTURE(domain);
        const Problem<1> problem =
            on_the_line(Drift(std::vector<Expression>{Expression("-x", {"x"})}), "0.3", Interpretation::ito,
                        Axis("x", -domain, 0.9 * domain, cells), {{"a", "abs(x) < 1.2", "abs(x) < 0.2"}});
        const Results results = solved(problem, {0, -1, Arrival::first_exit}, {"quasi_stationary", "flux"}, {});
        CHECK(holds(by(results, "quasi_stationary"), low));
        CHECK(holds(by(results, "flux"), low));
        CHECK(results.warnings.empty());
        const Results refused =
            solved(problem, {0, -1, Arrival::first_exit}, {"quasi_stationary"}, {.relative = 1e-3, .memory = 1e3});
        if (domain > 100.0) CHECK_FALSE(by(refused, "quasi_stationary").rate);
      }
  }
}

TEST_CASE("a closed form that was asked for by name and does not apply is a row with its reason") {
  const Results results = solved(three_wells(0.1, 80), {1, 0}, {"theory:sgd"});
  REQUIRE(results.estimates.size() == 1);
  CHECK_FALSE(results.estimates[0].rate);
  CHECK(results.estimates[0].note.find("SGD noise") != std::string::npos);
}

TEST_CASE("every escape has one recommended row, and rates are inverse times") {
  SolveRequest<1> request;
  request.modes = 0;
  const Results results = solve_problem(three_wells(0.1, 100, 0.2), request);
  std::size_t recommended = 0;
  for (const Estimate& one : results.estimates) {
    recommended += one.recommended ? 1 : 0;
    if (one.rate && one.time) CHECK(std::abs(*one.rate * *one.time - 1.0) < 1e-12);
  }
  CHECK(recommended == 3);
}

TEST_CASE("without the stationary law a mean time is the same, and what rests on the law finds it") {
  const auto results = [](const std::string& method, bool stationary) {
    SolveRequest<1> request;
    request.escapes = {{{.from = 0, .to = 1}, {method}}};
    request.modes = 0;
    request.network = false;
    request.stationary = stationary;
    return solve_problem(three_wells(0.1, 100, 0.2), request);
  };
  const Results with = results("mean_first_passage", true), without = results("mean_first_passage", false);
  CHECK(*by(with, "mean_first_passage").rate == *by(without, "mean_first_passage").rate);
  CHECK(*by(with, "mean_first_passage").low == *by(without, "mean_first_passage").low);
  for (const ValleyResult& valley : with.valleys) CHECK(valley.stationary_probability.value_or(0.0) > 0);
  for (const ValleyResult& valley : without.valleys) CHECK_FALSE(valley.stationary_probability.has_value());
  CHECK(without.warnings.size() == with.warnings.size());
  CHECK(*by(results("reactive_flux", false), "reactive_flux").rate ==
        *by(results("reactive_flux", true), "reactive_flux").rate);
}

TEST_CASE("errors of eigenvalues and probabilities hold the truth") {
  // An Ornstein-Uhlenbeck process: eigenvalues 0, -1, -2, ...
  const Problem<1> well = make_problem<1>(
      "", {landscape("x^2/2"), expression_diffusion(1, {{Expression("1", {"x"})}}), Interpretation::ito},
      Grid<1>({Axis("x", -7.0, 7.0, 48)}));
  SolveRequest<1> request;
  request.modes = 4;
  const Results results = solve_problem(well, request);
  REQUIRE(results.spectrum_error.size() == results.spectrum.size());
  for (std::size_t k = 0; k < 4; ++k) {
    CAPTURE(k);
    CHECK(std::abs(results.spectrum[k].real() + static_cast<double>(k)) <= results.spectrum_error[k] + 1e-9);
  }
  const Problem<1> wells =
      on_the_line(landscape("x^4/4 - x^2/2 + 0.1*x"), "0.1", Interpretation::ito, Axis("x", -2.5, 2.5, 64),
                  {{"left", "x < 0", "x < -0.9"}, {"right", "x > 0", "x > 0.9"}});
  using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
  const auto weight = [](double x) { return std::exp(-(x * x * x * x / 4 - x * x / 2 + 0.1 * x) / 0.1); };
  const double left = Rule::integrate(weight, -2.5, 0.0, 10, 1e-13),
               right = Rule::integrate(weight, 0.0, 2.5, 10, 1e-13);
  const ValleyResult found = solve_problem(wells).valleys[0];
  CHECK(*found.stationary_low <= left / (left + right));
  CHECK(*found.stationary_high >= left / (left + right));
}

TEST_CASE("probabilities of valleys are exact on any line, wherever their surfaces cut the cells") {
  const auto noise = [](double x) { return 0.28616 * (1.0 + 2.486 * x * x); };
  using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
  const auto density = [&](double x) {
    const double rise = Rule::integrate(
        [&](double y) { return (y - y * y * y + 1.64 * std::sin(18.663 * y)) / noise(y); }, -0.264, x, 12, 1e-13);
    return std::exp(rise) / std::sqrt(noise(x));
  };
  const double left = Rule::integrate(density, -2.592, -0.264, 10, 1e-11),
               right = Rule::integrate(density, -0.264, 2.556, 10, 1e-11), truth = left / (left + right);
  for (const Index cells : {10, 37}) {
    const Problem<1> problem =
        on_the_line(Drift({Expression("x - x^3 + 1.64*sin(18.663*x)", {"x"})}), "0.28616*(1 + 2.486*x^2)",
                    Interpretation::stratonovich, Axis("x", -2.592, 2.556, cells),
                    {{"left", "x < -0.264", "x < -0.761"}, {"right", "x > -0.264", "x > 1.27"}});
    const ValleyResult found = solve_problem(problem).valleys[0];
    CHECK(std::abs(*found.stationary_probability / truth - 1.0) < 1e-9);
    CHECK(*found.stationary_low <= truth * (1.0 + 1e-9));
    CHECK(*found.stationary_high >= truth * (1.0 - 1e-9));
  }
}

TEST_CASE("a push far narrower than a cell is seen by finer grids, though coarse ones agree") {
  // Nested quadrature over panels that end at the push; 400 cells say the same.
  for (const Index cells : {8, 40}) {
    const Problem<1> problem = on_the_line(Drift({Expression("x - x^3 - 50*exp(-((x + 0.31373)/0.001)^2)", {"x"})}),
                                           "0.05", Interpretation::ito, Axis("x", -2.0, 2.0, cells),
                                           {{"left", "x < 0", "x < -0.8"}, {"right", "x > 0", "x > 0.8"}});
    const Results results = solved(problem, {0, 1}, {"mean_first_passage", "reactive_flux"});
    CHECK(std::abs(*by(results, "mean_first_passage").rate / 0.00025597985 - 1.0) < 1e-7);
    CHECK(std::abs(*by(results, "reactive_flux").rate / 0.00025607301 - 1.0) < 1e-7);
  }
}

TEST_CASE("the duration of transitions converges on four cells too") {
  // A kinked drift; quadrature says 15.6437.
  const Problem<1> problem =
      on_the_line(Drift({Expression("x - x^3 - 0.419*(abs(x + 0.5) - abs(x - 0.4))", {"x"})}),
                  "0.02941*(1 + 1.021*x^2)", Interpretation::stratonovich, Axis("x", -2.439, 1.659, 4),
                  {{"left", "x < -0.269", "x < -1.071"}, {"right", "x > -0.269", "x > 0.605"}});
  const Estimate found = by(solved(problem, {0, 1}, {"reactive_flux"}), "reactive_flux");
  CHECK(std::abs(*found.transition_time / 15.6437 - 1.0) < 1e-5);
}

TEST_CASE("a core whose surface cuts the cells leaves the rate of transitions of second order") {
  // Separable: the plane's first exit is that of the line, 0.0289802977 by quadrature.
  const std::vector<std::string> xy{"x", "y"};
  Eigen::Matrix2d noise;
  noise << 0.09487096865924285, 0.0, 0.0, 0.05354569912804148;
  const auto side = [](double sign, double reach) {
    return Region<2>([sign, reach](const Point<2>& x) { return sign * x[0] > reach; });
  };
  const Problem<2> problem =
      make_problem<2>("",
                      {Drift({Expression("x - x^3", xy), Expression("-2.474697959494091*y", xy)}),
                       constant_diffusion(noise), Interpretation::ito},
                      Grid<2>({Axis("x", -2.308, 2.308, 18), Axis("y", -0.884, 0.884, 14)}),
                      {{"left", side(-1.0, 0.0), side(-1.0, 0.8)}, {"right", side(1.0, 0.0), side(1.0, 0.8)}});
  SolveRequest<2> request;
  request.escapes = {{Escape{.from = 0}, {"reactive_flux"}}};
  request.modes = 0;
  request.network = request.paths = false;
  const Estimate found = solve_problem(problem, request).estimates.front();
  CHECK(*found.low <= 0.0289802977);
  CHECK(*found.high >= 0.0289802977);
  CHECK(*found.high / *found.low < 1.01);
}

TEST_CASE("a steep slope on few cells keeps the enclosure of the grid that gives the rate") {
  const Problem<1> problem =
      on_the_line(landscape("x^4/4 - x^2/2"), "0.05", Interpretation::ito, Axis("x", -2.5, 2.5, 8),
                  {{"left", "x < 0", "x < -0.9"}, {"right", "x > 0", "x > 0.9"}});
  const Results results = solved(problem, {0, 1}, {"quasi_stationary"});
  CHECK(*by(results, "quasi_stationary").high / *by(results, "quasi_stationary").low < 1.001);
  // Eigenvalues by a thousand cells; on eight alone no error would be known.
  const Results spectrum = solve_problem(problem);
  REQUIRE(spectrum.spectrum_error.size() > 3);
  for (const auto& [mode, truth] : {std::pair{2, -0.822}, std::pair{3, -1.314}})
    CHECK(std::abs(spectrum.spectrum[static_cast<std::size_t>(mode)].real() - truth) <=
          spectrum.spectrum_error[static_cast<std::size_t>(mode)] + 1e-3);
}

TEST_CASE("the interval of particles has room for the bias of their step") {
  const Problem<1> problem =
      on_the_line(landscape("x^4/4 - x^2/2"), "0.1", Interpretation::ito, Axis("x", -2.5, 2.5, 400),
                  {{"left", "x < 0", "x < -0.9"}, {"right", "x > 0", "x > 0.9"}});
  SolveRequest<1> request = one_escape<1>({0, 1}, "langevin");
  request.escapes->front().methods.emplace_back("mean_first_passage");
  request.particles.particles.particles = 20000;
  request.particles.particles.step = 0.2;  // far too long: the rate of this chain differs by much more than by chance
  request.particles.particles.time_limit = 1e5;
  const Results results = solve_problem(problem, request);
  const Estimate& particles = by(results, "langevin");
  REQUIRE(particles.rate);
  const double exact = *by(results, "mean_first_passage").rate;
  CHECK(std::abs(*particles.rate / exact - 1.0) > 4.0 / std::sqrt(20000.0));
  CHECK(holds(particles, exact));
  CHECK(*particles.high / *particles.low < 3.0);
  // Half as many particles move at twice the step.
  REQUIRE(particles.step_bias_error);
  CHECK(std::abs(*particles.step_bias_error / std::sqrt(3.0 / 20000.0) - 1.0) < 1e-2);
  CHECK(std::abs(*particles.step_bias) > 3.0 * *particles.step_bias_error);
  CHECK((*particles.step_bias > 0.0) == (*particles.rate > exact));
}

TEST_CASE("rates below the range of doubles say so and ask for no ever finer grids") {
  const Results results = run(read_case("[landscape]\nname = \"quartic_double_well\"\n[diffusion]\nD = 0.0003\n[grid]\n"
                                        "x = { min = -2, max = 2, cells = 400 }\n[[valley]]\nname = \"left\"\n"
                                        "where = \"x < 0\"\n[[valley]]\nname = \"right\"\nwhere = \"x > 0\"\n"
                                        "[[escape]]\nfrom = \"left\"\nto = \"right\"\n",
                                        "case.toml", "."),
                              RunRequest{}, SolveObserver{});
  for (const Estimate& estimate : results.estimates) {
    if (estimate.method.starts_with("theory")) continue;
    CAPTURE(estimate.method);
    CHECK_FALSE(estimate.rate);
    CHECK((estimate.note.find("range of double precision") != std::string::npos ||
           estimate.note.find("overflows double precision") != std::string::npos));
  }
  // Not the millions of cells that are tried where a finer grid may help; some are for the network and the spectrum.
  CHECK(results.accuracy->cells.at(0) <= 3200);
}
