#include "solver/paths/quasi_potential.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/require_coefficients.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "problems/valleys/lyapunov.hpp"

#include <Eigen/LU>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>
#include <stdexcept>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// F and D^-1 at one point; both NaN where D is not positive definite or something is not finite.
template <int Dim>
struct Local {
  Point<Dim> force;
  Tensor<Dim> inverse_noise;
};

/// Exponent of the straight piece `move` with F and D^-1 of its middle.
template <int Dim>
double piece_exponent(const Point<Dim>& move, const Local<Dim>& middle) {
  const Point<Dim> weighted = middle.inverse_noise * middle.force;
  return 0.5 * (std::sqrt(move.dot(middle.inverse_noise * move) * middle.force.dot(weighted)) - move.dot(weighted));
}

/// Samples on the lattice of half cells: cell i lies at 2 i, and the middle between i and j at i + j.
template <int Dim>
class HalfLattice {
 public:
  HalfLattice(const Dynamics& dynamics, const Grid<Dim>& grid) {
    Index total = 1;
    for (int k = 0; k < Dim; ++k) {
      const Axis& axis = grid.axis(k);
      size_[k] = static_cast<int>(axis.periodic() ? 2 * axis.cells() : 2 * axis.cells() - 1);
      total *= size_[k];
    }
    Eigen::MatrixXd points(Dim, total), force;
    for (Index at = 0; at < total; ++at) {
      Index rest = at;
      for (int k = 0; k < Dim; ++k) {
        points(k, at) = grid.axis(k).position(grid.axis(k).lattice(0.5 * static_cast<double>(rest % size_[k])));
        rest /= size_[k];
      }
    }
    DiffusionSamples diffusion;
    dynamics.drift.sample(points, force);
    dynamics.diffusion->sample(points, false, diffusion);
    local_.resize(static_cast<std::size_t>(total));
    for (Index at = 0; at < total; ++at) {
      Local<Dim>& local = local_[static_cast<std::size_t>(at)];
      local.force = force.col(at);
      const Tensor<Dim> noise = diffusion.tensor.col(at).template reshaped<Eigen::ColMajor>(Dim, Dim);
      local.inverse_noise = Tensor<Dim>(noise.inverse());
      // Of a symmetric tensor in at most two dimensions.
      const bool positive = noise.diagonal().minCoeff() > 0 && noise.determinant() > 0;
      if (!positive || !local.force.allFinite() || !local.inverse_noise.allFinite())
        local.force.setConstant(std::numeric_limits<double>::quiet_NaN());
    }
  }

  /// In the middle between cell `at` and the one displaced by `offset` (within the box, or wrapped by the caller).
  const Local<Dim>& middle(const Offset<Dim>& at, const Offset<Dim>& offset) const {
    Index index = 0;
    for (int k = Dim - 1; k >= 0; --k) {
      int half = 2 * at[k] + offset[k];
      if (half < 0) half += size_[k];
      if (half >= size_[k]) half -= size_[k];
      index = index * size_[k] + half;
    }
    return local_[static_cast<std::size_t>(index)];
  }

 private:
  Offset<Dim> size_;
  std::vector<Local<Dim>> local_;
};

/// Curvature S^-1 of the quasi-potential at its stable point, checked.
template <int Dim>
Tensor<Dim> potential_curvature(const Dynamics& dynamics, const Grid<Dim>& grid, const Point<Dim>& minimum) {
  require_autonomous(dynamics);
  if (dynamics.drift.dimension() != Dim || dynamics.diffusion->dimension() != Dim)
    throw std::invalid_argument(fmt::format("a grid of {} dimensions needs drift and noise of as many (got {} and {})",
                                            Dim, dynamics.drift.dimension(), dynamics.diffusion->dimension()));
  if (!grid.contains(minimum)) throw std::invalid_argument("the stable point lies outside the box");
  Eigen::MatrixXd force, jacobian;
  DiffusionSamples diffusion;
  dynamics.drift.sample(minimum, force, &jacobian);
  dynamics.diffusion->sample(minimum, false, diffusion);
  const Tensor<Dim> slope = jacobian.col(0).template reshaped<Eigen::ColMajor>(Dim, Dim);
  const Tensor<Dim> noise = diffusion.tensor.col(0).template reshaped<Eigen::ColMajor>(Dim, Dim);
  constexpr double round_off = 1e-6, degenerate = 1e-10;
  if (!(force.norm() <= round_off * slope.norm() * (1.0 + minimum.norm())) ||
      !(real_eigen(slope).values.maxCoeff() < -degenerate * slope.norm()))
    throw std::invalid_argument(
        "the quasi-potential starts at a stable point: the drift vanishes there and leads back (linearly, in every "
        "direction)");
  if (!(symmetric_eigen(noise).values[0] > 0))
    throw std::invalid_argument("D is not positive definite at the stable point");
  return solve_lyapunov<Dim>(slope, Tensor<Dim>(2.0 * noise))->inverse();
}

