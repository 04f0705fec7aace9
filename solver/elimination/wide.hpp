#pragma once

#include <cstddef>

/// Hot loops compiled twice: for the processor that the build asks for, and on x86-64 also for AVX2 with FMA, chosen
/// when they run. A loop is a struct with a static member template `run<lanes>` (always inlined) that works on
/// VectorOf<lanes>; it may not pass such a vector to a function that is not inlined.
namespace valleyflux {

#if defined(__GNUC__)
#define VALLEYFLUX_INLINE inline __attribute__((always_inline))
#else
#error "valleyflux needs a compiler with GNU vector extensions (GCC or Clang)"
#endif

/// `lanes` doubles that are added and multiplied together; may lie anywhere among doubles in memory. (A template
/// argument would lose the alignment: templates take `lanes` instead.)
template <std::ptrdiff_t lanes>
struct VectorType {
  using type [[gnu::vector_size(lanes * sizeof(double)), gnu::aligned(sizeof(double)), gnu::may_alias]] = double;
};
template <std::ptrdiff_t lanes>
using VectorOf = typename VectorType<lanes>::type;

#if defined(__x86_64__) && !defined(__AVX2__)

template <typename Loop, typename... Arguments>
__attribute__((target("avx2,fma"))) auto run_for_avx2(Arguments... arguments) {
  return Loop::template run<4>(arguments...);
}

template <typename Loop, typename... Arguments>
auto run_wide(Arguments... arguments) {
  static const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return has_avx2 ? run_for_avx2<Loop>(arguments...) : Loop::template run<2>(arguments...);
}

template <typename Loop, typename... Arguments>
__attribute__((target("avx2"))) auto run_exactly_for_avx2(Arguments... arguments) {
  return Loop::template run<4>(arguments...);
}

/// The same without fused multiplication and addition: every processor gives the same bits, provided that the file is
/// compiled with -ffp-contract=off.
template <typename Loop, typename... Arguments>
auto run_exact(Arguments... arguments) {
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  return has_avx2 ? run_exactly_for_avx2<Loop>(arguments...) : Loop::template run<2>(arguments...);
}

#else

template <typename Loop, typename... Arguments>
auto run_wide(Arguments... arguments) {
  return Loop::template run<4>(arguments...);
}

template <typename Loop, typename... Arguments>
auto run_exact(Arguments... arguments) {
  return Loop::template run<4>(arguments...);
}

#endif

}  // namespace valleyflux
