#include "problems/valleys/deep_valleys.hpp"

#include "grids/axis_by_axis.hpp"
#include "grids/beside_domain.hpp"
#include "grids/first_failure.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/valleys/descent_shares.hpp"
#include "problems/valleys/kinks.hpp"
#include "problems/valleys/merge_tree.hpp"
#include "problems/valleys/wall_minima.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

/// Noise levels above the lowest minimum up to which a wall holds a valley: high up at walls tables are cut, clipped
/// and unfilled.
constexpr double highest_at_wall = 50.0;

/// Lattice cells a side at least: borders of valleys are as fine as these.
template <int Dim>
constexpr Index fewest_a_side = Dim == 1 ? 16384 : 512;

template <int Dim>
Grid<Dim> lattice_over(const Grid<Dim>& grid) {
  const auto refined = [&](int k) {
    const Index cells = grid.axis(k).cells();
    return grid.axis(k).refined((fewest_a_side<Dim> + cells - 1) / cells);
  };
  return grid.over(axes_by<Dim>(refined));
}

template <int Dim>
std::vector<double> heights_on(const Landscape& landscape, const Grid<Dim>& grid) {
  constexpr double nowhere = std::numeric_limits<double>::quiet_NaN();  // as merge_tree takes it
  std::vector<double> heights(static_cast<std::size_t>(grid.cells()));
  constexpr Index block = 1024;
  FirstFailure failure;
#pragma omp parallel for schedule(static)
  for (Index first = 0; first < grid.cells(); first += block)
    failure.guard([&] {
      const Index count = std::min(block, grid.cells() - first);
      Eigen::Matrix<double, Dim, Eigen::Dynamic> points(Dim, count);
      for (Index n = 0; n < count; ++n) points.col(n) = grid.centre(first + n);
      FieldSamples field;
      landscape.sample(points, 0, field);
      for (Index n = 0; n < count; ++n)
        heights[static_cast<std::size_t>(first + n)] = grid.holds(first + n) ? field.value[n] : nowhere;
    });
  failure.rethrow();
  return heights;
}

/// Calls visit(cell, axis) for the cells beside one; axis -1: at a corner.
template <int Dim, class Visit>
void visit_neighbours(const Grid<Dim>& grid, Index cell, const Visit& visit) {
  const Offset<Dim> at = grid.coordinates(cell);
  for (int n = 0; n < (Dim == 1 ? 3 : 9); ++n) {
    Offset<Dim> step;
    for (int k = 0, rest = n; k < Dim; ++k, rest /= 3) step[k] = rest % 3 - 1;
    if (step.isZero()) continue;
    int axis = -1;
    if (step.cwiseAbs().sum() == 1) step.cwiseAbs().maxCoeff(&axis);
    if (const auto other = grid.wrapped(at + step)) visit(*other, axis);
  }
}

/// Whether a cell lies beside a wall; of absorbing ones alone if asked for.
template <int Dim>
bool beside_wall(const Grid<Dim>& grid, Index cell, bool absorbing) {
  const Offset<Dim> at = grid.coordinates(cell);
  for (int k = 0; k < Dim; ++k) {
    const Offset<Dim> step = Offset<Dim>::Unit(k);
    if (!grid.covers_box() && !absorbing && (!grid.wrapped(at + step) || !grid.wrapped(at - step))) return true;
    const Axis& axis = grid.axis(k);
    if (axis.periodic()) continue;
    if (at[k] == 0 && (!absorbing || axis.lower() == Boundary::absorbing)) return true;
    if (at[k] + 1 == axis.cells() && (!absorbing || axis.upper() == Boundary::absorbing)) return true;
  }
  return false;
}

template <int Dim>
Point<Dim> size_of(const Grid<Dim>& grid, Index cell) {
  const Offset<Dim> at = grid.coordinates(cell);
  Point<Dim> size;
  for (int k = 0; k < Dim; ++k) size[k] = grid.axis(k).size(at[k]);
  return size;
}

/// The first critical point that fits, by Newton's method from the centre of a cell and of those beside it: among
/// ripples one start alone may lead astray.
template <int Dim, class Fits>
std::optional<CriticalPoint<Dim>> refined_from(const Drift& drift, const Grid<Dim>& grid, Index cell,
                                               const Fits& fits) {
  std::vector<Index> starts{cell};
  visit_neighbours<Dim>(grid, cell, [&](Index other, int) { starts.push_back(other); });
  for (const Index start : starts)
    if (auto point = critical_point_near<Dim>(drift, grid, grid.centre(start), size_of(grid, cell));
        point && fits(*point))
      return point;
  return std::nullopt;
}

