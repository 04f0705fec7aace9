#include "problems/tables/turns.hpp"

#include "problems/tables/axis_kind.hpp"
#include "problems/tables/named_axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <utility>

namespace valleyflux {

namespace {

constexpr double print = 0.02;  // of a step, between a printed coordinate and its place

/// Values along one axis of a table, line by line.
class Lines {
 public:
  Lines(TabulatedValues& table, std::size_t axis)
      : table_(table),
        points_(table.axes[axis].points),
        across_(table.values.size() / points_),
        stride_(axis == 0 ? 1 : table.axes[0].points),
        next_(axis == 0 ? points_ : 1) {}

  Index points() const { return points_; }
  Index count() const { return across_; }
  Index place(Index along, Index line) const { return along * stride_ + line * next_; }
  double value(Index along, Index line) const { return table_.values[place(along, line)]; }

  /// The largest size of a difference between the values at these two places along the axis.
  double largest_step(Index a, Index b) const {
    double largest = 0.0;
    for (Index line = 0; line < across_; ++line)
      if (const double step = std::abs(value(a, line) - value(b, line)); step > largest) largest = step;
    return largest;
  }

  /// The same of neighbours, but for so many at the ends.
  double largest_step_within(Index ends) const {
    double largest = 0.0;
    for (Index along = 1 + ends; along + ends < points_; ++along)
      largest = std::max(largest, largest_step(along - 1, along));
    return largest;
  }

  /// The largest second difference at a place; nothing where none is known. Neighbours of the ends are across the seam.
  double bend(Index along, bool both_ends) const {
    const Index turn = both_ends ? points_ - 1 : points_;
    double largest = -1.0;
    for (Index line = 0; line < across_; ++line) {
      const double bend =
          std::abs(value((along + turn - 1) % turn, line) - 2.0 * value(along, line) + value((along + 1) % turn, line));
      if (bend > largest) largest = bend;
    }
    return largest;
  }

 private:
  const TabulatedValues& table_;
  Index points_, across_, stride_, next_;
};

/// Whether the slope goes on across the seam, as far as it bends within.
bool goes_on(const Lines& lines, bool both_ends) {
  constexpr double more = 2.0;
  const Index turn = both_ends ? lines.points() - 1 : lines.points();
  double within = 0.0, across = lines.bend(0, both_ends);
  if (!both_ends) across = std::max(across, lines.bend(turn - 1, both_ends));
  for (Index along = 1; along + (both_ends ? 0 : 1) < turn; ++along)
    within = std::max(within, lines.bend(along, both_ends));
  return across >= 0.0 && across <= more * within;
}

/// "F is 9 at phi = -180 and 9.1 at phi = 180", where these differ most.
std::string difference_of_ends(const TabulatedValues& table, const Lines& lines) {
  const Index last = lines.points() - 1;
  Index most = 0;
  double largest = -1.0;
  for (Index line = 0; line < lines.count(); ++line)
    if (const double step = std::abs(lines.value(last, line) - lines.value(0, line)); step > largest) {
      largest = step;
      most = line;
    }
  return fmt::format("{} is {:.6g} at {} and {:.6g} at {}", table.quantity, lines.value(0, most),
                     place_in(table, lines.place(0, most)), lines.value(last, most),
                     place_in(table, lines.place(last, most)));
}

/// Whether the ends differ by no more than four of the standard errors of their difference.
bool within_errors(const TabulatedValues& table, const Lines& lines) {
  constexpr double most = 4.0;
  if (table.errors.size() == 0) return false;
  for (Index line = 0; line < lines.count(); ++line) {
    const Index first = lines.place(0, line), last = lines.place(lines.points() - 1, line);
    if (std::abs(table.values[first] - table.values[last]) > most * std::hypot(table.errors[first], table.errors[last]))
      return false;
  }
  return true;
}

/// Makes one point of both ends of an axis: of their mean, or of the first; of the one with a value where the other has
/// none.
void join_ends(TabulatedValues& table, std::size_t axis, bool mean) {
  TabulatedValues joined = table;
  joined.axes[axis].points -= 1;
  const Lines from(table, axis);
  const Index points = from.points() - 1;
  const auto shortened = [&](auto& of_table) {
    if (of_table.size() > 0)
      of_table.resize(of_table.size() / static_cast<std::size_t>(points + 1) * static_cast<std::size_t>(points));
  };
  shortened(joined.values);
  shortened(joined.errors);
  shortened(joined.lines);
  for (Eigen::VectorXd& slope : joined.slopes) shortened(slope);
  const Lines to(joined, axis);
  for (Index line = 0; line < from.count(); ++line)
    for (Index along = 0; along < points; ++along) {
      const Index end = from.place(points, line), into = to.place(along, line);
      Index source = from.place(along, line);
      if (along == 0 && !std::isfinite(table.values[source])) source = end;
      const bool both = mean && along == 0 && source != end && std::isfinite(table.values[end]);
      joined.values[into] = both ? 0.5 * (table.values[source] + table.values[end]) : table.values[source];
      if (table.errors.size() > 0)
        joined.errors[into] = both ? 0.5 * std::hypot(table.errors[source], table.errors[end]) : table.errors[source];
      for (std::size_t k = 0; k < table.slopes.size(); ++k)
        joined.slopes[k][into] =
            both ? 0.5 * (table.slopes[k][source] + table.slopes[k][end]) : table.slopes[k][source];
      if (!table.lines.empty())
        joined.lines[static_cast<std::size_t>(into)] = both ? 0 : table.lines[static_cast<std::size_t>(source)];
    }
  table = std::move(joined);
}

/// What closes an axis, or keeps it open.
class Turn {
 public:
  Turn(const TableFile& file, TabulatedValues& table, const SaidOfAxes& said, std::size_t axis)
      : file_(file),
        table_(table),
        axis_(axis),
        name_(table.axes[axis].name),
        kind_(kind_of_axis(table, said, axis)),
        asked_(said_of(said, table, axis).periodic) {}

