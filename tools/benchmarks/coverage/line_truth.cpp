#include "tools/benchmarks/coverage/line_truth.hpp"

#include <array>
#include <cmath>

namespace valleyflux::coverage {

namespace {

using Values = LinePanels::Values;
using Cumulated = LinePanels::Cumulated;

Values product(const Values& a, const Values& b) {
  Values result(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) result[k] = a[k] * b[k];
  return result;
}

/// (G f)(x) = int G(x, y) f(y) m(y) dy, the solution of -Q u = f.
class GreensOperator {
 public:
  GreensOperator(const LinePanels& panels, const Interval& interval) : panels_(panels), interval_(interval) {
    if (!interval.ends_low && !interval.ends_high) throw std::logic_error("the process never ends");
    below_ = panels.from_low(panels.scale());
    above_ = panels.from_high(panels.scale());
  }

  Cumulated operator()(const Values& f) const {
    const Values weighted = product(panels_.speed(), f);
    if (!interval_.ends_low) return panels_.from_high(product(panels_.scale(), panels_.from_low(weighted).nodes));
    if (!interval_.ends_high) return panels_.from_low(product(panels_.scale(), panels_.from_high(weighted).nodes));
    Cumulated left = panels_.from_low(product(below_.nodes, weighted));
    const Cumulated right = panels_.from_high(product(above_.nodes, weighted));
    const long double whole = below_.edges.back();
    combine(left.nodes, right.nodes, below_.nodes, above_.nodes, whole);
    combine(left.edges, right.edges, below_.edges, above_.edges, whole);
    return left;
  }

 private:
  static void combine(Values& left, const Values& right, const Values& below, const Values& above, long double whole) {
    for (std::size_t k = 0; k < left.size(); ++k) left[k] = (above[k] * left[k] + below[k] * right[k]) / whole;
  }

