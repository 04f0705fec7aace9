#include "output/version.hpp"

namespace valleyflux {

const char* version() {
  return VALLEYFLUX_VERSION;
}

}  // namespace valleyflux
