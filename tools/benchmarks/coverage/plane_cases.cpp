#include "tools/benchmarks/coverage/plane_cases.hpp"

#include "tools/benchmarks/coverage/case_text.hpp"
#include "tools/benchmarks/coverage/line_shapes.hpp"
#include "tools/benchmarks/coverage/line_truth.hpp"
#include "tools/benchmarks/coverage/transformed_process.hpp"

#include <fmt/format.h>
#include <Eigen/Dense>

#include <algorithm>
#include <cmath>

namespace valleyflux::coverage {

namespace {

// Densities at the walls, relative to the bottom of the valley, are exp(-unfelt).
constexpr double unfelt = 30.0;

std::string tensor_text(const Eigen::Matrix2d& D) {
  return fmt::format("[diffusion]\nD = [[{}, {}], [{}, {}]]\n", digits(D(0, 0)), digits(D(0, 1)), digits(D(0, 1)),
                     digits(D(1, 1)));
}

std::string linear(double a, double b) {
  return fmt::format("(({})*x + ({})*y)", digits(a), digits(b));
}

/// A box around the places given (columns), larger by chance, with cells by chance, and memory for grids that are
/// solved in seconds: intervals have to hold on those as well.
std::string box_text(Random& random, const Eigen::Matrix2Xd& corners, double fewest, double most) {
  std::string text = "[accuracy]\nmemory = \"0.25GB\"\n[grid]\n";
  const double cells = random.log_uniform(fewest, most);
  for (int k = 0; k < 2; ++k) {
    const double low = corners.row(k).minCoeff(), high = corners.row(k).maxCoeff(), spare = 0.3 * (high - low);
    text +=
        axis_text(k == 0 ? "x" : "y", low - random.unit() * spare, high + random.unit() * spare,
                  static_cast<Index>(cells * random.log_uniform(0.7, 1.4)), Boundary::reflecting, Boundary::reflecting);
  }
  return text;
}

/// A double well along u with the barrier and the truths of an escape over it.
struct Passage {
  LineProcess process;
  Segment reach;  // of u
  double divide = 0.0, core_left = 0.0, core_right = 0.0;
  bool upwards = true;

  Passage(Random& random, double highest) {
    process = draw_double_well(random);
    const std::vector<double> wells = process.stable_points(-2.0, 2.0), tops = process.unstable_points(-1.0, 1.0);
    if (wells.size() != 2 || tops.size() != 1) throw Unfit("not a double well");
    divide = tops[0] + random.uniform(-0.15, 0.15);
    upwards = random.chance(0.5);
    set_barrier(process, upwards ? wells[0] : wells[1], upwards ? wells[1] : wells[0],
                random.log_uniform(2.0, highest));
    reach = confined(process, wells[0], wells[1], unfelt);
    core_left = wells[0] + random.uniform(-0.2, 0.7) * (divide - wells[0]);
    core_right = wells[1] - random.uniform(-0.2, 0.7) * (wells[1] - divide);
    start = upwards ? wells[0] : wells[1];
  }

  double start = 0.0;

  std::vector<Truth> truths() const {
    const double arrival = upwards ? core_right : core_left;
    const auto interval = [&](double end) {
      return upwards ? Interval{reach.low, end, false, true} : Interval{end, reach.high, true, false};
    };
    const Segment valley = upwards ? Segment{reach.low, divide} : Segment{divide, reach.high};
    const std::string a = upwards ? "left" : "right", b = upwards ? "right" : "left";
    const Segment left{reach.low, core_left}, right{core_right, reach.high};
    const PrincipalRate transition = principal_rate(process, interval(arrival), valley);
    return {{a, b, "mean_first_passage", -log_mean_time(process, interval(arrival), start)},
            {a, b, "quasi_stationary", transition.log_rate},
            {a, b, "reactive_flux", log_reactive_rate(process, reach, upwards ? left : right, upwards ? right : left)},
            {a, "first_exit", "mean_first_passage", -log_mean_time(process, interval(divide), start)},
            {a, "first_exit", "quasi_stationary", principal_rate(process, interval(divide), valley).log_rate}};
  }

  std::string text(const std::string& u) const {
    const std::string a = upwards ? "left" : "right", b = upwards ? "right" : "left";
    return valley_text("left", u + " < " + digits(divide), u + " < " + digits(core_left)) +
           valley_text("right", u + " > " + digits(divide), u + " > " + digits(core_right)) +
           escape_text(a, b, {"mean_first_passage", "quasi_stationary", "reactive_flux"}) +
           escape_text(a, "first_exit", {"mean_first_passage", "quasi_stationary"}) + escapes_alone();
  }
};

Eigen::Matrix2d rotation(Random& random) {
  const double angle = random.uniform(0.0, M_PI);
  Eigen::Matrix2d R;  // columns: the directions of u and v
  R << std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle);
  return R;
}

Eigen::Matrix2Xd corners(const Eigen::Matrix2d& R, const Segment& u, const Segment& v) {
  Eigen::Matrix2Xd points(2, 4);
  points << u.low, u.low, u.high, u.high, v.low, v.high, v.low, v.high;
  return R * points;
}

}  // namespace

