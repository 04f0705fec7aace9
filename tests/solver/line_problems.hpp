#pragma once

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/escape/escape.hpp"

#include <functional>
#include <string>
#include <vector>

namespace valleyflux {

inline Dynamics line_dynamics(const std::string& force, const std::string& noise,
                              Interpretation interpretation = Interpretation::ito) {
  return {Drift(std::vector<Expression>{Expression(force, {"x"})}),
          expression_diffusion(1, {{Expression(noise, {"x"})}}), interpretation};
}

inline Region<1> region_where(const std::function<bool(double)>& holds) {
  return Region<1>([holds](const Point<1>& x) { return holds(x[0]); });
}

/// A valley around `start`, and one whose core is the target.
inline Problem<1> line_towards(const Dynamics& dynamics, const Axis& axis, double start, const Region<1>& target) {
  Problem<1> problem{"", dynamics, Grid<1>({axis}), {}, {}, {}};
  CriticalPoint<1> minimum;
  minimum.position[0] = start;
  const Region<1> rest([target](const Point<1>& x) { return !target.contains(x); });
  problem.valleys = {{"from", rest, {}, minimum}, {"to", target, target, {}}};
  return problem;
}

inline double line_passage_time(const Problem<1>& problem) {
  const Discretisation<1> discretisation = discretise(problem);
  return *solve_escape(problem, discretisation, state_labels(problem, discretisation.space), {0, 1}, {false, false})
              .mean_first_passage_time;
}

}  // namespace valleyflux
