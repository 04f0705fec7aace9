#include "solver/elimination/multifrontal.hpp"

#include "grids/first_failure.hpp"
#include "solver/elimination/balancing_weights.hpp"
#include "solver/elimination/children.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;

constexpr double task_work = 2e6;  // multiplications below which a subtree is not worth a task
constexpr double team_work = 1e7;  // and below which a factorisation is not worth waking threads

/// What a front leaves to its parent: rates between the states that stay.
struct Remainder {
  AlignedArray rest;
  Index failed = -1;  // as in MultifrontalFactors
};

/// A stretch of a child's boundary that is one of its parent's rows too.
struct Run {
  Size start, length, row;
};

/// Adds the lower triangle of what a child left over to its parent's symmetric front. rows: of the child's boundary in
/// the parent's `left`; what leaves is the last one of either.
void add_symmetric(const FrontShape& shape, double* left, double* rest, std::span<const std::int32_t> rows,
                   const double* from) {
  const auto b = static_cast<Size>(rows.size()), ld = FrontShape{0, b + 1}.boundary_rows();
  const Size p_rows = shape.pivot_rows(), stay = shape.boundary_rows(), leaves = p_rows + shape.boundary - 1;
  for (Size j = 0; j < b; ++j, from += ld) {
    const Size column = rows[static_cast<std::size_t>(j)];
    double* const to =
        column < shape.pivots ? left + column * shape.left_rows() : rest + (column - p_rows) * stay - p_rows;
    for (Size i = j; i < b; ++i) to[rows[static_cast<std::size_t>(i)]] += from[i];
    to[leaves] += from[b];
  }
}

/// Adds what a child left over to its parent's front.
class ExtendAdd {
 public:
  ExtendAdd(const FrontShape& shape, double* left, double* top, double* rest)
      : shape_(shape), left_(left), top_(top), rest_(rest) {}

  void add(std::span<const std::int32_t> rows, const double* from) {
    const auto b = static_cast<Size>(rows.size()), ld = FrontShape{0, b}.boundary_rows();
    const Size p = shape_.pivots, p_rows = shape_.pivot_rows(), stay = shape_.boundary_rows();
    runs_.clear();
    Size upper = 0;  // runs that end among the pivots
    for (Size k = 0; k < b; ++k) {
      const Size row = rows[static_cast<std::size_t>(k)];
      if (runs_.empty() || row == p_rows || runs_.back().row + runs_.back().length != row) runs_.push_back({k, 0, row});
      ++runs_.back().length;
      if (row < p) upper = static_cast<Size>(runs_.size());
    }
    const std::span<const Run> all(runs_);
    const auto into_pivots = all.first(static_cast<std::size_t>(upper));
    const auto into_boundary = all.subspan(static_cast<std::size_t>(upper));
    for (Size j = 0; j <= b; ++j, from += ld) {
      const Size column = j < b ? rows[static_cast<std::size_t>(j)] : p_rows + shape_.boundary;
      if (column < p) {
        add_runs(all, from, left_ + column * shape_.left_rows());
      } else {
        add_runs(into_pivots, from, top_ + (column - p_rows) * p_rows);
        add_runs(into_boundary, from, rest_ + (column - p_rows) * stay - p_rows);
      }
    }
  }

 private:
  static void add_runs(std::span<const Run> runs, const double* from, double* to) {
    for (const Run& run : runs)
      for (Size k = 0; k < run.length; ++k) to[run.row + k] += from[run.start + k];
  }

  const FrontShape& shape_;
  double *left_, *top_, *rest_;
  std::vector<Run> runs_;
};

class Factorisation {
 public:
  /// weights: of conductances; none: rates are eliminated.
  Factorisation(const Dissection& tree, const Generator& generator, double shift, const Eigen::VectorXd& weights,
                double* factors)
      : tree_(tree), generator_(generator), shift_(shift), weights_(weights), factors_(factors) {}

  /// The first state without a way out, or -1.
  Index run() const {
    const Front above = above_roots(tree_);
    std::vector<Remainder> below(children(tree_, above));
    const bool team = tree_.work > team_work;
    FirstFailure failure;
#pragma omp parallel default(shared) if (team)
#pragma omp single
    failure.guard([&] {
      for_each_child(tree_, above, task_work,
                     [&](std::size_t place, const Front& child) { below[place] = factorise(child); });
    });
    failure.rethrow();
    return first_failure(below);
  }

 private:
  static Index first_failure(const std::vector<Remainder>& below) {
    Index first = -1;
    for (const Remainder& remainder : below)
      if (remainder.failed >= 0 && (first < 0 || remainder.failed < first)) first = remainder.failed;
    return first;
  }

