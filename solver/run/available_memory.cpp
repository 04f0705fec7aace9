#include "solver/run/available_memory.hpp"

#include <fstream>
#include <limits>
#include <string>

namespace valleyflux {

double available_memory() {
  std::ifstream in("/proc/meminfo");
  std::string key, unit;
  double kilobytes = 0.0;
  while (in >> key >> kilobytes) {
    std::getline(in, unit);
    if (key == "MemAvailable:") return 1024.0 * kilobytes;
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace valleyflux
