#pragma once

namespace valleyflux {

/// What OpenMP and the C library read from the environment before main, unless the user has said otherwise; the program
/// begins anew with it. To be called first.
///   OMP_WAIT_POLICY = passive: threads that wait for others sleep instead of spinning, which takes the processor from
///     whoever else is at work (two threads beside a busy neighbour were 2 to 10 times slower) and gains nothing here.
///   GLIBC_TUNABLES: memory that is given back and asked for again all the time stays with the program, in large pages
///     (5 to 10 % of a run).
void set_program_environment(char** argv);

}  // namespace valleyflux
