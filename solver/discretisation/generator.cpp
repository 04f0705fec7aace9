#include "solver/discretisation/generator.hpp"

namespace valleyflux {

Eigen::VectorXd forward_rate(const Generator& generator, const Eigen::Ref<const Eigen::VectorXd>& p) {
  Eigen::VectorXd rate = -generator.exit.cwiseProduct(p);
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const double current = p[generator.from[e]] * generator.forward[e] - p[generator.to[e]] * generator.backward[e];
    rate[generator.from[e]] -= current;
    rate[generator.to[e]] += current;
  }
  return rate;
}

Eigen::VectorXd backward_rate(const Generator& generator, const Eigen::Ref<const Eigen::VectorXd>& u) {
  Eigen::VectorXd rate = -generator.exit.cwiseProduct(u);
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const double rise = u[generator.to[e]] - u[generator.from[e]];
    rate[generator.from[e]] += generator.forward[e] * rise;
    rate[generator.to[e]] -= generator.backward[e] * rise;
  }
  return rate;
}

}  // namespace valleyflux
