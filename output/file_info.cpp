#include "output/file_info.hpp"

#include "output/fields.hpp"
#include "output/terminal_text.hpp"
#include "output/warning_text.hpp"
#include "problems/data/regular_file.hpp"
#include "problems/landscapes/hdf5_handle.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace valleyflux {

namespace {

std::string text_attribute(hid_t object, const char* name) {
  if (H5Aexists(object, name) <= 0) return "";
  const Hdf5Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute), H5Tclose);
  if (H5Tis_variable_str(type) <= 0) return "";
  char* text = nullptr;
  if (H5Aread(attribute, type, &text) < 0 || !text) return "";
  std::string value(text);
  H5free_memory(text);
  return value;
}

std::vector<hsize_t> shape_of(hid_t dataset) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  std::vector<hsize_t> shape(static_cast<std::size_t>(std::max(H5Sget_simple_extent_ndims(space), 0)));
  if (!shape.empty()) H5Sget_simple_extent_dims(space, shape.data(), nullptr);
  return shape;
}

std::vector<double> numbers(hid_t file, const char* name) {
  const Hdf5Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
  std::vector<double> values;
  if (dataset < 0) return values;
  const std::vector<hsize_t> shape = shape_of(dataset);
  if (shape.size() != 1) return values;
  values.resize(shape[0]);
  if (H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) values.clear();
  return values;
}

std::vector<std::string> texts(hid_t file, const char* name) {
  std::vector<std::string> values;
  const Hdf5Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
  if (dataset < 0) return values;
  const std::vector<hsize_t> shape = shape_of(dataset);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  if (shape.size() != 1 || H5Tis_variable_str(type) <= 0) return values;
  std::vector<char*> read(shape[0], nullptr);
  if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()) < 0) return values;
  for (char* text : read) {
    values.emplace_back(text ? text : "");
    if (text) H5free_memory(text);
  }
  return values;
}

/// What a short dataset holds; of numbers that are missing "-".
std::string values_of(hid_t file, const char* name) {
  constexpr std::size_t most = 4;
  const Hdf5Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
  const std::vector<hsize_t> shape = shape_of(dataset);
  if (shape.size() != 1 || shape[0] > most) return "";
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  std::vector<std::string> shown;
  if (H5Tget_class(type) == H5T_STRING) return "";  // names, which stand in the tables, and texts of any length
  for (const double value : numbers(file, name))
    shown.push_back(std::isfinite(value) ? fmt::format("{:.6g}", value) : "-");
  return fmt::format("{}", fmt::join(shown, " "));
}

/// What is attached to the file as a number or several.
std::string number_attribute(hid_t file, const char* name) {
  if (H5Aexists(file, name) <= 0) return "";
  const Hdf5Handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
  if (H5Tget_class(type) != H5T_FLOAT) return "";
  std::vector<double> values(static_cast<std::size_t>(std::max<hssize_t>(H5Sget_simple_extent_npoints(space), 0)));
  if (values.empty() || H5Aread(attribute, H5T_NATIVE_DOUBLE, values.data()) < 0) return "";
  return fmt::format("{}", fmt::join(values, " "));
}

constexpr std::array<std::string_view, 3> columns{"rate", "low", "high"};
static_assert(describes_all<Estimate>(columns));

/// A table of the estimates; empty where the file holds none.
std::string estimates_of(hid_t file) {
  const std::vector<std::string> labels = texts(file, "estimate");
  std::vector<std::vector<std::string>> rows{{"estimate"}};
  for (const std::string& label : labels) rows.push_back({label});
  bool whole = !labels.empty();
  for_fields_named<Estimate>(columns, [&](const auto& field) {
    const std::vector<double> values = numbers(file, dataset_name<Estimate>(field).c_str());
    whole &= values.size() == labels.size();
    rows[0].emplace_back(field.name);
    for (std::size_t k = 0; whole && k < labels.size(); ++k)
      rows[k + 1].push_back(std::isfinite(values[k]) ? fmt::format("{:.7g}", values[k]) : "-");
  });
  return whole ? aligned(rows) : "";
}

}  // namespace

std::string file_info(const std::filesystem::path& path) {
  if (const auto fault = why_no_regular_file(path))
    throw std::invalid_argument(fmt::format("{}: error: {}", path.string(), *fault));
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (file < 0) throw std::invalid_argument(fmt::format("{}: error: cannot be opened as an HDF5 file", path.string()));
  std::string out;
  for (const char* name : {"title", "valleyflux_version", "valleyflux_commit", "command"})
    if (const std::string value = text_attribute(file, name); !value.empty())
      out += fmt::format("{}: {}\n", name, value);
  for_each_field<AccuracyResult>([&](const auto& field) {
    const std::string name = dataset_name<AccuracyResult>(field);
    if (const std::string value = number_attribute(file, name.c_str()); !value.empty())
      out += fmt::format("{}: {}\n", name, value);
  });

  std::vector<std::vector<std::string>> rows{{"dataset", "shape", "values", "meaning"}};
  H5G_info_t group{};
  H5Gget_info(file, &group);
  for (hsize_t k = 0; k < group.nlinks; ++k) {
    std::vector<char> name(static_cast<std::size_t>(
                               H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, k, nullptr, 0, H5P_DEFAULT)) +
                           1);
    H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, k, name.data(), name.size(), H5P_DEFAULT);
    const Hdf5Handle object(H5Oopen(file, name.data(), H5P_DEFAULT), H5Oclose);
    if (H5Iget_type(object) != H5I_DATASET) continue;
    rows.push_back({name.data(), fmt::format("({})", fmt::join(shape_of(object), ", ")), values_of(file, name.data()),
                    text_attribute(object, "long_name")});
  }
  out += "\n" + aligned(rows);

  if (const std::string estimates = estimates_of(file); !estimates.empty()) out += "\n" + estimates;
  return out + warnings_text(texts(file, "warnings"), true);
}

}  // namespace valleyflux
