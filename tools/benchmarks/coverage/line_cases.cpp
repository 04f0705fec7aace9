#include "tools/benchmarks/coverage/line_cases.hpp"

#include "tools/benchmarks/coverage/case_text.hpp"
#include "tools/benchmarks/coverage/line_shapes.hpp"
#include "tools/benchmarks/coverage/line_truth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace valleyflux::coverage {

namespace {

constexpr double turn = 2.0 * M_PI;
constexpr double widest_span = 3000.0;  // of the potential, in units of D: walls as steep as a stranger's box may hold
constexpr double longest_time = 600.0;  // logarithm: beyond it a time leaves the range of doubles
constexpr double mostly = 0.9;          // of the quasi-stationary law in the valley: its rate is the pair's

LineProcess draw_landscape(Random& random, double half) {
  LineProcess process;
  process.polynomial = {0.0, random.uniform(-0.5, 0.5), random.uniform(-1.0, 1.0), random.uniform(-0.3, 0.3),
                        random.uniform(0.05, 0.4)};
  if (random.chance(0.1)) process.polynomial[4] = 0.0;  // not confining: walls alone hold it
  const int waves = random.choice(4);
  for (int k = 0; k < waves; ++k)
    process.waves.push_back({random.uniform(-1.5, 1.5), random.uniform(0.5, 9.0 / half), random.uniform(0.0, turn)});
  return process;
}

Boundary draw_wall(Random& random) {
  return random.chance(0.35) ? Boundary::absorbing : Boundary::reflecting;
}

/// A core around a point of (low, high), often lopsided, at times all that lies on its side of the point's other end.
Segment draw_core(Random& random, double point, double low, double high) {
  return {point - random.uniform(0.02, 0.9) * (point - low), point + random.uniform(0.02, 0.9) * (high - point)};
}

/// A place near `top`, no further than a third of the way to its neighbours: valleys end where their user says.
double displaced(Random& random, double top, double below, double above) {
  if (random.chance(0.5)) return top;
  constexpr double third = 1.0 / 3.0;
  return random.chance(0.5) ? top + third * random.unit() * (above - top) : top - third * random.unit() * (top - below);
}

Index draw_cells(Random& random, double whole, double valley) {
  const double cells = random.log_uniform(5.0, 200.0) * whole / valley;
  return static_cast<Index>(std::clamp(cells, 8.0, 5000.0));
}

std::string dynamics_text(const LineProcess& process) {
  const std::string force =
      process.tilt == 0.0
          ? fmt::format("[landscape]\nexpression = \"{}\"\n", process.landscape_text("x"))
          : fmt::format("[drift]\nexpression = [\"{} - ({})\"]\n", digits(process.tilt), process.slope_text("x"));
  return fmt::format("{}[diffusion]\nmodel = \"expression\"\nD = \"{}\"\ninterpretation = \"{}\"\n", force,
                     process.noise_text("x"), process.interpretation());
}

/// What holds of an escape from `start` in `interval`: the truths of the methods that have one.
void add_truths(const LineProcess& process, const Interval& interval, double start, const Segment& valley,
                const std::string& from, const std::string& to, std::vector<Truth>& truths) {
  const double log_time = log_mean_time(process, interval, start);
  if (log_time > longest_time) throw Unfit("too slow for doubles");
  truths.push_back({from, to, "mean_first_passage", -log_time});
  try {
    const PrincipalRate principal =
        principal_rate(process, interval, {std::max(valley.low, interval.low), std::min(valley.high, interval.high)});
    if (principal.log_rate < -longest_time) return;
    truths.push_back({from, to, "quasi_stationary", principal.log_rate});
    // With another well on the way the flux may settle before the whole law does.
    if (principal.share > mostly && process.stable_points(interval.low, interval.high).size() == 1)
      truths.push_back({from, to, "flux", principal.log_rate});
  } catch (const TruthError&) {
    return;  // without a truth a method is not asked for
  }
}

std::vector<std::string> methods_of(const std::vector<Truth>& truths, const std::string& to) {
  std::vector<std::string> methods;
  for (const Truth& truth : truths)
    if (truth.to == to) methods.push_back(truth.method);
  return methods;
}

}  // namespace

