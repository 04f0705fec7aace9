#pragma once

#include "tools/benchmarks/suite/sparse_matrix.hpp"

#include <petscmat.h>

#include <stdexcept>

namespace suite {

/// Throws where a call of PETSc's has failed.
inline void check(PetscErrorCode code) {
  if (code) throw std::runtime_error("a call of PETSc failed, code " + std::to_string(static_cast<int>(code)));
}

/// PETSc's view of a matrix, whose arrays stay where they are.
inline Mat petsc_matrix(SparseMatrix& matrix) {
  Mat made;
  const PetscInt n = matrix.rows();
  check(MatCreateSeqAIJWithArrays(PETSC_COMM_SELF, n, n, matrix.begin.data(), matrix.column.data(), matrix.value.data(),
                                  &made));
  return made;
}

}  // namespace suite