  Remainder factorise(const Front& front) const {
    std::vector<Remainder> below(children(tree_, front));
    for_each_child(tree_, front, task_work,
                   [&](std::size_t place, const Front& child) { below[place] = factorise(child); });
    if (const Index failed = first_failure(below); failed >= 0) return {nullptr, failed};

    const bool symmetric = weights_.size() > 0;
    const FrontShape shape = symmetric ? front.symmetric_shape() : front.shape;
    double* const left = factors_ + (symmetric ? front.symmetric_factor : front.factor);
    double* const top = left + shape.left_size();  // of rates
    std::fill(left, symmetric ? top : top + shape.top_size(), 0.0);
    Remainder out{aligned_array(static_cast<std::size_t>(shape.rest_size())), -1};
    std::fill_n(out.rest.get(), shape.rest_size(), 0.0);
    if (symmetric)
      add_conductances(front, left);
    else
      add_rates(front, left, top);
    ExtendAdd parent(shape, left, top, out.rest.get());
    std::size_t place = 0;
    for (std::int32_t c = front.first_child; c >= 0; ++place) {
      const Front& child = tree_.fronts[static_cast<std::size_t>(c)];
      if (symmetric)
        add_symmetric(shape, left, out.rest.get(), tree_.in_parent_of(child), below[place].rest.get());
      else
        parent.add(tree_.in_parent_of(child), below[place].rest.get());
      below[place].rest.reset();
      c = child.next_sibling;
    }
    const Size failed =
        symmetric ? eliminate_symmetric(shape, left, out.rest.get()) : eliminate(shape, left, top, out.rest.get());
    if (failed >= 0) out.failed = front.first + failed;
    return out;
  }

  /// The generator's own rates.
  void add_rates(const Front& front, double* left, double* top) const {
    const Size p = front.shape.pivots, rows = front.shape.pivot_rows(), ld = front.shape.left_rows();
    const auto rate = [&](Size i, Size j) -> double& { return j < p ? left[i + j * ld] : top[i + (j - rows) * rows]; };
    for (std::size_t k = front.edges_begin; k < front.edges_end; ++k) {
      const auto [edge, from, to] = tree_.edges[k];
      rate(from, to) = generator_.forward[static_cast<std::size_t>(edge)];
      rate(to, from) = generator_.backward[static_cast<std::size_t>(edge)];
    }
    double* exit = top + rows * front.shape.boundary;
    for (Size s = 0; s < p; ++s)
      exit[s] = generator_.exit[tree_.order[static_cast<std::size_t>(front.first + s)]] + shift_;
  }

  /// Its conductances, below the diagonal.
  void add_conductances(const Front& front, double* left) const {
    const FrontShape shape = front.symmetric_shape();
    const Size ld = shape.left_rows();
    for (std::size_t k = front.edges_begin; k < front.edges_end; ++k) {
      const auto [edge, from, to] = tree_.edges[k];
      const auto e = static_cast<std::size_t>(edge);
      left[std::max(from, to) + std::min(from, to) * ld] = 0.5 * (weights_[generator_.from[e]] * generator_.forward[e] +
                                                                  weights_[generator_.to[e]] * generator_.backward[e]);
    }
    double* const exit = left + shape.pivot_rows() + front.shape.boundary;
    for (Size s = 0; s < shape.pivots; ++s) {
      const std::int32_t state = tree_.order[static_cast<std::size_t>(front.first + s)];
      exit[s * ld] = weights_[state] * (generator_.exit[state] + shift_);
    }
  }

  const Dissection& tree_;
  const Generator& generator_;
  double shift_;
  const Eigen::VectorXd& weights_;
  double* factors_;
};

}  // namespace

MultifrontalFactors eliminate(const Dissection& tree, const Generator& generator, double shift,
                              MultifrontalFactors spent) {
  MultifrontalFactors factors;
  if (std::optional<Eigen::VectorXd> weights = balancing_weights(generator)) factors.weights = std::move(*weights);
  const bool symmetric = factors.weights.size() > 0;
  if (spent.numbers && (spent.weights.size() > 0) == symmetric)
    factors.numbers = std::move(spent.numbers);
  else
    factors.numbers = aligned_array(symmetric ? tree.symmetric_size : tree.factor_size);
  const Index failed = Factorisation(tree, generator, shift, factors.weights, factors.numbers.get()).run();
  if (failed >= 0) factors.failed = tree.order[static_cast<std::size_t>(failed)];
  return factors;
}

}  // namespace valleyflux
