#include "solver/elimination/aligned_array.hpp"

#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace valleyflux {

void FreeAligned::operator()(double* numbers) const noexcept {
  std::free(numbers);
}

AlignedArray aligned_array(std::size_t count) {
  constexpr std::size_t line = 64, large_page = std::size_t{1} << 21;
  const std::size_t wanted = count * sizeof(double);
  const std::size_t alignment = wanted >= 4 * large_page ? large_page : line;
  const std::size_t bytes = (wanted + alignment - 1) / alignment * alignment;
  AlignedArray numbers(static_cast<double*>(std::aligned_alloc(alignment, bytes)));
  if (bytes > 0 && !numbers) throw std::bad_alloc();
#ifdef __linux__
  if (alignment == large_page) madvise(numbers.get(), bytes, MADV_HUGEPAGE);  // a wish: failure does no harm
#endif
  return numbers;
}

}  // namespace valleyflux
