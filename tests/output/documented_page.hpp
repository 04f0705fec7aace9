#pragma once

#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <ios>
#include <string>

namespace valleyflux {

/// Fails unless a page of docs is what `rewritten` makes of it; with VALLEYFLUX_WRITE_DOCS=1 writes that instead.
template <class Rewritten>
void check_page(const std::string& name, const Rewritten& rewritten) {
  const std::string file = std::string(VALLEYFLUX_SOURCE_DIR "/docs/") + name, page = bytes_of(file);
  const std::string expected = rewritten(page);
  if (std::getenv("VALLEYFLUX_WRITE_DOCS")) {
    std::ofstream(file, std::ios::binary) << expected;
    return;
  }
  CHECK(page == expected);
}

}  // namespace valleyflux