CoveredCase line_case(Random& random) {
  const double half = random.uniform(1.5, 3.5);
  LineProcess process = draw_landscape(random, half);
  draw_noise(process, random, 0.0);
  const std::vector<double> minima = process.stable_points(-half, half);
  if (minima.size() < 2) throw Unfit("a single well");
  const auto pair = static_cast<std::size_t>(random.choice(static_cast<int>(minima.size()) - 1));
  const double top = process.unstable_points(minima[pair], minima[pair + 1]).front();
  const double divide = displaced(random, top, minima[pair], minima[pair + 1]);

  // A box that may cut a wall off anywhere beyond the outer minima.
  Segment box{minima.front() - random.log_uniform(0.05, 1.0) * (minima.front() + half),
              minima.back() + random.log_uniform(0.05, 1.0) * (half - minima.back())};
  const Boundary lower = draw_wall(random), upper = draw_wall(random);
  const Segment left{box.low, divide}, right{divide, box.high};
  const Segment core_left =
                    draw_core(random, minima[pair], std::max(box.low, pair > 0 ? minima[pair - 1] : box.low), divide),
                core_right =
                    draw_core(random, minima[pair + 1], divide, pair + 2 < minima.size() ? minima[pair + 2] : box.high);
  const bool upwards = random.chance(0.5);
  const Segment &from = upwards ? left : right, &core = upwards ? core_left : core_right,
                &target = upwards ? core_right : core_left;
  const double start = lowest_stable_point(process, from.low, from.high);
  if (start <= box.low || start >= box.high) throw Unfit("the lowest point lies outside");
  const double arrival = upwards ? target.low : target.high;
  set_barrier(process, start, arrival, random.log_uniform(2.0, 100.0));
  if (potential_span(process, box.low, box.high) > widest_span) throw Unfit("walls too high");

  CoveredCase made;
  const bool lost_low = lower == Boundary::absorbing, lost_high = upper == Boundary::absorbing;
  const Interval transition =
      upwards ? Interval{box.low, arrival, lost_low, true} : Interval{arrival, box.high, true, lost_high};
  const Interval exit =
      upwards ? Interval{box.low, divide, lost_low, true} : Interval{divide, box.high, true, lost_high};
  const std::string a = upwards ? "left" : "right", b = upwards ? "right" : "left";
  add_truths(process, transition, start, from, a, b, made.truths);
  if (!lost_low && !lost_high)
    made.truths.push_back({a, b, "reactive_flux", log_reactive_rate(process, box, core, target)});
  add_truths(process, exit, start, from, a, "first_exit", made.truths);

  std::optional<Grading> grading;
  if (random.chance(0.15))
    grading = Grading{random.uniform(box.low, box.high), random.log_uniform(0.05, 1.0) * box.width()};
  const double narrow = std::min(divide - box.low, box.high - divide);
  made.toml = dynamics_text(process) + "[grid]\n" +
              axis_text("x", box.low, box.high, draw_cells(random, box.width(), narrow), lower, upper, grading) +
              valley_text("left", "x < " + digits(divide), between("x", core_left.low, core_left.high)) +
              valley_text("right", "x > " + digits(divide), between("x", core_right.low, core_right.high)) +
              escape_text(a, b, methods_of(made.truths, b)) +
              escape_text(a, "first_exit", methods_of(made.truths, "first_exit")) + escapes_alone();
  return made;
}

CoveredCase ring_case(Random& random) {
  const double period = random.log_uniform(1.0, 10.0);
  LineProcess process;
  process.polynomial = {0.0};
  const int waves = 1 + random.choice(3);
  for (int k = 0; k < waves; ++k)
    process.waves.push_back(
        {random.uniform(0.2, 1.5), turn / period * (1 + random.choice(3)), random.uniform(0.0, turn)});
  if (random.chance(0.5)) process.tilt = random.uniform(-1.0, 1.0) / period;
  draw_noise(process, random, period);
  const std::vector<double> tops = process.unstable_points(0.0, period);
  if (tops.size() < 2) throw Unfit("a single well");
  const double start = lowest_stable_point(process, tops[0], tops[1]);
  const double other = lowest_stable_point(process, tops[1], tops[0] + period);
  const double low = displaced(random, tops[0], other - period, start), high = low + period;
  const double divide = displaced(random, tops[1], start, other);
  if (process.stable_points(low, divide).size() != 1) throw Unfit("not one well");
  const Segment core = draw_core(random, start, low, divide), target = draw_core(random, other, divide, high);
  set_barrier(process, start, target.low, random.log_uniform(2.0, 100.0));
  if (potential_span(process, low, high + period) > widest_span) throw Unfit("walls too high");

  CoveredCase made;
  add_truths(process, {target.high - period, target.low, true, true}, start, {low, divide}, "first", "second",
             made.truths);
  made.truths.push_back({"first", "second", "reactive_flux", log_ring_reactive_rate(process, period, core, target)});
  add_truths(process, {low, divide, true, true}, start, {low, divide}, "first", "first_exit", made.truths);
  const double cut = random.uniform(low, high);  // where the axis begins and ends
  const auto on_axis = [&](const Segment& segment) {
    const auto wrapped = [&](double x) { return x < cut ? x + period : x >= cut + period ? x - period : x; };
    const double from = wrapped(segment.low), to = wrapped(segment.high);
    return from < to ? between("x", from, to) : fmt::format("x > {} || x < {}", digits(from), digits(to));
  };
  made.toml = dynamics_text(process) + "[grid]\n" +
              axis_text("x", cut, cut + period, draw_cells(random, period, std::min(divide - low, high - divide)),
                        Boundary::periodic, Boundary::periodic) +
              valley_text("first", on_axis({low, divide}), on_axis(core)) +
              valley_text("second", on_axis({divide, high}), on_axis(target)) +
              escape_text("first", "second", methods_of(made.truths, "second")) +
              escape_text("first", "first_exit", methods_of(made.truths, "first_exit")) + escapes_alone();
  return made;
}

}  // namespace valleyflux::coverage
