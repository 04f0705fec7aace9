#include "problems/valleys/kinks.hpp"

#include "problems/dynamics/diffusion_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace valleyflux {

namespace {

double force_on_line(const Drift& drift, double x) {
  Eigen::MatrixXd force;
  drift.sample(Point<1>(x), force);
  return force(0, 0);
}

/// Whether F neither falls to zero nor grows without bound towards x from one side: by halves of a distance it changes
/// like y^0, not like y^1 (a zero) or y^-1 (a pole of L).
bool keeps_its_size(const Drift& drift, double x, double distance) {
  const double near = std::abs(force_on_line(drift, x + 0.5 * distance)),
               far = std::abs(force_on_line(drift, x + distance));
  constexpr double least = 0.75, most = 1.9;
  return near > least * far && near < most * far;
}

/// The lowest place of f between two numbers, by the golden section: kinks do not hold it up.
template <class F>
double lowest_between(double low, double high, const F& f) {
  constexpr double section = 0.6180339887498949, least = 1e-14;
  double a = high - section * (high - low), b = low + section * (high - low), f_a = f(a), f_b = f(b);
  const double enough = least * (high - low);
  while (high - low > enough && a < b) {
    if (f_a < f_b) {
      high = b;
      b = a;
      f_b = f_a;
      a = high - section * (high - low);
      f_a = f(a);
    } else {
      low = a;
      a = b;
      f_a = f_b;
      b = low + section * (high - low);
      f_b = f(b);
    }
  }
  return f_a < f_b ? a : b;
}

bool has_kinked_parts(const ExpressionGraph& graph) {
  for (GraphNode node = 0; node < graph.size(); ++node) switch (graph[node].operation) {
      case Operation::abs:
      case Operation::minimum:
      case Operation::maximum:
      case Operation::less:
      case Operation::both: return true;
      default: break;
    }
  return false;
}

}  // namespace

bool may_have_kinks(const Landscape& landscape) {
  if (landscape.depends_on_time()) return false;
  ExpressionGraph graph(landscape.dimension());
  return landscape.append_to(graph) && has_kinked_parts(graph);
}

bool may_have_kinks(const DiffusionModel& diffusion) {
  if (diffusion.depends_on_time()) return false;
  ExpressionGraph graph(diffusion.dimension());
  return !diffusion.append_to(graph).empty() && has_kinked_parts(graph);
}

template <int Dim>
bool is_kink(const Drift& drift, const Point<Dim>& x, const Point<Dim>& reach) {
  constexpr double close = 1e-3, kept = 0.5;
  for (int k = 0; k < Dim; ++k) {
    Eigen::Matrix<double, Dim, 4> points = x.replicate(1, 4);
    points.row(k) += reach[k] * Eigen::RowVector4d(-close, close, -1.0, 1.0);
    Eigen::MatrixXd force;
    drift.sample(points, force);
    if (!force.allFinite()) continue;
    const double size = force.row(k).cwiseAbs().tail<2>().maxCoeff();
    if (force(k, 0) * force(k, 1) < 0 && force.row(k).cwiseAbs().head<2>().minCoeff() > kept * size) return true;
  }
  return false;
}

template <int Dim>
CriticalPoint<Dim> kink_at(const Drift& drift, const Point<Dim>& x, int index) {
  CriticalPoint<Dim> point;
  point.position = x;
  point.index = index;
  point.degenerate = point.kinked = true;
  if (const auto& landscape = drift.potential()) {
    FieldSamples height;
    landscape->sample(x, 0, height);
    point.height = height.value[0];
  }
  return point;
}

