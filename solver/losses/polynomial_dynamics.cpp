#include "solver/losses/polynomial_dynamics.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/solve_problem.hpp"

#include <fmt/format.h>

#include <utility>

namespace valleyflux {

std::string polynomial_text(const std::vector<double>& coefficients, const std::string& x) {
  std::string text = fmt::format("({:.17g})", coefficients.back());
  for (std::size_t k = coefficients.size() - 1; k-- > 0;)
    text = fmt::format("(({:.17g}) + {}*{})", coefficients[k], x, text);
  return text;
}

std::string polynomial_text(const Eigen::MatrixXd& coefficients, const std::vector<std::string>& u) {
  std::string text;
  for (Index j = coefficients.cols(); j-- > 0;) {
    const Eigen::VectorXd column = coefficients.col(j);
    const std::string inner = polynomial_text(std::vector<double>(column.begin(), column.end()), u[0]);
    text = text.empty() ? inner : fmt::format("({} + {}*{})", inner, u[1], text);
  }
  return text;
}

Dynamics dynamics_of_texts(int dimension, const std::string& landscape,
                           const std::vector<std::vector<std::string>>& diffusion) {
  const std::vector<std::string> variables = variable_names(dimension);
  std::vector<std::vector<Expression>> entries;
  for (const auto& row : diffusion) {
    entries.emplace_back();
    for (const std::string& entry : row) entries.back().emplace_back(entry, variables);
  }
  return {Drift(expression_landscape(Expression(landscape, variables))),
          expression_diffusion(dimension, std::move(entries)), Interpretation::ito};
}

template <int Dim>
Estimate domain_exit_rate(const Dynamics& dynamics, Grid<Dim> grid, const Point<Dim>& start,
                          const std::string& method) {
  const Region<Dim> everywhere([](const Point<Dim>&) { return true; });
  Problem<Dim> problem = make_problem<Dim>("", dynamics, std::move(grid), {{"valley", everywhere, std::nullopt}});
  // Escapes set out from the valley's minimum; these set out from where the repetitions of SGD do.
  problem.valleys[0].minimum.emplace().position = start;
  return solve_problem<Dim>(problem, one_escape<Dim>({.from = 0}, method)).estimates.at(0);
}

template Estimate domain_exit_rate(const Dynamics&, Grid<1>, const Point<1>&, const std::string&);
template Estimate domain_exit_rate(const Dynamics&, Grid<2>, const Point<2>&, const std::string&);

}  // namespace valleyflux
