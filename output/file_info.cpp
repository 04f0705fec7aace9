#include "output/file_info.hpp"

#include "output/fields.hpp"
#include "output/terminal_text.hpp"
#include "output/warning_text.hpp"
#include "problems/data/regular_file.hpp"
#include "problems/landscapes/hdf5_handle.hpp"
#include "problems/landscapes/hdf5_reading.hpp"

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

std::vector<double> numbers(hid_t file, const char* name) {
  const Hdf5Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
  std::vector<double> values;
  if (dataset < 0) return values;
  const std::vector<hsize_t> shape = sizes_of(dataset);
  if (shape.size() != 1) return values;
  values.resize(shape[0]);
  if (H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) values.clear();
  return values;
}

std::vector<std::string> texts(hid_t file, const char* name) {
  const Hdf5Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
  if (dataset < 0) return {};
  return texts_in(dataset).value_or(std::vector<std::string>{});
}

/// What a short dataset holds; of numbers that are missing "-".
std::string values_of(hid_t file, const char* name) {
  constexpr std::size_t most = 4;
  const Hdf5Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
  const std::vector<hsize_t> shape = sizes_of(dataset);
  if (shape.size() != 1 || shape[0] > most) return "";
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  std::vector<std::string> shown;
  if (H5Tget_class(type) == H5T_STRING) return "";  // names, which stand in the tables, and texts of any length
  for (const double value : numbers(file, name))
    shown.push_back(std::isfinite(value) ? fmt::format("{:.6g}", value) : "-");
  return fmt::format("{}", fmt::join(shown, " "));
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

/// Lines of the attributes that tell of a part of the results, as far as they are there.
template <class Part>
std::string attributes_of(hid_t file) {
  std::string lines;
  for_each_field<Part>([&](const auto& field) {
    const std::string name = dataset_name<Part>(field), text = attached_text(file, name);
    const std::vector<double> values = attached_numbers(file, name);
    if (!text.empty()) lines += wrapped(fmt::format("{}: {}\n", name, text), 2);
    if (!values.empty()) lines += wrapped(fmt::format("{}: {}\n", name, fmt::join(values, " ")), 2);
  });
  return lines;
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
    if (const std::string value = attached_text(file, name); !value.empty())
      out += wrapped(fmt::format("{}: {}\n", name, value), 2);
  out += attributes_of<AccuracyResult>(file) + attributes_of<LinearSolverResult>(file);

  std::vector<std::vector<std::string>> rows{{"dataset", "shape", "values", "meaning"}};
  for (const std::string& name : names_in(file)) {
    const Hdf5Handle object(H5Oopen(file, name.c_str(), H5P_DEFAULT), H5Oclose);
    if (H5Iget_type(object) != H5I_DATASET) continue;
    rows.push_back({name, fmt::format("({})", fmt::join(sizes_of(object), ", ")), values_of(file, name.c_str()),
                    attached_text(object, "long_name")});
  }
  out += "\n" + aligned(rows);

  if (const std::string estimates = estimates_of(file); !estimates.empty()) out += "\n" + estimates;
  return out + warnings_text(texts(file, "warnings"), true);
}

}  // namespace valleyflux
