#pragma once

namespace valleyflux {

/// What solves the linear equations of a grid. automatic: elimination on the line and up to 1024 x 1024 cells, the
/// multilevel solver beyond.
enum class EngineName { automatic, elimination, multilevel };

}  // namespace valleyflux
