// UMFPACK: sparse LU with its own iterative refinement.
//   peer_umfpack passage FILE

#include "tools/benchmarks/suite/chain.hpp"
#include "tools/benchmarks/suite/peers/peer.hpp"
#include "tools/benchmarks/suite/sparse_matrix.hpp"

#include <umfpack.h>

namespace {

suite::Outcome passage(const suite::Words& words) {
  const suite::Chain chain = suite::read_chain(words.at(1));
  const std::vector<double> ones(chain.exit.size(), 1.0);
  std::vector<double> u(ones.size());
  const double seconds = suite::seconds_of([&] {
    // Rows taken for columns: the transposed system is solved with the factors of the transpose.
    const suite::SparseMatrix matrix = suite::minus_generator(chain);
    const int n = matrix.rows(), *begin = matrix.begin.data(), *column = matrix.column.data();
    const double* value = matrix.value.data();
    double control[UMFPACK_CONTROL];
    umfpack_di_defaults(control);
    void *symbolic = nullptr, *numeric = nullptr;
    suite::require(umfpack_di_symbolic(n, n, begin, column, value, &symbolic, control, nullptr) == UMFPACK_OK,
                   "umfpack_di_symbolic");
    suite::require(umfpack_di_numeric(begin, column, value, symbolic, &numeric, control, nullptr) >= UMFPACK_OK,
                   "umfpack_di_numeric");
    umfpack_di_solve(UMFPACK_At, begin, column, value, u.data(), ones.data(), numeric, control, nullptr);
    umfpack_di_free_symbolic(&symbolic);
    umfpack_di_free_numeric(&numeric);
  });
  const std::string version = std::to_string(UMFPACK_MAIN_VERSION) + "." + std::to_string(UMFPACK_SUB_VERSION) + "." +
                              std::to_string(UMFPACK_SUBSUB_VERSION);
  return {seconds, suite::largest_relative_error(u, chain.answer), version, "LU, 2 refinements"};
}

}  // namespace

int main(int count, char** arguments) {
  return suite::tell_of(count, arguments, passage);
}
