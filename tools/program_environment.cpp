#include "tools/program_environment.hpp"

#include <unistd.h>

#include <cstdlib>

namespace valleyflux {

void set_program_environment(char** argv) {
  bool changed = false;
  if (!std::getenv("OMP_WAIT_POLICY") && !std::getenv("GOMP_SPINCOUNT"))
    changed |= ::setenv("OMP_WAIT_POLICY", "passive", 1) == 0;
  if (!std::getenv("GLIBC_TUNABLES"))
    changed |= ::setenv("GLIBC_TUNABLES",
                        "glibc.malloc.hugetlb=1:glibc.malloc.trim_threshold=268435456:"
                        "glibc.malloc.mmap_threshold=67108864",
                        1) == 0;
  if (changed) ::execv("/proc/self/exe", argv);  // it goes on without where that fails
}

}  // namespace valleyflux
