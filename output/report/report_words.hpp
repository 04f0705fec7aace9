#pragma once

#include <string>
#include <vector>

namespace valleyflux {

/// What a report says of one rate.
struct RateWords {
  std::string ends;      // "the core of right is reached": when the escape counts
  std::string source;    // how the rate is found, and who has shown how; empty of a method that is not known
  std::string interval;  // what its interval is
  bool theory = false;   // a closed form
};
RateWords words_of(const std::string& from, const std::string& to, const std::string& method);

/// Warnings alike but for the escape that they are said of and a parenthesis at their end, once, in the order of the
/// first of each: "left -> right by flux: it was slow (3 s)" says "it was slow" of "left -> right by flux", "3 s".
struct WarningGroup {
  struct Member {
    std::string of, detail;
  };
  std::string text;
  std::vector<Member> members;  // none, if it is said of the whole
};
std::vector<WarningGroup> grouped(const std::vector<std::string>& warnings);

}  // namespace valleyflux