  void close() {
    if (kind_ == AxisKind::no_angle) return;
    for (const double period : {360.0, 2.0 * std::numbers::pi}) {
      const auto intervals = static_cast<double>(axis().points - 1);
      if (near(intervals * axis().spacing, period) && starts(period, true)) return close_both_ends(period);
      if (near((intervals + 1.0) * axis().spacing, period) && starts(period, false)) return close_gap(period);
    }
  }

 private:
  const TabulatedValues::Axis& axis() const { return table_.axes[axis_]; }
  bool near(double a, double b) const { return std::abs(a - b) <= std::max(print * axis().spacing, axis().moved); }
  bool known() const { return kind_ == AxisKind::angle; }

  /// Where what may be an angle starts.
  bool starts(double period, bool both_ends) const {
    const auto at = [&](double place) { return near(axis().first, place) || near(axis().first, place - 0.5 * period); };
    return known() || at(0.0) || (!both_ends && (at(0.5 * axis().spacing) || at(axis().spacing)));
  }

  void close_both_ends(double period) {
    constexpr double closing = 1e-3;  // of the largest step between neighbours
    const Lines lines(table_, axis_);
    const double jump = lines.largest_step(0, axis().points - 1);
    const bool same = jump <= closing * lines.largest_step_within(0);
    if (!same && jump > lines.largest_step_within(1) && !within_errors(table_, lines)) {
      const std::string ends = fmt::format(
          "both ends of a full turn of {} are listed and differ more than neighbours "
          "do, {}",
          name_, difference_of_ends(table_, lines));
      if (asked_.value_or(false)) file_.fail(fmt::format("{} cannot be periodic: {}", name_, ends));
      if (!asked_ && (known() || axis().first < 0.0))
        doubt(ends + ": the axis is not taken as periodic, and walls reflect there (its boundary in [grid] says so)");
      return;
    }
    if (!known() && !goes_on(lines, true)) return;
    if (!same)
      doubt(
          fmt::format("both ends of a full turn of {} are listed, where {}: the axis is taken as periodic, with the "
                      "mean of both",
                      name_, difference_of_ends(table_, lines)));
    join_ends(table_, axis_, !same);
    finish(period);
  }

  void close_gap(double period) {
    constexpr double far = 2.0;  // more than the largest step between neighbours
    const Lines lines(table_, axis_);
    const bool jumps = lines.largest_step(0, axis().points - 1) > far * lines.largest_step_within(0);
    if (jumps && known() && !asked_)
      doubt(
          fmt::format("{} goes round once, but its ends differ far more than neighbours do, {}: the axis is not "
                      "taken as periodic, and walls reflect there (its boundary in [grid] says what it is)",
                      name_, difference_of_ends(table_, lines)));
    const bool asked = asked_.value_or(false);
    if ((jumps && !asked) || (!known() && !goes_on(lines, false))) return;
    finish(period);
  }

  void finish(double period) {
    if (!known() && period == 360.0)
      doubt(
          fmt::format("{} goes from {:.6g} to {:.6g}, and the values go on from its end to its start: it is taken for "
                      "an angle, periodic; boundary = \"reflecting\" of this axis in [grid] or its unit (\"{} [nm]\") "
                      "says that it is none, units.length = \"deg\" that it is one",
                      name_, axis().first, axis().first + period, is_nameless(axis()) ? "x" : name_));
    table_.axes[axis_].periodic = true;
    table_.axes[axis_].spacing = period / static_cast<double>(axis().points);
  }

  void doubt(std::string text) { table_.doubts.push_back(std::move(text)); }

  const TableFile& file_;
  TabulatedValues& table_;
  std::size_t axis_;
  std::string name_;
  AxisKind kind_;
  std::optional<bool> asked_;
};

}  // namespace

void close_turns(const TableFile& file, TabulatedValues& table, const SaidOfAxes& said) {
  for (std::size_t k = 0; k < table.axes.size(); ++k) Turn(file, table, said, k).close();
}

}  // namespace valleyflux
