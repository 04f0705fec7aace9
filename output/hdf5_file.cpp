#include "output/hdf5_file.hpp"

#include "output/unfinished_file.hpp"
#include "problems/landscapes/hdf5_handle.hpp"

#include <fmt/format.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <limits>
#include <map>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// HDF5 would read beyond the end of too few values.
void require_size(const std::string& name, std::size_t given, const std::vector<hsize_t>& shape) {
  hsize_t size = 1;
  for (const hsize_t n : shape) size *= n;
  if (given != size) throw std::invalid_argument(fmt::format("{}: {} values given for {} places", name, given, size));
}

}  // namespace

struct Hdf5File::State {
  State(const std::filesystem::path& final_path, Units of_numbers)
      : path(final_path), units(std::move(of_numbers)), unfinished(final_path) {}

  std::filesystem::path path;
  Units units;
  UnfinishedFile unfinished;  // outlives the handle
  Hdf5Handle file;
  std::map<std::string, std::vector<std::string>> scales;  // of every growing dataset
  std::map<std::string, hsize_t> sizes;                    // of every scale

  void check(bool good, const std::string& what) const {
    if (!good) throw OutputError(fmt::format("{}: {} could not be written (is the disk full?)", path.string(), what));
  }

  Hdf5Handle checked(hid_t id, herr_t (*close)(hid_t), const std::string& what) const {
    check(id >= 0, what);
    return {id, close};
  }

  Hdf5Handle creation() const {
    Hdf5Handle list = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "a property list");
    check(H5Pset_obj_track_times(list, false) >= 0, "a property list");
    return list;
  }

  Hdf5Handle text_type() const {
    Hdf5Handle type = checked(H5Tcopy(H5T_C_S1), H5Tclose, "a string type");
    check(H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0, "a string type");
    return type;
  }

  void text_attribute(hid_t object, const std::string& name, const std::string& value) const {
    const Hdf5Handle type = text_type();
    const Hdf5Handle space = checked(H5Screate(H5S_SCALAR), H5Sclose, name);
    const Hdf5Handle attribute =
        checked(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
    const char* text = value.c_str();
    check(H5Awrite(attribute, type, &text) >= 0, name);
  }

  void finish(hid_t dataset, const std::string& name, const std::vector<std::string>& on,
              const Attributes& attributes) const {
    for (std::size_t k = 0; k < on.size(); ++k) {
      if (on[k] == name) continue;  // a scale is its own axis
      const Hdf5Handle scale = checked(H5Dopen2(file, on[k].c_str(), H5P_DEFAULT), H5Dclose, on[k]);
      check(H5DSattach_scale(dataset, scale, static_cast<unsigned>(k)) >= 0, name);
    }
    for (const auto& [key, value] : attributes)
      text_attribute(dataset, key, key == "units" ? in_units(value, units) : value);
  }

  void make_scale(hid_t dataset, const std::string& name, hsize_t size) {
    check(H5DSset_scale(dataset, name.c_str()) >= 0, name);
    sizes[name] = size;
  }

  std::vector<hsize_t> shape(const std::vector<std::string>& on) const {
    std::vector<hsize_t> shape;
    for (const std::string& scale : on) shape.push_back(sizes.at(scale));
    return shape;
  }

  Hdf5Handle write(const std::string& name, const std::vector<hsize_t>& shape, hid_t type, hid_t memory_type,
                   const void* data, bool with_fill) const {
    const Hdf5Handle space =
        checked(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose, name);
    const Hdf5Handle list = creation();
    const double missing = std::numeric_limits<double>::quiet_NaN();
    if (with_fill) check(H5Pset_fill_value(list, H5T_NATIVE_DOUBLE, &missing) >= 0, name);
    Hdf5Handle dataset =
        checked(H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, list, H5P_DEFAULT), H5Dclose, name);
    const bool empty = std::find(shape.begin(), shape.end(), hsize_t{0}) != shape.end();
    check(empty || H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0, name);
    return dataset;
  }

  void number_attribute(hid_t object, const std::string& name, hid_t space, const double* values) const {
    const Hdf5Handle attribute =
        checked(H5Acreate2(object, name.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
    check(H5Awrite(attribute, H5T_NATIVE_DOUBLE, values) >= 0, name);
  }

  void number_attribute(hid_t object, const std::string& name, double value) const {
    number_attribute(object, name, checked(H5Screate(H5S_SCALAR), H5Sclose, name), &value);
  }
};

Hdf5File::Hdf5File(const std::filesystem::path& path, Units units)
    : state_(std::make_unique<State>(path, std::move(units))) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures are reported by exceptions
  const Hdf5Handle creation = state_->checked(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "the file");
  const Hdf5Handle access = state_->checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "the file");
  state_->check(H5Pset_obj_track_times(creation, false) >= 0 &&
                    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V110) >= 0,
                "the file");
  state_->file = {H5Fcreate(state_->unfinished.path().c_str(), H5F_ACC_TRUNC, creation, access), H5Fclose};
  state_->check(state_->file >= 0, "the file");
}