/// A place in a cell, or beside it, for a critical point that is none.
template <int Dim>
CriticalPoint<Dim> place_holder(const Drift& drift, const Grid<Dim>& grid, Index cell, const Point<Dim>& place,
                                int index) {
  CriticalPoint<Dim> point;
  point.position = place;
  FieldSamples field;
  drift.potential()->sample(place, 0, field);
  point.height = field.value[0];
  point.index = index;
  point.degenerate = true;
  point.at_wall = beside_wall(grid, cell, false);
  Eigen::MatrixXd force, jacobian;
  drift.sample(point.position, force, &jacobian);
  point.hessian = -jacobian.col(0).reshaped(Dim, Dim);
  return point;
}

/// Of each point (columns): kT where a mobility says it, else the mean eigenvalue of D.
template <int Dim>
Eigen::VectorXd noise_levels(const Dynamics& dynamics, const Eigen::Matrix<double, Dim, Eigen::Dynamic>& points) {
  if (const auto& mobility = dynamics.drift.mobility()) return Eigen::VectorXd::Constant(points.cols(), mobility->kT);
  DiffusionSamples noise;
  dynamics.diffusion->sample(points, false, noise);
  Eigen::VectorXd levels(points.cols());
  for (Index n = 0; n < points.cols(); ++n) levels[n] = noise.tensor.col(n).reshaped(Dim, Dim).trace() / Dim;
  return levels;
}

}  // namespace

template <int Dim>
struct DeepValleys<Dim>::Lattice {
  Grid<Dim> box;  // whose cells have the valleys
  Grid<Dim> grid;
  std::vector<double> heights;
  MergeTree tree;
  std::vector<int> valley;  // of every cell, -1 for none

  Lattice(const Landscape& landscape, const Grid<Dim>& cells)
      : box(cells), grid(lattice_over(cells)), heights(heights_on(landscape, grid)), valley(heights.size(), -1) {
    tree = merge_tree(heights, [this](Index cell, std::vector<Index>& around) {
      visit_neighbours<Dim>(grid, cell, [&](Index other, int) { around.push_back(other); });
    });
  }
  double height(Index cell) const { return heights[static_cast<std::size_t>(cell)]; }
  bool is_flat() const {
    std::optional<double> level;
    for (const double height : heights)
      if (std::isfinite(height) && height != std::exchange(level, height).value_or(height)) return false;
    return true;
  }
  int valley_at(Index cell) const { return valley[static_cast<std::size_t>(cell)]; }
};

template <int Dim>
DeepValleys<Dim>::DeepValleys(const Dynamics& dynamics, const Grid<Dim>& grid, double depth,
                              const std::vector<Region<Dim>>& asked_for)
    : lattice_(std::make_shared<Lattice>(*dynamics.drift.potential(), grid)) {
  if (lattice_->is_flat()) return;
  find_minima(dynamics, depth, asked_for);
  find_passes(dynamics.drift);
}

template <int Dim>
std::vector<CriticalPoint<Dim>> DeepValleys<Dim>::points() const {
  std::vector<CriticalPoint<Dim>> points = minima_;
  for (const Pass<Dim>& pass : passes_) points.push_back(pass.saddle);
  return points;
}

