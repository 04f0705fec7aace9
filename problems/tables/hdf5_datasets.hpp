#pragma once

#include "problems/landscapes/hdf5_handle.hpp"
#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// The datasets of numbers in an HDF5 file. HDF5's own printing of errors is off while it lives. What fails throws
/// std::invalid_argument, "FILE: dataset "NAME" ...".
class Hdf5Datasets {
 public:
  explicit Hdf5Datasets(const TableFile& file);
  bool has(const std::string& dataset) const;
  /// All of its numbers in the order of the file.
  std::vector<double> numbers(const std::string& dataset) const;
  /// A string attribute of a dataset; empty if there is none.
  std::string attribute(const std::string& dataset, const std::string& name) const;
  /// Its attribute "units"; empty as well where that is "1", for what has none or an unknown one.
  std::string unit(const std::string& dataset) const;
  /// Its extent along each of its dimensions, the slowest first; empty if there is none.
  std::vector<Index> shape(const std::string& dataset) const;
  /// The axis through coordinates, which must ascend or descend in equal steps: of a negative spacing then.
  TabulatedValues::Axis axis(const std::string& dataset, const std::string& name) const;
  [[noreturn]] void fail(const std::string& dataset, const std::string& message) const;

 private:
  class QuietErrors {
   public:
    QuietErrors();
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
    ~QuietErrors();

   private:
    int (*printer_)(std::int64_t, void*) = nullptr;
    void* data_ = nullptr;
  };

  const TableFile* source_;
  QuietErrors quiet_;
  Hdf5Handle file_;
};

/// Values on their axes, which may descend. The first axis is the fastest one in the file, but that of (x, y) arrays
/// whose shape says so and whose values hang together so alone. `missing`: whether a number stands for a point without
/// value.
TabulatedValues surface_of(const Hdf5Datasets& file, std::vector<TabulatedValues::Axis> axes,
                           const std::string& dataset, bool (*missing)(double));

}  // namespace valleyflux
