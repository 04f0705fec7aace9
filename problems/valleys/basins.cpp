#include "problems/valleys/basins.hpp"

#include "grids/first_failure.hpp"
#include "problems/valleys/flow.hpp"
#include "problems/valleys/separatrix.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <utility>

namespace valleyflux {

namespace {

/// Error of a step (units of the box) of flows that start away from every basin boundary, and of those that locate one.
constexpr double coarse_tolerance = 1e-7, fine_tolerance = 1e-10;
/// Blocks a side at which labelling starts.
constexpr Index coarsest_blocks = 32;
/// Steps of all flows, and of all curves, after which it is given up: some minutes' and some seconds' worth.
constexpr std::int64_t most_flow_steps = 100'000'000, most_curve_steps = 2'000'000;

/// Stretch of a separatrix near a cell.
struct Stretch {
  std::size_t curve, first, last;  // pieces first .. last of that curve
};

/// All separatrices near a cell.
struct Surroundings {
  std::vector<Stretch> stretches;
  bool confirmed = false;  // the flow from the cell's centre agrees with the side of the curves
};

/// Enters a curve at all cells within one cell of it.
void note_stretches(const Grid<2>& grid, const Separatrix& curve, std::size_t number,
                    std::unordered_map<Index, Surroundings>& surroundings) {
  for (std::size_t piece = 0; piece < curve.pieces(); ++piece) {
    const Point<2> start = curve.start(piece), end = curve.end(piece);
    Offset<2> low, high;
    for (int k = 0; k < 2; ++k) {
      const double a = grid.axis(k).cell_coordinate(start[k]), b = grid.axis(k).cell_coordinate(end[k]);
      low[k] = static_cast<int>(std::floor(std::min(a, b) + 0.5)) - 1;
      high[k] = static_cast<int>(std::floor(std::max(a, b) + 0.5)) + 1;
    }
    for (int j = low[1]; j <= high[1]; ++j)
      for (int i = low[0]; i <= high[0]; ++i) {
        const auto cell = grid.wrapped(Offset<2>(i, j));
        if (!cell) continue;
        auto& stretches = surroundings[*cell].stretches;
        if (!stretches.empty() && stretches.back().curve == number && piece - stretches.back().last <= 1)
          stretches.back().last = piece;
        else
          stretches.push_back({number, piece, piece});
      }
  }
}

template <int Dim>
Offset<Dim> cell_at(const Grid<Dim>& grid, const Point<Dim>& x) {
  Offset<Dim> at;
  for (int k = 0; k < Dim; ++k)
    at[k] = std::clamp(static_cast<int>(std::floor(grid.axis(k).cell_coordinate(x[k]) + 0.5)), 0,
                       static_cast<int>(grid.axis(k).cells()) - 1);
  return at;
}

/// Labels of blocks of size^Dim cells (fewer at the upper ends).
template <int Dim>
struct Blocks {
  Index size = 1;
  std::array<Index, Dim> count{};
  std::array<char, Dim> wraps{};
  std::vector<int> label;
  std::vector<char> uniform;  // all flows from the block end alike: it and its neighbours agree, no curve crosses it

  Blocks(const Grid<Dim>& grid, Index block_size) : size(block_size) {
    Index total = 1;
    for (int k = 0; k < Dim; ++k) {
      const auto axis = static_cast<std::size_t>(k);
      count[axis] = (grid.axis(k).cells() + size - 1) / size;
      wraps[axis] = grid.axis(k).periodic();
      total *= count[axis];
    }
    label.assign(static_cast<std::size_t>(total), Flow<Dim>::unknown);
    uniform.assign(static_cast<std::size_t>(total), 0);
  }
  Index blocks() const { return static_cast<Index>(label.size()); }
  std::size_t index(const Offset<Dim>& at) const {
    Index block = 0;
    for (int k = Dim - 1; k >= 0; --k) block = block * count[static_cast<std::size_t>(k)] + at[k];
    return static_cast<std::size_t>(block);
  }
  Offset<Dim> coordinates(Index block) const {
    Offset<Dim> at;
    for (int k = 0; k < Dim; ++k) {
      at[k] = static_cast<int>(block % count[static_cast<std::size_t>(k)]);
      block /= count[static_cast<std::size_t>(k)];
    }
    return at;
  }
  std::size_t containing(const Offset<Dim>& cell) const {
    return index((cell.array() / static_cast<int>(size)).matrix());
  }
  bool agrees_with_neighbours(const Offset<Dim>& at) const {
    int neighbours = 1;
    for (int k = 0; k < Dim; ++k) neighbours *= 3;
    for (int n = 0; n < neighbours; ++n) {
      Offset<Dim> next = at;
      for (int k = 0, rest = n; k < Dim; ++k, rest /= 3) {
        const int blocks = static_cast<int>(count[static_cast<std::size_t>(k)]);
        next[k] += rest % 3 - 1;
        if (wraps[static_cast<std::size_t>(k)])
          next[k] = (next[k] + blocks) % blocks;
        else
          next[k] = std::clamp(next[k], 0, blocks - 1);
      }
      if (label[index(next)] != label[index(at)]) return false;
    }
    return true;
  }
};

}  // namespace

template <int Dim>
struct Basins<Dim>::State {
  Flow<Dim> flow;
  Grid<Dim> grid;
  Blocks<Dim> cells;
  std::vector<Separatrix> curves;
  std::vector<std::array<int, 2>> ends;  // of each curve: stable points on its left and right
  std::atomic<std::int64_t> flow_steps_left{most_flow_steps};
  std::unordered_map<Index, Surroundings> surroundings;  // by cell, where a curve is near