/// The ordered line integral method's state: cells are far, given at the start, considered, on the accepted front or
/// accepted behind it; barred where D is singular.
class OrderedIntegrals {
 public:
  OrderedIntegrals(const Dynamics& dynamics, const Grid<2>& grid, int radius)
      : grid_(grid),
        lattice_(dynamics, grid),
        radius_(radius),
        value_(Eigen::VectorXd::Constant(grid.cells(), infinity)),
        one_point_(value_),
        source_(static_cast<std::size_t>(grid.cells()), -1),
        state_(static_cast<std::size_t>(grid.cells()), State::far) {
    for (std::size_t k = 0; k < 2; ++k) {
      const Axis& axis = grid.axis(static_cast<int>(k));
      // A uniform axis goes on beyond its ends, where a periodic one is joined.
      const Index beyond = axis.periodic() ? radius + 1 : 0;
      for (Index i = -beyond; i < axis.cells() + beyond; ++i) centres_[k].push_back(axis.centre(i));
      beyond_[k] = static_cast<int>(beyond);
    }
    for (Index cell = 0; cell < grid.cells(); ++cell)
      if (!grid.holds(cell) || !lattice_.middle(grid.coordinates(cell), Offset<2>::Zero()).force.allFinite())
        state(cell) = State::barred;
  }

  void start(const Point<2>& minimum, const Tensor<2>& curvature) {
    constexpr double reach = 2.5;  // cells
    const Offset<2> middle = grid_.coordinates(grid_.cell_containing(minimum));
    for (int j = -3; j <= 3; ++j)
      for (int i = -3; i <= 3; ++i) {
        const std::optional<Index> cell = grid_.wrapped(middle + Offset<2>(i, j));
        if (!cell || (i * i + j * j > reach * reach)) continue;
        const Point<2> away = grid_.difference(grid_.centre(*cell), minimum);
        value_[*cell] = 0.5 * away.dot(curvature * away);
        state(*cell) = State::given;
        waiting_.emplace(value_[*cell], *cell);
      }
  }

  Eigen::VectorXd run() {
    while (!waiting_.empty()) {
      const auto [value, cell] = waiting_.top();
      waiting_.pop();
      if (value == value_[cell] && (state(cell) == State::considered || state(cell) == State::given)) accept(cell);
    }
    return value_;
  }

 private:
  enum class State : char { far, given, considered, front, behind, barred };
  using Entry = std::pair<double, Index>;

  State& state(Index cell) { return state_[static_cast<std::size_t>(cell)]; }
  bool is_accepted(Index cell) { return state(cell) == State::front || state(cell) == State::behind; }

  /// Calls visit(cell, offset) for the cells around `at` up to `reach` away.
  template <typename Visit>
  void around(const Offset<2>& at, int reach, const Visit& visit) {
    for (int j = -reach; j <= reach; ++j) {
      const std::optional<Index> row = grid_.wrapped(Offset<2>(0, at[1] + j));
      if (!row) continue;
      for (int i = -reach; i <= reach; ++i) {
        if ((i == 0 && j == 0) || (reach > 1 && i * i + j * j > reach * reach)) continue;
        const int n = static_cast<int>(grid_.axis(0).cells());
        int column = at[0] + i;
        if (column < 0 || column >= n) {
          if (!grid_.axis(0).periodic()) continue;
          column += column < 0 ? n : -n;
        }
        visit(*row + column, Offset<2>(i, j));
      }
    }
  }

  bool has_unaccepted_neighbour(Index cell) {
    bool any = false;
    around(grid_.coordinates(cell), 1, [&](Index other, const Offset<2>&) { any = any || !is_accepted(other); });
    return any;
  }

  void accept(Index cell) {
    const Offset<2> at = grid_.coordinates(cell);
    state(cell) = has_unaccepted_neighbour(cell) ? State::front : State::behind;
    around(at, 1, [&](Index other, const Offset<2>&) {
      if (state(other) == State::front && !has_unaccepted_neighbour(other)) state(other) = State::behind;
    });
    around(at, radius_, [&](Index other, const Offset<2>& offset) {
      if (state(other) == State::considered) offer(other, grid_.coordinates(other), -offset);
    });
    around(at, 1, [&](Index other, const Offset<2>&) {
      if (state(other) != State::far) return;
      state(other) = State::considered;
      const Offset<2> there = grid_.coordinates(other);
      around(there, radius_, [&](Index source, const Offset<2>& offset) {
        if (is_accepted(source)) one_point(other, there, offset, source);
      });
      between_neighbours(other, there);
    });
  }

