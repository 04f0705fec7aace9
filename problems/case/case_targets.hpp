#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/problem.hpp"

#include <vector>

namespace valleyflux {

/// Reads escape.to: a name, a wall ("x.min", "phi.max"; also by x, y of axes that the case calls otherwise) or
/// { where, name }, which without a name is called by its condition. Throws CaseError.
void read_target(CaseReader& escape, const Case& definition, const Parameters& parameters, CaseEscape& spec);

/// What messages call it: escape.to = "x.max".
std::string shown_target(const CaseEscape& escape);

/// Throws CaseError unless an escape's target, which is no valley, can be told from the valleys by its name, and is a
/// wall that the box has there.
void require_target(const Case& definition, const CaseEscape& escape, const std::vector<std::string>& valleys);

/// Throws CaseError where the target lies around the start, or holds no cell of the grid.
template <int Dim>
void require_target_apart(const Problem<Dim>& problem, const CaseEscape& escape, const Valley<Dim>& from);

/// The targets of all escapes, each once, in their order.
template <int Dim>
std::vector<Target<Dim>> case_targets(const Case& definition);

extern template void require_target_apart(const Problem<1>&, const CaseEscape&, const Valley<1>&);
extern template void require_target_apart(const Problem<2>&, const CaseEscape&, const Valley<2>&);
extern template std::vector<Target<1>> case_targets(const Case&);
extern template std::vector<Target<2>> case_targets(const Case&);

}  // namespace valleyflux
