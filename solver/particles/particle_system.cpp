#include "solver/particles/particle_system.hpp"

#include "problems/valleys/eigen_decomposition.hpp"
#include "problems/valleys/steps.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace valleyflux {

template <int Dim>
ParticleSystem particle_system(const Problem<Dim>& problem) {
  ParticleSystem system{problem.dynamics, {}, 0.0};
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = problem.grid.axis(k);
    system.box.push_back({axis.name(), axis.min(), axis.max(), axis.lower(), axis.upper()});
  }
  if (problem.grid.domain())
    system.domain = [grid = problem.grid](const std::vector<double>& x) {
      return grid.domain()(grid.wrapped_point(Eigen::Map<const Point<Dim>>(x.data())));
    };
  std::vector<Eigen::MatrixXd> jacobians;
  for (const auto& point : problem.critical_points) jacobians.emplace_back(point.hessian);
  system.safe_step = safe_step(jacobians);
  if (const auto& landscape = problem.dynamics.drift.potential())
    if (const auto place = step_of<Dim>(*landscape, problem.grid)) system.step_at.assign(place->begin(), place->end());
  return system;
}

double safe_step(const std::vector<Eigen::MatrixXd>& jacobians) {
  double fastest = 0.0;
  for (const Eigen::MatrixXd& jacobian : jacobians)
    fastest = std::max(fastest, real_eigen(jacobian).values.cwiseAbs().maxCoeff());
  constexpr double fraction = 0.02;
  return fastest > 0 ? fraction / fastest : fraction;
}

std::string named_coordinates(const ParticleSystem& system, const std::vector<double>& x) {
  std::string text;
  for (std::size_t k = 0; k < x.size(); ++k)
    text += fmt::format("{}{} = {:.4g}", k == 0 ? "" : ", ", system.box[k].name, x[k]);
  return text;
}

template ParticleSystem particle_system(const Problem<1>&);
template ParticleSystem particle_system(const Problem<2>&);

}  // namespace valleyflux
