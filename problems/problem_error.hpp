#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace valleyflux {

/// Parts that do not make a problem. key(): the part at fault, named like in a case file ("landscape", "drift",
/// "diffusion", "grid", "grid.x", "valley", "valley.left").
class ProblemError : public std::invalid_argument {
 public:
  ProblemError(std::string key, const std::string& message) : std::invalid_argument(message), key_(std::move(key)) {}
  const std::string& key() const { return key_; }

 private:
  std::string key_;
};

}  // namespace valleyflux
