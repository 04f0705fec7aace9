#include "output/result_file.hpp"

#include "output/hdf5_file.hpp"
#include "output/unfinished_file.hpp"
#include "output/xdmf.hpp"

#include <fmt/format.h>

#include <memory>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

const std::filesystem::path& not_xdmf(const std::filesystem::path& path) {
  if (path.extension() == ".xdmf")
    throw std::invalid_argument(fmt::format(
        "{}: that is the name of the XDMF file beside the result; choose another, such as .h5", path.string()));
  return path;
}

/// Adds views of the frames, and writes the XDMF file.
void commit_with_xdmf(const std::filesystem::path& path, Hdf5File& file, const ResultWriter& written) {
  const FieldsOverCells& fields = written.over_cells();
  for (const std::string& field : fields.frame_fields)
    for (std::size_t frame = 0; frame < fields.times.size(); ++frame)
      file.row_view(frame_name(field, frame), field, static_cast<Index>(frame));
  if (fields.cells.empty()) {
    file.commit();
    return;
  }
  // Written before the result appears: should the disk be full, an older result stays.
  UnfinishedFile xdmf(xdmf_path(path));
  xdmf.write(xdmf_text(path.filename().string(), fields));
  file.commit();
  xdmf.commit();
}

}  // namespace

ResultFile::ResultFile(const std::filesystem::path& path, const std::vector<Axis>& axes,
                       const std::vector<std::string>& valleys, const ResultHeader& header)
    : ResultWriter(std::make_unique<Hdf5File>(not_xdmf(path), header.units), axes, valleys, header), path_(path) {}

void ResultFile::commit() {
  commit_with_xdmf(path_, static_cast<Hdf5File&>(datasets()), *this);
}

ResultInMemory::ResultInMemory(const std::vector<Axis>& axes, const std::vector<std::string>& valleys,
                               const ResultHeader& header)
    : ResultWriter(std::make_unique<MemoryDatasets>(), axes, valleys, header), units_(header.units) {}

ResultInMemory::ResultInMemory(MemoryDatasets datasets, FieldsOverCells over_cells, Units units)
    : ResultWriter(std::make_unique<MemoryDatasets>(std::move(datasets)), std::move(over_cells)),
      units_(std::move(units)) {}

const MemoryDatasets& ResultInMemory::datasets() const {
  return static_cast<const MemoryDatasets&>(ResultWriter::datasets());
}

void ResultInMemory::save(const std::filesystem::path& path) const {
  Hdf5File file(not_xdmf(path), units_);
  datasets().write_to(file);
  commit_with_xdmf(path, file, *this);
}

}  // namespace valleyflux
