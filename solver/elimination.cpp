#include "solver/elimination.hpp"

#include "solver/chain_elimination.hpp"
#include "solver/dense_front.hpp"
#include "solver/dissection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace valleyflux {

struct EliminationOrder::Tree {
  Index states = 0;
  bool chain = false;
  Dissection dissection;  // empty for a chain
};

EliminationOrder::EliminationOrder(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                                   const EliminationOptions& options) {
  if (positions.cols() != generator.states)
    throw std::invalid_argument(
        fmt::format("{} states need as many positions (got {})", generator.states, positions.cols()));
  auto tree = std::make_shared<Tree>();
  tree->states = generator.states;
  tree->chain = as_chain(generator).has_value();
  if (!tree->chain) tree->dissection = dissect(generator, positions, options.leaf_states);
  tree_ = std::move(tree);
}

std::size_t EliminationOrder::factor_bytes() const {
  if (tree_->chain) return static_cast<std::size_t>(tree_->states) * 5 * sizeof(double);
  std::size_t numbers = 0;
  for (const Front& front : tree_->dissection.fronts) {
    const auto p = static_cast<std::size_t>(front.pivots);
    numbers += p * (p + 2 * front.boundary.size());
  }
  return numbers * sizeof(double);
}

struct Elimination::Factors {
  std::shared_ptr<const EliminationOrder::Tree> tree;
  ChainFactors chain;
  std::vector<DenseFront> fronts;

  void factorise(const Generator& generator, double shift, bool with_exits);
};

namespace {

constexpr double work_of_a_task = 2e6;  // multiplications below which a subtree is not worth a task
constexpr double work_of_a_team = 1e8;  // and below which a factorisation is not worth waking threads
constexpr double work_of_a_solving_team = 3e9;  // of the factorisation, for a solve

double total_work(const Dissection& tree) {
  double work = 0.0;
  for (const auto root : tree.roots) work += tree.fronts[static_cast<std::size_t>(root)].work;
  return work;
}

[[noreturn]] void no_way_out(Index state, bool stationary) {
  throw SolverError(stationary
                        ? fmt::format("there is more than one closed class of states (state {} cannot reach the rest): "
                                      "no unique stationary law",
                                      state)
                        : fmt::format("state {} has no way out (or its rates over- or underflow): the equations are "
                                      "singular",
                                      state));
}

/// Adds the block of rates that a child's front left over to its parent's front.
void extend_add(const Front& child, const double* from, const double* child_exit, DenseFront& parent, double* rest,
                double* exit) {
  const auto b = static_cast<std::ptrdiff_t>(child.boundary.size()), p = parent.pivots, m = parent.size();
  const std::int32_t* at = child.in_parent.data();
  const std::ptrdiff_t pivots = std::lower_bound(at, at + b, static_cast<std::int32_t>(p)) - at;
  for (std::ptrdiff_t j = 0; j < b; ++j) {
    const double* column = from + j * b;
    if (j < pivots) {
      double* to = parent.left.get() + at[j] * m;
      for (std::ptrdiff_t i = 0; i < b; ++i) to[at[i]] += column[i];
    } else {
      double* to_top = parent.top.get() + (at[j] - p) * p;
      double* to_rest = rest + (at[j] - p) * parent.boundary - p;
      for (std::ptrdiff_t i = 0; i < pivots; ++i) to_top[at[i]] += column[i];
      for (std::ptrdiff_t i = pivots; i < b; ++i) to_rest[at[i]] += column[i];
    }
    exit[at[j]] += child_exit[j];
  }
}

/// What a front hands to its parent while the tree is factorised.
struct Remainder {
  std::unique_ptr<double[]> rest;
  std::vector<double> exit;
};

std::unique_ptr<double[]> zeros(std::ptrdiff_t count) {
  return std::unique_ptr<double[]>(new double[static_cast<std::size_t>(count)]());
}

class TreeFactoriser {
 public:
  TreeFactoriser(const Dissection& tree, const Generator& generator, double shift, bool with_exits,
                 std::vector<DenseFront>& fronts)
      : tree_(tree),
        generator_(generator),
        shift_(shift),
        with_exits_(with_exits),
        fronts_(fronts),
        failed_(std::numeric_limits<Index>::max()) {
    fronts_.resize(tree.fronts.size());
  }

