// hypre: BoomerAMG before conjugate gradients on the symmetrised generator, or before GMRES on the generator itself.
//   peer_hypre passage FILE cg|gmres TOLERANCE

#include "tools/benchmarks/suite/chain.hpp"
#include "tools/benchmarks/suite/peers/peer.hpp"
#include "tools/benchmarks/suite/sparse_matrix.hpp"

#include <HYPRE.h>
#include <HYPRE_parcsr_ls.h>
#include <mpi.h>

#include <cstdio>
#include <numeric>

namespace {

HYPRE_IJVector vector_of(const std::vector<double>& values) {
  HYPRE_IJVector made;
  const int n = static_cast<int>(values.size());
  HYPRE_IJVectorCreate(MPI_COMM_SELF, 0, n - 1, &made);
  HYPRE_IJVectorSetObjectType(made, HYPRE_PARCSR);
  HYPRE_IJVectorInitialize(made);
  std::vector<int> rows(values.size());
  std::iota(rows.begin(), rows.end(), 0);
  HYPRE_IJVectorSetValues(made, n, rows.data(), values.data());
  HYPRE_IJVectorAssemble(made);
  return made;
}

/// x with A x = f, and the number of iterations.
int solve(const suite::SparseMatrix& a, const std::vector<double>& f, bool symmetric, double tolerance,
          std::vector<double>& x) {
  const int n = a.rows();
  HYPRE_IJMatrix matrix;
  HYPRE_IJMatrixCreate(MPI_COMM_SELF, 0, n - 1, 0, n - 1, &matrix);
  HYPRE_IJMatrixSetObjectType(matrix, HYPRE_PARCSR);
  std::vector<int> rows(static_cast<std::size_t>(n)), sizes(rows);
  for (int i = 0; i < n; ++i) {
    rows[static_cast<std::size_t>(i)] = i;
    sizes[static_cast<std::size_t>(i)] =
        a.begin[static_cast<std::size_t>(i) + 1] - a.begin[static_cast<std::size_t>(i)];
  }
  HYPRE_IJMatrixSetRowSizes(matrix, sizes.data());
  HYPRE_IJMatrixInitialize(matrix);
  HYPRE_IJMatrixSetValues(matrix, n, sizes.data(), rows.data(), a.column.data(), a.value.data());
  HYPRE_IJMatrixAssemble(matrix);
  HYPRE_IJVector right = vector_of(f), left = vector_of(std::vector<double>(f.size(), 0.0));
  HYPRE_ParCSRMatrix parallel;
  HYPRE_ParVector b, u;
  HYPRE_IJMatrixGetObject(matrix, reinterpret_cast<void**>(&parallel));
  HYPRE_IJVectorGetObject(right, reinterpret_cast<void**>(&b));
  HYPRE_IJVectorGetObject(left, reinterpret_cast<void**>(&u));

  HYPRE_Solver multigrid, krylov;
  HYPRE_BoomerAMGCreate(&multigrid);
  HYPRE_BoomerAMGSetTol(multigrid, 0.0);
  HYPRE_BoomerAMGSetMaxIter(multigrid, 1);
  HYPRE_BoomerAMGSetPrintLevel(multigrid, 0);
  HYPRE_BoomerAMGSetCoarsenType(multigrid, 10);  // HMIS, extended+i, the defaults
  HYPRE_BoomerAMGSetRelaxType(multigrid, symmetric ? 6 : 3);
  int iterations = 0;
  if (symmetric) {
    HYPRE_ParCSRPCGCreate(MPI_COMM_SELF, &krylov);
    HYPRE_PCGSetTol(krylov, tolerance);
    HYPRE_PCGSetMaxIter(krylov, 500);
    HYPRE_PCGSetTwoNorm(krylov, 1);
    HYPRE_PCGSetPrecond(krylov, reinterpret_cast<HYPRE_PtrToSolverFcn>(HYPRE_BoomerAMGSolve),
                        reinterpret_cast<HYPRE_PtrToSolverFcn>(HYPRE_BoomerAMGSetup), multigrid);
    HYPRE_ParCSRPCGSetup(krylov, parallel, b, u);
    HYPRE_ParCSRPCGSolve(krylov, parallel, b, u);
    HYPRE_PCGGetNumIterations(krylov, &iterations);
    HYPRE_ParCSRPCGDestroy(krylov);
  } else {
    HYPRE_ParCSRGMRESCreate(MPI_COMM_SELF, &krylov);
    HYPRE_GMRESSetKDim(krylov, 50);
    HYPRE_GMRESSetTol(krylov, tolerance);
    HYPRE_GMRESSetMaxIter(krylov, 500);
    HYPRE_GMRESSetPrecond(krylov, reinterpret_cast<HYPRE_PtrToSolverFcn>(HYPRE_BoomerAMGSolve),
                          reinterpret_cast<HYPRE_PtrToSolverFcn>(HYPRE_BoomerAMGSetup), multigrid);
    HYPRE_ParCSRGMRESSetup(krylov, parallel, b, u);
    HYPRE_ParCSRGMRESSolve(krylov, parallel, b, u);
    HYPRE_GMRESGetNumIterations(krylov, &iterations);
    HYPRE_ParCSRGMRESDestroy(krylov);
  }
  HYPRE_ClearAllErrors();  // not converged: the error says so
  HYPRE_BoomerAMGDestroy(multigrid);
  x.resize(f.size());
  HYPRE_IJVectorGetValues(left, n, rows.data(), x.data());
  HYPRE_IJMatrixDestroy(matrix);
  HYPRE_IJVectorDestroy(right);
  HYPRE_IJVectorDestroy(left);
  return iterations;
}

suite::Outcome passage(const suite::Words& words) {
  const suite::Chain chain = suite::read_chain(words.at(1));
  const bool symmetric = words.at(2) == "cg";
  const double tolerance = std::stod(words.at(3));
  std::vector<double> u;
  int iterations = 0;
  const double seconds = suite::seconds_of([&] {
    if (symmetric) {
      const std::vector<double> root = suite::root_weights(chain);
      iterations = solve(suite::symmetrised(chain), root, symmetric, tolerance, u);
      for (std::size_t i = 0; i < u.size(); ++i) u[i] /= root[i];
    } else {
      iterations =
          solve(suite::minus_generator(chain), std::vector<double>(chain.exit.size(), 1.0), symmetric, tolerance, u);
    }
  });
  char note[80];
  std::snprintf(note, sizeof note, "%s + AMG, %g, %d iterations", symmetric ? "CG" : "GMRES", tolerance, iterations);
  return {seconds, suite::largest_relative_error(u, chain.answer), HYPRE_RELEASE_VERSION, note};
}

}  // namespace

int main(int count, char** arguments) {
  MPI_Init(&count, &arguments);
  HYPRE_Init();
  const int status = suite::tell_of(count, arguments, passage);
  HYPRE_Finalize();
  MPI_Finalize();
  return status;
}
