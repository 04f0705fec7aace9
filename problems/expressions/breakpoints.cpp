#include "problems/expressions/breakpoints.hpp"

#include "problems/expressions/enclosure.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::size_t most_work = 4'000'000;  // nodes that are looked at, half a second

bool switches(Operation operation) {
  switch (operation) {
    case Operation::abs:
    case Operation::less:
    case Operation::minimum:
    case Operation::maximum:
    case Operation::both: return true;
    default: return false;
  }
}

/// The nodes that some depend on, themselves included, ascending: arguments come first.
std::vector<GraphNode> nodes_below(const ExpressionGraph& graph, const std::vector<GraphNode>& of) {
  std::vector<char> needed(static_cast<std::size_t>(graph.size()), 0);
  for (const GraphNode node : of) needed[static_cast<std::size_t>(node)] = 1;
  std::vector<GraphNode> nodes;
  for (GraphNode node = graph.size() - 1; node >= 0; --node) {
    if (!needed[static_cast<std::size_t>(node)]) continue;
    nodes.push_back(node);
    for (const GraphNode argument : graph[node].from)
      if (argument >= 0) needed[static_cast<std::size_t>(argument)] = 1;
  }
  std::reverse(nodes.begin(), nodes.end());
  return nodes;
}

/// Of what is compared, which side holds.
enum class Side : signed char { negative = -1, zero = 0, positive = 1, unknown = 2 };

Side sign_side(double value) {
  return std::isnan(value) ? Side::unknown : static_cast<Side>((value > 0) - (value < 0));
}

Side side_of(Operation operation, double a, double b) {
  switch (operation) {
    case Operation::abs:
    case Operation::less: return sign_side(a);
    case Operation::both: return a < b ? Side::negative : Side::positive;
    default:
      return (operation == Operation::minimum ? b < a : b > a) || std::isnan(b) ? Side::positive : Side::negative;
  }
}

double value_of(const ExpressionGraph::Node& node, double a, double b) {
  switch (node.operation) {
    case Operation::scale: return node.factor * a + node.summand;
    case Operation::divide: return node.from[1] < 0 ? 1.0 / a : a / b;
    case Operation::curve:
    case Operation::surface: {
      const auto i = static_cast<std::size_t>(node.factor), j = static_cast<std::size_t>(node.summand);
      return node.table->derivatives(a, b, static_cast<int>(i + j))[i][j];
    }
    default: return apply(node.operation, a, b);
  }
}

/// The values of some nodes at a place or over an interval.
class Evaluation {
 public:
  explicit Evaluation(const ExpressionGraph& graph)
      : graph_(graph),
        values_(static_cast<std::size_t>(graph.size())),
        enclosures_(values_.size()),
        sides_(values_.size(), Side::unknown) {}

  /// Every switch takes the side that it has there, and keeps it.
  void at_sides_of(double x, const std::vector<GraphNode>& nodes) {
    for (const GraphNode node : nodes) {
      const auto& [operation, from, factor, summand, table] = graph_[node];
      if (switches(operation)) side(node) = side_of(operation, value(from[0]), from[1] < 0 ? 0.0 : value(from[1]));
      evaluate(node, x);
    }
  }
  /// Values by the sides that are kept.
  void at(double x, const std::vector<GraphNode>& nodes) {
    for (const GraphNode node : nodes) evaluate(node, x);
  }
  void over(double low, double high, const std::vector<GraphNode>& nodes) {
    for (const GraphNode node : nodes) enclose(node, low, high);
  }
  double value(GraphNode node) const { return values_[static_cast<std::size_t>(node)]; }
  const Enclosure& enclosure(GraphNode node) const { return enclosures_[static_cast<std::size_t>(node)]; }

 private:
  Side& side(GraphNode node) { return sides_[static_cast<std::size_t>(node)]; }