  State(Drift drift, Grid<Dim> box, const std::vector<CriticalPoint<Dim>>& critical_points)
      : flow(drift, box, critical_points), grid(std::move(box)), cells(grid, 1) {
    if constexpr (Dim == 1) {
      for (Index cell = 0; cell < grid.cells(); ++cell)
        cells.label[static_cast<std::size_t>(cell)] = flow.end_of(grid.centre(cell));
    } else {
      trace_separatrices(drift, critical_points);
      label_cells();
    }
  }

  void trace_separatrices(const Drift& drift, const std::vector<CriticalPoint<Dim>>& critical_points) {
    if constexpr (Dim == 2) {
      std::vector<Separatrix> traced;
      std::int64_t curve_steps_left = most_curve_steps;
      for (const auto& point : critical_points)
        if (point.index == 1) traced.emplace_back(drift, grid, point, critical_points, curve_steps_left);
      Eigen::Matrix2Xd beside(2, 2 * static_cast<Index>(traced.size()));
      for (std::size_t n = 0; n < traced.size(); ++n)
        for (const int side : {0, 1})
          beside.col(2 * static_cast<Index>(n) + side) = traced[n].beside_saddle(side == 0 ? 1 : -1);
      const std::vector<int> reached = flow.ends_of(beside, fine_tolerance);
      for (std::size_t n = 0; n < traced.size(); ++n) {
        const std::array<int, 2> sides{reached[2 * n], reached[2 * n + 1]};
        if (sides[0] == sides[1]) continue;  // parts no basins
        note_stretches(grid, traced[n], curves.size(), surroundings);
        curves.push_back(std::move(traced[n]));
        ends.push_back(sides);
      }
    }
  }

  /// From blocks of cells down to single cells: the inside of uniform blocks is taken over, the flow is asked elsewhere
  /// and stops where it enters a uniform block of the size before.
  void label_cells() {
    Index size = 1;
    for (int k = 0; k < Dim; ++k)
      while (grid.axis(k).cells() / size > coarsest_blocks) size *= 2;
    Blocks<Dim> coarse(grid, size);
    coarse.uniform.assign(coarse.uniform.size(), 0);
    for (bool first = true;; first = false, size /= 2) {
      Blocks<Dim> fine(grid, size);
      label_blocks(fine, first ? nullptr : &coarse);
      coarse = std::move(fine);
      if (size == 1) break;
    }
    cells = std::move(coarse);
  }

