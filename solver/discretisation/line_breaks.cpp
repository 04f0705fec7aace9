#include "solver/discretisation/line_breaks.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/breakpoints.hpp"
#include "solver/discretisation/panel_sampler.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace valleyflux {

std::size_t LineBreaks::first_from(double x) const {
  return static_cast<std::size_t>(std::lower_bound(places.begin(), places.end(), x) - places.begin());
}

double LineBreaks::free_way(double x, double side, double most) const {
  constexpr double same = 1e-13;
  double free = most;
  for (const double place : places) {
    const double way = side * (place - x);
    if (way > same * std::max(std::abs(x), most)) free = std::min(free, way);
  }
  return free;
}

LineBreaks line_breaks(const Dynamics& dynamics, const Axis& axis, double largest_diffusion) {
  if (depends_on_time(dynamics)) return {};
  ExpressionGraph graph(1);
  const std::vector<GraphNode> noise = dynamics.diffusion->append_to(graph);
  std::vector<GraphNode> functions = dynamics.drift.append_to(graph);
  functions.insert(functions.end(), noise.begin(), noise.end());
  const auto& landscape = dynamics.drift.potential();
  const auto height = landscape ? landscape->append_to(graph) : std::nullopt;
  if (height) functions.push_back(*height);
  const Breakpoints found = find_breakpoints(graph, functions, axis.min(), axis.max());
  LineBreaks breaks{found.places, std::vector<double>(found.places.size(), 0.0), found.complete};
  if (!height || !found.complete) return breaks;

  const auto& mobility = dynamics.drift.mobility();
  const Index of_height = std::ssize(functions) - 1, of_noise = of_height - 1;
  for (std::size_t k = 0; k < breaks.places.size(); ++k) {
    const auto at = static_cast<Index>(k);
    const double step = found.after(of_height, at) - found.before(of_height, at);
    if (std::isinf(step))
      throw SolverError(
          fmt::format("the landscape is not finite beside x = {:.8g}, where its formula switches", breaks.places[k]));
    if (step == 0.0 || std::isnan(step)) continue;
    const auto noise_beside = [&] {
      if (!noise.empty()) return std::min(found.before(of_noise, at), found.after(of_noise, at));
      DiffusionSamples samples;
      dynamics.diffusion->sample(Eigen::MatrixXd::Constant(1, 1, breaks.places[k]), false, samples);
      return samples.tensor(0, 0);
    };
    breaks.rises[k] =
        step / (mobility ? mobility->kT : std::max(noise_beside(), PanelSampler::least_noise * largest_diffusion));
  }
  return breaks;
}

std::vector<double> nodes_at_breaks(const LineBreaks& breaks, const DiffusionModel& diffusion, const Grid<1>& grid) {
  if (breaks.places.empty()) return {};
  // Off the middle, where zeros of the noise may be.
  constexpr double part = 0.47, other_part = 0.21, none = 1e-200;
  const Axis& axis = grid.axis(0);
  std::vector<double> stops{axis.min()};
  stops.insert(stops.end(), breaks.places.begin(), breaks.places.end());
  stops.push_back(axis.max());
  const Eigen::Map<const Eigen::RowVectorXd> ends(stops.data(), std::ssize(stops));
  const Index pieces = ends.size() - 1;
  const Eigen::RowVectorXd lengths = ends.tail(pieces) - ends.head(pieces);
  DiffusionSamples noise, more;
  diffusion.sample(ends.head(pieces) + part * lengths, false, noise);
  diffusion.sample(ends.head(pieces) + other_part * lengths, false, more);
  Index lowest = 0;
  if (const double least = noise.tensor.row(0).minCoeff(&lowest); least < 0)
    throw SolverError(
        fmt::format("the noise is negative ({:.6g}) at x = {:.8g}", least, ends[lowest] + part * lengths[lowest]));
  const auto still = [&](Index piece) { return noise.tensor(0, piece) <= none && more.tensor(0, piece) <= none; };
  std::vector<double> borders{axis.min()}, nodes;
  for (Index piece = 1; piece < pieces; ++piece)
    if (!still(piece - 1) || !still(piece)) borders.push_back(ends[piece]);
  borders.push_back(axis.max());
  for (std::size_t k = 1; k + 1 < borders.size(); ++k) {
    const double place = borders[k], least = std::min(place - borders[k - 1], borders[k + 1] - place);
    if (!(least < axis.size(grid.cell_containing(Point<1>(place))))) continue;
    nodes.push_back(place - (1.0 - part) * least);
    nodes.push_back(place + part * least);
  }
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

}  // namespace valleyflux
