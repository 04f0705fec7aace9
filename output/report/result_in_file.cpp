#include "output/report/stored_result.hpp"

#include "output/output_error.hpp"
#include "problems/data/regular_file.hpp"
#include "problems/landscapes/hdf5_handle.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <stdexcept>

namespace valleyflux {

namespace {

class ResultInFile final : public StoredResult {
 public:
  explicit ResultInFile(const std::filesystem::path& path) : path_(path) {
    const auto refuse = [&](const std::string& why) {
      throw std::invalid_argument(fmt::format("{}: error: {}", path.string(), why));
    };
    if (const auto fault = why_no_regular_file(path)) refuse(*fault);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures are reported by exceptions
    if (H5Fis_hdf5(path.c_str()) <= 0) refuse("this is no result file of valleyflux: it is no HDF5 file");
    file_ = {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose};
    if (file_ < 0) refuse("this HDF5 file cannot be opened: it is cut short or damaged");
    if (attribute("valleyflux_version").empty() || !has("estimate"))
      refuse("this HDF5 file is no result of valleyflux: it has no attribute valleyflux_version, or no estimates");
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    H5G_info_t group{};
    H5Gget_info(file_, &group);
    for (hsize_t k = 0; k < group.nlinks; ++k) {
      const ssize_t size = H5Lget_name_by_idx(file_, ".", H5_INDEX_NAME, H5_ITER_INC, k, nullptr, 0, H5P_DEFAULT);
      std::string name(static_cast<std::size_t>(std::max<ssize_t>(size, 0)) + 1, '\0');
      H5Lget_name_by_idx(file_, ".", H5_INDEX_NAME, H5_ITER_INC, k, name.data(), name.size(), H5P_DEFAULT);
      name.pop_back();
      if (has(name)) all.push_back(name);
    }
    return all;
  }

  std::vector<Index> shape(const std::string& dataset) const override {
    const Hdf5Handle data = opened(dataset);
    if (data < 0) return {};
    const std::vector<hsize_t> sizes = sizes_of(data);
    return {sizes.begin(), sizes.end()};
  }

  std::vector<double> numbers(const std::string& dataset) const override {
    const Hdf5Handle data = opened(dataset);
    if (data < 0) return {};
    return read(data, dataset, H5S_ALL, H5S_ALL, sizes_of(data));
  }

  std::vector<double> row(const std::string& dataset, Index place) const override {
    const Hdf5Handle data = opened(dataset);
    if (data < 0) return {};
    std::vector<hsize_t> count = sizes_of(data), start(count.size(), 0);
    start.at(0) = static_cast<hsize_t>(place);
    count.at(0) = 1;
    const Hdf5Handle space(H5Dget_space(data), H5Sclose);
    const Hdf5Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose);
    if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) < 0) fail(dataset);
    return read(data, dataset, memory, space, count);
  }

  std::vector<std::string> texts(const std::string& dataset) const override {
    const Hdf5Handle data = opened(dataset);
    if (data < 0) return {};
    const std::vector<hsize_t> sizes = sizes_of(data);
    const Hdf5Handle type(H5Dget_type(data), H5Tclose);
    if (sizes.size() != 1 || H5Tis_variable_str(type) <= 0 || sizes[0] > most_numbers) fail(dataset);
    std::vector<char*> read(sizes[0], nullptr);
    if (sizes[0] > 0 && H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()) < 0) fail(dataset);
    std::vector<std::string> all;
    for (char* text : read) {
      all.emplace_back(text ? text : "");
      if (text) H5free_memory(text);
    }
    return all;
  }

  std::string attribute(const std::string& dataset, const std::string& name) const override {
    const Hdf5Handle data = opened(dataset);
    return data < 0 ? "" : text_attached(data, name);
  }

  std::string attribute(const std::string& name) const override { return text_attached(file_, name); }

  std::vector<double> attribute_numbers(const std::string& name) const override {
    if (H5Aexists(file_, name.c_str()) <= 0) return {};
    const Hdf5Handle attribute(H5Aopen(file_, name.c_str(), H5P_DEFAULT), H5Aclose);
    const Hdf5Handle type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    if (H5Tget_class(type) != H5T_FLOAT || count <= 0) return {};
    std::vector<double> values(static_cast<std::size_t>(count));
    if (H5Aread(attribute, H5T_NATIVE_DOUBLE, values.data()) < 0) return {};
    return values;
  }

 private:
  static constexpr hsize_t most_numbers = hsize_t{1} << 28;  // of one read: sizes are claims of the file's head

  [[noreturn]] void fail(const std::string& dataset) const {
    throw OutputError(fmt::format("{}: error: the dataset {} cannot be read", path_.string(), dataset));
  }

  Hdf5Handle opened(const std::string& dataset) const {
    if (H5Lexists(file_, dataset.c_str(), H5P_DEFAULT) <= 0) return {};
    Hdf5Handle object(H5Oopen(file_, dataset.c_str(), H5P_DEFAULT), H5Oclose);
    if (object < 0 || H5Iget_type(object) != H5I_DATASET) return {};
    return object;
  }

  static std::vector<hsize_t> sizes_of(hid_t data) {
    const Hdf5Handle space(H5Dget_space(data), H5Sclose);
    std::vector<hsize_t> sizes(static_cast<std::size_t>(std::max(H5Sget_simple_extent_ndims(space), 0)));
    if (!sizes.empty()) H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
    return sizes;
  }

  std::vector<double> read(hid_t data, const std::string& dataset, hid_t memory, hid_t space,
                           const std::vector<hsize_t>& sizes) const {
    hsize_t count = 1;
    for (const hsize_t size : sizes) {
      if (size > 0 && count > most_numbers / size) fail(dataset);
      count *= size;
    }
    const Hdf5Handle type(H5Dget_type(data), H5Tclose);
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) fail(dataset);
    std::vector<double> values(count);
    if (count > 0 && H5Dread(data, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values.data()) < 0) fail(dataset);
    return values;
  }

  static std::string text_attached(hid_t object, const std::string& name) {
    if (H5Aexists(object, name.c_str()) <= 0) return "";
    const Hdf5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
    const Hdf5Handle type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
    if (H5Tis_variable_str(type) <= 0 || H5Sget_simple_extent_npoints(space) != 1) return "";
    char* text = nullptr;
    if (H5Aread(attribute, type, &text) < 0 || !text) return "";
    std::string value(text);
    H5free_memory(text);
    return value;
  }

  std::filesystem::path path_;
  Hdf5Handle file_;
};

}  // namespace

std::unique_ptr<StoredResult> result_in_file(const std::filesystem::path& file) {
  return std::make_unique<ResultInFile>(file);
}

}  // namespace valleyflux
