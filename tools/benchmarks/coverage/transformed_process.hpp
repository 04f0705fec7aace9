#pragma once

#include "tools/benchmarks/coverage/line_truth.hpp"

namespace valleyflux::coverage {

/// A process with a singular end at x = 0, by a change of variable one on the whole line.
struct TransformedProcess {
  LineFunctions process;
  double low = 0.0;                      // the mass below it does not count
  double (*variable)(double) = nullptr;  // of x
};

/// dx = s (a - r x) dt + (2 s x)^(1/2) dW in log x.
TransformedProcess square_root_process(double a, double r, double s);

/// dx = s (a (1 - x) - b x) dt + (2 s x (1 - x))^(1/2) dW in log(x / (1 - x)).
TransformedProcess jacobi_process(double a, double b, double s);

/// The distance x from the centre of dX = -(a + b |X|^2) X dt + (2 D)^(1/2) dW in the plane, in log x.
TransformedProcess radial_process(double a, double b, double D);

}  // namespace valleyflux::coverage
