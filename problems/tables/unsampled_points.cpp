#include "problems/tables/unsampled_points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace valleyflux {

namespace {

constexpr Index fewest_alike = 4;

/// Of a value that several points in a row hold.
struct Plateau {
  std::vector<Index> points;
  Index borders = 0, falls = 0;  // to a curve, and those of them where it falls at once
  double beside = 0.0;           // the last value of the curve at one of these
};

/// Points of the table along one of its axes.
struct Row {
  Index origin, stride, points;
  Index at(Index k) const { return origin + k * stride; }
};

void visit_rows(const TabulatedValues& table, const auto& visit) {
  const Index columns = table.axes[0].points, rows = table.values.size() / columns;
  for (Index j = 0; j < rows; ++j) visit(Row{j * columns, 1, columns});
  if (table.axes.size() == 2)
    for (Index i = 0; i < columns; ++i) visit(Row{i, columns, rows});
}

/// Counts the border between a plateau and the curve that goes on from the point k in this direction.
void look_across(const TabulatedValues& table, const Row& row, Index k, Index direction, double sign,
                 Plateau& plateau) {
  std::array<double, 4> curve{};  // from the border on
  for (double& value : curve) {
    if (k < 0 || k >= row.points || !std::isfinite(table.values[row.at(k)])) return;
    value = sign * table.values[row.at(k)];
    k += direction;
  }
  ++plateau.borders;
  const double level = sign * table.values[plateau.points.back()];
  double largest_step = 0.0;
  for (std::size_t n = 0; n + 1 < curve.size(); ++n)
    largest_step = std::max(largest_step, std::abs(curve[n + 1] - curve[n]));
  constexpr double at_once = 3.0;  // of the largest step
  if (!(curve[0] > curve[1] && curve[0] > curve.back() && curve[0] - level > at_once * largest_step)) return;
  ++plateau.falls;
  plateau.beside = sign * curve[0];
}

void look_along(const TabulatedValues& table, const Row& row, double sign, std::map<double, Plateau>& plateaus) {
  for (Index start = 0, end = 0; start < row.points; start = end) {
    const double value = table.values[row.at(start)];
    for (end = start + 1; end < row.points && table.values[row.at(end)] == value;) ++end;
    if (end - start < fewest_alike) continue;
    Plateau& plateau = plateaus[value];
    for (Index k = start; k < end; ++k) plateau.points.push_back(row.at(k));
    look_across(table, row, start - 1, -1, sign, plateau);
    look_across(table, row, end, 1, sign, plateau);
  }
}

/// "lines 3 to 12, x = 0 to 0.9", as far as known and in one piece.
std::string extent_of(const TabulatedValues& table, const std::vector<Index>& points) {
  std::vector<std::size_t> lines;
  for (const Index p : points)
    if (const auto at = static_cast<std::size_t>(p); at < table.lines.size()) lines.push_back(table.lines[at]);
  const auto [first, last] = std::minmax_element(lines.begin(), lines.end());
  const bool told = !lines.empty() && *first > 0 && *last - *first + 1 == points.size();
  return (told ? fmt::format("lines {} to {}, ", *first, *last) : "") + "the first at " +
         place_in(table, points.front());
}

}  // namespace

std::vector<std::string> doubts_of_unsampled_points(const std::string& file, const TabulatedValues& table,
                                                    double scale) {
  std::map<double, Plateau> plateaus;
  const double sign = scale < 0.0 ? -1.0 : 1.0;
  visit_rows(table, [&](const Row& row) { look_along(table, row, sign, plateaus); });
  std::vector<std::string> doubts;
  for (auto& [value, plateau] : plateaus) {
    if (plateau.falls == 0 || 2 * plateau.falls < plateau.borders) continue;
    std::vector<Index>& points = plateau.points;
    std::sort(points.begin(), points.end());
    points.erase(std::unique(points.begin(), points.end()), points.end());
    doubts.push_back(fmt::format(
        "{}: {} points hold one and the same value, {} ({}), where the curve beside them has {} to {:.6g}: were they "
        "never sampled? Write nan in their place, or leave them out by [domain] where",
        place_of_value(file, table, points.front()), points.size(), value, extent_of(table, points),
        sign > 0.0 ? "risen" : "fallen", plateau.beside));
  }
  return doubts;
}

}  // namespace valleyflux