  /// From the cell at `at` + offset to that at `at`.
  Point<2> move_from(const Offset<2>& at, const Offset<2>& offset) const {
    Point<2> move;
    for (int k = 0; k < 2; ++k) {
      const auto axis = static_cast<std::size_t>(k);
      const int to = at[k] + beyond_[axis], from = to + offset[k];
      move[k] = centres_[axis][static_cast<std::size_t>(to)] - centres_[axis][static_cast<std::size_t>(from)];
    }
    return move;
  }

  /// Straight from the cell at `at` + offset.
  bool one_point(Index cell, const Offset<2>& at, const Offset<2>& offset, Index source) {
    const double value = value_[source] + piece_exponent<2>(move_from(at, offset), lattice_.middle(at, offset));
    if (!(value < one_point_[cell])) return false;
    one_point_[cell] = value;
    source_[static_cast<std::size_t>(cell)] = source;
    lower(cell, value);
    return true;
  }

  /// A newly accepted cell, at `at` + offset, offers itself to a considered one.
  void offer(Index cell, const Offset<2>& at, const Offset<2>& offset) {
    const Index source = *grid_.wrapped(at + offset);
    if (one_point(cell, at, offset, source)) {
      between_neighbours(cell, at);
      return;
    }
    const Index best = source_[static_cast<std::size_t>(cell)];
    const Offset<2> to_best = displacement(at, grid_.coordinates(best));
    if ((to_best - offset).cwiseAbs().maxCoeff() == 1) between(cell, at, to_best, best, offset, source);
  }

  /// From between the best single cell and each of its accepted neighbours.
  void between_neighbours(Index cell, const Offset<2>& at) {
    const Index best = source_[static_cast<std::size_t>(cell)];
    if (best < 0) return;
    const Offset<2> offset = displacement(at, grid_.coordinates(best));
    around(grid_.coordinates(best), 1, [&](Index other, const Offset<2>& step) {
      if (is_accepted(other)) between(cell, at, offset, best, offset + step, other);
    });
  }

  /// The least value over straight pieces from anywhere between two neighbouring cells, F and D^-1 interpolated between
  /// the middles of the pieces from these.
  void between(Index cell, const Offset<2>& at, const Offset<2>& first, Index from, const Offset<2>& second,
               Index other) {
    if (other == cell) return;
    const Local<2>& here = lattice_.middle(at, first);
    const Local<2>& there = lattice_.middle(at, second);
    const Point<2> start = move_from(at, first), turn = move_from(at, second) - start;
    const Point<2> force_turn = there.force - here.force;
    const Tensor<2> noise_turn = there.inverse_noise - here.inverse_noise;
    const double rise = value_[other] - value_[from];
    double value = infinity;
    const auto slope = [&](double share) {
      const Point<2> move = start + share * turn;
      const Local<2> middle{here.force + share * force_turn, here.inverse_noise + share * noise_turn};
      const Point<2> by_move = middle.inverse_noise * move, by_force = middle.inverse_noise * middle.force;
      const double length = move.dot(by_move), strength = middle.force.dot(by_force);
      const double root = std::sqrt(length * strength), along = move.dot(by_force);
      value = value_[from] + share * rise + 0.5 * (root - along);
      const double length_slope = 2.0 * turn.dot(by_move) + move.dot(noise_turn * move);
      const double strength_slope = 2.0 * force_turn.dot(by_force) + middle.force.dot(noise_turn * middle.force);
      const double along_slope = turn.dot(by_force) + move.dot(noise_turn * middle.force) + force_turn.dot(by_move);
      return rise + 0.5 * (0.5 * (length_slope * strength + length * strength_slope) / root - along_slope);
    };
    double low = 0.0, high = 1.0, at_low = slope(low), at_high = slope(high);
    if (!(at_low < 0 && at_high > 0)) return;  // the least value is at one end, where it is known
    // False position, the weight of an end that stays halved each time (Illinois).
    constexpr int most = 30;
    constexpr double enough = 1e-6;
    for (int k = 0, stayed = 0; k < most && high - low > enough; ++k) {
      const double share = (low * at_high - high * at_low) / (at_high - at_low), here_slope = slope(share);
      if (std::abs(here_slope) <= enough * (std::abs(at_low) + std::abs(at_high))) break;
      if (here_slope < 0) {
        low = share;
        at_low = here_slope;
        if (stayed == 1) at_high *= 0.5;
        stayed = 1;
      } else {
        high = share;
        at_high = here_slope;
        if (stayed == -1) at_low *= 0.5;
        stayed = -1;
      }
    }
    lower(cell, value);
  }

