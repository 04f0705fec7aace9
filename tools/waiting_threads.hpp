#pragma once

namespace valleyflux {

/// Threads that wait for others sleep instead of spinning, which takes the processor from whoever else is at work (two
/// threads beside a busy neighbour were 2 to 10 times slower) and gains nothing here. OpenMP reads the environment when
/// it is loaded, before main: the program begins anew with OMP_WAIT_POLICY = passive, unless the user has said
/// otherwise. To be called first.
void let_waiting_threads_sleep(char** argv);

}  // namespace valleyflux