std::vector<CriticalPoint<1>> find_kinks(const Drift& drift, const DriftScan<1>& scan,
                                         const std::vector<Point<1>>& zeros) {
  std::vector<double> known;
  for (const Point<1>& zero : zeros) known.push_back(zero[0]);
  std::sort(known.begin(), known.end());
  std::vector<CriticalPoint<1>> kinks;
  const std::vector<double>& vertices = scan.vertices[0];
  for (std::size_t i = 0; i + 1 < vertices.size(); ++i) {
    const double before = scan.force(0, static_cast<Index>(i)), after = scan.force(0, static_cast<Index>(i) + 1);
    if (!(before * after < 0) || !std::isfinite(before * after)) continue;
    const auto zero = std::lower_bound(known.begin(), known.end(), vertices[i]);
    if (zero != known.end() && *zero <= vertices[i + 1]) continue;
    double low = vertices[i], high = vertices[i + 1];
    for (double middle = 0.5 * (low + high); middle > low && middle < high; middle = 0.5 * (low + high))
      ((force_on_line(drift, middle) > 0) == (before > 0) ? low : high) = middle;
    // Where a switch is between the vertices, no other number is: what lies beside them is as smooth as in a cell.
    const double before_it = i > 0 ? vertices[i] - vertices[i - 1] : 0.0;
    const double after_it = i + 2 < vertices.size() ? vertices[i + 2] - vertices[i + 1] : 0.0;
    const double room = std::max(vertices[i + 1] - vertices[i], std::min(before_it, after_it));
    bool kept = true;
    for (const double share : {1e-2, 1e-4})
      for (const double side : {-1.0, 1.0}) kept = kept && keeps_its_size(drift, low, side * share * room);
    if (kept) kinks.push_back(kink_at<1>(drift, Point<1>(low), before > 0 ? 0 : 1));
  }
  return kinks;
}

std::vector<Point<2>> lowest_points(const Landscape& landscape, const Eigen::Matrix2Xd& starts,
                                    const Eigen::VectorXd& reach) {
  constexpr int most_steps = 400, directions = 8;
  constexpr double golden = 2.399963229728653;  // an angle that no multiple of comes back to
  constexpr double longer = 2.0, least = 1e-12, far_away = 1e12;
  struct Descent {
    Point<2> x;
    double height, step;
  };
  FieldSamples heights;
  landscape.sample(starts, 0, heights);
  std::vector<Descent> descents;
  for (Index n = 0; n < starts.cols(); ++n)
    if (std::isfinite(heights.value[n])) descents.push_back({starts.col(n), heights.value[n], reach[n]});
  std::vector<Point<2>> ends;
  for (int k = 0; k < most_steps && !descents.empty(); ++k) {
    Eigen::Matrix2Xd tried(2, directions * static_cast<Index>(descents.size()));
    for (Index n = 0; n < tried.cols(); ++n) {
      const Descent& descent = descents[static_cast<std::size_t>(n / directions)];
      const double angle = k * golden + static_cast<double>(n % directions) * 2.0 * std::numbers::pi / directions;
      tried.col(n) = descent.x + descent.step * Point<2>(std::cos(angle), std::sin(angle));
    }
    landscape.sample(tried, 0, heights);
    std::vector<Descent> going_on;
    for (std::size_t m = 0; m < descents.size(); ++m) {
      Descent descent = descents[m];
      Index lowest = -1;
      for (Index n = directions * static_cast<Index>(m); n < directions * static_cast<Index>(m + 1); ++n)
        if (heights.value[n] < descent.height) {
          lowest = n;
          descent.height = heights.value[n];
        }
      if (lowest >= 0) {
        descent.x = tried.col(lowest);
        descent.step *= longer;
        if (!(descent.x.norm() < far_away)) continue;
      } else {
        descent.step /= longer;
      }
      if (descent.step <= least * std::max(descent.x.norm(), 1e-3))
        ends.push_back(descent.x);
      else
        going_on.push_back(descent);
    }
    descents = std::move(going_on);
  }
  return ends;
}

