// LAPACK's dgtsv on Scharfetter and Gummel's discretisation of (x^2 - 1)^2, assembly included.
//   peer_lapack line_passage CELLS NOISE EXACT

#include "tools/benchmarks/suite/peers/peer.hpp"

#include <cmath>

extern "C" {
void dgtsv_(const int* n, const int* columns, double* below, double* diagonal, double* above, double* right,
            const int* leading, int* info);
void ilaver_(int* major, int* minor, int* patch);
}

namespace {

double bernoulli(double z) {
  return z == 0.0 ? 1.0 : z / std::expm1(z);
}

/// The mean time from -1 to 0.8; nodes from -2.2, where it is reflected.
double mean_time(int n, double noise) {
  const double h = 3.0 / n, scale = noise / (h * h);
  std::vector<double> below(static_cast<std::size_t>(n - 1)), diagonal(static_cast<std::size_t>(n), 0.0), above(below),
      right(diagonal.size(), 1.0);
  const auto energy = [&](int i) {
    const double x = -2.2 + i * h;
    return (x * x - 1.0) * (x * x - 1.0);
  };
  double here = energy(0);
  for (int i = 0; i < n; ++i) {
    const double there = energy(i + 1), rise = (there - here) / noise;
    const auto at = static_cast<std::size_t>(i);
    const double up = scale * bernoulli(rise), down = up * std::exp(rise);
    const double half = i == 0 ? 2.0 : 1.0;  // the first node has half a cell
    diagonal[at] += half * up;
    if (i + 1 < n) {
      above[at] = -half * up;
      below[at] = -down;
      diagonal[at + 1] += down;
    }
    here = there;
  }
  const int columns = 1;
  int info = 0;
  dgtsv_(&n, &columns, below.data(), diagonal.data(), above.data(), right.data(), &n, &info);
  suite::require(info == 0, "dgtsv");
  return right[static_cast<std::size_t>(std::lround(1.2 / h))];
}

suite::Outcome run(const suite::Words& words) {
  const int n = std::stoi(words.at(1));
  const double noise = std::stod(words.at(2)), exact = std::stod(words.at(3));
  double time = 0.0;
  const double seconds = suite::seconds_of([&] { time = mean_time(n, noise); });
  int major = 0, minor = 0, patch = 0;
  ilaver_(&major, &minor, &patch);
  return {seconds, std::abs(time / exact - 1.0),
          std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch),
          "assembly, dgtsv (OpenBLAS)"};
}

}  // namespace

int main(int count, char** arguments) {
  return suite::tell_of(count, arguments, run);
}
