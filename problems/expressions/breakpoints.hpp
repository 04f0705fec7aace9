#pragma once

#include "problems/expressions/expression_graph.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Places at which functions of one variable switch from one formula to another, by a comparison, abs, min or max:
/// between them the functions are as smooth as what they are made of. By interval arithmetic (Moore, Kearfott & Cloud,
/// Introduction to Interval Analysis, 2009, ch. 6 and 8): where the difference of what is compared cannot vanish, or
/// vanishes once at the most, is told from enclosures of it and of its slope; the rest is halved. However narrow what
/// lies between two places is, it is not missed; less than a few units of the last place it counts as one of them.
struct Breakpoints {
  std::vector<double> places;  // ascending; a switch is between the place and the next double
  bool complete = true;        // whether there are no others
  // The functions' limits from below and from above (functions x places), the same where they differ by round-off; as
  // far as the places are complete.
  Eigen::MatrixXd before, after;
};

/// Of some nodes of a graph of one variable, between low and high. Incomplete where a comparison is of tables of two
/// arguments, and where 20000 intervals of one, or half a second for all, do not tell where they switch. Costs next to
/// nothing where nothing is compared.
Breakpoints find_breakpoints(const ExpressionGraph& graph, const std::vector<GraphNode>& functions, double low,
                             double high);

}  // namespace valleyflux
