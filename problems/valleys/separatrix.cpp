#include "problems/valleys/separatrix.hpp"

#include "problems/valleys/eigen_decomposition.hpp"

#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace valleyflux {

namespace {

Point<2> turned_left(const Point<2>& v) {
  return {-v[1], v[0]};
}

}  // namespace

Separatrix::Separatrix(const Drift& drift, const Grid<2>& grid, const CriticalPoint<2>& saddle,
                       const std::vector<CriticalPoint<2>>& critical_points, std::int64_t& steps_left)
    : grid_(grid) {
  for (int k = 0; k < 2; ++k)
    unit_[k] = (grid.axis(k).max() - grid.axis(k).min()) / static_cast<double>(grid.axis(k).cells());
  saddle_ = saddle.position.cwiseQuotient(unit_);
  const Tensor<2> jacobian = -(unit_.cwiseInverse().asDiagonal() * saddle.hessian * unit_.asDiagonal());
  const EigenDecomposition eigen = real_eigen(jacobian);
  const Point<2> stable = eigen.vectors.col(0);
  unstable_ = eigen.vectors.col(1);
  if (unstable_.dot(turned_left(stable)) < 0) unstable_ = -unstable_;

  std::vector<Node> nodes = trace(drift, critical_points, -stable, steps_left);
  std::reverse(nodes.begin(), nodes.end());
  for (Node& node : nodes) {
    node.tangent = -node.tangent;
    node.curvature = -node.curvature;
  }
  const std::vector<Node> onwards = trace(drift, critical_points, stable, steps_left);
  double curvature = 0.0;
  if (!nodes.empty() && !onwards.empty()) curvature = 0.5 * (nodes.back().curvature + onwards.front().curvature);
  nodes.push_back({saddle_, stable, curvature});
  nodes.insert(nodes.end(), onwards.begin(), onwards.end());
  for (std::size_t i = 1; i < nodes.size(); ++i) pieces_.push_back(piece_between(nodes[i - 1], nodes[i]));
}

std::vector<Separatrix::Node> Separatrix::trace(const Drift& drift,
                                                const std::vector<CriticalPoint<2>>& critical_points,
                                                const Point<2>& direction, std::int64_t& steps_left) const {
  namespace odeint = boost::numeric::odeint;
  using State = std::array<double, 2>;
  constexpr double first_distance = 1e-4, longest_step = 0.5, end_distance = 1e-3, tolerance = 1e-12,
                   shortest_step = 1e-7;
  const double longest_way = 20.0 * static_cast<double>(grid_.axis(0).cells() + grid_.axis(1).cells());

  Eigen::MatrixXd sampled_at(2, 1), force, jacobian;
  const auto sample = [&](const Point<2>& y, Eigen::MatrixXd* with_jacobian) {
    sampled_at.col(0) = grid_.wrapped_point(y.cwiseProduct(unit_));
    drift.sample(sampled_at, force, with_jacobian);
    return Point<2>(force.col(0).cwiseQuotient(unit_));
  };
  const auto backwards = [&](const State& y, State& dyds, double) {
    const Point<2> velocity = sample(Point<2>(y[0], y[1]), nullptr);
    const double speed = velocity.norm();
    dyds = {-velocity[0] / speed, -velocity[1] / speed};
  };
  const auto beyond_box = [&](const Point<2>& y) {
    for (int k = 0; k < 2; ++k) {
      const Axis& axis = grid_.axis(k);
      if (!axis.periodic() && (y[k] < axis.min() / unit_[k] - 1.0 || y[k] > axis.max() / unit_[k] + 1.0)) return true;
    }
    return false;
  };

  std::vector<Node> nodes;
  auto stepper = odeint::make_controlled(tolerance, 0.0, odeint::runge_kutta_dopri5<State>());
  Point<2> at = saddle_ + first_distance * direction;
  double step = first_distance;
  // Where the drift jumps, and at a maximum that is none of the critical points, the flows of all sides meet and the
  // curve turns on the spot in tiny steps: it goes as far as it is smooth.
  constexpr std::size_t turns = 32;
  constexpr double first_nodes = 300.0, most_nodes_a_cell = 100.0;
  for (double way = 0.0; way < longest_way;) {
    if (--steps_left < 0) {
      const Point<2> reached = at.cwiseProduct(unit_), from = saddle_.cwiseProduct(unit_);
      throw std::invalid_argument(fmt::format(
          "the border between basins that comes from the saddle at ({:.6g}) does not end (it was followed to "
          "({:.6g})): define the valleys by [[valley]], or merge shallow ones by valleys.depth",
          fmt::join(from, ", "), fmt::join(reached, ", ")));
    }
    const Point<2> velocity = sample(at, &jacobian);
    const double speed = velocity.norm();
    if (!(speed > 0) || !std::isfinite(speed) || !jacobian.allFinite()) break;
    if (nodes.size() >= turns && (at - nodes[nodes.size() - turns].position).norm() < end_distance) {
      nodes.resize(nodes.size() - turns + 1);
      break;
    }
    if (static_cast<double>(nodes.size()) > first_nodes + most_nodes_a_cell * way) break;
    const Point<2> tangent = -velocity / speed;
    const Tensor<2> gradient =
        unit_.cwiseInverse().asDiagonal() * Eigen::Map<const Tensor<2>>(jacobian.data()) * unit_.asDiagonal();
    nodes.push_back({at, tangent, -turned_left(tangent).dot(gradient * tangent) / speed});

    double nearest = std::numeric_limits<double>::infinity();
    Point<2> towards = Point<2>::Zero();  // the nearest critical point but the saddle itself
    for (const auto& point : critical_points) {
      if ((point.position.cwiseQuotient(unit_) - saddle_).norm() < 1e-9) continue;
      const Point<2> offset = grid_.difference(point.position, at.cwiseProduct(unit_)).cwiseQuotient(unit_);
      if (offset.norm() < nearest) {
        nearest = offset.norm();
        towards = offset;
      }
    }
    if (nearest < end_distance) {
      if (nearest > 0) nodes.push_back({at + towards, towards / nearest, 0.0});
      break;
    }
    if (beyond_box(at)) break;

    step = std::min({step, longest_step, 0.5 * nearest});
    bool moved = false;
    while (!moved && step > shortest_step) {
      State y{at[0], at[1]};
      double reached = way, tried = step;
      const bool accepted = stepper.try_step(backwards, y, reached, tried) == odeint::success;
      moved = accepted && std::isfinite(y[0]) && std::isfinite(y[1]);
      if (moved) {
        way = reached;
        at = Point<2>(y[0], y[1]);
        step = tried;
      } else {
        // The drift may end at the wall: the curve goes as far as it is defined.
        stepper.reset();
        step = accepted || !(tried < step) ? 0.5 * step : tried;
      }
    }
    if (!moved) break;
  }
  return nodes;
}

