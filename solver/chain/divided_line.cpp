#include "solver/chain/divided_line.hpp"

namespace valleyflux {

Eigen::VectorXd lattice_points(const Axis& axis) {
  Eigen::VectorXd x(2 * axis.cells() + 1);
  for (Index i = 0; i < axis.cells(); ++i) {
    x[2 * i] = axis.edge(i);
    x[2 * i + 1] = axis.centre(i);
  }
  x[2 * axis.cells()] = axis.max();
  return x;
}

DividedLine divide(const Grid<1>& grid, const Region<1>& target) {
  const auto inside = [&](double x) { return target.contains(grid.wrapped_point(Point<1>(x))); };
  const Eigen::VectorXd x = lattice_points(grid.axis(0));
  DividedLine line;
  double low = x[0];
  bool in_target = inside(low);
  const auto close = [&](double high) {
    if (high > low) (in_target ? line.target : line.kept).push_back({low, high});
    low = high;
  };
  for (Index i = 1; i < x.size(); ++i) {
    if (inside(x[i]) == in_target) continue;
    close(turn(x[i - 1], x[i], [&](double at) { return inside(at) == in_target; }));
    in_target = !in_target;
  }
  close(x[x.size() - 1]);
  return line;
}

double kept_probability(const StepLaw& law, const DividedLine& line) {
  double sum = 0.0;
  for (const auto& [low, high] : line.kept) sum += law.probability(low, high);
  return sum;
}

double exit_probability(const StepLaw& law, const DividedLine& line) {
  double sum = law.lost();
  for (const auto& [low, high] : line.target) sum += law.probability(low, high);
  return sum;
}

}  // namespace valleyflux
