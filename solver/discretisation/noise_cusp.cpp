#include "solver/discretisation/noise_cusp.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

Eigen::ArrayXd noise_at(const DiffusionModel& diffusion, const Eigen::ArrayXd& places, double time) {
  DiffusionSamples samples;
  diffusion.sample(places.matrix().transpose(), false, samples, time);
  return samples.tensor.row(0).transpose().array();
}

/// Where D is least between a and b, to round-off.
double least_place(const DiffusionModel& diffusion, double a, double b, double time) {
  constexpr int places = 33, most_turns = 20;
  double least = 0.5 * (a + b);
  for (int turn = 0; turn < most_turns; ++turn) {
    const Eigen::ArrayXd x = Eigen::ArrayXd::LinSpaced(places, a, b);
    Eigen::Index at = 0;
    noise_at(diffusion, x, time).minCoeff(&at);
    least = x[at];
    const double low = x[std::max<Eigen::Index>(at - 1, 0)], high = x[std::min<Eigen::Index>(at + 1, places - 1)];
    if (low == a && high == b) break;
    a = low;
    b = high;
  }
  return least;
}

}  // namespace

std::optional<double> noise_cusp(const DiffusionModel& diffusion, double x, double room, double time) {
  constexpr double steps = 10.0;  // from one distance to the next
  const double zero = least_place(diffusion, x - room, x + room, time);
  if (zero == x - room || zero == x + room) return std::nullopt;
  for (const double side : {-1.0, 1.0}) {
    const Eigen::Array4d distances(room, steps * room, steps * steps * room, 0.0);
    const Eigen::Array4d noise = noise_at(diffusion, zero + side * distances, time);
    const double inner = std::log(noise[1] / noise[0]) / std::log(steps);
    const double outer = std::log(noise[2] / noise[1]) / std::log(steps);
    constexpr double alike = 0.05, least_power = 0.02, most_power = 0.995;
    if (noise[3] < noise[0] && inner > least_power && inner < most_power && std::abs(outer - inner) < alike * inner)
      return zero;
  }
  return std::nullopt;
}

}  // namespace valleyflux
