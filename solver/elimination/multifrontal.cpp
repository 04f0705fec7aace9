#include "solver/elimination/multifrontal.hpp"

#include "grids/first_failure.hpp"
#include "solver/elimination/front_substitution.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;

constexpr double task_work = 2e6;        // multiplications below which a subtree is not worth a task
constexpr double solve_task_work = 4e6;  // the same for a solve; still multiplications of the factorisation
constexpr double team_work = 1e8;        // and below which a factorisation is not worth waking threads
constexpr double solve_team_work = 1e8;  // or a solve

/// Calls f(place, child) for every child of a front, subtrees worth a task in parallel, and waits for all.
template <typename F>
void for_each_child(const Dissection& tree, const Front& front, double worth, const F& f) {
  std::size_t place = 0;
  bool waiting = false;
  FirstFailure failure;  // no child may outlive this call
  for (std::int32_t c = front.first_child; c >= 0; ++place) {
    const Front* const child = &tree.fronts[static_cast<std::size_t>(c)];
    c = child->next_sibling;
    if (c >= 0 && child->work > worth) {
      waiting = true;
#pragma omp task default(shared) firstprivate(place, child)
      failure.guard([&] { f(place, *child); });
    } else {
      failure.guard([&] { f(place, *child); });
    }
  }
  if (waiting) {
#pragma omp taskwait
  }
  failure.rethrow();
}

std::size_t children(const Dissection& tree, const Front& front) {
  std::size_t count = 0;
  for (std::int32_t c = front.first_child; c >= 0; c = tree.fronts[static_cast<std::size_t>(c)].next_sibling) ++count;
  return count;
}

/// All roots as children of one front without states.
Front above_roots(const Dissection& tree) {
  Front above;
  above.first_child = tree.first_root;
  return above;
}

/// What a front leaves to its parent: rates between the states that stay, or their entries of a right-hand side.
struct Remainder {
  AlignedArray rest;
  Index failed = -1;  // as in MultifrontalFactors
};

/// A stretch of a child's boundary that is one of its parent's rows too.
struct Run {
  Size start, length, row;
};

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
  Factorisation(const Dissection& tree, const Generator& generator, double shift, double* factors)
      : tree_(tree), generator_(generator), shift_(shift), factors_(factors) {}

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

    const FrontShape& shape = front.shape;
    double* left = factors_ + front.factor;
    double* top = left + shape.left_size();
    std::fill(left, top + shape.top_size(), 0.0);
    Remainder out{aligned_array(static_cast<std::size_t>(shape.rest_size())), -1};
    std::fill_n(out.rest.get(), shape.rest_size(), 0.0);
    add_rates(front, left, top);
    ExtendAdd parent(shape, left, top, out.rest.get());
    std::size_t place = 0;
    for (std::int32_t c = front.first_child; c >= 0; ++place) {
      const Front& child = tree_.fronts[static_cast<std::size_t>(c)];
      parent.add(tree_.in_parent_of(child), below[place].rest.get());
      below[place].rest.reset();
      c = child.next_sibling;
    }
    const Size failed = eliminate(shape, left, top, out.rest.get());
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

  const Dissection& tree_;
  const Generator& generator_;
  double shift_;
  double* factors_;
};

/// Substitutions over the tree, up and down, with the entries of some vectors in the order of elimination.
template <bool forward, int columns>
class Substitution {
 public:
  /// x: states x columns.
  Substitution(const Dissection& tree, const double* factors, double* x)
      : tree_(tree), factors_(factors), x_(x), states_(static_cast<Size>(tree.order.size())) {}

  void run() const {
    const Front above = above_roots(tree_);
    const bool team = tree_.work > solve_team_work;
    FirstFailure failure;
#pragma omp parallel default(shared) if (team)
#pragma omp single
    failure.guard([&] {
      for_each_child(tree_, above, solve_task_work, [this](std::size_t, const Front& child) { up(child); });
      for_each_child(tree_, above, solve_task_work, [this](std::size_t, const Front& child) { down(child); });
    });
    failure.rethrow();
  }

 private:
  /// Returns what the front and those below it add to the entries of its boundary, column after column.
  std::vector<double> up(const Front& front) const {
    if (front.work < solve_task_work) return up_in_turn(front);
    std::vector<std::vector<double>> below(children(tree_, front));
    for_each_child(tree_, front, solve_task_work,
                   [&](std::size_t place, const Front& child) { below[place] = up(child); });
    std::vector<double> y, boundary;
    take_own_part(front, y);
    std::size_t place = 0;
    for (std::int32_t c = front.first_child; c >= 0; c = tree_.fronts[static_cast<std::size_t>(c)].next_sibling)
      add(front, tree_.fronts[static_cast<std::size_t>(c)], below[place++].data(), y);
    eliminate_own(front, y);
    leave_boundary(front, y, boundary);
    return boundary;
  }

  /// The same for a whole subtree, front after front. What is not used yet lies on a stack, as children precede
  /// parents.
  std::vector<double> up_in_turn(const Front& front) const {
    std::vector<double> stack, y;
    for (const Front* here = tree_.fronts.data() + front.subtree; here <= &front; ++here) {
      if (here < &front) prefetch(here[1]);
      take_own_part(*here, y);
      for (std::int32_t c = here->first_child; c >= 0; c = tree_.fronts[static_cast<std::size_t>(c)].next_sibling) {
        const Front& child = tree_.fronts[static_cast<std::size_t>(c)];
        const std::size_t rest = stack.size() - static_cast<std::size_t>(columns * child.shape.boundary);
        add(*here, child, stack.data() + rest, y);
        stack.resize(rest);
      }
      eliminate_own(*here, y);
      leave_boundary(*here, y, stack);
    }
    return stack;
  }