  /// The first state without a way out, in the order of elimination; -1 if there is none.
  Index run() {
    const bool team = total_work(tree_) > work_of_a_team;
#pragma omp parallel default(shared) if (team)
#pragma omp single
    for (const auto root : tree_.roots) {
      Remainder nothing;
      factorise(root, nothing);
    }
    return failed_ == std::numeric_limits<Index>::max() ? -1 : failed_.load();
  }

 private:
  void factorise(std::int32_t index, Remainder& out) {
    const Front& front = tree_.fronts[static_cast<std::size_t>(index)];
    std::vector<Remainder> below(front.children.size());
    for (std::size_t c = 0; c < below.size(); ++c) {
      const std::int32_t child = front.children[c];
      const bool worth_a_task =
          c + 1 < below.size() && tree_.fronts[static_cast<std::size_t>(child)].work > work_of_a_task;
      Remainder& remainder = below[c];
#pragma omp task default(shared) firstprivate(child) if (worth_a_task)
      factorise(child, remainder);
    }
#pragma omp taskwait
    if (failed_ != std::numeric_limits<Index>::max()) return;

    DenseFront& dense = fronts_[static_cast<std::size_t>(index)];
    dense.pivots = front.pivots;
    dense.boundary = static_cast<std::ptrdiff_t>(front.boundary.size());
    const std::ptrdiff_t p = dense.pivots, b = dense.boundary, m = dense.size();
    dense.left = zeros(m * p);
    dense.top = zeros(p * b);
    out.rest = zeros(b * b);
    out.exit.assign(static_cast<std::size_t>(m), 0.0);
    const auto local = [&](std::int32_t position) -> std::ptrdiff_t {
      if (position < front.first + front.pivots) return position - front.first;
      return p + (std::lower_bound(front.boundary.begin(), front.boundary.end(), position) - front.boundary.begin());
    };
    for (const auto edge : front.edges) {
      const auto e = static_cast<std::size_t>(edge);
      std::ptrdiff_t i = local(tree_.position[static_cast<std::size_t>(generator_.from[e])]);
      std::ptrdiff_t j = local(tree_.position[static_cast<std::size_t>(generator_.to[e])]);
      double ij = generator_.forward[e], ji = generator_.backward[e];
      if (i > j) {
        std::swap(i, j);
        std::swap(ij, ji);
      }
      dense.left[static_cast<std::size_t>(j + i * m)] += ji;
      if (j < p) dense.left[static_cast<std::size_t>(i + j * m)] += ij;
      else dense.top[static_cast<std::size_t>(i + (j - p) * p)] += ij;
    }
    for (std::ptrdiff_t s = 0; s < p; ++s) {
      const auto state = tree_.order[static_cast<std::size_t>(front.first + s)];
      out.exit[static_cast<std::size_t>(s)] = (with_exits_ ? generator_.exit[state] : 0.0) + shift_;
    }
    for (std::size_t c = 0; c < below.size(); ++c) {
      const Front& child = tree_.fronts[static_cast<std::size_t>(front.children[c])];
      extend_add(child, below[c].rest.get(), below[c].exit.data(), dense, out.rest.get(), out.exit.data());
      below[c] = {};
    }
    const bool last = !with_exits_ && index + 1 == static_cast<std::int32_t>(tree_.fronts.size());
    const std::ptrdiff_t failed = eliminate(dense, out.rest.get(), out.exit.data(), last);
    if (failed >= 0) {
      Index seen = failed_;
      const Index here = front.first + failed;
      while (here < seen && !failed_.compare_exchange_weak(seen, here)) {
      }
    }
    out.exit.erase(out.exit.begin(), out.exit.begin() + p);
  }

  const Dissection& tree_;
  const Generator& generator_;
  double shift_;
  bool with_exits_;
  std::vector<DenseFront>& fronts_;
  std::atomic<Index> failed_;
};

/// Both halves of the substitutions, over the tree. `forward`: the forward equation (transposed).
class TreeSubstitution {
 public:
  TreeSubstitution(const Dissection& tree, const std::vector<DenseFront>& fronts, bool forward, Eigen::VectorXd& x)
      : tree_(tree), fronts_(fronts), forward_(forward), x_(x), team_(total_work(tree) > work_of_a_solving_team) {}

