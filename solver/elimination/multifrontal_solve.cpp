#include "grids/first_failure.hpp"
#include "solver/elimination/children.hpp"
#include "solver/elimination/front_substitution.hpp"
#include "solver/elimination/multifrontal.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;

// Multiplications of the factorisation below which a subtree is not worth a task, and a solve not worth waking threads.
constexpr double solve_task_work = 4e6, solve_team_work = 2e7;

enum class Equation { backward, forward, symmetric };

/// Substitutions over the tree, up and down, with the entries of some vectors in the order of elimination.
template <Equation equation, int columns>
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

  static constexpr bool symmetric = equation == Equation::symmetric;

  static FrontShape shape_of(const Front& front) {
    return symmetric ? front.symmetric_shape() : front.shape;
  }
  const double* left_of(const Front& front) const {
    return factors_ + (symmetric ? front.symmetric_factor : front.factor);
  }

  /// Asks for the numbers of a small front: it ends before the processor has seen that they follow one another.
  void prefetch(const Front& front) const {
    constexpr Size line = 8, most = 4096;
    const double* const numbers = left_of(front);
    const Size size = shape_of(front).left_size() + (symmetric ? 0 : front.shape.top_size());
    const Size count = std::min(size, most);
    for (Size k = 0; k < count; k += line) __builtin_prefetch(numbers + k);
  }

  /// y: left_rows() x columns of a front.
  void take_own_part(const Front& front, std::vector<double>& y) const {
    const Size ld = shape_of(front).left_rows();
    y.assign(static_cast<std::size_t>(columns * ld), 0.0);
    for (Size c = 0; c < columns; ++c)
      std::copy_n(x_ + front.first + c * states_, front.shape.pivots, y.data() + c * ld);
  }

  void put_own_part(const Front& front, const std::vector<double>& y) const {
    for (Size c = 0; c < columns; ++c)
      std::copy_n(y.data() + c * shape_of(front).left_rows(), front.shape.pivots, x_ + front.first + c * states_);
  }

  void add(const Front& front, const Front& child, const double* from, std::vector<double>& y) const {
    for (Size c = 0; c < columns; ++c) {
      double* const to = y.data() + c * shape_of(front).left_rows();
      for (const std::int32_t row : tree_.in_parent_of(child)) to[row] += *from++;
    }
  }

  static void leave_boundary(const Front& front, const std::vector<double>& y, std::vector<double>& to) {
    for (Size c = 0; c < columns; ++c) {
      const double* const boundary = y.data() + c * shape_of(front).left_rows() + front.shape.pivot_rows();
      to.insert(to.end(), boundary, boundary + front.shape.boundary);
    }
  }

  void eliminate_own(const Front& front, std::vector<double>& y) const {
    const FrontShape shape = shape_of(front);
    const double* left = left_of(front);
    if constexpr (equation == Equation::forward)
      substitute_up_forward<columns>(shape, left, left + shape.left_size(), y.data());
    else
      substitute_up<columns>(shape, left, y.data());
    if constexpr (symmetric) {
      // The way down is that of the forward equation, and divides by d once more.
      for (Size c = 0; c < columns; ++c)
        for (Size s = 0; s < shape.pivots; ++s)
          y[static_cast<std::size_t>(s + c * shape.left_rows())] /= left[s * (shape.left_rows() + 1)];
    }
    put_own_part(front, y);
  }

  /// y: room to work in.
  void substitute_own(const Front& front, std::vector<double>& y) const {
    const FrontShape shape = shape_of(front);
    const double* left = left_of(front);
    take_own_part(front, y);
    for (Size c = 0; c < columns; ++c) {
      double* to = y.data() + c * shape.left_rows() + shape.pivot_rows();
      for (const std::int32_t place : tree_.boundary_of(front)) *to++ = x_[place + c * states_];
    }
    if constexpr (equation == Equation::backward)
      substitute_down<columns>(shape, left, left + shape.left_size(), y.data());
    else
      substitute_down_forward<columns>(shape, left, y.data());
    put_own_part(front, y);
  }

  const Dissection& tree_;
  const double* factors_;
  double* x_;
  Size states_;
};

template <Equation equation>
void substitute(const Dissection& tree, const MultifrontalFactors& factors, Eigen::MatrixXd& x) {
  const double* const numbers = factors.numbers.get();
  Index c = 0;
  for (; c + 4 <= x.cols(); c += 4) Substitution<equation, 4>(tree, numbers, x.col(c).data()).run();
  for (; c + 2 <= x.cols(); c += 2) Substitution<equation, 2>(tree, numbers, x.col(c).data()).run();
  for (; c < x.cols(); ++c) Substitution<equation, 1>(tree, numbers, x.col(c).data()).run();
}

/// Of conductances the backward equation is W A u = W f, the forward one A^T W (p / w) = f: W A is symmetric.
template <bool forward>
Eigen::MatrixXd solved(const Dissection& tree, const MultifrontalFactors& factors,
                       const Eigen::Ref<const Eigen::MatrixXd>& f) {
  const Eigen::VectorXd& w = factors.weights;
  const bool symmetric = w.size() > 0;
  Eigen::MatrixXd x(f.rows(), f.cols()), result(f.rows(), f.cols());
  for (Index c = 0; c < x.cols(); ++c)
    for (Index k = 0; k < x.rows(); ++k) {
      const std::int32_t state = tree.order[static_cast<std::size_t>(k)];
      x(k, c) = symmetric && !forward ? w[state] * f(state, c) : f(state, c);
    }
  if (symmetric)
    substitute<Equation::symmetric>(tree, factors, x);
  else
    substitute<forward ? Equation::forward : Equation::backward>(tree, factors, x);
  for (Index c = 0; c < x.cols(); ++c)
    for (Index k = 0; k < x.rows(); ++k) {
      const std::int32_t state = tree.order[static_cast<std::size_t>(k)];
      result(state, c) = symmetric && forward ? w[state] * x(k, c) : x(k, c);
    }
  return result;
}

}  // namespace

Eigen::MatrixXd solve(const Dissection& tree, const MultifrontalFactors& factors,
                      const Eigen::Ref<const Eigen::MatrixXd>& f) {
  return solved<false>(tree, factors, f);
}

Eigen::MatrixXd solve_forward(const Dissection& tree, const MultifrontalFactors& factors,
                              const Eigen::Ref<const Eigen::MatrixXd>& f) {
  return solved<true>(tree, factors, f);
}

}  // namespace valleyflux
