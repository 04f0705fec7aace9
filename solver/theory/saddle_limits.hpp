#pragma once

#include "problems/problem.hpp"
#include "solver/paths/escape_prefactor.hpp"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

/// The exact low-noise (Laplace) limit of the rate from a valley's minimum over one saddle.
struct SaddleLimit {
  std::optional<double> log_rate;  // nothing where there is no such limit: `failure` says why
  std::optional<double> exponent;  // quasi-potential barrier Phi, noise included; may be known where the rate is not
  double error = 0.0;              // of the exponent
  double rate_error = 0.0;         // of log_rate
  std::vector<ActionPath> paths;   // the most probable ones (in the plane); rates of several equal ones are added
  std::string failure;
};

/// Limits of all ways out of a problem's valleys, worked out when they are asked for and kept; several threads may ask.
/// On the line by quadrature (closed_forms.hpp), in the plane along minimum-action paths (escape_prefactor.hpp) or, of
/// a mobility, by Langer's formula.
template <int Dim>
class SaddleLimits {
 public:
  /// Keeps a reference to the problem.
  explicit SaddleLimits(const Problem<Dim>& problem) : problem_(problem) {}
  /// saddle: its number among the critical points of the problem. The valley must have a minimum.
  const SaddleLimit& of(int valley, std::size_t saddle);

 private:
  const Problem<Dim>& problem_;
  struct Known {
    std::mutex lock;  // of who works it out
    std::optional<SaddleLimit> limit;
  };
  std::mutex lock_;
  std::map<std::pair<int, std::size_t>, Known> known_;
};

extern template class SaddleLimits<1>;
extern template class SaddleLimits<2>;

}  // namespace valleyflux
