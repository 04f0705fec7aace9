// CVODE: backward differentiation formulas of dp/dt = Q^T p, its matrices factorised by KLU.
//   peer_cvode density FILE TOLERANCE

#include "tools/benchmarks/suite/chain.hpp"
#include "tools/benchmarks/suite/peers/peer.hpp"
#include "tools/benchmarks/suite/sparse_matrix.hpp"

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_version.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#include <algorithm>
#include <cstdio>

namespace {

/// Q^T by columns: Q by rows.
int derivative(double, N_Vector p, N_Vector rate, void* given) {
  const auto& matrix = *static_cast<const suite::SparseMatrix*>(given);
  const double* from = N_VGetArrayPointer(p);
  double* to = N_VGetArrayPointer(rate);
  std::fill(to, to + matrix.rows(), 0.0);
  for (int i = 0; i < matrix.rows(); ++i)
    for (int k = matrix.begin[static_cast<std::size_t>(i)]; k < matrix.begin[static_cast<std::size_t>(i) + 1]; ++k)
      to[matrix.column[static_cast<std::size_t>(k)]] -= matrix.value[static_cast<std::size_t>(k)] * from[i];
  return 0;
}

int jacobian(double, N_Vector, N_Vector, SUNMatrix made, void* given, N_Vector, N_Vector, N_Vector) {
  const auto& matrix = *static_cast<const suite::SparseMatrix*>(given);
  std::copy(matrix.begin.begin(), matrix.begin.end(), SUNSparseMatrix_IndexPointers(made));
  std::copy(matrix.column.begin(), matrix.column.end(), SUNSparseMatrix_IndexValues(made));
  std::transform(matrix.value.begin(), matrix.value.end(), SUNSparseMatrix_Data(made), [](double a) { return -a; });
  return 0;
}

std::vector<double> density(const suite::Chain& chain, double tolerance, long* steps) {
  suite::SparseMatrix matrix = suite::minus_generator(chain);
  SUNContext context = nullptr;
  SUNContext_Create(nullptr, &context);
  const auto n = static_cast<sunindextype>(chain.states());
  N_Vector p = N_VNew_Serial(n, context);
  std::copy(chain.start.begin(), chain.start.end(), N_VGetArrayPointer(p));
  void* cvode = CVodeCreate(CV_BDF, context);
  CVodeInit(cvode, derivative, 0.0, p);
  CVodeSStolerances(cvode, tolerance, tolerance / static_cast<double>(n));
  CVodeSetUserData(cvode, &matrix);
  CVodeSetMaxNumSteps(cvode, 1000000);
  SUNMatrix sparse = SUNSparseMatrix(n, n, static_cast<sunindextype>(matrix.value.size()), CSC_MAT, context);
  SUNLinearSolver klu = SUNLinSol_KLU(p, sparse, context);
  CVodeSetLinearSolver(cvode, klu, sparse);
  CVodeSetJacFn(cvode, jacobian);
  double reached = 0.0;
  suite::require(CVode(cvode, chain.time, p, &reached, CV_NORMAL) >= 0, "CVode");
  CVodeGetNumSteps(cvode, steps);
  const double* values = N_VGetArrayPointer(p);
  std::vector<double> found(values, values + n);
  CVodeFree(&cvode);
  SUNLinSolFree(klu);
  SUNMatDestroy(sparse);
  N_VDestroy(p);
  SUNContext_Free(&context);
  return found;
}

suite::Outcome run(const suite::Words& words) {
  const suite::Chain chain = suite::read_chain(words.at(1));
  const double tolerance = std::stod(words.at(2));
  std::vector<double> p;
  long steps = 0;
  const double seconds = suite::seconds_of([&] { p = density(chain, tolerance, &steps); });
  char note[80];
  std::snprintf(note, sizeof note, "BDF, rtol %g, %ld steps", tolerance, steps);
  return {seconds, suite::l1_error(p, chain.answer), SUNDIALS_VERSION, note};
}

}  // namespace

int main(int count, char** arguments) {
  return suite::tell_of(count, arguments, run);
}
