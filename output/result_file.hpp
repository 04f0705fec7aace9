#pragma once

#include "grids/axis.hpp"
#include "output/hdf5_file.hpp"
#include "problems/units.hpp"
#include "solver/results.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace valleyflux {

/// What a result file is headed with.
struct ResultHeader {
  std::string title, case_text, version, command;
  Units units = {};
};

/// The HDF5 file of a run, with an XDMF file beside it: coordinates and edges of the cells, fields, frames as they
/// come, valleys and estimates, all at the root with CF attributes. Throws OutputError, and std::invalid_argument for a
/// path that ends in .xdmf. Without axes (particles alone): valleys, estimates and escape times, and no XDMF file.
class ResultFile {
 public:
  ResultFile(const std::filesystem::path& path, const std::vector<Axis>& axes, const std::vector<std::string>& valleys,
             const ResultHeader& header);

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
  /// Makes the file appear under its name, and the XDMF file beside it.
  void commit();

 private:
  std::vector<std::string> cell_scales() const;

  Hdf5File file_;
  std::filesystem::path path_;
  std::vector<Index> cells_;
  std::vector<std::string> axes_, axis_names_, valleys_;  // datasets of the axes, what they are called, names
  std::vector<double> times_;
  std::vector<std::string> frame_fields_, static_fields_;
};

}  // namespace valleyflux
