#include "tools/waiting_threads.hpp"

#include <unistd.h>

#include <cstdlib>

namespace valleyflux {

void let_waiting_threads_sleep(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT")) return;
  if (::setenv("OMP_WAIT_POLICY", "passive", 1) == 0) ::execv("/proc/self/exe", argv);  // it spins where that fails
}

}  // namespace valleyflux
