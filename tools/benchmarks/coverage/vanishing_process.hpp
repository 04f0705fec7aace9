#pragma once

#include "tools/benchmarks/coverage/line_truth.hpp"

namespace valleyflux::coverage {

/// A process whose noise vanishes at x = 0, by a change of variable one on the whole line.
struct TransformedProcess {
  LineFunctions process;
  double low = 0.0;                      // the mass below it does not count
  double (*variable)(double) = nullptr;  // of x
};

/// dx = s (a - r x) dt + (2 s x)^(1/2) dW in log x.
TransformedProcess square_root_process(double a, double r, double s);

/// dx = s (a (1 - x) - b x) dt + (2 s x (1 - x))^(1/2) dW in log(x / (1 - x)).
TransformedProcess jacobi_process(double a, double b, double s);

}  // namespace valleyflux::coverage
