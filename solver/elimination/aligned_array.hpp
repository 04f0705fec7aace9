#pragma once

#include <cstddef>
#include <memory>

namespace valleyflux {

struct FreeAligned {
  void operator()(double* numbers) const noexcept;
};

/// Doubles on a cache line's boundary, not initialised.
using AlignedArray = std::unique_ptr<double[], FreeAligned>;

/// Throws std::bad_alloc. Large arrays ask the system for large pages: touching them for the first time is then five
/// times cheaper.
AlignedArray aligned_array(std::size_t count);

}  // namespace valleyflux
