#include "problems/expressions/polynomial.hpp"

#include "grids/point.hpp"

#include <stdexcept>

namespace valleyflux {

Expression polynomial(const std::vector<double>& coefficients, const Expression& u) {
  if (coefficients.empty()) throw std::invalid_argument("a polynomial needs at least one coefficient");
  const auto constant = [&](double value) { return Expression::constant(value, u.dimension()); };
  Expression sum = constant(coefficients.back());
  for (std::size_t k = coefficients.size() - 1; k-- > 0;) sum = constant(coefficients[k]) + u * sum;
  return sum;
}

Expression polynomial(const Eigen::MatrixXd& coefficients, const std::vector<Expression>& u) {
  const auto variables = static_cast<Index>(u.size());
  if (coefficients.size() == 0 || variables < 1 || variables > 2 || (variables == 1 && coefficients.cols() != 1))
    throw std::invalid_argument("the coefficients of a polynomial do not fit its variables");
  const auto column = [&](Index j) {
    const Eigen::VectorXd of_first = coefficients.col(j);
    return polynomial(std::vector<double>(of_first.begin(), of_first.end()), u[0]);
  };
  Expression sum = column(coefficients.cols() - 1);
  for (Index j = coefficients.cols() - 1; j-- > 0;) sum = column(j) + u[1] * sum;
  return sum;
}

}  // namespace valleyflux