  const LinePanels& panels_;
  Interval interval_;
  Cumulated below_, above_;
};

struct Principal {
  long double log_rate, share;
};

/// Powers of Green's operator on two functions; Ritz values of its largest eigenvalue, whose error is the square of
/// that of the functions.
Principal principal(const LinePanels& panels, const Interval& interval, const Segment& segment) {
  const GreensOperator green(panels, interval);
  const Values& m = panels.speed();
  const auto inner = [&](const Values& f, const Values& g) { return panels.total(product(m, product(f, g))); };
  const Values ones(m.size(), 1.0L);
  Values ramp(m.size());
  for (std::size_t k = 0; k < ramp.size(); ++k) ramp[k] = static_cast<long double>(k);
  std::array<Values, 2> u{green(ones).nodes, ramp};
  long double last = 0.0L;
  constexpr int most = 300;
  int settled = 0;
  for (int iteration = 0; iteration < most; ++iteration) {
    // Orthonormal basis, then the pencil of G in it.
    for (auto& f : u) {
      if (&f == &u[1]) {
        const long double part = inner(u[0], f);
        for (std::size_t k = 0; k < f.size(); ++k) f[k] -= part * u[0][k];
      }
      const long double norm = std::sqrt(inner(f, f));
      for (long double& value : f) value /= norm;
    }
    std::array<Values, 2> g{green(u[0]).nodes, green(u[1]).nodes};
    const long double a = inner(u[0], g[0]), b = inner(u[0], g[1]), d = inner(u[1], g[1]);
    const long double largest = 0.5L * (a + d) + std::sqrt(0.25L * (a - d) * (a - d) + b * b);
    // Its eigenvector (largest - d, b), the other (-b, largest - d).
    long double p = largest - d, q = b;
    const long double size = std::hypot(p, q);
    if (size > 0.0L) {
      p /= size;
      q /= size;
    } else {
      p = 1.0L;
    }
    for (std::size_t k = 0; k < m.size(); ++k) {
      u[0][k] = p * g[0][k] + q * g[1][k];
      u[1][k] = -q * g[0][k] + p * g[1][k];
    }
    settled = std::abs(largest / last - 1.0L) < 1e-13L ? settled + 1 : 0;
    last = largest;
    if (settled == 3) {
      // Collatz and Wielandt: the leading eigenvalue lies between the smallest and the largest ratio, and only there do
      // the two meet. A function that settles may be another one, or be right only where most of the weight is.
      const Values image = green(u[0]).nodes;
      for (std::size_t k = 0; k < m.size(); ++k)
        if (!(std::abs(image[k] / (largest * u[0][k]) - 1.0L) < 1e-6L)) throw TruthError("not the leading eigenvalue");
      const Cumulated law = panels.from_low(product(m, u[0]));
      const long double inside = law.edges[panels.edge_at(segment.high)] - law.edges[panels.edge_at(segment.low)];
      return {-std::log(largest), inside / law.edges.back()};
    }
  }
  throw TruthError("the leading eigenvalues are too near to each other");
}

/// s' between two edges, 0 elsewhere.
Values scale_between(const LinePanels& panels, std::size_t from, std::size_t to) {
  Values within(panels.scale().size(), 0.0L);
  for (std::size_t k = LinePanels::first_node(from); k < LinePanels::first_node(to); ++k) within[k] = panels.scale()[k];
  return within;
}

}  // namespace

double checked(const std::function<double(int)>& value) {
  const double coarse = value(1), fine = value(2);
  if (!(std::abs(coarse - fine) <= 1e-9)) throw TruthError("two resolutions of the truth differ");
  return coarse;
}

double log_mean_time(const LineFunctions& process, const Interval& interval, double start) {
  return checked([&](int refinement) {
    const LinePanels panels(process, interval.low, interval.high, {start}, refinement);
    const Values ones(panels.scale().size(), 1.0L);
    return static_cast<double>(std::log(GreensOperator(panels, interval)(ones).edges[panels.edge_at(start)]));
  });
}

PrincipalRate principal_rate(const LineFunctions& process, const Interval& interval, const Segment& segment) {
  PrincipalRate result;
  result.log_rate = checked([&](int refinement) {
    const LinePanels panels(process, interval.low, interval.high, {segment.low, segment.high}, refinement);
    const Principal found = principal(panels, interval, segment);
    result.share = static_cast<double>(found.share);
    return static_cast<double>(found.log_rate);
  });
  return result;
}

double log_reactive_rate(const LineFunctions& process, const Segment& box, const Segment& a, const Segment& b) {
  const bool upwards = a.high <= b.low;
  const double gap_low = upwards ? a.high : b.high, gap_high = upwards ? b.low : a.low;
  return checked([&](int refinement) {
    const LinePanels panels(process, box.low, box.high, {gap_low, gap_high}, refinement);
    // The resistance of the rest of the way is that of the gap times the committor of a.
    const Values gap = scale_between(panels, panels.edge_at(gap_low), panels.edge_at(gap_high));
    const Cumulated rest = upwards ? panels.from_high(gap) : panels.from_low(gap);
    return static_cast<double>(-std::log(panels.total(product(panels.speed(), rest.nodes))));
  });
}

double log_ring_reactive_rate(const LineFunctions& process, double period, const Segment& a, const Segment& b) {
  return checked([&](int refinement) {
    // One turn, from the upper end of b round to itself.
    const double low = b.high - period;
    const LinePanels panels(process, low, b.high, {a.low, a.high, b.low}, refinement);
    const Values& scale = panels.scale();
    const Values& m = panels.speed();
    // Stationary density m w, w(x) = int_x^(x + period) s'.
    const Cumulated behind = panels.from_low(scale), ahead = panels.from_high(scale);
    const long double turn = std::exp(panels.rise());
    const auto w = [&](const Values& above, const Values& below, std::size_t k) { return above[k] + turn * below[k]; };
    const std::size_t a_low = panels.edge_at(a.low), a_high = panels.edge_at(a.high), b_low = panels.edge_at(b.low);
    // The density of those that left a last is m w(end of a) times the rest of the way's share of the resistance.
    const Cumulated up = panels.from_high(scale_between(panels, a_high, b_low)),
                    down = panels.from_low(scale_between(panels, 0, a_low));
    const long double w_up = w(ahead.edges, behind.edges, a_high), w_down = w(ahead.edges, behind.edges, a_low);
    const long double up_whole = up.edges[a_high], down_whole = down.edges[a_low];
    Values left_last(scale.size(), 0.0L);
    for (std::size_t k = 0; k < scale.size(); ++k) {
      if (k < LinePanels::first_node(a_low))
        left_last[k] = m[k] * w_down * down.nodes[k] / down_whole;
      else if (k < LinePanels::first_node(a_high))
        left_last[k] = m[k] * w(ahead.nodes, behind.nodes, k);
      else if (k < LinePanels::first_node(b_low))
        left_last[k] = m[k] * w_up * up.nodes[k] / up_whole;
    }
    const long double flux = w_up / up_whole + w_down / down_whole;
    return static_cast<double>(std::log(flux / panels.total(left_last)));
  });
}

}  // namespace valleyflux::coverage