  void up() {
#pragma omp parallel default(shared) if (team_)
#pragma omp single
    for (const auto root : tree_.roots) {
      std::vector<double> nothing;
      up(root, nothing);
    }
  }

  void down() {
#pragma omp parallel default(shared) if (team_)
#pragma omp single
    for (const auto root : tree_.roots) down(root);
  }

 private:
  static constexpr double solve_work = 2e7;  // of the factorisation: subtrees below are not worth a task in a solve

  void up(std::int32_t index, std::vector<double>& out) {
    const Front& front = tree_.fronts[static_cast<std::size_t>(index)];
    std::vector<std::vector<double>> below(front.children.size());
    for (std::size_t c = 0; c < below.size(); ++c) {
      const std::int32_t child = front.children[c];
      const bool worth_a_task =
          c + 1 < below.size() && tree_.fronts[static_cast<std::size_t>(child)].work > solve_work;
      std::vector<double>& part = below[c];
#pragma omp task default(shared) firstprivate(child) if (worth_a_task)
      up(child, part);
    }
#pragma omp taskwait
    const DenseFront& dense = fronts_[static_cast<std::size_t>(index)];
    const std::ptrdiff_t p = dense.pivots, b = dense.boundary, m = dense.size();
    std::vector<double> y(static_cast<std::size_t>(m), 0.0);
    std::copy_n(x_.data() + front.first, p, y.begin());
    for (std::size_t c = 0; c < below.size(); ++c) {
      const auto& at = tree_.fronts[static_cast<std::size_t>(front.children[c])].in_parent;
      for (std::size_t k = 0; k < at.size(); ++k) y[static_cast<std::size_t>(at[k])] += below[c][k];
    }
    Eigen::Map<Eigen::VectorXd> all(y.data(), m);
    const Eigen::Map<const Eigen::MatrixXd> left(dense.left.get(), m, p), top(dense.top.get(), p, b);
    for (std::ptrdiff_t s = 0; s < p; ++s) {
      if (forward_) {
        all[s] += left.col(s).head(s).dot(all.head(s));
      } else {
        all[s] *= left(s, s);
        all.tail(m - s - 1).noalias() += left.col(s).tail(m - s - 1) * all[s];
      }
    }
    if (forward_ && b > 0) all.tail(b).noalias() += top.transpose() * all.head(p);
    std::copy_n(y.begin(), p, x_.data() + front.first);
    out.assign(y.begin() + p, y.end());
  }

  void down(std::int32_t index) {
    const Front& front = tree_.fronts[static_cast<std::size_t>(index)];
    const DenseFront& dense = fronts_[static_cast<std::size_t>(index)];
    const std::ptrdiff_t p = dense.pivots, b = dense.boundary, m = dense.size();
    Eigen::VectorXd later(b);
    for (std::ptrdiff_t k = 0; k < b; ++k) later[k] = x_[front.boundary[static_cast<std::size_t>(k)]];
    auto own = x_.segment(front.first, p);
    const Eigen::Map<const Eigen::MatrixXd> left(dense.left.get(), m, p), top(dense.top.get(), p, b);
    if (forward_) {
      if (b > 0) own.noalias() += left.bottomRows(b).transpose() * later;
      for (std::ptrdiff_t s = p - 1; s >= 0; --s)
        own[s] = (own[s] + left.col(s).segment(s + 1, p - s - 1).dot(own.tail(p - s - 1))) * left(s, s);
    } else {
      if (b > 0) own.noalias() += top * later;
      for (std::ptrdiff_t s = p - 1; s > 0; --s) own.head(s).noalias() += left.col(s).head(s) * own[s];
    }
    for (std::size_t c = 0; c < front.children.size(); ++c) {
      const std::int32_t child = front.children[c];
      const bool worth_a_task =
          c + 1 < front.children.size() && tree_.fronts[static_cast<std::size_t>(child)].work > solve_work;
#pragma omp task default(shared) firstprivate(child) if (worth_a_task)
      down(child);
    }
#pragma omp taskwait
  }

