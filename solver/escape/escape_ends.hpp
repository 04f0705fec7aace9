#pragma once

#include "solver/escape/escape.hpp"
#include "solver/escape/killed_process.hpp"
#include "solver/evolution/valley_currents.hpp"

#include <Eigen/Core>

#include <string>
#include <vector>

namespace valleyflux {

/// One of the ends that an escape may come to.
template <int Dim>
struct EscapeEnd {
  std::string name;  // a valley, "outside" of all of them (on the line "outside.min" or "outside.max"), or an absorbing
                     // wall, "x.min"
  bool wall = false;
  ExitRates rates;  // into it, of the states that lead there, ascending
  std::vector<Point<Dim>>
      places;  // of each of those: where its way crosses the end, the mean of several by their rates
};

/// All ends of a killed process that its states lead to: first the target's parts, valleys in their order, then what
/// belongs to no valley, then walls; of an escape to a target that alone, then the other walls. Together their rates
/// are the process's exit rates. Where the escape ends in any core, or outside of its valley, each valley is a part of
/// its own.
template <int Dim>
std::vector<EscapeEnd<Dim>> escape_ends(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                        const Escape& escape, const KilledProcess<Dim>& process);

extern template struct EscapeEnd<1>;
extern template struct EscapeEnd<2>;
extern template std::vector<EscapeEnd<1>> escape_ends(const Problem<1>&, const Discretisation<1>&, const Escape&,
                                                      const KilledProcess<1>&);
extern template std::vector<EscapeEnd<2>> escape_ends(const Problem<2>&, const Discretisation<2>&, const Escape&,
                                                      const KilledProcess<2>&);

}  // namespace valleyflux