  /// Where `to` lies as seen from `from`, the shortest way round.
  Offset<2> displacement(const Offset<2>& from, const Offset<2>& to) const {
    Offset<2> offset = to - from;
    for (int k = 0; k < 2; ++k) {
      const int n = static_cast<int>(grid_.axis(k).cells());
      if (grid_.axis(k).periodic() && 2 * std::abs(offset[k]) > n) offset[k] += offset[k] > 0 ? -n : n;
    }
    return offset;
  }

  void lower(Index cell, double value) {
    if (!(value < value_[cell])) return;
    value_[cell] = value;
    waiting_.emplace(value, cell);
  }

  const Grid<2>& grid_;
  HalfLattice<2> lattice_;
  int radius_;
  Eigen::VectorXd value_, one_point_;  // the least value known, and that over single cells
  std::vector<Index> source_;          // the cell of the latter
  std::vector<State> state_;
  std::array<std::vector<double>, 2> centres_;  // of the cells along each axis, `beyond_` of them before the first
  std::array<int, 2> beyond_{};
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> waiting_;
};

Eigen::VectorXd values_on(const Dynamics& dynamics, const Grid<2>& grid, const Point<2>& minimum,
                          const Tensor<2>& curvature, int radius) {
  OrderedIntegrals integrals(dynamics, grid, radius);
  integrals.start(minimum, curvature);
  return integrals.run();
}

/// One sweep to either side, around the ring until both meet where the axis is periodic.
Eigen::VectorXd values_on(const Dynamics& dynamics, const Grid<1>& grid, const Point<1>& minimum,
                          const Tensor<1>& curvature, int) {
  const HalfLattice<1> lattice(dynamics, grid);
  const Index n = grid.cells();
  Eigen::VectorXd value = Eigen::VectorXd::Constant(n, infinity);
  const Index first = grid.cell_containing(minimum);
  const Point<1> away = grid.difference(grid.centre(first), minimum);
  for (const int side : {-1, 1}) {
    Offset<1> at = grid.coordinates(first);
    double sum = 0.5 * curvature(0, 0) * away[0] * away[0];
    value[first] = sum;
    for (Index k = 1; k < n; ++k) {
      const Offset<1> step(side);
      const std::optional<Index> next = grid.wrapped(at + step);
      if (!next) break;
      const Point<1> move = grid.difference(grid.centre(*next), grid.centre(grid.cell(at)));
      sum += piece_exponent<1>(move, lattice.middle(at, step));
      if (!std::isfinite(sum)) break;
      value[*next] = std::min(value[*next], sum);
      at = grid.coordinates(*next);
    }
  }
  return value;
}

}  // namespace

template <int Dim>
QuasiPotential quasi_potential(const Dynamics& dynamics, const Grid<Dim>& grid, const Point<Dim>& minimum,
                               const QuasiPotentialOptions& options) {
  if (options.update_radius < 0)
    throw std::invalid_argument(fmt::format("the update radius counts cells: it cannot be {}", options.update_radius));
  const Tensor<Dim> curvature = potential_curvature<Dim>(dynamics, grid, minimum);
  Index longest = 0;
  for (int k = 0; k < Dim; ++k) longest = std::max(longest, grid.axis(k).cells());
  constexpr double fewest = 6.0;
  const double advised = 10.0 + 4.0 * (std::log2(static_cast<double>(longest)) - 7.0);
  Index radius =
      options.update_radius > 0 ? options.update_radius : static_cast<Index>(std::lround(std::max(fewest, advised)));
  // Not halfway round, where both ways would be taken for one.
  for (int k = 0; k < Dim; ++k)
    if (grid.axis(k).periodic()) radius = std::min(radius, std::max<Index>(1, (grid.axis(k).cells() - 3) / 2));
  QuasiPotential result;
  result.value = values_on(dynamics, grid, minimum, curvature, static_cast<int>(radius));
  result.unreached = (result.value.array() == infinity).count();
  return result;
}

template QuasiPotential quasi_potential(const Dynamics&, const Grid<1>&, const Point<1>&, const QuasiPotentialOptions&);
template QuasiPotential quasi_potential(const Dynamics&, const Grid<2>&, const Point<2>&, const QuasiPotentialOptions&);

}  // namespace valleyflux
