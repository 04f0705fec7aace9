// CHOLMOD: sparse Cholesky factors of the symmetrised generator.
//   peer_cholmod passage FILE
//   peer_cholmod density FILE DIMENSION      exponential in a Krylov space of (1 - S / shift)^-1, one factorisation

#include "tools/benchmarks/suite/chain.hpp"
#include "tools/benchmarks/suite/peers/peer.hpp"
#include "tools/benchmarks/suite/sparse_matrix.hpp"

#include <cholmod.h>

#include <algorithm>
#include <cmath>
#include <numeric>

extern "C" void dstev_(const char* job, const int* n, double* diagonal, double* beside, double* vectors,
                       const int* leading, double* work, int* info);

namespace {

const std::string version = std::to_string(CHOLMOD_MAIN_VERSION) + "." + std::to_string(CHOLMOD_SUB_VERSION) + "." +
                            std::to_string(CHOLMOD_SUBSUB_VERSION);

/// Factors of a symmetric matrix, and its solves.
class Cholesky {
 public:
  explicit Cholesky(suite::SparseMatrix lower) : lower_(std::move(lower)) {
    cholmod_start(&common_);
    cholmod_sparse matrix{};
    matrix.nrow = matrix.ncol = static_cast<std::size_t>(lower_.rows());
    matrix.nzmax = lower_.value.size();
    matrix.p = lower_.begin.data();
    matrix.i = lower_.column.data();
    matrix.x = lower_.value.data();
    matrix.stype = -1;
    matrix.itype = CHOLMOD_INT;
    matrix.xtype = CHOLMOD_REAL;
    matrix.dtype = CHOLMOD_DOUBLE;
    matrix.sorted = matrix.packed = 1;
    factor_ = cholmod_analyze(&matrix, &common_);
    suite::require(cholmod_factorize(&matrix, factor_, &common_) && common_.status == CHOLMOD_OK, "cholmod_factorize");
  }
  ~Cholesky() {
    cholmod_free_factor(&factor_, &common_);
    cholmod_finish(&common_);
  }
  Cholesky(const Cholesky&) = delete;
  Cholesky& operator=(const Cholesky&) = delete;

  std::vector<double> solve(std::vector<double> f) {
    cholmod_dense right{};
    right.nrow = right.d = right.nzmax = f.size();
    right.ncol = 1;
    right.x = f.data();
    right.xtype = CHOLMOD_REAL;
    right.dtype = CHOLMOD_DOUBLE;
    cholmod_dense* left = cholmod_solve(CHOLMOD_A, factor_, &right, &common_);
    const auto* x = static_cast<const double*>(left->x);
    std::copy(x, x + f.size(), f.begin());
    cholmod_free_dense(&left, &common_);
    return f;
  }

 private:
  suite::SparseMatrix lower_;
  cholmod_common common_{};
  cholmod_factor* factor_ = nullptr;
};

suite::Outcome passage(const suite::Chain& chain) {
  std::vector<double> u;
  const double seconds = suite::seconds_of([&] {
    const std::vector<double> root = suite::root_weights(chain);
    u = Cholesky(suite::lower_columns(suite::symmetrised(chain))).solve(root);
    for (std::size_t i = 0; i < u.size(); ++i) u[i] /= root[i];
  });
  return {seconds, suite::largest_relative_error(u, chain.answer), version, "symmetrised, LL^T"};
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Lanczos with full orthogonalisation; shift = 10 / t (van den Eshof & Hochbruck 2006).
std::vector<double> krylov_density(const suite::Chain& chain, int dimension) {
  const double shift = 10.0 / chain.time;
  suite::SparseMatrix matrix = suite::lower_columns(suite::symmetrised(chain));
  for (std::size_t i = 0; i < chain.exit.size(); ++i) matrix.value[static_cast<std::size_t>(matrix.begin[i])] += shift;
  Cholesky cholesky(std::move(matrix));
  const std::vector<double> root = suite::root_weights(chain);
  std::vector<double> v(root.size());
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = chain.start[i] > 0 ? chain.start[i] / root[i] : 0.0;
  const double length = std::sqrt(dot(v, v));
  for (double& value : v) value /= length;

  std::vector<std::vector<double>> basis{v};
  std::vector<double> diagonal, beside;
  while (true) {
    std::vector<double> next = cholesky.solve(basis.back());
    diagonal.push_back(dot(next, basis.back()));
    for (const auto& b : basis) {
      const double along = dot(next, b);
      for (std::size_t i = 0; i < next.size(); ++i) next[i] -= along * b[i];
    }
    if (static_cast<int>(basis.size()) == dimension) break;
    beside.push_back(std::sqrt(dot(next, next)));
    for (double& value : next) value /= beside.back();
    basis.push_back(std::move(next));
  }
  // (shift - Q)^-1 has the eigenvalue theta where Q has shift - 1 / theta.
  const int n = dimension;
  int info = 0;
  std::vector<double> vectors(static_cast<std::size_t>(n) * n), work(static_cast<std::size_t>(2 * n));
  beside.push_back(0.0);
  dstev_("V", &n, diagonal.data(), beside.data(), vectors.data(), &n, work.data(), &info);
  suite::require(info == 0, "dstev");
  std::vector<double> p(v.size(), 0.0);
  for (std::size_t k = 0; k < basis.size(); ++k) {
    double share = 0.0;
    for (std::size_t m = 0; m < basis.size(); ++m)
      if (diagonal[m] > 0)
        share += vectors[m * basis.size()] * vectors[m * basis.size() + k] *
                 std::exp(chain.time * std::min(0.0, shift - 1.0 / diagonal[m]));
    for (std::size_t i = 0; i < p.size(); ++i) p[i] += length * share * basis[k][i];
  }
  for (std::size_t i = 0; i < p.size(); ++i) p[i] *= root[i];
  return p;
}

suite::Outcome run(const suite::Words& words) {
  const suite::Chain chain = suite::read_chain(words.at(1));
  if (words.at(0) == "passage") return passage(chain);
  const int dimension = std::stoi(words.at(2));
  std::vector<double> p;
  const double seconds = suite::seconds_of([&] { p = krylov_density(chain, dimension); });
  return {seconds, suite::l1_error(p, chain.answer), version, "Krylov exponential, " + words.at(2) + " solves"};
}

}  // namespace

int main(int count, char** arguments) {
  return suite::tell_of(count, arguments, run);
}
