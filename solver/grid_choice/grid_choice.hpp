#pragma once

#include "problems/case/case_file.hpp"
#include "problems/problem.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// The grid of a case that leaves something of it open.
template <int Dim>
struct GridChoice {
  Grid<Dim> grid;
  /// Of the drift in that domain, those among them that a look at the grid alone would miss; nothing where valleys are
  /// found by their depth.
  std::optional<std::vector<CriticalPoint<Dim>>> critical_points;
  std::string rule;  // what was chosen, and how, in words
  std::vector<std::string> warnings;
};

/// Domain, cells and grading from the wells and passes of the drift (survey.hpp), the noise there (noise_width.hpp) and
/// the stationary density near the walls (domain_choice.hpp); whatever is given is obeyed. The cells are where
/// refinement starts from. The same case has the same choice. Throws CaseError, saying what to give, where there is
/// none.
template <int Dim>
GridChoice<Dim> choose_grid(const Case& definition);

/// Whether the case leaves something of its grid to be chosen.
bool leaves_grid_open(const Case& definition);

extern template GridChoice<1> choose_grid(const Case&);
extern template GridChoice<2> choose_grid(const Case&);

}  // namespace valleyflux
