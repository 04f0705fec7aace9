#pragma once

#include "problems/landscapes/landscape_domain.hpp"
#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

#include <Eigen/Core>

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// A table as a function of one or two numbers, by patches of cubic polynomials that have the table's values at its
/// points.
class TableFunction {
 public:
  enum class Shape {
    smooth,  // the spline of spline_landscape: twice continuously differentiable
    bounded  // its slopes lowered where a patch would leave the range of the values around: once
  };
  enum class Beyond {
    unknown,  // NaN
    held      // the value at the end
  };

  /// name: what messages call it. Values that are not finite are missing: domain() tells where; what is said there
  /// depends on the others alone. Throws std::invalid_argument as spline_landscape does.
  TableFunction(std::string name, const TabulatedValues& given, Shape shape, Beyond beyond);

  const std::string& name() const { return name_; }
  /// What was read, of which format, on which axes, and what speaks against its values; empty for one by code.
  const std::string& description() const { return description_; }
  const std::vector<std::string>& doubts() const { return doubts_; }
  /// The first point of a file at which it is 0.
  struct Zero {
    Eigen::VectorXd point;
    std::string said;  // "FILE:LINE: D is 0 at x = 1"
  };
  const std::optional<Zero>& zero() const { return zero_; }
  /// Of the values, as the file tells it; empty where it does not, or they are scaled.
  const std::string& unit() const { return unit_; }
  int arguments() const { return static_cast<int>(axes_.size()); }
  const std::vector<TabulatedValues::Axis>& axes() const { return axes_; }
  /// The box of its axes and, where values are missing, the points of it between neighbours that are all there.
  LandscapeDomain domain() const;

  /// [a][b] = d^(a+b) f / dx^a dy^b, a + b <= order (at most 3); y is not read where there is one axis alone. Periodic
  /// axes wrap. Exact; second (bounded) or third (smooth) ones jump between patches.
  using Derivatives = std::array<std::array<double, 4>, 4>;
  Derivatives derivatives(double x, double y, int order) const;

  /// The value of a table that holds one alone, everywhere and without an error.
  std::optional<double> constant() const;
  /// Whether both are the same function.
  bool operator==(const TableFunction& other) const;

  /// The same with its values moved by normal numbers times their standard errors, as Landscape::redrawn does: another
  /// set for every seed, and for every table of the same seed. Null where the table tells no errors.
  std::shared_ptr<const TableFunction> redrawn(std::uint64_t seed) const;
  bool tells_errors() const { return table_ != nullptr; }

 private:
  struct Place;
  Place place(std::size_t k, double x) const;

  friend std::shared_ptr<const TableFunction> read_table_function(const std::filesystem::path& file,
                                                                  const struct TableFunctionOptions& options);

  std::string name_, description_, unit_;
  std::vector<std::string> doubts_;
  std::optional<Zero> zero_;
  std::vector<TabulatedValues::Axis> axes_;
  std::vector<char> held_;  // points with a value; empty: all
  Shape shape_;
  Beyond beyond_;
  Eigen::Matrix4Xd nodes_;                        // of every point f, f_x, f_y, f_xy, in units of the spacings
  std::shared_ptr<const TabulatedValues> table_;  // one with errors
};

/// Finds the table of so many arguments that an expression names by its file. Throws std::invalid_argument.
using TableSource = std::function<std::shared_ptr<const TableFunction>(const std::string& file, int arguments)>;

/// How a file becomes a function scale * value + shift.
struct TableFunctionOptions {
  TableOptions table{};
  double scale = 1.0, shift = 0.0;
  TableFunction::Shape shape = TableFunction::Shape::smooth;
  TableFunction::Beyond beyond = TableFunction::Beyond::unknown;
  bool gaps = false;  // whether values may be missing
};

/// Reads a file of any of table_formats(). Throws std::invalid_argument, the message starting with "FILE:LINE: " or
/// "FILE: ", for one that cannot be read and for points without value where they may not be missing.
std::shared_ptr<const TableFunction> read_table_function(const std::filesystem::path& file,
                                                         const TableFunctionOptions& options = {});

/// While it lives, it knows of the first time on this thread that a table is asked for what lies beyond its data.
class DepartureWatch {
 public:
  DepartureWatch();
  DepartureWatch(const DepartureWatch&) = delete;
  DepartureWatch& operator=(const DepartureWatch&) = delete;
  ~DepartureWatch();
  /// "d.dat is asked for x = 3, its data reach from -2 to 2"; empty where none was.
  const std::string& departure() const { return departure_; }

 private:
  friend class TableFunction;
  DepartureWatch* outer_;
  std::string departure_;
};

}  // namespace valleyflux