Hdf5File::~Hdf5File() = default;

void Hdf5File::attribute(const std::string& name, const std::string& value) {
  state_->text_attribute(state_->file, name, value);
}

void Hdf5File::attribute(const std::string& name, double value) {
  state_->number_attribute(state_->file, name, value);
}

void Hdf5File::attribute(const std::string& name, const std::vector<double>& values) {
  const hsize_t size = values.size();
  const Hdf5Handle space = state_->checked(H5Screate_simple(1, &size, nullptr), H5Sclose, name);
  state_->number_attribute(state_->file, name, space, values.data());
}

void Hdf5File::numeric_scale(const std::string& name, const Eigen::VectorXd& values, const Attributes& attributes) {
  const auto size = static_cast<hsize_t>(values.size());
  const Hdf5Handle dataset = state_->write(name, {size}, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), false);
  state_->make_scale(dataset, name, size);
  state_->finish(dataset, name, {}, attributes);
}

void Hdf5File::text_scale(const std::string& name, const std::vector<std::string>& values,
                          const Attributes& attributes) {
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  const Hdf5Handle type = state_->text_type();
  const Hdf5Handle dataset = state_->write(name, {texts.size()}, type, type, texts.data(), false);
  state_->make_scale(dataset, name, texts.size());
  state_->finish(dataset, name, {}, attributes);
}

void Hdf5File::bare_scale(const std::string& name, Index size) {
  const std::vector<float> zeros(static_cast<std::size_t>(size), 0.0f);
  const Hdf5Handle dataset =
      state_->write(name, {static_cast<hsize_t>(size)}, H5T_IEEE_F32BE, H5T_NATIVE_FLOAT, zeros.data(), false);
  // This text is how netCDF-4 marks a dimension that is no variable.
  const std::string label = fmt::format("This is a netCDF dimension but not a netCDF variable.{:10d}", size);
  state_->check(H5DSset_scale(dataset, label.c_str()) >= 0, name);
  state_->sizes[name] = static_cast<hsize_t>(size);
}

bool Hdf5File::has_scale(const std::string& name) const {
  return state_->sizes.contains(name);
}

void Hdf5File::growing_scale(const std::string& name, const Attributes& attributes) {
  const hsize_t none = 0, unlimited = H5S_UNLIMITED, chunk = 1024;
  const Hdf5Handle space = state_->checked(H5Screate_simple(1, &none, &unlimited), H5Sclose, name);
  const Hdf5Handle list = state_->creation();
  state_->check(H5Pset_chunk(list, 1, &chunk) >= 0, name);
  const Hdf5Handle dataset = state_->checked(
      H5Dcreate2(state_->file, name.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT), H5Dclose, name);
  state_->make_scale(dataset, name, 0);
  state_->scales[name] = {name};
  state_->finish(dataset, name, {}, attributes);
}

void Hdf5File::dataset(const std::string& name, const std::vector<std::string>& scales, const Eigen::VectorXd& values,
                       const Attributes& attributes) {
  const std::vector<hsize_t> shape = state_->shape(scales);
  require_size(name, static_cast<std::size_t>(values.size()), shape);
  const Hdf5Handle dataset = state_->write(name, shape, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), true);
  state_->number_attribute(dataset, "_FillValue", std::numeric_limits<double>::quiet_NaN());
  state_->finish(dataset, name, scales, attributes);
}

void Hdf5File::dataset(const std::string& name, const std::vector<std::string>& scales, const std::vector<int>& values,
                       const Attributes& attributes) {
  const std::vector<hsize_t> shape = state_->shape(scales);
  require_size(name, values.size(), shape);
  const Hdf5Handle dataset = state_->write(name, shape, H5T_STD_I32LE, H5T_NATIVE_INT, values.data(), false);
  state_->finish(dataset, name, scales, attributes);
}

void Hdf5File::dataset(const std::string& name, const std::vector<std::string>& scales,
                       const std::vector<std::string>& values, const Attributes& attributes) {
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  const std::vector<hsize_t> shape = state_->shape(scales);
  require_size(name, values.size(), shape);
  const Hdf5Handle type = state_->text_type();
  const Hdf5Handle dataset = state_->write(name, shape, type, type, texts.data(), false);
  state_->finish(dataset, name, scales, attributes);
}

