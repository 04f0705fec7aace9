#include "problems/expressions/taylor.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>

namespace valleyflux {

std::shared_ptr<const TaylorBasis> TaylorBasis::get(int dimension, int order, std::size_t points) {
  using Key = std::tuple<int, int, std::size_t>;
  static std::mutex mutex;
  static std::map<Key, std::shared_ptr<const TaylorBasis>> known;
  // Predicates are asked point by point from many threads: each keeps what it used last.
  thread_local Key last{-1, -1, 0};
  thread_local std::shared_ptr<const TaylorBasis> last_basis;
  const Key key{dimension, order, points};
  if (last == key) return last_basis;
  const std::lock_guard lock(mutex);
  auto& basis = known[key];
  if (!basis) basis.reset(new TaylorBasis(dimension, order, points));
  last = key;
  last_basis = basis;
  return basis;
}

TaylorBasis::TaylorBasis(int dimension, int order, std::size_t points)
    : dimension_(static_cast<std::size_t>(dimension)), order_(order), points_(points) {
  exponents_.emplace_back();
  // Multi-indices as sorted lists of variables, by ascending degree.
  for (std::size_t first = 0, degree = 1; degree <= static_cast<std::size_t>(order); ++degree) {
    const std::size_t last = exponents_.size();
    for (std::size_t k = first; k < last; ++k)
      for (int i = exponents_[k].empty() ? 0 : exponents_[k].back(); i < dimension; ++i) {
        std::vector<int> next = exponents_[k];
        next.push_back(i);
        exponents_.push_back(std::move(next));
      }
    first = last;
  }
  std::map<std::vector<int>, std::size_t> index;
  for (std::size_t k = 0; k < exponents_.size(); ++k) {
    index[exponents_[k]] = k;
    double factorial = 1.0;
    for (std::size_t i = 0, repeated = 0; i < exponents_[k].size(); ++i) {
      repeated = i > 0 && exponents_[k][i] == exponents_[k][i - 1] ? repeated + 1 : 1;
      factorial *= static_cast<double>(repeated);
    }
    factorials_.push_back(factorial);
  }
  for (std::size_t left = 1; left < size(); ++left)
    for (std::size_t right = 1; right < size(); ++right) {
      if (exponents_[left].size() + exponents_[right].size() > static_cast<std::size_t>(order)) continue;
      std::vector<int> sum;
      std::merge(exponents_[left].begin(), exponents_[left].end(), exponents_[right].begin(), exponents_[right].end(),
                 std::back_inserter(sum));
      mixed_.push_back({left, right, index.at(sum)});
    }
}

void TaylorBasis::multiply(const double* a, const double* b, double* out) const {
  const std::size_t block = points_;
  for (std::size_t p = 0; p < block; ++p) out[p] = a[p] * b[p];
  for (std::size_t k = 1; k < size(); ++k) {
    const double* ak = a + k * block;
    const double* bk = b + k * block;
    double* ok = out + k * block;
    for (std::size_t p = 0; p < block; ++p) ok[p] = a[p] * bk[p] + ak[p] * b[p];
  }
  for (const Term& term : mixed_) {
    const double* al = a + term.left * block;
    const double* br = b + term.right * block;
    double* ok = out + term.product * block;
    for (std::size_t p = 0; p < block; ++p) ok[p] += al[p] * br[p];
  }
}

void TaylorBasis::compose(const double* a, const std::array<const double*, 4>& f, double* out, double* scratch) const {
  const std::size_t block = points_;
  std::copy(f[0], f[0] + block, out);
  for (std::size_t k = 1; k < size(); ++k)
    for (std::size_t p = 0; p < block; ++p) out[k * block + p] = f[1][p] * a[k * block + p];
  if (order_ < 2) return;
  // scratch = (a - a_0)^2
  std::fill(scratch, scratch + doubles(), 0.0);
  for (const Term& term : mixed_) {
    const double* al = a + term.left * block;
    const double* ar = a + term.right * block;
    double* square = scratch + term.product * block;
    for (std::size_t p = 0; p < block; ++p) square[p] += al[p] * ar[p];
  }
  for (std::size_t k = 1; k < size(); ++k)
    for (std::size_t p = 0; p < block; ++p) out[k * block + p] += 0.5 * f[2][p] * scratch[k * block + p];
  if (order_ < 3) return;
  for (const Term& term : mixed_) {
    if (exponents_[term.left].size() != 2) continue;
    const double* square = scratch + term.left * block;
    const double* ar = a + term.right * block;
    double* ok = out + term.product * block;
    for (std::size_t p = 0; p < block; ++p) ok[p] += f[3][p] * square[p] * ar[p] * (1.0 / 6.0);
  }
}

}  // namespace valleyflux
