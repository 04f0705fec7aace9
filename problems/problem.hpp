#pragma once

#include "grids/grid.hpp"
#include "grids/region.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "problems/problem_error.hpp"
#include "problems/valleys/critical_points.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace valleyflux {

/// One valley: the set whose probability is followed, and the core that counts as having arrived.
template <int Dim>
struct Valley {
  std::string name;
  Region<Dim> region;
  Region<Dim> core;
  std::optional<CriticalPoint<Dim>> minimum;  // the lowest stable point inside, if there is one
};

/// What an escape may lead to that is no valley.
template <int Dim>
struct Target {
  std::string name;
  Region<Dim> region;                 // empty of a wall
  std::optional<AbsorbingWall> wall;  // of the box: for the escape that leads there it absorbs, whatever it does else
};

/// Two minima that a saddle joins.
template <int Dim>
struct JoinedMinima {
  std::size_t saddle;  // in Problem::critical_points
  std::array<Point<Dim>, 2> minima;
};

/// Landscape (or drift), noise, domain and valleys: everything that the solvers are asked about.
template <int Dim>
struct Problem {
  std::string title;
  Dynamics dynamics;
  Grid<Dim> grid;
  std::vector<CriticalPoint<Dim>> critical_points;
  std::vector<Valley<Dim>> valleys;
  std::vector<std::string> warnings;  // what was noticed while building it
  /// Of every saddle, where valleys are found by their depth; otherwise the flows from the saddles tell.
  std::optional<std::vector<JoinedMinima<Dim>>> joined_minima = std::nullopt;
  /// What the program has chosen of the grid, and how; empty where all of it was given.
  std::string grid_rule = {};
  std::vector<Target<Dim>> targets = {};
  std::vector<std::string> theory_warnings = {};  // what was noticed that matters to closed forms and paths alone
};

/// What a user says of a valley; what is left out is derived.
template <int Dim>
struct ValleyDefinition {
  std::string name;
  std::optional<Region<Dim>> region;  // default: basin of the lowest minimum that lies in no other valley (in `core`)
  std::optional<Region<Dim>> core;    // default: see default_core
};

/// The regions that users give.
template <int Dim>
std::vector<Region<Dim>> given_regions(const std::vector<ValleyDefinition<Dim>>& definitions) {
  std::vector<Region<Dim>> regions;
  for (const auto& definition : definitions)
    if (definition.region) regions.push_back(*definition.region);
  return regions;
}

/// Builds the problem: critical points, valleys (all basins of the minima found if `definitions` is empty, named
/// "valley_1", ... by height), their minima and default cores (a valley without a stable point has neither, unless its
/// core is given). Throws ProblemError if dimensions differ, the box reaches beyond the landscape's domain, L, F or D
/// is not finite at a cell centre (the message names the point), D has a negative eigenvalue somewhere, a valley holds
/// no cell, two valleys overlap, a core lies outside its valley, or valleys are to be found and there are no minima.
/// critical_points: those of this drift on this grid, where they are known already. Of dynamics that depend on time all
/// of this is that of time 0.
/// valley_depth: where positive and there is a landscape, critical points and basins are those of DeepValleys with that
/// depth, in units of the noise level (shallower minima are merged but in the regions of `definitions`, no flow is
/// followed); maxima are not looked for and
/// `critical_points` not used.
template <int Dim>
Problem<Dim> make_problem(std::string title, Dynamics dynamics, Grid<Dim> grid,
                          std::vector<ValleyDefinition<Dim>> definitions = {},
                          std::optional<std::vector<CriticalPoint<Dim>>> critical_points = {},
                          double valley_depth = 0.0);

/// Valley index of every cell (first match), -1 outside all valleys.
template <int Dim>
std::vector<int> valley_labels(const Problem<Dim>& problem);

/// Coordinates as messages show them: "x = 1, y = 2".
template <int Dim>
std::string named_coordinates(const Grid<Dim>& grid, const Point<Dim>& x);

extern template Problem<1> make_problem(std::string, Dynamics, Grid<1>, std::vector<ValleyDefinition<1>>,
                                        std::optional<std::vector<CriticalPoint<1>>>, double);
extern template Problem<2> make_problem(std::string, Dynamics, Grid<2>, std::vector<ValleyDefinition<2>>,
                                        std::optional<std::vector<CriticalPoint<2>>>, double);
extern template std::vector<int> valley_labels(const Problem<1>&);
extern template std::vector<int> valley_labels(const Problem<2>&);
extern template std::string named_coordinates(const Grid<1>&, const Point<1>&);
extern template std::string named_coordinates(const Grid<2>&, const Point<2>&);

}  // namespace valleyflux
