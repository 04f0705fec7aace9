#pragma once

#include "tools/benchmarks/coverage/judged.hpp"

#include <string>
#include <vector>

namespace valleyflux::coverage {

/// What the rows of many problems come to.
struct Summary {
  std::string name;
  int problems = 0, died = 0;
  int rows = 0, unanswered = 0;  // unanswered: no rate was given
  int bare = 0;                  // of the rows answered: without an interval
  int claims = 0;                // with one, or as if exact
  int inside = 0;                // of the claims, like all that follows
  int warned = 0, inside_warned = 0;
  int silent_misses = 0;                                   // unwarned and beyond three half-widths
  int false_warnings = 0;                                  // the error is below a tenth of what was asked for
  double median_excess = 0.0, worst_percent_excess = 0.0;  // error / half-width: median, 99 %
  double median_width = 0.0;                               // half-width / error
  double seconds = 0.0;

  double share_inside() const { return claims ? static_cast<double>(inside) / claims : 1.0; }
};

/// Of one method's rows, or of all if `method` is empty. wanted: the relative accuracy asked for.
Summary summarised(const std::string& name, const std::vector<JudgedCase>& cases, const std::string& method,
                   double wanted);

bool silent_miss(const Judgement& row);

std::string summary_head();
std::string summary_line(const Summary& summary);

}  // namespace valleyflux::coverage
