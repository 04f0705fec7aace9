// SLEPc on the symmetrised generator, whose stationary vector is deflated: LOBPCG behind hypre's BoomerAMG, or
// Krylov-Schur with the inverse (MUMPS).
//   peer_slepc eigenvalue FILE lobpcg|krylovschur

#include "tools/benchmarks/suite/chain.hpp"
#include "tools/benchmarks/suite/peers/peer.hpp"
#include "tools/benchmarks/suite/peers/petsc_chain.hpp"

#include <slepceps.h>

#include <cmath>
#include <cstdio>

namespace {

using suite::check;

double slowest(const suite::Chain& chain, bool lobpcg, PetscInt* iterations) {
  suite::SparseMatrix matrix = suite::symmetrised(chain);
  Mat symmetric = suite::petsc_matrix(matrix);
  check(MatSetOption(symmetric, MAT_SYMMETRIC, PETSC_TRUE));
  Vec stationary = nullptr;
  check(MatCreateVecs(symmetric, &stationary, nullptr));
  const std::vector<double> root = suite::root_weights(chain);
  double* entries = nullptr;
  check(VecGetArray(stationary, &entries));
  std::copy(root.begin(), root.end(), entries);
  check(VecRestoreArray(stationary, &entries));
  check(VecNormalize(stationary, nullptr));

  EPS solver = nullptr;
  ST transform = nullptr;
  KSP inner = nullptr;
  PC preconditioner = nullptr;
  check(EPSCreate(PETSC_COMM_SELF, &solver));
  check(EPSSetOperators(solver, symmetric, nullptr));
  check(EPSSetProblemType(solver, EPS_HEP));
  check(EPSSetDeflationSpace(solver, 1, &stationary));
  check(EPSSetDimensions(solver, 1, PETSC_DEFAULT, PETSC_DEFAULT));
  check(EPSGetST(solver, &transform));
  if (lobpcg) {
    check(EPSSetType(solver, EPSLOBPCG));
    check(EPSSetWhichEigenpairs(solver, EPS_SMALLEST_REAL));
    check(EPSSetTolerances(solver, 1e-8, 500));
    check(STSetType(transform, STPRECOND));
    check(STGetKSP(transform, &inner));
    check(KSPSetType(inner, KSPPREONLY));
    check(KSPGetPC(inner, &preconditioner));
    check(PCSetType(preconditioner, PCHYPRE));
    check(PCHYPRESetType(preconditioner, "boomeramg"));
    check(STPrecondSetMatForPC(transform, symmetric));
  } else {
    check(EPSSetType(solver, EPSKRYLOVSCHUR));
    check(EPSSetWhichEigenpairs(solver, EPS_TARGET_REAL));
    check(EPSSetTarget(solver, -1e-2));
    check(EPSSetTolerances(solver, 1e-10, 500));
    check(STSetType(transform, STSINVERT));
    check(STGetKSP(transform, &inner));
    check(KSPSetType(inner, KSPPREONLY));
    check(KSPGetPC(inner, &preconditioner));
    check(PCSetType(preconditioner, PCCHOLESKY));
    check(PCFactorSetMatSolverType(preconditioner, MATSOLVERMUMPS));
  }
  check(EPSSetFromOptions(solver));
  check(EPSSolve(solver));
  PetscInt converged = 0;
  check(EPSGetConverged(solver, &converged));
  suite::require(converged > 0, "EPSSolve");
  PetscScalar value = 0.0;
  check(EPSGetEigenvalue(solver, 0, &value, nullptr));
  check(EPSGetIterationNumber(solver, iterations));
  check(EPSDestroy(&solver));
  check(VecDestroy(&stationary));
  check(MatDestroy(&symmetric));
  return value;
}

suite::Outcome run(const suite::Words& words) {
  const suite::Chain chain = suite::read_chain(words.at(1));
  const bool lobpcg = words.at(2) == "lobpcg";
  double value = 0.0;
  PetscInt iterations = 0;
  const double seconds = suite::seconds_of([&] { value = slowest(chain, lobpcg, &iterations); });
  char note[80], version[32];
  std::snprintf(note, sizeof note, lobpcg ? "LOBPCG + hypre, %d iterations" : "Krylov-Schur + MUMPS, %d restarts",
                static_cast<int>(iterations));
  std::snprintf(version, sizeof version, "%d.%d.%d", SLEPC_VERSION_MAJOR, SLEPC_VERSION_MINOR, SLEPC_VERSION_SUBMINOR);
  return {seconds, std::abs(value / chain.answer[0] - 1.0), version, note};
}

}  // namespace

int main(int count, char** arguments) {
  int none = 1;
  SlepcInitialize(&none, &arguments, nullptr, nullptr);
  const int status = suite::tell_of(count, arguments, run);
  SlepcFinalize();
  return status;
}
