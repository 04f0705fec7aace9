#include "solver/elimination/aligned_array.hpp"

#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace valleyflux {

namespace {

constexpr std::size_t line = 64, large_page = std::size_t{1} << 21, large = 4 * large_page;

/// The array that is kept.
struct KeptArray {
  std::mutex mutex;
  int users = 0;
  double* numbers = nullptr;
  std::size_t bytes = 0;

  /// What was kept before, to be freed.
  double* exchange(double* array, std::size_t size) {
    bytes = size;
    return std::exchange(numbers, array);
  }
};

KeptArray& kept_array() {
  static KeptArray kept;
  return kept;
}

}  // namespace

void FreeAligned::operator()(double* numbers) const noexcept {
  if (bytes >= large) {
    KeptArray& kept = kept_array();
    const std::lock_guard lock(kept.mutex);
    if (kept.users > 0 && bytes > kept.bytes) numbers = kept.exchange(numbers, bytes);
  }
  std::free(numbers);
}

AlignedArray aligned_array(std::size_t count) {
  const std::size_t wanted = count * sizeof(double);
  const std::size_t alignment = wanted >= large ? large_page : line;
  const std::size_t bytes = (wanted + alignment - 1) / alignment * alignment;
  if (bytes >= large) {
    KeptArray& kept = kept_array();
    const std::lock_guard lock(kept.mutex);
    const std::size_t size = kept.bytes;
    double* const array = kept.exchange(nullptr, 0);
    if (size >= bytes) return AlignedArray(array, FreeAligned{size});
    std::free(array);
  }
  AlignedArray numbers(static_cast<double*>(std::aligned_alloc(alignment, bytes)), FreeAligned{bytes});
  if (bytes > 0 && !numbers) throw std::bad_alloc();
#ifdef __linux__
  if (bytes >= large) madvise(numbers.get(), bytes, MADV_HUGEPAGE);  // a wish: failure does no harm
#endif
  return numbers;
}

ArrayReuse::ArrayReuse() {
  KeptArray& kept = kept_array();
  const std::lock_guard lock(kept.mutex);
  ++kept.users;
}

ArrayReuse::~ArrayReuse() {
  KeptArray& kept = kept_array();
  const std::lock_guard lock(kept.mutex);
  if (--kept.users == 0) std::free(kept.exchange(nullptr, 0));
}

}  // namespace valleyflux
