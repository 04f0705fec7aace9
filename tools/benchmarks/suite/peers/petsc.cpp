// PETSc's time steppers, with the LU factors of UMFPACK.
//   peer_petsc density FILE bdf|arkimex TOLERANCE

#include "tools/benchmarks/suite/chain.hpp"
#include "tools/benchmarks/suite/peers/peer.hpp"
#include "tools/benchmarks/suite/peers/petsc_chain.hpp"

#include <petscts.h>

#include <cmath>
#include <cstdio>

namespace {

using suite::check;

/// Q^T, by rows.
suite::SparseMatrix forward_matrix(const suite::Chain& chain) {
  suite::SparseMatrix matrix = suite::sparse_matrix(
      chain, [&](std::size_t e, bool first) { return first ? -chain.backward[e] : -chain.forward[e]; });
  for (double& value : matrix.value) value = -value;
  return matrix;
}

std::vector<double> density(const suite::Chain& chain, const std::string& stepper, double tolerance, PetscInt* steps) {
  suite::SparseMatrix matrix = forward_matrix(chain);
  Mat forward = suite::petsc_matrix(matrix), jacobian = nullptr;
  check(MatDuplicate(forward, MAT_COPY_VALUES, &jacobian));
  const PetscInt n = chain.states();
  Vec p = nullptr;
  std::vector<double> values = chain.start;
  check(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, n, values.data(), &p));
  TS stepping = nullptr;
  check(TSCreate(PETSC_COMM_SELF, &stepping));
  check(TSSetProblemType(stepping, TS_LINEAR));
  // As F(t, p, p') = p' - Q^T p = 0.
  struct Given {
    Mat forward, jacobian;
  } given{forward, jacobian};
  const auto residual = [](TS, PetscReal, Vec state, Vec rate, Vec out, void* context) -> PetscErrorCode {
    auto& both = *static_cast<Given*>(context);
    PetscCall(MatMult(both.forward, state, out));
    return VecAYPX(out, -1.0, rate);
  };
  const auto derivative = [](TS, PetscReal, Vec, Vec, PetscReal shift, Mat a, Mat b, void* context) -> PetscErrorCode {
    auto& both = *static_cast<Given*>(context);
    PetscCall(MatCopy(both.forward, b, SAME_NONZERO_PATTERN));
    PetscCall(MatScale(b, -1.0));
    PetscCall(MatShift(b, shift));
    if (a != b) PetscCall(MatCopy(b, a, SAME_NONZERO_PATTERN));
    return 0;
  };
  check(TSSetIFunction(stepping, nullptr, residual, &given));
  check(TSSetIJacobian(stepping, jacobian, jacobian, derivative, &given));
  check(TSSetType(stepping, stepper == "bdf" ? TSBDF : TSARKIMEX));
  if (stepper == "bdf")
    check(TSBDFSetOrder(stepping, 3));
  else
    check(TSARKIMEXSetFullyImplicit(stepping, PETSC_TRUE));
  check(TSSetMaxTime(stepping, chain.time));
  check(TSSetTimeStep(stepping, 1e-4));
  check(TSSetMaxSteps(stepping, 1000000));
  check(TSSetExactFinalTime(stepping, TS_EXACTFINALTIME_MATCHSTEP));
  check(TSSetTolerances(stepping, tolerance / static_cast<double>(n), nullptr, tolerance, nullptr));
  SNES newton = nullptr;
  KSP solver = nullptr;
  PC factors = nullptr;
  check(TSGetSNES(stepping, &newton));
  check(SNESSetType(newton, SNESKSPONLY));
  check(SNESGetKSP(newton, &solver));
  check(KSPSetType(solver, KSPPREONLY));
  check(KSPGetPC(solver, &factors));
  check(PCSetType(factors, PCLU));
  check(PCFactorSetMatSolverType(factors, MATSOLVERUMFPACK));
  check(TSSetFromOptions(stepping));
  check(TSSolve(stepping, p));
  check(TSGetStepNumber(stepping, steps));
  check(TSDestroy(&stepping));
  check(VecDestroy(&p));
  check(MatDestroy(&jacobian));
  check(MatDestroy(&forward));
  return values;
}

suite::Outcome run(const suite::Words& words) {
  const suite::Chain chain = suite::read_chain(words.at(1));
  const double tolerance = std::stod(words.at(3));
  std::vector<double> p;
  PetscInt steps = 0;
  const double seconds = suite::seconds_of([&] { p = density(chain, words.at(2), tolerance, &steps); });
  char note[80], version[32];
  std::snprintf(note, sizeof note, "%s, rtol %g, %d steps", words.at(2) == "bdf" ? "BDF3" : "ARKIMEX3", tolerance,
                static_cast<int>(steps));
  std::snprintf(version, sizeof version, "%d.%d.%d", PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR);
  return {seconds, suite::l1_error(p, chain.answer), version, note};
}

}  // namespace

int main(int count, char** arguments) {
  int none = 1;
  PetscInitialize(&none, &arguments, nullptr, nullptr);
  const int status = suite::tell_of(count, arguments, run);
  PetscFinalize();
  return status;
}