template <int Dim>
void DeepValleys<Dim>::find_minima(const Dynamics& dynamics, double depth, const std::vector<Region<Dim>>& asked_for) {
  const MergeTree& tree = lattice_->tree;
  Eigen::Matrix<double, Dim, Eigen::Dynamic> places(Dim, static_cast<Index>(tree.minima.size()));
  for (Index m = 0; m < places.cols(); ++m)
    places.col(m) = lattice_->grid.centre(tree.minima[static_cast<std::size_t>(m)].node);
  const Eigen::VectorXd noise = noise_levels<Dim>(dynamics, places);
  std::vector<char> kept;
  std::vector<double> least_depth;
  for (std::size_t m = 0; m < tree.minima.size(); ++m) {
    least_depth.push_back(depth * noise[static_cast<Index>(m)]);
    const Index cell = tree.minima[m].node;
    const double above = lattice_->height(cell) - lattice_->height(tree.minima[0].node);
    const bool negligible =
        beside_wall(lattice_->grid, cell, false) && above > highest_at_wall / depth * least_depth[m];
    kept.push_back(m == 0 || (tree.minima[m].persistence >= least_depth[m] && !negligible));
  }
  for (const Region<Dim>& region : asked_for) {
    std::optional<std::size_t> most_persistent;
    bool holds_kept = false;
    for (std::size_t m = 0; m < tree.minima.size(); ++m) {
      if (!region.contains(places.col(static_cast<Index>(m)))) continue;
      holds_kept |= kept[m] != 0;
      if (!most_persistent || tree.minima[m].persistence > tree.minima[*most_persistent].persistence)
        most_persistent = m;
    }
    if (most_persistent && !holds_kept) kept[*most_persistent] = 1;
  }
  merged_ = static_cast<std::size_t>(std::count(kept.begin(), kept.end(), 0));
  const std::vector<int> keeper = tree.keepers(kept);

  constexpr double round_off = 1e-9;
  struct Found {
    CriticalPoint<Dim> point;
    std::size_t minimum;
  };
  std::vector<Found> found;
  for (std::size_t m = 0; m < tree.minima.size(); ++m) {
    if (!kept[m]) continue;
    const Index cell = tree.minima[m].node;
    const double height = lattice_->height(cell);
    const auto belongs = [&](const Point<Dim>& x) {
      const int descends_to = tree.minimum_of[static_cast<std::size_t>(lattice_->grid.cell_containing(x))];
      return descends_to >= 0 && keeper[static_cast<std::size_t>(descends_to)] == static_cast<int>(m);
    };
    const auto lowest_place = [&](Index from) {
      const bool in_cells = lattice_->box.contains(lattice_->grid.centre(from));
      return lowest_in_domain<Dim>(*dynamics.drift.potential(), lattice_->grid, from, [&](const Point<Dim>& x) {
        return belongs(x) && lattice_->box.contains(x) == in_cells;
      });
    };
    const auto refined = refined_from<Dim>(dynamics.drift, lattice_->grid, cell, [&](const CriticalPoint<Dim>& point) {
      return point.index == 0 && point.height <= height + round_off * least_depth[m] && belongs(point.position);
    });
    if (refined)
      found.push_back({*refined, m});
    else if (const auto kink = kinked_minimum_near<Dim>(dynamics.drift, lattice_->grid, lattice_->grid.centre(cell),
                                                        size_of(lattice_->grid, cell));
             kink && belongs(kink->position))
      found.push_back({*kink, m});
    else if (!beside_wall(lattice_->grid, cell, true))
      found.push_back({place_holder(dynamics.drift, lattice_->grid, cell, lowest_place(cell), 0), m});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.point.height < b.point.height; });
  std::vector<int> valley(tree.minima.size(), -1);
  for (const auto& [point, minimum] : found) {
    valley[minimum] = static_cast<int>(minima_.size());
    minima_.push_back(point);
    least_depth_.push_back(least_depth[minimum]);
  }
  std::vector<int> valley_of_minimum;
  for (const int keeper_of : keeper)
    valley_of_minimum.push_back(keeper_of < 0 ? -1 : valley[static_cast<std::size_t>(keeper_of)]);
  label_cells(valley_of_minimum);
}

/// From below: a cell's descent is shared by its lower neighbours along the axes like the speeds along these, which
/// follows the gradient in all directions (steps to the lowest neighbour alone lead along the lattice).
template <int Dim>
void DeepValleys<Dim>::label_cells(const std::vector<int>& valley_of_minimum) {
  const Grid<Dim>& grid = lattice_->grid;
  const MergeTree& tree = lattice_->tree;
  std::vector<Descent> descents(lattice_->heights.size());
  std::vector<char> reached(lattice_->heights.size(), 0);
  Shares shares;
  for (const Index cell : tree.ascending) {
    const auto c = static_cast<std::size_t>(cell);
    const Point<Dim> size = size_of(grid, cell);
    shares.clear();
    Index lowest = -1;
    visit_neighbours<Dim>(grid, cell, [&](Index other, int axis) {
      const auto o = static_cast<std::size_t>(other);
      if (!reached[o]) return;
      if (lowest < 0 || lattice_->height(other) < lattice_->height(lowest)) lowest = other;
      const double drop = lattice_->height(cell) - lattice_->height(other);
      if (axis >= 0 && drop > 0) shares.add(descents[o], drop / (size[axis] * size[axis]));
    });
    const int minimum = tree.minimum_of[c];
    if (tree.minima[static_cast<std::size_t>(minimum)].node == cell)
      descents[c].valley[0] = valley_of_minimum[static_cast<std::size_t>(minimum)];
    else
      descents[c] = shares.empty() ? descents[static_cast<std::size_t>(lowest)] : shares.descent();
    reached[c] = 1;
    lattice_->valley[c] = descents[c].valley[0];
  }
  label_beside_walls();
}

/// A point of a coarser cell within the domain may lie in one of the lattice without: what is beside a valley is of it.
template <int Dim>
void DeepValleys<Dim>::label_beside_walls() {
  for_each_beside_domain(lattice_->grid, [this](Index outside, Index inside) {
    if (lattice_->valley_at(inside) >= 0)
      lattice_->valley[static_cast<std::size_t>(outside)] = lattice_->valley_at(inside);
  });
}

