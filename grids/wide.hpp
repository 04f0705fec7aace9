#pragma once

#include <algorithm>
#include <cstddef>

/// Hot loops compiled several times: for the processor that the build asks for, and on x86-64 also for AVX2 with FMA
/// and, where that is asked for, AVX-512, chosen when they run. A loop is a struct with a static member template
/// `run<lanes>` (always inlined) that works on VectorOf<lanes>, or lets the compiler make vectors of plain loops; it
/// may not pass a vector to a function that is not inlined. In a file compiled with -ffp-contract=off every processor
/// gives the same bits: products and sums are fused where `fused` says so, and only there.
namespace valleyflux {

// VALLEYFLUX_INDEPENDENT stands before a loop whose turns do not depend on each other, even where arrays overlap.
#if defined(__clang__)
#define VALLEYFLUX_INLINE inline __attribute__((always_inline))
#define VALLEYFLUX_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define VALLEYFLUX_INLINE inline __attribute__((always_inline))
#define VALLEYFLUX_INDEPENDENT _Pragma("GCC ivdep")
#else
#error "valleyflux needs a compiler with GNU vector extensions (GCC or Clang)"
#endif

/// a b + c, rounded once. (Processors without such an instruction take long over it.)
VALLEYFLUX_INLINE double fused(double a, double b, double c) {
  return __builtin_fma(a, b, c);
}
VALLEYFLUX_INLINE float fused(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}

/// `lanes` doubles that are added and multiplied together; may lie anywhere among doubles in memory. (A template
/// argument would lose the alignment: templates take `lanes` instead.)
template <std::ptrdiff_t lanes>
struct VectorType {
  using type [[gnu::vector_size(lanes * sizeof(double)), gnu::aligned(sizeof(double)), gnu::may_alias]] = double;
};
template <std::ptrdiff_t lanes>
using VectorOf = typename VectorType<lanes>::type;

#if defined(__x86_64__) && !defined(__AVX2__) && !defined(VALLEYFLUX_SCALAR)

#ifndef VALLEYFLUX_MOST_LANES  // fewer, to compare what they make
#define VALLEYFLUX_MOST_LANES 8
#endif

#if defined(__clang__)
#define VALLEYFLUX_AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma")))
#else
#define VALLEYFLUX_AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma,prefer-vector-width=512")))
#endif

template <typename Loop, typename... Arguments>
__attribute__((target("avx2,fma"))) auto run_for_avx2(Arguments... arguments) {
  return Loop::template run<4>(arguments...);
}

template <typename Loop, typename... Arguments>
VALLEYFLUX_AVX512 auto run_for_avx512(Arguments... arguments) {
  return Loop::template run<8>(arguments...);
}

/// The doubles that this processor's vectors hold: 2, 4 or 8.
inline int processor_lanes() {
  static const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"),
                    avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  return std::min(avx512 ? 8 : avx2 ? 4 : 2, VALLEYFLUX_MOST_LANES);
}

/// Runs a loop on 2 or 4 lanes.
template <typename Loop, typename... Arguments>
auto run_wide(Arguments... arguments) {
  return processor_lanes() >= 4 ? run_for_avx2<Loop>(arguments...) : Loop::template run<2>(arguments...);
}

/// Runs a loop on 2, 4 or 8 lanes.
template <typename Loop, typename... Arguments>
auto run_widest(Arguments... arguments) {
  return processor_lanes() == 8 ? run_for_avx512<Loop>(arguments...) : run_wide<Loop>(arguments...);
}

#else

template <typename Loop, typename... Arguments>
auto run_wide(Arguments... arguments) {
  return Loop::template run<4>(arguments...);
}

template <typename Loop, typename... Arguments>
auto run_widest(Arguments... arguments) {
  return run_wide<Loop>(arguments...);
}

#endif

}  // namespace valleyflux
