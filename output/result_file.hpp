#pragma once

#include "output/memory_datasets.hpp"
#include "output/result_writer.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace valleyflux {

/// The HDF5 file of a run, with an XDMF file beside it. Throws OutputError, and std::invalid_argument for a path that
/// ends in .xdmf. Without axes (particles alone) there is no XDMF file.
class ResultFile : public ResultWriter {
 public:
  ResultFile(const std::filesystem::path& path, const std::vector<Axis>& axes, const std::vector<std::string>& valleys,
             const ResultHeader& header);

  /// Makes the file appear under its name, and the XDMF file beside it.
  void commit();

 private:
  std::filesystem::path path_;
};

/// A result that is kept in memory, with the datasets that its file would hold.
class ResultInMemory : public ResultWriter {
 public:
  ResultInMemory(const std::vector<Axis>& axes, const std::vector<std::string>& valleys, const ResultHeader& header);

  /// One that was finished before, of what it held.
  ResultInMemory(MemoryDatasets datasets, FieldsOverCells over_cells, Units units);

  const MemoryDatasets& datasets() const;
  const Units& units() const { return units_; }
  /// Writes its file, and the XDMF file beside it, as ResultFile does.
  void save(const std::filesystem::path& path) const;

 private:
  Units units_;
};

}  // namespace valleyflux
