#pragma once

namespace valleyflux {

/// Bytes that can still be allocated without swapping; infinite where the system does not say.
double available_memory();

}  // namespace valleyflux