  const Dissection& tree_;
  const std::vector<DenseFront>& fronts_;
  bool forward_;
  Eigen::VectorXd& x_;
  bool team_;
};

Eigen::VectorXd permuted(const Dissection& tree, const Eigen::Ref<const Eigen::VectorXd>& f) {
  Eigen::VectorXd x(f.size());
  for (std::size_t at = 0; at < tree.order.size(); ++at) x[static_cast<Index>(at)] = f[tree.order[at]];
  return x;
}

Eigen::VectorXd unpermuted(const Dissection& tree, const Eigen::VectorXd& x) {
  Eigen::VectorXd f(x.size());
  for (std::size_t at = 0; at < tree.order.size(); ++at) f[tree.order[at]] = x[static_cast<Index>(at)];
  return f;
}

void require_size(Index states, Index given) {
  if (states != given)
    throw std::invalid_argument(fmt::format("a vector over {} states is needed (got {})", states, given));
}

}  // namespace

void Elimination::Factors::factorise(const Generator& generator, double shift, bool with_exits) {
  require_size(tree->states, generator.states);
  Index failed = -1;
  if (tree->chain) {
    Eigen::VectorXd exit = Eigen::VectorXd::Constant(generator.states, shift);
    if (with_exits) exit += generator.exit;
    chain = eliminate(as_chain(generator).value(), exit, !with_exits);
    failed = chain.failed;
  } else {
    const Index position = TreeFactoriser(tree->dissection, generator, shift, with_exits, fronts).run();
    if (position >= 0) failed = tree->dissection.order[static_cast<std::size_t>(position)];
  }
  if (failed >= 0) no_way_out(failed, !with_exits);
}

Elimination::Elimination(const EliminationOrder& order, const Generator& generator, double shift) {
  if (!(shift >= 0) || !std::isfinite(shift))
    throw std::invalid_argument(fmt::format("the shift must not be negative (got {})", shift));
  auto factors = std::make_shared<Factors>();
  factors->tree = order.tree_;
  factors->factorise(generator, shift, true);
  factors_ = std::move(factors);
}

Eigen::VectorXd Elimination::solve(const Eigen::Ref<const Eigen::VectorXd>& f) const {
  require_size(factors_->tree->states, f.size());
  if (factors_->tree->chain) {
    Eigen::VectorXd u = f;
    valleyflux::solve(factors_->chain, u);
    return u;
  }
  const Dissection& tree = factors_->tree->dissection;
  Eigen::VectorXd x = permuted(tree, f);
  TreeSubstitution substitution(tree, factors_->fronts, false, x);
  substitution.up();
  substitution.down();
  return unpermuted(tree, x);
}

Eigen::VectorXd Elimination::solve_forward(const Eigen::Ref<const Eigen::VectorXd>& f) const {
  require_size(factors_->tree->states, f.size());
  if (factors_->tree->chain) {
    Eigen::VectorXd p = f;
    valleyflux::solve_forward(factors_->chain, p);
    return p;
  }
  const Dissection& tree = factors_->tree->dissection;
  Eigen::VectorXd x = permuted(tree, f);
  TreeSubstitution substitution(tree, factors_->fronts, true, x);
  substitution.up();
  substitution.down();
  return unpermuted(tree, x);
}

Eigen::VectorXd stationary_probabilities(const EliminationOrder& order, const Generator& generator) {
  Elimination::Factors factors;
  factors.tree = order.tree_;
  factors.factorise(generator, 0.0, false);
  // The last state eliminated gets weight one; the others follow from it.
  Eigen::VectorXd weight = Eigen::VectorXd::Zero(generator.states);
  weight[generator.states - 1] = 1.0;
  if (factors.tree->chain) {
    substitute_forward(factors.chain, weight);
  } else {
    TreeSubstitution(factors.tree->dissection, factors.fronts, true, weight).down();
    weight = unpermuted(factors.tree->dissection, weight);
  }
  const double total = weight.sum();
  if (!std::isfinite(total)) throw SolverError("the stationary law spans more than the range of double precision");
  return weight / total;
}

}  // namespace valleyflux
