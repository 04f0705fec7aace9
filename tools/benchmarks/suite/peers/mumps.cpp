// MUMPS, sequential: L D L^T of the symmetrised generator.
//   peer_mumps passage FILE

#include "tools/benchmarks/suite/chain.hpp"
#include "tools/benchmarks/suite/peers/peer.hpp"
#include "tools/benchmarks/suite/sparse_matrix.hpp"

#include <dmumps_c.h>

namespace {

suite::Outcome passage(const suite::Words& words) {
  const suite::Chain chain = suite::read_chain(words.at(1));
  std::vector<double> u;
  const double seconds = suite::seconds_of([&] {
    const std::vector<double> root = suite::root_weights(chain);
    suite::SparseMatrix lower = suite::lower_columns(suite::symmetrised(chain));
    std::vector<int> row, column;
    for (int i = 0; i < lower.rows(); ++i)
      for (int k = lower.begin[static_cast<std::size_t>(i)]; k < lower.begin[static_cast<std::size_t>(i) + 1]; ++k) {
        row.push_back(lower.column[static_cast<std::size_t>(k)] + 1);
        column.push_back(i + 1);
      }
    u = root;
    DMUMPS_STRUC_C mumps{};
    const auto call = [&](int job) {
      mumps.job = job;
      dmumps_c(&mumps);
      suite::require(mumps.infog[0] >= 0, "dmumps_c");
    };
    mumps.sym = 1;  // positive definite
    mumps.par = 1;
    mumps.comm_fortran = -987654;
    call(-1);
    for (const int stream : {0, 1, 2, 3}) mumps.icntl[stream] = stream == 3 ? 0 : -1;  // silent
    mumps.n = lower.rows();
    mumps.nnz = static_cast<MUMPS_INT8>(lower.value.size());
    mumps.irn = row.data();
    mumps.jcn = column.data();
    mumps.a = lower.value.data();
    mumps.rhs = u.data();
    call(6);
    call(-2);
    for (std::size_t i = 0; i < u.size(); ++i) u[i] /= root[i];
  });
  return {seconds, suite::largest_relative_error(u, chain.answer), MUMPS_VERSION, "symmetrised, LDL^T"};
}

}  // namespace

int main(int count, char** arguments) {
  return suite::tell_of(count, arguments, passage);
}
