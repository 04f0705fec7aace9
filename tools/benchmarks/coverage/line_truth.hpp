#pragma once

#include "tools/benchmarks/coverage/line_panels.hpp"

#include <functional>
#include <stdexcept>

namespace valleyflux::coverage {

/// What is right of a line process, by integrals of its Green's function alone: nothing is discretised but integrands,
/// and every sum has terms of one sign, so that the relative accuracy does not depend on barriers.

/// A truth that could not be told to 1e-9.
class TruthError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where a process goes on; it ends at an end that `ends`, and is reflected at one that does not.
struct Interval {
  double low = 0.0, high = 0.0;
  bool ends_low = false, ends_high = false;
};

struct Segment {
  double low = 0.0, high = 0.0;
  double width() const { return high - low; }
};

/// log of the mean time from `start` to an end.
double log_mean_time(const LineFunctions& process, const Interval& interval, double start);

/// The principal eigenvalue of the process that ends, and the share of its quasi-stationary law in a segment.
struct PrincipalRate {
  double log_rate = 0.0;
  double share = 0.0;
};
/// From the powers of Green's operator. Throws TruthError where the next eigenvalues are too near to it.
PrincipalRate principal_rate(const LineFunctions& process, const Interval& interval, const Segment& segment);

/// log of the transitions from a to b per time in which a was left last, in the stationary process between reflecting
/// ends (both within `box`, disjoint).
double log_reactive_rate(const LineFunctions& process, const Segment& box, const Segment& a, const Segment& b);
/// The same on a ring: the drift has the period `period`, a.high < b.low and b.high < a.low + period. There may be a
/// stationary current.
double log_ring_reactive_rate(const LineFunctions& process, double period, const Segment& a, const Segment& b);

/// value(1), if value(2), with twice the resolution, agrees to 1e-9; throws TruthError if not.
double checked(const std::function<double(int refinement)>& value);

}  // namespace valleyflux::coverage
