#pragma once

#include "problems/case/case_file.hpp"
#include "problems/problem_error.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace valleyflux {

/// What make() returns of a case. Where it throws, a CaseError at the place in the case file that the part at fault
/// (ProblemError::key) is told at, or, of another std::invalid_argument, at that of `otherwise`.
template <class Make>
auto placed_in(const Case& definition, const std::string& otherwise, const Make& make) {
  const auto error = [&](const std::string& key, const char* message) {
    return CaseError(fmt::format("{}: error: {}", place_of(definition, key), message));
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
