#pragma once

#include "tools/benchmarks/suite/measured.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace suite {

using Words = std::vector<std::string>;

/// The main function of a peer: `run` is given the command line's words.
template <typename Run>
int tell_of(int count, char** arguments, const Run& run) {
  try {
    tell(run(Words(arguments + 1, arguments + count)));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", arguments[0], error.what());
    return 1;
  }
}

/// Throws unless a call of a library went well.
inline void require(bool well, const char* what) {
  if (!well) throw std::runtime_error(std::string(what) + " failed");
}

}  // namespace suite