CoveredCase separable_case(Random& random) {
  constexpr double highest = 60.0;
  const Passage passage(random, highest);
  const Eigen::Matrix2d R = rotation(random);
  const double D_u = passage.process.diffusion, anisotropy = random.log_uniform(1.0, 1000.0);
  const double D_v = random.chance(0.5) ? D_u * anisotropy : D_u / anisotropy;
  // g = k v^2 / 2 + q v^4 / 4, as wide as or narrower than the way along u.
  const double width = random.log_uniform(0.05, 1.0) * passage.reach.width();
  const double stiffness = 2.0 * unfelt * D_v / (0.25 * width * width);
  LineProcess across;
  across.polynomial = {0.0, 0.0, 0.5 * stiffness};
  if (random.chance(0.3)) across.polynomial = {0.0, 0.0, 0.5 * stiffness, 0.0, stiffness / (width * width)};
  across.diffusion = D_v;
  const Segment v = confined(across, -0.05 * width, 0.05 * width, unfelt);
  const std::string u_text = linear(R(0, 0), R(1, 0)), v_text = linear(R(0, 1), R(1, 1));
  CoveredCase made;
  made.truths = passage.truths();
  made.toml = fmt::format("[landscape]\nexpression = \"{} + {}\"\n", passage.process.landscape_text(u_text),
                          across.landscape_text(v_text)) +
              tensor_text(R * Eigen::Vector2d(D_u, D_v).asDiagonal() * R.transpose()) +
              box_text(random, corners(R, passage.reach, v), 16.0, 140.0) + passage.text(u_text);
  return made;
}

CoveredCase sheared_case(Random& random) {
  constexpr double highest = 30.0;
  const Passage passage(random, highest);
  const Eigen::Matrix2d R = rotation(random);
  const double D_u = passage.process.diffusion;
  const double stiffness = random.log_uniform(0.3, 5.0), pull = random.uniform(-1.5, 1.5);
  const double D_v = D_u * random.log_uniform(0.03, 30.0), correlation = random.uniform(-0.7, 0.7);
  const double D_uv = correlation * std::sqrt(D_u * D_v);
  Eigen::Matrix2d D;
  D << D_u, D_uv, D_uv, D_v;
  // v relaxes to (pull / stiffness) u or stays behind it; its noise alone has the variance D_v / stiffness.
  const double farthest = std::max(std::abs(passage.reach.low), std::abs(passage.reach.high));
  const double v = std::abs(pull) / stiffness * farthest + 1.3 * std::sqrt(2.0 * unfelt * D_v / stiffness);
  const std::string u_text = linear(R(0, 0), R(1, 0)), v_text = linear(R(0, 1), R(1, 1));
  const std::string b_u = fmt::format("(-({}))", passage.process.slope_text(u_text)),
                    b_v = fmt::format("(({})*{} - ({})*{})", digits(pull), u_text, digits(stiffness), v_text);
  CoveredCase made;
  made.truths = passage.truths();
  made.toml = fmt::format("[drift]\nexpression = [\"({})*{} + ({})*{}\", \"({})*{} + ({})*{}\"]\n", digits(R(0, 0)),
                          b_u, digits(R(0, 1)), b_v, digits(R(1, 0)), b_u, digits(R(1, 1)), b_v) +
              tensor_text(R * D * R.transpose()) + box_text(random, corners(R, passage.reach, {-v, v}), 16.0, 140.0) +
              passage.text(u_text);
  return made;
}

