#pragma once

#include "tools/benchmarks/coverage/line_process.hpp"
#include "tools/benchmarks/coverage/line_truth.hpp"
#include "tools/benchmarks/coverage/random.hpp"

namespace valleyflux::coverage {

/// A problem that does not come out as wanted: another one is drawn.
class Unfit : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The largest rise of the generalised potential on the way from `start` to `end`, in units of D.
double barrier(const LineProcess& process, double start, double end);

/// How far it spans between two points, in the same units.
double potential_span(const LineProcess& process, double low, double high);

/// Sets the diffusion so that the way from `start` to `end` climbs by `height` of its units. Throws Unfit where there
/// is nothing to climb.
void set_barrier(LineProcess& process, double start, double end, double height);

/// The stable point of (low, high) where the landscape is lowest. Throws Unfit where there is none.
double lowest_stable_point(const LineProcess& process, double low, double high);

/// Position-dependent or constant noise, by chance, with its integral; `period`: what D repeats after, or 0.
void draw_noise(LineProcess& process, Random& random, double period);

/// A double well u^4/4 - u^2/2 + c u, scaled, with a ripple now and then.
LineProcess draw_double_well(Random& random);

/// The generalised potential of a confining process rises by `rise` from `low` down to the lower end, and from `high`
/// up to the upper one.
Segment confined(const LineProcess& process, double low, double high, double rise);

}  // namespace valleyflux::coverage