  void label_blocks(Blocks<Dim>& fine, const Blocks<Dim>* coarse) {
    const typename Flow<Dim>::Known known = [&](const Point<Dim>& x) {
      if (!coarse || !grid.contains(x)) return Flow<Dim>::unknown;
      const std::size_t block = coarse->containing(cell_at<Dim>(grid, x));
      return coarse->uniform[block] ? coarse->label[block] : Flow<Dim>::unknown;
    };
    std::vector<Index> asked;  // blocks whose flow is followed
    Eigen::Matrix<double, Dim, Eigen::Dynamic> starts(Dim, fine.blocks());
    for (Index block = 0; block < fine.blocks(); ++block) {
      Offset<Dim> cell = (fine.coordinates(block).array() * static_cast<int>(fine.size)).matrix();
      for (int k = 0; k < Dim; ++k)
        cell[k] = std::min(cell[k] + static_cast<int>(fine.size / 2), static_cast<int>(grid.axis(k).cells()) - 1);
      if (coarse && coarse->uniform[coarse->containing(cell)]) {
        fine.label[static_cast<std::size_t>(block)] = coarse->label[coarse->containing(cell)];
        fine.uniform[static_cast<std::size_t>(block)] = 1;
      } else {
        starts.col(static_cast<Index>(asked.size())) = grid.centre(grid.cell(cell));
        asked.push_back(block);
      }
    }
    constexpr Index batch = 256;
    const auto flows = static_cast<Index>(asked.size());
    FirstFailure failure;
#pragma omp parallel for schedule(dynamic)
    for (Index first = 0; first < flows; first += batch)
      failure.guard([&] {
        const Index count = std::min(batch, flows - first);
        const std::vector<int> ends =
            flow.ends_of(starts.middleCols(first, count), coarse_tolerance, known, &flow_steps_left);
        for (Index n = 0; n < count; ++n)
          fine.label[static_cast<std::size_t>(asked[static_cast<std::size_t>(first + n)])] =
              ends[static_cast<std::size_t>(n)];
      });
    failure.rethrow();
    std::vector<char> crossed(fine.label.size(), 0);
    for (auto& [cell, around] : surroundings) {
      const std::size_t block = fine.containing(grid.coordinates(cell));
      crossed[block] = 1;
      if (fine.size == 1) confirm(around, grid.centre(cell), fine.label[block]);
    }
#pragma omp parallel for schedule(static)
    for (Index block = 0; block < fine.blocks(); ++block) {
      const auto b = static_cast<std::size_t>(block);
      if (!fine.uniform[b]) fine.uniform[b] = !crossed[b] && fine.agrees_with_neighbours(fine.coordinates(block));
    }
  }

  /// Compares the side of the curves with the end of the flow from the cell's centre; too near a curve the flow cannot
  /// tell and is overruled.
  void confirm(Surroundings& around, const Point<Dim>& centre, int& label) const {
    constexpr double too_near = 1e-3;
    const auto [side, distance] = side_of_curves(around, centre);
    if (distance < too_near) label = side;
    around.confirmed = label == side;
  }

  /// The side of the nearest curve on which x lies, and its distance in cells: no other curve comes between.
  /// Points on the curve, to round-off, go to the stable point that comes first.
  std::pair<int, double> side_of_curves(const Surroundings& around, const Point<Dim>& x) const {
    constexpr double round_off = 1e-13;
    double nearest = std::numeric_limits<double>::infinity();
    int side = -1;
    if constexpr (Dim == 2)
      for (const Stretch& stretch : around.stretches) {
        const auto [offset, distance] = curves[stretch.curve].nearness(x, stretch.first, stretch.last);
        if (!(distance < nearest)) continue;
        nearest = distance;
        const std::array<int, 2>& sides = ends[stretch.curve];
        side = std::abs(offset) < round_off ? std::min(sides[0], sides[1]) : sides[offset > 0 ? 0 : 1];
      }
    return {side, nearest};
  }

  int basin_of(const Point<Dim>& x) const {
    if constexpr (Dim == 1) {
      return flow.end_of(x);
    } else {
      const Point<Dim> inside = grid.wrapped_point(x);
      if (!grid.contains(inside)) return -1;
      const Index cell = grid.cell(cell_at<Dim>(grid, inside));
      if (cells.uniform[static_cast<std::size_t>(cell)]) return cells.label[static_cast<std::size_t>(cell)];
      const auto near = surroundings.find(cell);
      if (near != surroundings.end() && near->second.confirmed) return side_of_curves(near->second, inside).first;
      return flow.end_of(inside, fine_tolerance, [this](const Point<Dim>& at) {
        if (!grid.contains(at)) return Flow<Dim>::unknown;
        const auto there = static_cast<std::size_t>(grid.cell(cell_at<Dim>(grid, at)));
        return cells.uniform[there] ? cells.label[there] : Flow<Dim>::unknown;
      });
    }
  }
};

template <int Dim>
Basins<Dim>::Basins(Drift drift, Grid<Dim> grid, const std::vector<CriticalPoint<Dim>>& critical_points)
    : state_(std::make_shared<const State>(std::move(drift), std::move(grid), critical_points)) {}

template <int Dim>
int Basins<Dim>::basin_of(const Point<Dim>& x) const {
  return state_->basin_of(x);
}

template <int Dim>
const std::vector<int>& Basins<Dim>::labels() const {
  return state_->cells.label;
}

template <int Dim>
Region<Dim> Basins<Dim>::region(int k) const {
  return Region<Dim>([state = state_, k](const Point<Dim>& x) { return state->basin_of(x) == k; });
}

template class Basins<1>;
template class Basins<2>;

}  // namespace valleyflux
