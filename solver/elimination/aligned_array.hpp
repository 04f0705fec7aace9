#pragma once

#include <cstddef>
#include <memory>

namespace valleyflux {

struct FreeAligned {
  std::size_t bytes = 0;  // that were allocated
  void operator()(double* numbers) const noexcept;
};

/// Doubles on a cache line's boundary, not initialised.
using AlignedArray = std::unique_ptr<double[], FreeAligned>;

/// Throws std::bad_alloc. Large arrays ask the system for large pages: touching them for the first time is then five
/// times cheaper.
AlignedArray aligned_array(std::size_t count);

/// While one of these lives, the largest array that was freed is kept for the next one that fits into it: the system
/// clears memory that it gives anew, which takes as long as half of an elimination. Where it does not fit it is given
/// back first, so that no more memory is held than without.
class ArrayReuse {
 public:
  ArrayReuse();
  ~ArrayReuse();
  ArrayReuse(const ArrayReuse&) = delete;
  ArrayReuse& operator=(const ArrayReuse&) = delete;
};

}  // namespace valleyflux