/// The minima of the height along each common border, by their own merge tree.
template <int Dim>
void DeepValleys<Dim>::find_passes(const Drift& drift) {
  const Grid<Dim>& grid = lattice_->grid;
  std::map<std::pair<int, int>, std::map<Index, double>> borders;  // height of the way across at every cell
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    const int own = lattice_->valley_at(cell);
    if (own < 0) continue;
    visit_neighbours<Dim>(grid, cell, [&](Index other, int) {
      const int theirs = lattice_->valley_at(other);
      if (theirs < 0 || theirs == own) return;
      const double across = std::max(lattice_->height(cell), lattice_->height(other));
      double& lowest = borders[std::minmax(own, theirs)].try_emplace(cell, across).first->second;
      lowest = std::min(lowest, across);
    });
  }

  struct Candidate {
    Pass<Dim> pass;
    double distance;  // from where it was looked for, in cells
  };
  std::vector<Candidate> candidates;
  for (const auto& [valleys, border] : borders) {
    std::vector<Index> cells;
    std::vector<double> heights;
    for (const auto& [cell, height] : border) {
      cells.push_back(cell);
      heights.push_back(height);
    }
    const auto number_of = [&cells = cells](Index cell) -> std::optional<Index> {
      const auto found = std::lower_bound(cells.begin(), cells.end(), cell);
      if (found == cells.end() || *found != cell) return std::nullopt;
      return static_cast<Index>(found - cells.begin());
    };
    const MergeTree tree = merge_tree(heights, [&](Index node, std::vector<Index>& around) {
      visit_neighbours<Dim>(grid, cells[static_cast<std::size_t>(node)], [&](Index other, int) {
        if (const auto number = number_of(other)) around.push_back(*number);
      });
    });
    const double least_depth = std::min(least_depth_[static_cast<std::size_t>(valleys.first)],
                                        least_depth_[static_cast<std::size_t>(valleys.second)]);
    for (const MergeTree::Minimum& lowest : tree.minima) {
      if (lowest.persistence < least_depth) continue;
      const Index cell = cells[static_cast<std::size_t>(lowest.node)];
      const std::array<int, 2> sides{valleys.first, valleys.second};
      const double height = heights[static_cast<std::size_t>(lowest.node)];
      double near = least_depth;  // what a pass's height may differ by: the cell knows it no better than this
      visit_neighbours<Dim>(grid, cell, [&](Index other, int) {
        near = std::max(near, std::abs(lattice_->height(other) - lattice_->height(cell)));
      });
      const auto refined = refined_from<Dim>(drift, grid, cell, [&](const CriticalPoint<Dim>& point) {
        return point.index == 1 && std::abs(point.height - height) <= near;
      });
      if (refined) {
        const Point<Dim> offset = grid.difference(refined->position, grid.centre(cell));
        candidates.push_back({{*refined, sides}, offset.cwiseQuotient(size_of(grid, cell)).norm()});
        continue;
      }
      bool beside_third = false;  // the border goes on downhill between other valleys
      visit_neighbours<Dim>(grid, cell, [&](Index other, int) {
        visit_neighbours<Dim>(grid, other, [&](Index next, int) {
          const int valley = lattice_->valley_at(next);
          beside_third |= valley >= 0 && valley != sides[0] && valley != sides[1];
        });
      });
      if (beside_third) continue;
      candidates.push_back({{place_holder(drift, grid, cell, grid.centre(cell), 1), sides}, 0.0});
      candidates.back().pass.saddle.height = height;
    }
  }
  // The same saddle may have been found from the borders of several pairs: it is that of the nearest.
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.distance < b.distance; });
  for (const Candidate& candidate : candidates) {
    const Point<Dim>& at = candidate.pass.saddle.position;
    constexpr double same = 1e-3;  // of a cell
    const bool known = std::any_of(passes_.begin(), passes_.end(), [&](const Pass<Dim>& other) {
      const Point<Dim> size = size_of(grid, grid.cell_containing(at));
      return grid.difference(at, other.saddle.position).cwiseQuotient(size).norm() < same;
    });
    if (!known) passes_.push_back(candidate.pass);
  }
  std::stable_sort(passes_.begin(), passes_.end(),
                   [](const auto& a, const auto& b) { return a.saddle.height < b.saddle.height; });
}

template <int Dim>
Region<Dim> DeepValleys<Dim>::region(int k) const {
  return Region<Dim>([lattice = std::shared_ptr<const Lattice>(lattice_), k](const Point<Dim>& x) {
    return lattice->valley_at(lattice->grid.cell_containing(x)) == k;
  });
}

template class DeepValleys<1>;
template class DeepValleys<2>;

}  // namespace valleyflux
