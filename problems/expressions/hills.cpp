#include "problems/expressions/hills.hpp"

#include "grids/wide.hpp"
#include "grids/wide_functions.hpp"

#include <Eigen/LU>

#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

/// A function as the only one of a graph; nothing where it is made of many operations.
std::optional<std::pair<ExpressionGraph, GraphNode>> by_itself(const ExpressionGraph& graph, GraphNode function) {
  constexpr std::size_t most = 200;
  std::map<GraphNode, GraphNode> image;  // by ascending node: arguments come first
  std::vector<GraphNode> reached{function};
  while (!reached.empty()) {
    const GraphNode node = reached.back();
    reached.pop_back();
    if (!image.emplace(node, -1).second) continue;
    if (image.size() > most) return std::nullopt;
    for (const GraphNode argument : graph[node].from)
      if (argument >= 0) reached.push_back(argument);
  }
  ExpressionGraph own(graph.variables());
  for (auto& [node, copy] : image) {
    std::array<GraphNode, 4> from = graph[node].from;
    for (GraphNode& argument : from)
      if (argument >= 0) argument = image.at(argument);
    copy = own.copied(graph[node], from);
  }
  return std::pair(std::move(own), image.at(function));
}

double value_at(const ExpressionGraph& graph, GraphNode function, const Eigen::VectorXd& x) {
  ExpressionGraph numbers(0);
  std::vector<GraphNode> variables;
  for (const double coordinate : x) variables.push_back(numbers.constant(coordinate));
  return numbers[numbers.substituted(graph, function, variables)].factor;
}

using Extended = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

/// height exp(argument) as a hill.
std::optional<Hill> hill_of(const ExpressionGraph& graph, GraphNode argument, double height) {
  const int d = graph.variables();
  if (d > Hill::most_dimensions) return std::nullopt;
  auto copy = by_itself(graph, argument);
  if (!copy) return std::nullopt;
  auto& [own, function] = *copy;
  Eigen::MatrixXd form(d, d);
  const std::vector<GraphNode> slopes = own.gradient(function);
  for (int i = 0; i < d; ++i) {
    const std::vector<GraphNode> curvatures = own.gradient(slopes[static_cast<std::size_t>(i)]);
    for (int j = 0; j <= i; ++j) {
      const auto& curvature = own[curvatures[static_cast<std::size_t>(j)]];
      if (curvature.operation != Operation::constant) return std::nullopt;
      form(i, j) = form(j, i) = 0.5 * curvature.factor;
    }
  }
  if (!form.allFinite()) return std::nullopt;
  constexpr double flat = 1e-8;
  const Eigen::FullPivLU<Extended> decomposed(form.cast<long double>());
  if (!decomposed.isInvertible() || !(decomposed.rcond() > flat)) return std::nullopt;
  // One step of Newton's method leads to the stationary point, further ones to its last digits.
  constexpr int steps = 3;
  Eigen::VectorXd centre = Eigen::VectorXd::Zero(d), slope(d);
  for (int step = 0; step < steps; ++step) {
    for (int i = 0; i < d; ++i) slope[i] = value_at(own, slopes[static_cast<std::size_t>(i)], centre);
    centre = (centre.cast<long double>() - 0.5L * decomposed.solve(slope.cast<long double>())).cast<double>();
  }
  // A function that is large there is nearer to zero, and known to more digits, where particles are.
  constexpr double large = 20.0;
  const double there = value_at(own, function, centre);
  if (!centre.allFinite() || !(std::abs(there) <= large)) return std::nullopt;
  Hill hill{height * std::exp(there)};
  for (int i = 0; i < d; ++i) {
    const auto row = static_cast<std::size_t>(i);
    hill.centre[row] = centre[i];
    for (int j = 0; j < d; ++j) hill.form[row][static_cast<std::size_t>(j)] = form(i, j);
  }
  return hill;
}

