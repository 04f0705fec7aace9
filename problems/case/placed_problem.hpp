#pragma once

#include "problems/case/case_file.hpp"
#include "problems/problem_error.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace valleyflux {

/// Warnings for the end of an error's message, a line each.
inline std::string after_error(const std::vector<std::string>& warnings) {
  std::string text;
  for (const std::string& warning : warnings) text += "\nwarning: " + warning;
  return text;
}

/// What make() returns of a case. Where it throws, a CaseError at the place in the case file that the part at fault
/// (ProblemError::key) is told at, or, of another std::invalid_argument, at that of `otherwise`. The warnings of the
/// case follow, which may say why.
template <class Make>
auto placed_in(const Case& definition, const std::string& otherwise, const Make& make) {
  const auto error = [&](const std::string& key, const char* message) {
    return CaseError(
        fmt::format("{}: error: {}", place_of(definition, key), message).append(after_error(definition.warnings)));
  };
  try {
    return make();
  } catch (const CaseError&) {
    throw;
  } catch (const ProblemError& problem) {
    throw error(problem.key(), problem.what());
  } catch (const std::invalid_argument& problem) {
    throw error(otherwise, problem.what());
  }
}

}  // namespace valleyflux