  /// The argument that a switch chooses; none where it has a value of its own.
  GraphNode chosen(GraphNode node) {
    const auto& from = graph_[node].from;
    const std::size_t second = side(node) == Side::positive;
    switch (graph_[node].operation) {
      case Operation::both: return from[2 + second];
      case Operation::minimum:
      case Operation::maximum: return from[second];
      default: return -1;
    }
  }

  void evaluate(GraphNode node, double x) {
    const ExpressionGraph::Node& at = graph_[node];
    double& result = values_[static_cast<std::size_t>(node)];
    if (at.operation == Operation::constant)
      result = at.factor;
    else if (at.operation == Operation::variable)
      result = x;
    else if (!switches(at.operation))
      result = value_of(at, value(at.from[0]), at.from[1] < 0 ? 0.0 : value(at.from[1]));
    else if (const GraphNode argument = chosen(node); argument >= 0)
      result = value(argument);
    else if (side(node) == Side::unknown)
      result = std::numeric_limits<double>::quiet_NaN();
    else
      result = static_cast<double>(side(node)) * (at.operation == Operation::abs ? value(at.from[0]) : 1.0);
  }

  void enclose(GraphNode node, double low, double high) {
    const ExpressionGraph::Node& at = graph_[node];
    Enclosure& result = enclosures_[static_cast<std::size_t>(node)];
    if (at.operation == Operation::constant)
      result = {at.factor, at.factor};
    else if (at.operation == Operation::variable)
      result = {low, high};
    else if (!switches(at.operation))
      result = enclosure_of(at, enclosure(at.from[0]), at.from[1] < 0 ? Enclosure{} : enclosure(at.from[1]));
    else if (const GraphNode argument = chosen(node); argument >= 0)
      result = enclosure(argument);
    else if (side(node) == Side::unknown)
      result = {.may_be_nan = true};
    else if (const auto sign = static_cast<double>(side(node)); at.operation == Operation::less)
      result = {sign, sign};
    else if (const Enclosure& a = enclosure(at.from[0]); side(node) == Side::negative)
      result = {-a.high, -a.low, a.may_be_nan, a.is_nan};
    else
      result = a;
  }

  const ExpressionGraph& graph_;
  std::vector<double> values_;
  std::vector<Enclosure> enclosures_;
  std::vector<Side> sides_;
};

struct Stretch {
  double low, high;

  double middle() const { return 0.5 * low + 0.5 * high; }
  bool divisible() const { return middle() > low && middle() < high; }
};

/// Between places after each of which something switches.
std::vector<Stretch> stretches_between(const std::vector<double>& places, double low, double high) {
  std::vector<Stretch> stretches;
  for (const double place : places) {
    stretches.push_back({low, place});
    low = std::nextafter(place, high);
  }
  stretches.push_back({low, high});
  return stretches;
}

/// The places at which one node switches, where those that it depends on do not.
class SwitchSearch {
 public:
  /// Adds to the graph what is compared, and its slope.
  SwitchSearch(ExpressionGraph& graph, GraphNode node) {
    const auto& [operation, from, factor, summand, table] = graph[node];
    operation_ = operation;
    a_ = from[0];
    b_ = from[1];
    difference_ = b_ < 0 ? a_ : graph.binary(Operation::subtract, a_, b_);
    slope_ = graph.gradient(difference_)[0];
    compared_ = nodes_below(graph, {a_, b_ < 0 ? a_ : b_, difference_});
    with_slope_ = nodes_below(graph, {a_, b_ < 0 ? a_ : b_, difference_, slope_});
    std::set_difference(with_slope_.begin(), with_slope_.end(), compared_.begin(), compared_.end(),
                        std::back_inserter(of_slope_));
    enclosed_ = std::none_of(compared_.begin(), compared_.end(),
                             [&](GraphNode n) { return graph[n].operation == Operation::surface; });
  }