  void down(const Front& front) const {
    std::vector<double> y;
    if (front.work < solve_task_work) {
      const Front* const first = tree_.fronts.data() + front.subtree;
      for (const Front* here = &front; here >= first; --here) {
        if (here > first) prefetch(here[-1]);
        substitute_own(*here, y);
      }
      return;
    }
    substitute_own(front, y);
    for_each_child(tree_, front, solve_task_work, [this](std::size_t, const Front& child) { down(child); });
  }

  /// Asks for the numbers of a small front: it ends before the processor has seen that they follow one another.
  void prefetch(const Front& front) const {
    constexpr Size line = 8, most = 4096;
    const double* const numbers = factors_ + front.factor;
    const Size count = std::min(front.shape.left_size() + front.shape.top_size(), most);
    for (Size k = 0; k < count; k += line) __builtin_prefetch(numbers + k);
  }

  /// y: left_rows() x columns of a front.
  void take_own_part(const Front& front, std::vector<double>& y) const {
    const Size ld = front.shape.left_rows();
    y.assign(static_cast<std::size_t>(columns * ld), 0.0);
    for (Size c = 0; c < columns; ++c)
      std::copy_n(x_ + front.first + c * states_, front.shape.pivots, y.data() + c * ld);
  }

  void put_own_part(const Front& front, const std::vector<double>& y) const {
    for (Size c = 0; c < columns; ++c)
      std::copy_n(y.data() + c * front.shape.left_rows(), front.shape.pivots, x_ + front.first + c * states_);
  }

  void add(const Front& front, const Front& child, const double* from, std::vector<double>& y) const {
    for (Size c = 0; c < columns; ++c) {
      double* const to = y.data() + c * front.shape.left_rows();
      for (const std::int32_t row : tree_.in_parent_of(child)) to[row] += *from++;
    }
  }

  static void leave_boundary(const Front& front, const std::vector<double>& y, std::vector<double>& to) {
    for (Size c = 0; c < columns; ++c) {
      const double* const boundary = y.data() + c * front.shape.left_rows() + front.shape.pivot_rows();
      to.insert(to.end(), boundary, boundary + front.shape.boundary);
    }
  }

  void eliminate_own(const Front& front, std::vector<double>& y) const {
    const double* left = factors_ + front.factor;
    if constexpr (forward)
      substitute_up_forward<columns>(front.shape, left, left + front.shape.left_size(), y.data());
    else
      substitute_up<columns>(front.shape, left, y.data());
    put_own_part(front, y);
  }

  /// y: room to work in.
  void substitute_own(const Front& front, std::vector<double>& y) const {
    const double* left = factors_ + front.factor;
    take_own_part(front, y);
    for (Size c = 0; c < columns; ++c) {
      double* to = y.data() + c * front.shape.left_rows() + front.shape.pivot_rows();
      for (const std::int32_t place : tree_.boundary_of(front)) *to++ = x_[place + c * states_];
    }
    if constexpr (forward)
      substitute_down_forward<columns>(front.shape, left, y.data());
    else
      substitute_down<columns>(front.shape, left, left + front.shape.left_size(), y.data());
    put_own_part(front, y);
  }

  const Dissection& tree_;
  const double* factors_;
  double* x_;
  Size states_;
};

template <bool forward>
Eigen::MatrixXd substitute(const Dissection& tree, const MultifrontalFactors& factors,
                           const Eigen::Ref<const Eigen::MatrixXd>& f) {
  Eigen::MatrixXd x(f.rows(), f.cols()), result(f.rows(), f.cols());
  for (Index c = 0; c < x.cols(); ++c)
    for (Index k = 0; k < x.rows(); ++k) x(k, c) = f(tree.order[static_cast<std::size_t>(k)], c);
  Index c = 0;
  for (; c + 4 <= x.cols(); c += 4) Substitution<forward, 4>(tree, factors.numbers.get(), x.col(c).data()).run();
  for (; c + 2 <= x.cols(); c += 2) Substitution<forward, 2>(tree, factors.numbers.get(), x.col(c).data()).run();
  for (; c < x.cols(); ++c) Substitution<forward, 1>(tree, factors.numbers.get(), x.col(c).data()).run();
  for (c = 0; c < x.cols(); ++c)
    for (Index k = 0; k < x.rows(); ++k) result(tree.order[static_cast<std::size_t>(k)], c) = x(k, c);
  return result;
}

}  // namespace

MultifrontalFactors eliminate(const Dissection& tree, const Generator& generator, double shift,
                              MultifrontalFactors spent) {
  MultifrontalFactors factors{spent.numbers ? std::move(spent.numbers) : aligned_array(tree.factor_size), -1};
  const Index failed = Factorisation(tree, generator, shift, factors.numbers.get()).run();
  if (failed >= 0) factors.failed = tree.order[static_cast<std::size_t>(failed)];
  return factors;
}

Eigen::MatrixXd solve(const Dissection& tree, const MultifrontalFactors& factors,
                      const Eigen::Ref<const Eigen::MatrixXd>& f) {
  return substitute<false>(tree, factors, f);
}

Eigen::MatrixXd solve_forward(const Dissection& tree, const MultifrontalFactors& factors,
                              const Eigen::Ref<const Eigen::MatrixXd>& f) {
  return substitute<true>(tree, factors, f);
}

}  // namespace valleyflux
