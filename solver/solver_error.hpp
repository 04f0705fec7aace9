#pragma once

#include <stdexcept>

namespace valleyflux {

/// A solver could not give a right answer: it did not converge, or the question has no finite answer.
class SolverError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The answer is beyond the range of double precision: no finer grid would mend that.
class RangeError : public SolverError {
 public:
  using SolverError::SolverError;
};

}  // namespace valleyflux