  /// Adds to places, ascending; false where some may be missing. work: nodes that may still be looked at, in all.
  bool operator()(const ExpressionGraph& graph, const std::vector<Stretch>& stretches, std::vector<double>& places,
                  std::size_t& work) const {
    constexpr std::size_t most_intervals = 20000;
    constexpr double least_part = 1e-18;
    const double least = least_part * (stretches.back().high - stretches.front().low);
    std::size_t left = enclosed_ ? most_intervals + stretches.size() : 0;
    bool complete = true;
    Evaluation evaluation(graph);
    for (const Stretch& stretch : stretches) {
      evaluation.at_sides_of(stretch.middle(), with_slope_);
      // The widest first, so that most of the line is known when no more may be looked at.
      for (std::deque<Stretch> open{stretch}; !open.empty(); open.pop_front()) {
        const Stretch part = open.front();
        const bool affordable = left > 0 && work >= with_slope_.size();
        complete = complete && affordable;
        const Switches expected = affordable ? switches_in(evaluation, part, least) : Switches::one_at_most;
        if (affordable) {
          --left;
          work -= with_slope_.size();
        }
        if (expected == Switches::some) {
          open.push_back({part.low, part.middle()});
          open.push_back({part.middle(), part.high});
        } else if (expected == Switches::one_at_most &&
                   side_at(evaluation, part.low) != side_at(evaluation, part.high)) {
          places.push_back(switch_in(evaluation, part));
        }
      }
    }
    std::sort(places.begin(), places.end());
    return complete;
  }

 private:
  enum class Switches { none, one_at_most, some };

  /// least: what is too narrow to be divided.
  Switches switches_in(Evaluation& evaluation, const Stretch& part, double least) const {
    const auto differ = [](const Enclosure& difference) {
      return difference.is_nan || (!difference.may_be_nan && !difference.holds_zero());
    };
    evaluation.over(part.low, part.high, compared_);
    Enclosure difference = evaluation.enclosure(difference_);
    if (differ(difference)) return Switches::none;
    if (!part.divisible() || part.high - part.low < least) return Switches::one_at_most;
    evaluation.over(part.low, part.high, of_slope_);
    const Enclosure slope = evaluation.enclosure(slope_);
    if (difference.may_be_nan || slope.may_be_nan || !slope.bounded()) return Switches::some;
    if (!slope.holds_zero()) return Switches::one_at_most;
    evaluation.over(part.middle(), part.middle(), compared_);
    const Enclosure there = evaluation.enclosure(difference_);
    if (there.may_be_nan || !there.bounded()) return Switches::some;
    difference = common(difference, mean_value(there, slope, 0.5 * (part.high - part.low)));
    if (differ(difference)) return Switches::none;
    // What round-off alone decides smaller parts would not tell either.
    constexpr double more = 8.0;
    return difference.high - difference.low <= more * (there.high - there.low) ? Switches::one_at_most : Switches::some;
  }

  Side side_at(Evaluation& evaluation, double x) const {
    evaluation.at(x, compared_);
    return side_of(operation_, evaluation.value(a_), b_ < 0 ? 0.0 : evaluation.value(b_));
  }

  double switch_in(Evaluation& evaluation, Stretch part) const {
    const Side side = side_at(evaluation, part.low);
    while (part.divisible()) (side_at(evaluation, part.middle()) == side ? part.low : part.high) = part.middle();
    return part.low;
  }

  Operation operation_;
  GraphNode a_, b_, difference_, slope_;
  std::vector<GraphNode> compared_, with_slope_, of_slope_;  // of_slope_: those of the second but not of the first
  bool enclosed_;
};

/// Sorted, those that round-off does not tell apart once.
void unite(std::vector<double>& places) {
  constexpr double few_units = 8.0 * std::numeric_limits<double>::epsilon();
  std::sort(places.begin(), places.end());
  const auto same = [](double a, double b) {
    return b - a <= few_units * std::max({std::abs(a), std::abs(b), std::numeric_limits<double>::min()});
  };
  places.erase(std::unique(places.begin(), places.end(), same), places.end());
}

