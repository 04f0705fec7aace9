#pragma once

#include "problems/expressions/graph_functions.hpp"
#include "problems/expressions/symbol.hpp"

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace valleyflux {

/// Whether a function takes that many symbols, one by one.
template <class Function, int variables>
concept TakesSymbols = (variables == 1 && std::invocable<const Function&, Symbol>) ||
                       (variables == 2 && std::invocable<const Function&, Symbol, Symbol>) ||
                       (variables == 3 && std::invocable<const Function&, Symbol, Symbol, Symbol>);

/// A function of coordinates: f(x), f(x, y) or f(x, y, z), generic ([](auto x, auto y) {...}) or of Symbols.
template <class Function>
concept CoordinateFunction = TakesSymbols<Function, 1> || TakesSymbols<Function, 2> || TakesSymbols<Function, 3>;

/// A function of a vector x of coordinates x[0] ... x[d - 1].
template <class Function>
concept VectorFunction = std::invocable < const Function&,
        const std::vector<Symbol>
& > ;

/// The formulas that a function returns when it is called, once, with `dimension` symbols: of one Symbol (or number),
/// or of a range of them.
template <VectorFunction Function>
GraphFunctions formulas(int dimension, const Function& function) {
  const auto graph = std::make_shared<ExpressionGraph>(dimension);
  std::vector<Symbol> x;
  for (int k = 0; k < dimension; ++k) x.emplace_back(graph, graph->variable(k));
  const auto result = function(std::as_const(x));
  std::vector<GraphNode> nodes;
  if constexpr (std::convertible_to<decltype(result), Symbol>)
    nodes.push_back(Symbol(result).node_in(*graph));
  else
    for (const Symbol& component : result) nodes.push_back(component.node_in(*graph));
  return {std::move(*graph), std::move(nodes)};
}

template <CoordinateFunction Function>
GraphFunctions formulas(const Function& function) {
  if constexpr (TakesSymbols<Function, 1>)
    return formulas(1, [&](const std::vector<Symbol>& x) { return function(x[0]); });
  else if constexpr (TakesSymbols<Function, 2>)
    return formulas(2, [&](const std::vector<Symbol>& x) { return function(x[0], x[1]); });
  else
    return formulas(3, [&](const std::vector<Symbol>& x) { return function(x[0], x[1], x[2]); });
}

}  // namespace valleyflux
