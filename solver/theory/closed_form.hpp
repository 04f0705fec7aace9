#pragma once

#include "solver/theory/saddle_escape.hpp"

#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace valleyflux {

/// A formula made ready for the saddles of an escape.
template <int Dim>
struct SaddleForm {
  std::string note;
  Assumptions assumed;
  /// Of every way over one saddle; empty: the note says why there is no rate. Throws std::invalid_argument likewise.
  std::function<std::vector<WayRate>(const typename SaddleEscape<Dim>::Saddle&)> rates;
};

/// The pass between two minima, in any dimension.
struct PassEscape {
  const Dynamics& dynamics;
  const TheoryOptions& options;
  Pass minimum, saddle;
  EscapeWay way;
};

/// A formula made ready for it.
struct PassForm {
  std::string name;  // "Eq. 44"
  Assumptions assumed;
  std::function<PassRate()> rate;  // throws std::invalid_argument where it has none
};

/// A method that is a formula.
struct ClosedForm {
  std::string absence;  // why it is not there, where it does not suit the noise
  /// Nothing where it does not suit the noise of the escape, which has a minimum.
  std::tuple<std::optional<SaddleForm<1>> (*)(const SaddleEscape<1>&),
             std::optional<SaddleForm<2>> (*)(const SaddleEscape<2>&)>
      at_saddles;
  /// The same at a pass; empty where it is not for that. `white`: noise that is a multiple of the identity everywhere.
  bool (*suits_pass)(const TheoryOptions& options, bool white) = nullptr;
  PassForm (*at_pass)(const PassEscape& pass) = nullptr;
};

}  // namespace valleyflux
