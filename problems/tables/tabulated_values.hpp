#pragma once

#include "grids/point.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// That a table may hold: what asks for more is no table.
inline constexpr Index most_tabulated_numbers = 100000000;

/// Values on a regular grid, as read from a file.
struct TabulatedValues {
  struct Axis {
    std::string name;
    double first = 0.0, spacing = 1.0;
    Index points = 0;
    bool periodic = false;  // the point after the last is the first
    std::string unit{};     // empty where the file tells none
    double moved = 0.0;     // how far print has moved its coordinates, if that is more than usual

    /// Where it ends: its last point, or the end of its period.
    double last() const { return first + static_cast<double>(periodic ? points : points - 1) * spacing; }
    bool operator==(const Axis&) const = default;
  };
  /// A word that stands in the place of a unit and is none that is known.
  struct UnknownUnit {
    std::string column, word;
    std::size_t line;           // that it stands in; 0 where it is not found
    std::optional<Index> axis;  // that it is of; nothing: of the values
  };
  std::vector<Axis> axes;  // one or two
  Eigen::VectorXd values;  // first axis fastest; not finite where the file holds nothing
  std::string quantity;
  std::string unit{};                     // of the quantity; empty where the file tells none
  Eigen::VectorXd errors{};               // standard errors of the values; empty where the file tells none
  std::vector<Eigen::VectorXd> slopes{};  // along each axis, where they were asked for
  std::vector<std::size_t> lines{};   // of every value in a text, from 1, 0 where there is none; empty for other files
  std::vector<std::string> unread{};  // names of the columns behind the values, where nobody said which to take
  std::vector<UnknownUnit> unknown_units{};
  std::string matched{};              // how its axes became those of the case, where their names do not say so
  std::vector<std::string> doubts{};  // what the reader had to guess, and how to say it instead
};

/// "x: 101 points, -2.5 to 2.5".
std::string text_of(const TabulatedValues::Axis& axis);

/// The value of a table that holds no other one.
std::optional<double> value_everywhere(const TabulatedValues& table);

/// "FILE:LINE", or "FILE" where the line of the value is not known.
std::string place_of_value(const std::string& file, const TabulatedValues& table, Index point);

/// "x = 1, y = 2.5": the coordinates of a value.
std::string place_in(const TabulatedValues& table, Index point);

}  // namespace valleyflux
