#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace valleyflux {

/// Memory that begins with a cache line, so that no vector of the processor's lies across two of them.
template <typename T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t line{64};

  CacheLineAllocator() = default;
  template <typename Other>
  CacheLineAllocator(const CacheLineAllocator<Other>& /*other*/) {}

  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), line)); }
  void deallocate(T* memory, std::size_t /*count*/) { ::operator delete(memory, line); }

  friend bool operator==(const CacheLineAllocator& /*a*/, const CacheLineAllocator& /*b*/) { return true; }
};

using AlignedVector = std::vector<double, CacheLineAllocator<double>>;

}  // namespace valleyflux