/// `together` hills in d dimensions in one pass over the points: alone, or added to what is there.
template <int d, int together, bool adds>
struct HillForce {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const Hill* hills, const double* x, double* force, std::ptrdiff_t count,
                                    std::ptrdiff_t stride) {
    Hill at[together];
    for (int h = 0; h < together; ++h) at[h] = hills[h];
    VALLEYFLUX_INDEPENDENT
    for (std::ptrdiff_t p = 0; p < count; ++p) {
      double sum[d];
      for (int i = 0; i < d; ++i) sum[i] = adds ? force[i * stride + p] : 0.0;
      for (int h = 0; h < together; ++h) {
        double away[d], half_slope[d];  // the exponent is half the sum over the products of away and slope
        for (int i = 0; i < d; ++i) away[i] = x[i * stride + p] - at[h].centre[i];
        for (int i = 0; i < d; ++i) {
          half_slope[i] = at[h].form[i][(i + 1) % d] * away[(i + 1) % d];
          for (int j = i + 2; j < i + 1 + d; ++j)
            half_slope[i] = fused(at[h].form[i][j % d], away[j % d], half_slope[i]);
        }
        double exponent = away[d - 1] * half_slope[d - 1];
        for (int i = d - 1; i-- > 0;) exponent = fused(away[i], half_slope[i], exponent);
        const double height = -2.0 * at[h].height * wide_exp(exponent);
        for (int i = 0; i < d; ++i) sum[i] = fused(height, half_slope[i], sum[i]);
      }
      for (int i = 0; i < d; ++i) force[i * stride + p] = sum[i];
    }
  }
};

template <int d, int together>
void force_of(const Hill* hills, bool adds, const double* x, double* force, std::ptrdiff_t count,
              std::ptrdiff_t stride) {
  if (adds)
    run_widest<HillForce<d, together, true>>(hills, x, force, count, stride);
  else
    run_widest<HillForce<d, together, false>>(hills, x, force, count, stride);
}

template <int d>
void force_of_all(const std::vector<Hill>& hills, bool adds, const double* x, double* force, std::ptrdiff_t count,
                  std::ptrdiff_t stride) {
  constexpr int together = 4;
  for (std::size_t h = 0; h < hills.size(); adds = true)
    if (h + together <= hills.size()) {
      force_of<d, together>(hills.data() + h, adds, x, force, count, stride);
      h += together;
    } else {
      force_of<d, 1>(hills.data() + h, adds, x, force, count, stride);
      ++h;
    }
}

}  // namespace

HillSum split_hills(ExpressionGraph& graph, GraphNode function) {
  HillSum result{{}, function};
  std::vector<std::pair<GraphNode, double>> terms{{function, 1.0}}, others;  // those on the left come off first
  while (!terms.empty()) {
    const auto [node, factor] = terms.back();
    terms.pop_back();
    const ExpressionGraph::Node& at = graph[node];
    if (at.operation == Operation::add || at.operation == Operation::subtract) {
      terms.emplace_back(at.from[1], at.operation == Operation::add ? factor : -factor);
      terms.emplace_back(at.from[0], factor);
    } else if (at.operation == Operation::scale) {
      terms.emplace_back(at.from[0], factor * at.factor);
    } else if (const auto hill =
                   at.operation == Operation::exp ? hill_of(graph, at.from[0], factor) : std::optional<Hill>()) {
      result.hills.push_back(*hill);
    } else {
      others.emplace_back(node, factor);
    }
  }
  if (result.hills.empty()) return result;
  result.rest = graph.constant(0.0);
  for (const auto& [node, factor] : others)
    result.rest = graph.binary(Operation::add, result.rest, graph.affine(node, factor, 0.0));
  return result;
}

void hill_force(const std::vector<Hill>& hills, bool adds, int dimension, const double* x, double* force,
                std::ptrdiff_t count, std::ptrdiff_t stride) {
  switch (dimension) {
    case 1: force_of_all<1>(hills, adds, x, force, count, stride); break;
    case 2: force_of_all<2>(hills, adds, x, force, count, stride); break;
    case 3: force_of_all<3>(hills, adds, x, force, count, stride); break;
    default: break;  // there are none
  }
}

}  // namespace valleyflux
