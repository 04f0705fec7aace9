#pragma once

#include "tools/benchmarks/coverage/covered_case.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux::coverage {

/// Truths are known to this, relatively: what lies this near to an interval is inside.
inline constexpr double truth_accuracy = 1e-9;

/// One row of a result beside its truth. Errors and half-widths are those of the logarithm.
struct Judgement {
  Truth truth;
  bool answered = false;  // a rate was given; nothing below holds otherwise
  bool bare = false;      // without an interval: unwarned, it claims to be exact
  bool inside = false;    // the interval holds the truth
  double error = 0.0;     // |log(rate / truth)|
  double half_width = 0.0;
  bool warned = false;  // by a warning that names this escape and method
  double rate = 0.0, low = 0.0, high = 0.0;
  std::string note;

  /// An interval was given, or the rate stands there as if it were exact.
  bool claims() const { return answered && !(bare && warned); }

  /// error / half-width, both at least the accuracy of the truth.
  double excess() const;
};

struct JudgedCase {
  CoveredCase problem;
  std::optional<std::string> died;  // what the run threw
  std::vector<Judgement> rows;
  std::vector<std::string> warnings;
  double seconds = 0.0;  // of the solver
};

/// Solves a case as `valleyflux run` does, and compares its rows with the truths. A number that is not finite, an
/// interval that does not hold its own rate, and a row that is missing count as a run that died.
JudgedCase judge(const CoveredCase& problem);

/// The case as a file that `valleyflux run` takes, with what was found as comments.
std::string as_case_file(const JudgedCase& judged);

}  // namespace valleyflux::coverage