Point<2> lowest_around(const Landscape& landscape, Point<2> x, const Point<2>& reach) {
  FieldSamples height;
  const auto height_at = [&](double a, double b) {
    landscape.sample(Point<2>(a, b), 0, height);
    return std::isfinite(height.value[0]) ? height.value[0] : std::numeric_limits<double>::infinity();
  };
  constexpr int most_moves = 20;
  constexpr double beside_border = 0.99;
  for (int move = 0; move < most_moves; ++move) {
    const auto along_y = [&](double a) {
      return lowest_between(x[1] - reach[1], x[1] + reach[1], [&](double b) { return height_at(a, b); });
    };
    const double a =
        lowest_between(x[0] - reach[0], x[0] + reach[0], [&](double at) { return height_at(at, along_y(at)); });
    const Point<2> lowest(a, along_y(a));
    const bool amid = (lowest - x).cwiseAbs().cwiseQuotient(reach).maxCoeff() < beside_border;
    x = lowest;
    if (amid) break;
  }
  return x;
}

template <int Dim>
std::optional<CriticalPoint<Dim>> kinked_minimum_near(const Drift& drift, const Grid<Dim>& grid, const Point<Dim>& x,
                                                      const Point<Dim>& reach) {
  if constexpr (Dim == 1) {
    constexpr Index parts = 8;
    const Axis around(grid.axis(0).name(), x[0] - 1.5 * reach[0], x[0] + 1.5 * reach[0], parts);
    for (const CriticalPoint<1>& point : find_critical_points<1>(drift, Grid<1>({around})))
      if (point.kinked && point.index == 0 && grid.contains(point.position)) return point;
  } else {
    const Point<2> lowest = lowest_around(*drift.potential(), x, reach);
    if (grid.difference(lowest, x).cwiseAbs().cwiseQuotient(reach).maxCoeff() < 2.0 && grid.contains(lowest) &&
        is_kink<2>(drift, lowest, reach))
      return kink_at<2>(drift, lowest, 0);
  }
  return std::nullopt;
}

template <int Dim>
Point<Dim> kink_width(const Drift& drift, const DiffusionModel& diffusion, const Point<Dim>& x,
                      const Point<Dim>& beside) {
  DiffusionSamples noise;
  diffusion.sample(x, false, noise);
  const Tensor<Dim> tensor = noise.tensor.col(0).reshaped(Dim, Dim);
  Point<Dim> width;
  for (int k = 0; k < Dim; ++k) {
    Eigen::Matrix<double, Dim, 2> points = x.replicate(1, 2);
    points.row(k) += beside[k] * Eigen::RowVector2d(-1.0, 1.0);
    if (Dim > 1 && drift.potential()) {
      // Along some axes a kinked minimum may be smooth.
      constexpr int most_doublings = 60;
      for (int doubling = 0; doubling < most_doublings; ++doubling) {
        FieldSamples height, lowest;
        drift.potential()->sample(points, 0, height);
        drift.potential()->sample(x, 0, lowest);
        const double rise = height.value.minCoeff() - lowest.value[0], reach = points(k, 1) - x[k];
        width[k] = reach;
        if (!(rise < tensor(k, k))) break;
        points.row(k).array() += reach * Eigen::Array2d(-1.0, 1.0).transpose();
      }
    } else {
      Eigen::MatrixXd force;
      drift.sample(points, force);
      width[k] = tensor(k, k) / force.row(k).cwiseAbs().minCoeff();
    }
  }
  return width;
}

template bool is_kink(const Drift&, const Point<1>&, const Point<1>&);
template bool is_kink(const Drift&, const Point<2>&, const Point<2>&);
template CriticalPoint<1> kink_at(const Drift&, const Point<1>&, int);
template CriticalPoint<2> kink_at(const Drift&, const Point<2>&, int);
template std::optional<CriticalPoint<1>> kinked_minimum_near(const Drift&, const Grid<1>&, const Point<1>&,
                                                             const Point<1>&);
template std::optional<CriticalPoint<2>> kinked_minimum_near(const Drift&, const Grid<2>&, const Point<2>&,
                                                             const Point<2>&);
template Point<1> kink_width(const Drift&, const DiffusionModel&, const Point<1>&, const Point<1>&);
template Point<2> kink_width(const Drift&, const DiffusionModel&, const Point<2>&, const Point<2>&);

}  // namespace valleyflux
