#pragma once

#include "grids/point.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace valleyflux {

/// The cells of a result's grid, and the names of its datasets over them.
struct FieldsOverCells {
  std::vector<Index> cells;                // by axis: one or two; none where there is no grid
  std::vector<double> times;               // of the frames; may be empty
  std::vector<std::string> frame_fields;   // over time; frame k of F is /frames/F_000k
  std::vector<std::string> static_fields;  // without time
};

/// The text of an XDMF 2 file that both of ParaView 5.11's readers show: a grid one cell thick with values at the cells
/// (one-dimensional results: values at the cell centres), one time step a frame. hdf5: file name of the data, in the
/// same folder.
std::string xdmf_text(const std::string& hdf5, const FieldsOverCells& fields);

/// The XDMF file's path, beside the data's.
std::filesystem::path xdmf_path(std::filesystem::path hdf5);

/// Name of the view of one frame: "/frames/density_0003".
std::string frame_name(const std::string& field, std::size_t frame);

}  // namespace valleyflux