/// Values at either side of every place.
void find_limits(const ExpressionGraph& graph, const std::vector<GraphNode>& functions, double low, double high,
                 Breakpoints& found) {
  const auto rows = static_cast<Eigen::Index>(functions.size()), n = static_cast<Eigen::Index>(found.places.size());
  found.before.resize(rows, n);
  found.after.resize(rows, n);
  Eigen::MatrixXd before_that(rows, n), after_that(rows, n), between(rows, n + 1);
  constexpr double few_units = 32.0 * std::numeric_limits<double>::epsilon();
  const std::vector<GraphNode> nodes = nodes_below(graph, functions);
  Evaluation evaluation(graph);
  Eigen::Index number = 0;
  for (const Stretch& stretch : stretches_between(found.places, low, high)) {
    evaluation.at_sides_of(stretch.middle(), nodes);
    const auto store = [&](double x, auto values) {
      evaluation.at(x, nodes);
      for (Eigen::Index k = 0; k < rows; ++k) values[k] = evaluation.value(functions[static_cast<std::size_t>(k)]);
    };
    store(stretch.middle(), between.col(number));
    if (number > 0) {
      store(stretch.low, found.after.col(number - 1));
      store(std::min(stretch.low + few_units * std::abs(stretch.low), stretch.high), after_that.col(number - 1));
    }
    if (number < n) {
      store(stretch.high, found.before.col(number));
      store(std::max(stretch.high - few_units * std::abs(stretch.high), stretch.low), before_that.col(number));
    }
    ++number;
  }
  // Places are known to a few units of the last place: what changes as much over these is no step.
  constexpr double round_off = 1e-14, steep = 4.0;
  const Eigen::ArrayXXd beside = between.leftCols(n).cwiseAbs().cwiseMax(between.rightCols(n).cwiseAbs());
  const Eigen::ArrayXXd sizes = beside.max(found.before.array().abs()).max(found.after.array().abs());
  const Eigen::ArrayXXd changes = (found.before - before_that).array().abs() + (after_that - found.after).array().abs();
  const Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> steps =
      (found.after - found.before).array().abs() > round_off * sizes + steep * changes ||
      (after_that - before_that).array().isInf();
  found.after = steps.select(found.after, found.before);
}

}  // namespace

Breakpoints find_breakpoints(const ExpressionGraph& graph, const std::vector<GraphNode>& functions, double low,
                             double high) {
  Breakpoints found;
  const std::vector<GraphNode> nodes = nodes_below(graph, functions);
  if (std::none_of(nodes.begin(), nodes.end(), [&](GraphNode n) { return switches(graph[n].operation); })) return found;
  const DepartureWatch unheard;  // tables are asked for what no condition keeps from them
  ExpressionGraph with_slopes = graph;
  std::size_t work = most_work;
  struct Known {
    std::vector<double> places;
    bool complete = true;
  };
  std::map<GraphNode, Known> known;
  for (const GraphNode node : nodes) {
    if (!switches(graph[node].operation)) continue;
    Known all_inner, here;
    const auto& from = graph[node].from;
    for (const GraphNode inner : nodes_below(graph, {from[0], from[1] < 0 ? from[0] : from[1]}))
      if (const auto at = known.find(inner); at != known.end()) {
        all_inner.complete = all_inner.complete && at->second.complete;
        all_inner.places.insert(all_inner.places.end(), at->second.places.begin(), at->second.places.end());
      }
    unite(all_inner.places);
    // Slopes of what is nested make the graph grow.
    const auto growth = static_cast<std::size_t>(with_slopes.size());
    here.complete = all_inner.complete && work >= growth;
    if (here.complete) {
      work -= growth;
      const SwitchSearch search(with_slopes, node);
      here.complete = search(with_slopes, stretches_between(all_inner.places, low, high), here.places, work);
    }
    found.complete = found.complete && here.complete;
    found.places.insert(found.places.end(), here.places.begin(), here.places.end());
    known.emplace(node, std::move(here));
  }
  unite(found.places);
  find_limits(graph, functions, low, high, found);
  return found;
}

}  // namespace valleyflux
