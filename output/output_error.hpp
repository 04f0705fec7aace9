#pragma once

#include <stdexcept>

namespace valleyflux {

/// A result could not be written or read: the message names the file.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace valleyflux
