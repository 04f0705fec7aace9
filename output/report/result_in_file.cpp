#include "output/report/stored_result.hpp"

#include "output/output_error.hpp"
#include "problems/data/regular_file.hpp"
#include "problems/landscapes/hdf5_handle.hpp"
#include "problems/landscapes/hdf5_reading.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <utility>

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
    std::vector<std::string> all = names_in(file_);
    std::erase_if(all, [&](const std::string& name) { return !has(name); });
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
    auto all = texts_in(data);
    if (!all) fail(dataset);
    return std::move(*all);
  }

  std::string attribute(const std::string& dataset, const std::string& name) const override {
    const Hdf5Handle data = opened(dataset);
    return data < 0 ? "" : attached_text(data, name);
  }

  std::string attribute(const std::string& name) const override { return attached_text(file_, name); }

  std::vector<double> attribute_numbers(const std::string& name) const override {
    return attached_numbers(file_, name);
  }

 private:
  [[noreturn]] void fail(const std::string& dataset) const {
    throw OutputError(fmt::format("{}: error: the dataset {} cannot be read", path_.string(), dataset));
  }

  Hdf5Handle opened(const std::string& dataset) const {
    if (H5Lexists(file_, dataset.c_str(), H5P_DEFAULT) <= 0) return {};
    Hdf5Handle object(H5Oopen(file_, dataset.c_str(), H5P_DEFAULT), H5Oclose);
    if (object < 0 || H5Iget_type(object) != H5I_DATASET) return {};
    return object;
  }

  std::vector<double> read(hid_t data, const std::string& dataset, hid_t memory, hid_t space,
                           const std::vector<hsize_t>& sizes) const {
    hsize_t count = 1;
    for (const hsize_t size : sizes) {
      if (size > 0 && count > most_read / size) fail(dataset);
      count *= size;
    }
    const Hdf5Handle type(H5Dget_type(data), H5Tclose);
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) fail(dataset);
    std::vector<double> values(count);
    if (count > 0 && H5Dread(data, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values.data()) < 0) fail(dataset);
    return values;
  }

  std::filesystem::path path_;
  Hdf5Handle file_;
};

}  // namespace

std::unique_ptr<StoredResult> result_in_file(const std::filesystem::path& file) {
  return std::make_unique<ResultInFile>(file);
}

}  // namespace valleyflux
