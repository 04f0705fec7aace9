#pragma once

#include "solver/theory/pass_rates.hpp"
#include "solver/theory/saddle_limits.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What a formula says of one way over a saddle.
struct WayRate : PassRate {
  EscapeWay way = {};  // where the formula asks for one
  std::string remark = {};
};

/// Ways from a minimum to a saddle: the most probable ones, or the way that relaxes from the saddle where these are not
/// known; on the line the straight one.
std::vector<EscapeWay> ways_over(const Dynamics& dynamics, const CriticalPoint<1>& minimum,
                                 const CriticalPoint<1>& saddle, const SaddleLimit& limit);
std::vector<EscapeWay> ways_over(const Dynamics& dynamics, const CriticalPoint<2>& minimum,
                                 const CriticalPoint<2>& saddle, const SaddleLimit& limit);

/// An escape on a grid as closed forms see it: the minimum, the saddles that lead out, and the noise there.
template <int Dim>
class SaddleEscape {
 public:
  struct Saddle : CriticalPoint<Dim> {
    std::size_t number;  // among the critical points
  };

  /// Keeps references to all but the escape; `limits` are asked where they are needed.
  SaddleEscape(const Problem<Dim>& problem, const std::vector<Passage>& passages, const Escape& escape,
               const TheoryOptions& options, SaddleLimits<Dim>& limits);

  const std::optional<CriticalPoint<Dim>>& minimum() const { return minimum_; }
  const std::vector<Saddle>& saddles() const { return saddles_; }
  const TheoryOptions& options() const { return options_; }
  const Dynamics& dynamics() const { return dynamics_; }
  const Escape& escape() const { return escape_; }
  bool landscape() const { return dynamics_.drift.landscape() != nullptr; }
  /// Whether D differs between the minimum and the saddles, or has a slope there (an expression may be a constant).
  bool noise_varies() const { return varies_; }
  /// Whether it is the same everywhere and a multiple of the identity.
  bool white_noise() const { return white_; }

  Pass pass_at(const CriticalPoint<Dim>& point) const;
  const SaddleLimit& limit_at(const Saddle& saddle) const { return limits_.of(escape_.from, saddle.number); }
  /// "transition", or what the first exit is taken for.
  std::string kind() const;
  /// What a formula says of every way over a saddle.
  std::vector<WayRate> over_ways(const Saddle& saddle,
                                 const std::function<WayRate(const EscapeWay& way)>& rate_of) const;
  /// The s that gives a theorem of two temperatures the exponent of the low-noise limit, in words.
  std::string measured_s(const Saddle& saddle, double T_a, double T_b) const;

 private:
  bool find_whether_noise_varies() const;

  const Dynamics& dynamics_;
  const TheoryOptions& options_;
  SaddleLimits<Dim>& limits_;
  const Escape escape_;
  std::optional<CriticalPoint<Dim>> minimum_;
  std::vector<Saddle> saddles_;
  bool varies_ = false, white_ = false;
};

extern template class SaddleEscape<1>;
extern template class SaddleEscape<2>;

}  // namespace valleyflux
