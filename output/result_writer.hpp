#pragma once

#include "grids/axis.hpp"
#include "output/datasets.hpp"
#include "output/xdmf.hpp"
#include "problems/units.hpp"
#include "solver/results.hpp"

#include <memory>
#include <string>
#include <vector>

namespace valleyflux {

/// What a result is headed with.
struct ResultHeader {
  std::string title, case_text, version, command;
  Units units = {};
};

/// Turns what a run yields into datasets: coordinates and edges of the cells, fields, frames as they come, valleys and
/// estimates, all at the root with CF attributes. Without axes (particles alone): valleys, estimates and escape times.
class ResultWriter {
 public:
  ResultWriter(std::unique_ptr<Datasets> datasets, const std::vector<Axis>& axes,
               const std::vector<std::string>& valleys, const ResultHeader& header);

  /// A field over the cells.
  void write(const CellField& field);
  /// Eigenfunctions of the generator: right_eigenfunction and left_eigenfunction over modes and cells.
  void write(const SpectrumFields& fields);
  /// Escape times of particles, as many of each escape, over a scale of their own.
  void write_escape_times(const EscapeTimes& times);
  /// Valley of every cell, -1 outside all of them.
  void write_labels(const std::vector<int>& labels);
  /// The next frame; flushed at once.
  void append(const DensityFrame& frame);
  void write(const Results& results);

  const Datasets& datasets() const { return *datasets_; }
  const FieldsOverCells& over_cells() const { return over_cells_; }

 protected:
  /// One that was finished before.
  ResultWriter(std::unique_ptr<Datasets> datasets, FieldsOverCells over_cells);
  Datasets& datasets() { return *datasets_; }

 private:
  std::vector<std::string> cell_scales() const;

  std::unique_ptr<Datasets> datasets_;
  FieldsOverCells over_cells_;
  std::vector<std::string> axes_, axis_names_, valleys_;  // datasets of the axes, what they are called, names
};

}  // namespace valleyflux
