#pragma once

#include <string>

namespace valleyflux {

/// What a report says of one rate.
struct RateWords {
  std::string ends;        // "the core of right is reached": when the escape counts
  std::string definition;  // of the rate; empty of a method that is not known
  std::string source;      // how the rate is found, and who has shown how; likewise
  std::string interval;    // what its interval is
  bool theory = false;     // a closed form
};
RateWords words_of(const std::string& from, const std::string& to, const std::string& method);

}  // namespace valleyflux