CoveredCase ornstein_uhlenbeck_case(Random& random) {
  // dx = A x dt + noise, A = V diag(-r) V^-1; y = w . x, w the first row of V^-1: dy = -r_0 y dt + noise.
  Eigen::Matrix2d V;
  const double first = random.uniform(0.0, M_PI), second = first + random.uniform(0.35, M_PI - 0.35);
  V << std::cos(first), std::cos(second), std::sin(first), std::sin(second);
  const Eigen::Vector2d r(random.log_uniform(0.2, 2.0), random.log_uniform(0.2, 5.0));
  const Eigen::Matrix2d A = V * (-r).asDiagonal() * V.inverse();
  const Eigen::Matrix2d R = rotation(random);
  const double size = random.log_uniform(0.01, 1.0);
  const Eigen::Matrix2d D =
      R * Eigen::Vector2d(size, size * random.log_uniform(0.01, 1.0)).asDiagonal() * R.transpose();
  const Eigen::Vector2d w = V.inverse().row(0).normalized();
  LineProcess process;
  process.polynomial = {0.0, 0.0, 0.5 * r[0]};
  process.diffusion = w.dot(D * w);
  const double height = random.log_uniform(2.0, 20.0);
  const double edge = std::sqrt(2.0 * height * process.diffusion / r[0]), core = random.uniform(1.02, 1.3) * edge;
  // Stationary covariance S: A S + S A^T + 2 D = 0, solved in the eigenbasis.
  Eigen::Matrix2d noise = V.inverse() * (2.0 * D) * V.inverse().transpose();
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) noise(i, j) /= r[i] + r[j];
  const Eigen::Matrix2d S = V * noise * V.transpose();
  const double farthest = std::sqrt(2.0 * (height * 1.7 + unfelt));
  Eigen::Matrix2Xd ends(2, 2);
  for (int k = 0; k < 2; ++k) ends.row(k) << -farthest * std::sqrt(S(k, k)), farthest * std::sqrt(S(k, k));

  const Segment reach{-std::sqrt(2.0 * (height + unfelt) * process.diffusion / r[0]), core};
  CoveredCase made;
  for (const auto& [to, end] : {std::pair{"first_exit", edge}, std::pair{"beyond", core}}) {
    const Interval interval{reach.low, end, false, true};
    made.truths.push_back({"inside", to, "mean_first_passage", -log_mean_time(process, interval, 0.0)});
    made.truths.push_back(
        {"inside", to, "quasi_stationary", principal_rate(process, interval, {reach.low, edge}).log_rate});
  }
  const std::string y = linear(w[0], w[1]);
  made.toml =
      fmt::format("[drift]\nexpression = [\"{}\", \"{}\"]\n", linear(A(0, 0), A(0, 1)), linear(A(1, 0), A(1, 1))) +
      tensor_text(D) + box_text(random, ends, 20.0, 140.0) + valley_text("inside", y + " < " + digits(edge), "") +
      valley_text("beyond", y + " > " + digits(edge), y + " > " + digits(core)) +
      escape_text("inside", "first_exit", {"mean_first_passage", "quasi_stationary"}) +
      escape_text("inside", "beyond", {"mean_first_passage", "quasi_stationary"}) + escapes_alone();
  return made;
}

CoveredCase disc_case(Random& random) {
  const double a = random.log_uniform(0.3, 3.0), b = random.chance(0.6) ? random.log_uniform(0.1, 3.0) : 0.0;
  const double radius = random.uniform(0.7, 1.5), scale = random.log_uniform(0.5, 2.0);
  const double height = 0.5 * a * radius * radius + 0.25 * b * std::pow(radius, 4);
  const double D = height / random.log_uniform(2.0, 20.0);
  const Eigen::Vector2d centre(random.uniform(-0.2, 0.2), random.uniform(-0.2, 0.2));
  const TransformedProcess radial = radial_process(a, b, D);
  const Interval interval{radial.low, radial.variable(radius), false, true};
  CoveredCase made;
  made.truths = {{"inside", "first_exit", "mean_first_passage", -log_mean_time(radial.process, interval, interval.low)},
                 {"inside", "first_exit", "quasi_stationary",
                  principal_rate(radial.process, interval, {interval.low, interval.high}).log_rate}};
  const std::string u = fmt::format("(x - ({}))", digits(centre[0])),
                    v = fmt::format("((y - ({}))/{})", digits(centre[1]), digits(scale)),
                    square = fmt::format("({}^2 + {}^2)", u, v),
                    pull = fmt::format("({} + {}*{})", digits(a), digits(b), square);
  const double farthest = radius * random.uniform(1.3, 1.8);
  Eigen::Matrix2Xd ends(2, 2);
  ends << centre[0] - farthest, centre[0] + farthest, centre[1] - scale * farthest, centre[1] + scale * farthest;
  Eigen::Matrix2d tensor = Eigen::Vector2d(D, scale * scale * D).asDiagonal();
  made.toml = fmt::format("[drift]\nexpression = [\"-{}*{}\", \"-{}*{}*{}\"]\n", pull, u, digits(scale), pull, v) +
              tensor_text(tensor) + box_text(random, ends, 16.0, 140.0) +
              valley_text("inside", square + " < " + digits(radius * radius), "") +
              escape_text("inside", "first_exit", {"mean_first_passage", "quasi_stationary"}) + escapes_alone();
  return made;
}

}  // namespace valleyflux::coverage