void Hdf5File::integer_attribute(const std::string& dataset, const std::string& name, const std::vector<int>& values) {
  const Hdf5Handle object = state_->checked(H5Dopen2(state_->file, dataset.c_str(), H5P_DEFAULT), H5Dclose, dataset);
  const hsize_t size = values.size();
  const Hdf5Handle space = state_->checked(H5Screate_simple(1, &size, nullptr), H5Sclose, name);
  const Hdf5Handle attribute =
      state_->checked(H5Acreate2(object, name.c_str(), H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
  state_->check(H5Awrite(attribute, H5T_NATIVE_INT, values.data()) >= 0, name);
}

void Hdf5File::growing_dataset(const std::string& name, const std::vector<std::string>& scales,
                               const Attributes& attributes) {
  std::vector<hsize_t> shape = state_->shape(scales), limits = shape, chunk = shape;
  shape[0] = 0;
  limits[0] = H5S_UNLIMITED;
  chunk[0] = 1;
  for (hsize_t& size : chunk) size = std::max<hsize_t>(size, 1);
  const Hdf5Handle space =
      state_->checked(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), limits.data()), H5Sclose, name);
  const Hdf5Handle list = state_->creation();
  const double missing = std::numeric_limits<double>::quiet_NaN();
  state_->check(H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data()) >= 0 &&
                    H5Pset_fill_value(list, H5T_NATIVE_DOUBLE, &missing) >= 0,
                name);
  const Hdf5Handle dataset = state_->checked(
      H5Dcreate2(state_->file, name.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT), H5Dclose, name);
  state_->number_attribute(dataset, "_FillValue", std::numeric_limits<double>::quiet_NaN());
  state_->finish(dataset, name, scales, attributes);
  state_->scales[name] = scales;
}

void Hdf5File::append(const std::string& name, const Eigen::VectorXd& row) {
  const Hdf5Handle dataset = state_->checked(H5Dopen2(state_->file, name.c_str(), H5P_DEFAULT), H5Dclose, name);
  std::vector<hsize_t> shape(state_->scales.at(name).size());
  {
    const Hdf5Handle space = state_->checked(H5Dget_space(dataset), H5Sclose, name);
    state_->check(H5Sget_simple_extent_dims(space, shape.data(), nullptr) >= 0, name);
  }
  std::vector<hsize_t> start(shape.size(), 0), count = shape;
  start[0] = shape[0]++;
  count[0] = 1;
  require_size(name, static_cast<std::size_t>(row.size()), count);
  state_->check(H5Dset_extent(dataset, shape.data()) >= 0, name);
  const Hdf5Handle space = state_->checked(H5Dget_space(dataset), H5Sclose, name);
  const Hdf5Handle memory =
      state_->checked(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose, name);
  state_->check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) >= 0 &&
                    H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, row.data()) >= 0,
                name);
  if (state_->sizes.contains(name)) state_->sizes[name] = shape[0];
}

void Hdf5File::row_view(const std::string& name, const std::string& source, Index row) {
  const std::size_t slash = name.rfind('/');
  if (slash != std::string::npos && slash > 0) {
    const std::string group = name.substr(0, slash);
    if (H5Lexists(state_->file, group.c_str(), H5P_DEFAULT) <= 0) {
      const Hdf5Handle list = state_->checked(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, group);
      state_->check(H5Pset_obj_track_times(list, false) >= 0, group);
      const Hdf5Handle made =
          state_->checked(H5Gcreate2(state_->file, group.c_str(), H5P_DEFAULT, list, H5P_DEFAULT), H5Gclose, group);
    }
    // The single row of every view is an axis of its own.
    const std::string one = group + "/frame";
    if (!state_->sizes.contains(one)) bare_scale(one, 1);
  }
  std::vector<std::string> scales = state_->scales.at(source);
  std::vector<hsize_t> whole = state_->shape(scales);
  const std::vector<hsize_t> limits = [&] {
    std::vector<hsize_t> l = whole;
    l[0] = H5S_UNLIMITED;
    return l;
  }();
  std::vector<hsize_t> shape = whole, start(whole.size(), 0);
  shape[0] = 1;
  start[0] = static_cast<hsize_t>(row);
  const auto rank = static_cast<int>(shape.size());
  const Hdf5Handle from = state_->checked(H5Screate_simple(rank, whole.data(), limits.data()), H5Sclose, name);
  const Hdf5Handle to = state_->checked(H5Screate_simple(rank, shape.data(), nullptr), H5Sclose, name);
  const Hdf5Handle list = state_->creation();
  state_->check(H5Sselect_hyperslab(from, H5S_SELECT_SET, start.data(), nullptr, shape.data(), nullptr) >= 0 &&
                    H5Pset_virtual(list, to, ".", source.c_str(), from) >= 0,
                name);
  const Hdf5Handle dataset = state_->checked(
      H5Dcreate2(state_->file, name.c_str(), H5T_IEEE_F64LE, to, H5P_DEFAULT, list, H5P_DEFAULT), H5Dclose, name);
  scales[0] = name.substr(0, slash) + "/frame";
  state_->finish(dataset, name, scales, {});
}

void Hdf5File::flush() {
  state_->check(H5Fflush(state_->file, H5F_SCOPE_LOCAL) >= 0, "a frame");
}

void Hdf5File::commit() {
  flush();
  state_->check(state_->file.close(), "the end of the file");
  state_->unfinished.commit();
}

}  // namespace valleyflux
