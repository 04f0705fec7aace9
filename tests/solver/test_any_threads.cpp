#include "solver/solve_problem.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "solver/discretisation/current_field.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

class ThreadsOf {
 public:
  explicit ThreadsOf(int count) : before_(omp_get_max_threads()) { omp_set_num_threads(count); }
  ThreadsOf(const ThreadsOf&) = delete;
  ThreadsOf& operator=(const ThreadsOf&) = delete;
  ~ThreadsOf() { omp_set_num_threads(before_); }

 private:
  int before_;
};

/// Three valleys.
Problem<2> surface() {
  return make_problem<2>(
      "",
      {built_in_drift("muller_brown", 2), constant_diffusion(20.0 * Eigen::Matrix2d::Identity()), Interpretation::ito},
      Grid<2>({Axis("x", -1.6, 1.3, 56), Axis("y", -0.5, 2.1, 56)}), {});
}

Results solved_by(int threads, const Problem<2>& problem, SolveRequest<2> request, const std::vector<Escape>& escapes) {
  const ThreadsOf limited(threads);
  request.modes = 0;
  request.accuracy.relative = 1.0;
  request.escapes.emplace();
  for (const Escape& escape : escapes) request.escapes->push_back({.escape = escape});
  return solve_problem(problem, request);
}

void check_same(const Results& one, const Results& other) {
  CHECK(one.warnings == other.warnings);
  REQUIRE(one.estimates.size() == other.estimates.size());
  for (std::size_t k = 0; k < one.estimates.size(); ++k) {
    const Estimate &a = one.estimates[k], &b = other.estimates[k];
    CAPTURE(a.from + " -> " + a.to + " by " + a.method);
    CHECK((a.from == b.from && a.to == b.to && a.method == b.method && a.note == b.note));
    CHECK(a.rate == b.rate);
    CHECK(a.log_rate == b.log_rate);
    CHECK(a.low == b.low);
    CHECK(a.high == b.high);
  }
  REQUIRE(one.paths.size() == other.paths.size());
  for (std::size_t k = 0; k < one.paths.size(); ++k) CHECK(one.paths[k].points == other.paths[k].points);
}

/// d/dt of the mean of the coordinates, by the rates.
template <int Dim>
Point<Dim> velocity(const Discretisation<Dim>& discretisation, const Eigen::VectorXd& p) {
  const Generator& generator = discretisation.generator;
  Point<Dim> sum = Point<Dim>::Zero();
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const Index i = generator.from[e], j = generator.to[e];
    sum += (p[i] * generator.forward[e] - p[j] * generator.backward[e]) *
           (discretisation.space.position(j) - discretisation.space.position(i));
  }
  return sum;
}

template <int Dim>
void check_current(const Problem<Dim>& problem) {
  const Discretisation<Dim> discretisation = discretise<Dim>(problem);
  Eigen::VectorXd p = Eigen::VectorXd::LinSpaced(discretisation.space.states(), 1.0, 3.0);
  p /= p.sum();
  const std::vector<Eigen::VectorXd> current = CurrentOfDensity<Dim>(discretisation)(p);
  const Point<Dim> exact = velocity<Dim>(discretisation, p);
  for (int k = 0; k < Dim; ++k) {
    double sum = 0.0;
    for (Index cell = 0; cell < problem.grid.cells(); ++cell)
      sum += current[static_cast<std::size_t>(k)][cell] * problem.grid.volume(cell);
    CHECK(relative_error(sum, exact[k]) < 1e-11);
  }
}

}  // namespace

TEST_CASE("escapes, closed forms and paths have the same bits with any number of threads") {
  const Problem<2> problem = surface();
  REQUIRE(problem.valleys.size() == 3);
  const std::vector<Escape> all{escape_from(0),       escape_from(1),       escape_from(2),
                                {.from = 0, .to = 1}, {.from = 2, .to = 0}, {.from = 1}};
  for (const bool network : {true, false}) {
    SolveRequest<2> request;
    request.network = network;
    const Results one = solved_by(1, problem, request, all);
    CHECK(one.estimates.size() > all.size());
    for (const int threads : {2, 3}) check_same(one, solved_by(threads, problem, request, all));
  }
}

TEST_CASE("the current of a density carries its mean as the rates do") {
  const auto noise = [](const char* form, const std::vector<std::string>& names) { return Expression(form, names); };
  check_current<1>(make_problem<1>("",
                                   {Drift(std::vector<Expression>{Expression("x - x^3", {"x"})}),
                                    expression_diffusion(1, {{noise("0.1 + 0.05*x^2", {"x"})}}), Interpretation::ito},
                                   Grid<1>({Axis("x", -2.0, 2.0, 61)}), {}));
  const std::vector<std::string> xy{"x", "y"};
  check_current<2>(make_problem<2>(
      "",
      {Drift(std::vector<Expression>{Expression("x - x^3 + y/2", xy), Expression("-y - x/3", xy)}),
       expression_diffusion(2, {{noise("0.2 + x^2/10", xy), noise("0.1", xy)}, {noise("0.1", xy), noise("0.15", xy)}}),
       Interpretation::ito},
      Grid<2>({Axis("x", -2.0, 2.0, 40), Axis("y", -1.5, 1.5, 33)}), {}));
}
