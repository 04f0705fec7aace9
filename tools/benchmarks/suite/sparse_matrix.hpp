#pragma once

#include "tools/benchmarks/suite/chain.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

/// The chain as matrices that peers know, by compressed rows.
namespace suite {

struct SparseMatrix {
  std::vector<std::int32_t> begin, column;  // begin: rows + 1; columns of a row ascend
  std::vector<double> value;

  std::int32_t rows() const { return static_cast<std::int32_t>(begin.size()) - 1; }
};

/// entry(edge, downwards): the off-diagonal element of an edge in the row of its first state, or of its second.
template <typename Entry>
SparseMatrix sparse_matrix(const Chain& chain, const Entry& entry) {
  const auto states = static_cast<std::size_t>(chain.states()), edges = chain.from.size();
  SparseMatrix matrix;
  matrix.begin.assign(states + 1, 0);
  std::vector<double> diagonal = chain.exit;
  for (std::size_t e = 0; e < edges; ++e) {
    const auto i = static_cast<std::size_t>(chain.from[e]), j = static_cast<std::size_t>(chain.to[e]);
    ++matrix.begin[i + 1];
    ++matrix.begin[j + 1];
    diagonal[i] += chain.forward[e];
    diagonal[j] += chain.backward[e];
  }
  for (std::size_t i = 0; i < states; ++i) matrix.begin[i + 1] += matrix.begin[i] + 1;
  matrix.column.resize(2 * edges + states);
  matrix.value.resize(2 * edges + states);
  std::vector<std::int32_t> next(matrix.begin.begin(), matrix.begin.end() - 1);
  const auto put = [&](std::int32_t row, std::int32_t column, double value) {
    const auto at = static_cast<std::size_t>(next[static_cast<std::size_t>(row)]++);
    matrix.column[at] = column;
    matrix.value[at] = value;
  };
  // Edges are sorted by their first state: the second states of a row ascend, and so do the first ones that lead to it.
  for (std::size_t e = 0; e < edges; ++e) put(chain.to[e], chain.from[e], entry(e, false));
  std::size_t e = 0;
  for (std::int32_t state = 0; state < chain.states(); ++state) {
    put(state, state, diagonal[static_cast<std::size_t>(state)]);
    for (; e < edges && chain.from[e] == state; ++e) put(state, chain.to[e], entry(e, true));
  }
  return matrix;
}

/// -Q: A u = 1 is the equation of mean first-passage times.
inline SparseMatrix minus_generator(const Chain& chain) {
  return sparse_matrix(chain,
                       [&](std::size_t e, bool first) { return first ? -chain.forward[e] : -chain.backward[e]; });
}

/// W^(1/2) (-Q) W^(-1/2), W the weights: symmetric and positive definite.
inline SparseMatrix symmetrised(const Chain& chain) {
  return sparse_matrix(chain, [&](std::size_t e, bool) { return -std::sqrt(chain.forward[e] * chain.backward[e]); });
}

/// W^(1/2).
inline std::vector<double> root_weights(const Chain& chain) {
  std::vector<double> root;
  for (const double weight : chain.log_weight) root.push_back(std::exp(0.5 * weight));
  return root;
}

/// The lower triangle of a symmetric matrix by columns: what lies on and right of the diagonal in its rows.
inline SparseMatrix lower_columns(const SparseMatrix& matrix) {
  SparseMatrix lower;
  lower.begin.push_back(0);
  for (std::int32_t row = 0; row < matrix.rows(); ++row) {
    for (auto k = static_cast<std::size_t>(matrix.begin[static_cast<std::size_t>(row)]);
         k < static_cast<std::size_t>(matrix.begin[static_cast<std::size_t>(row) + 1]); ++k)
      if (matrix.column[k] >= row) {
        lower.column.push_back(matrix.column[k]);
        lower.value.push_back(matrix.value[k]);
      }
    lower.begin.push_back(static_cast<std::int32_t>(lower.column.size()));
  }
  return lower;
}

/// y = A x.
template <typename In, typename Out>
void multiply(const SparseMatrix& matrix, const In& x, Out& y) {
  for (std::int32_t row = 0; row < matrix.rows(); ++row) {
    double sum = 0.0;
    for (auto k = static_cast<std::size_t>(matrix.begin[static_cast<std::size_t>(row)]);
         k < static_cast<std::size_t>(matrix.begin[static_cast<std::size_t>(row) + 1]); ++k)
      sum += matrix.value[k] * x[static_cast<std::size_t>(matrix.column[k])];
    y[static_cast<std::size_t>(row)] = sum;
  }
}

}  // namespace suite