Separatrix::Piece Separatrix::piece_between(const Node& from, const Node& to) {
  Piece piece;
  piece.start = from.position;
  piece.length = (to.position - from.position).norm();
  piece.along = (to.position - from.position) / piece.length;
  piece.left = turned_left(piece.along);
  const auto slope = [&](const Node& node) { return node.tangent.dot(piece.left) / node.tangent.dot(piece.along); };
  const double m0 = slope(from), m1 = slope(to);
  const double d0 = m0 * piece.length, d1 = m1 * piece.length;
  const double s0 = from.curvature * std::pow(1.0 + m0 * m0, 1.5) * piece.length * piece.length;
  const double s1 = to.curvature * std::pow(1.0 + m1 * m1, 1.5) * piece.length * piece.length;
  const double a = -(d0 + 0.5 * s0), b = d1 - d0 - s0, c = s1 - s0;
  piece.shape = {0.0, d0, 0.5 * s0, 10.0 * a - 4.0 * b + 0.5 * c, -15.0 * a + 7.0 * b - c, 6.0 * a - 3.0 * b + 0.5 * c};
  return piece;
}

Separatrix::Nearness Separatrix::nearness(const Point<2>& x, std::size_t first, std::size_t last) const {
  Nearness result{0.0, std::numeric_limits<double>::infinity()};
  for (std::size_t i = first; i <= last; ++i) {
    const Piece& piece = pieces_[i];
    const Point<2> from_start = grid_.difference(x, piece.start.cwiseProduct(unit_)).cwiseQuotient(unit_);
    const double u = from_start.dot(piece.along) / piece.length, inside = std::clamp(u, 0.0, 1.0);
    double height = 0.0, slope = 0.0;
    for (std::size_t k = 6; k-- > 0;) {
      slope = slope * inside + height;
      height = height * inside + piece.shape[k];
    }
    const double offset = from_start.dot(piece.left) - height - slope * (u - inside);
    const double beyond = (u - inside) * piece.length, distance = std::sqrt(offset * offset + beyond * beyond);
    if (distance < result.distance) result = {offset, distance};
  }
  return result;
}

Point<2> Separatrix::beside_saddle(int side) const {
  constexpr double distance = 1e-3;
  return (saddle_ + side * distance * unstable_).cwiseProduct(unit_);
}

}  // namespace valleyflux
