#pragma once

#include "tools/benchmarks/coverage/line_process.hpp"

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace valleyflux::coverage {

/// What panels need to know of a process: the slope of its generalised potential, its noise, its integral, and the
/// largest frequency of either (0: none).
struct LineFunctions {
  std::function<long double(long double)> potential_slope, noise;
  double alpha = 0.0;
  double fastest = 0.0;

  LineFunctions(std::function<long double(long double)> slope, std::function<long double(long double)> diffusion)
      : potential_slope(std::move(slope)), noise(std::move(diffusion)) {}
  LineFunctions(const LineProcess& process);  // NOLINT(google-explicit-constructor): a process is one
};

/// An interval of a line process cut into panels with 16 Gauss-Legendre nodes each, on each of which the generalised
/// potential changes by about 1.5 at most; scale density s' = exp(Phi) D^-alpha and speed density m = 1 / (D s') at the
/// nodes. Extended precision: its exponents hold some 10^4 kT.
class LinePanels {
 public:
  using Values = std::vector<long double>;  // at the nodes, from low to high
  struct Cumulated {
    Values nodes;
    Values edges;  // of the panels
  };

  /// `points` inside the interval become edges of panels; refinement: times as many panels. Throws std::runtime_error
  /// where the potential spans more than extended precision holds.
  LinePanels(const LineFunctions& process, double low, double high, const std::vector<double>& points, int refinement);

  const Values& scale() const { return scale_; }
  const Values& speed() const { return speed_; }
  /// Phi(high) - Phi(low).
  long double rise() const { return rise_; }

  /// The integral of f from the lower end up to each node and edge, and from there to the upper end; all its terms have
  /// the sign of f but for round-off.
  Cumulated from_low(const Values& f) const;
  Cumulated from_high(const Values& f) const;
  long double total(const Values& f) const { return from_low(f).edges.back(); }

  /// Index of the edge at a point given to the constructor, or at an end.
  std::size_t edge_at(double point) const;
  /// Index of the first node beyond an edge.
  static std::size_t first_node(std::size_t edge) { return edge * nodes_a_panel; }

 private:
  static constexpr std::size_t nodes_a_panel = 16;

  std::vector<long double> edges_;
  Values scale_, speed_;
  long double rise_ = 0.0L;
};

}  // namespace valleyflux::coverage
