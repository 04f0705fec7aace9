#include "problems/landscapes/hdf5_reading.hpp"

#include "problems/landscapes/hdf5_handle.hpp"

#include <hdf5.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace valleyflux {

std::string attached_text(hid_t attribute) {
  const Hdf5Handle type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
  if (H5Tis_variable_str(type) <= 0 || H5Sget_simple_extent_npoints(space) != 1) return "";
  char* read = nullptr;
  if (H5Aread(attribute, type, &read) < 0 || !read) return "";
  std::string text(read);
  H5free_memory(read);
  return text;
}

std::string attached_text(hid_t object, const std::string& name) {
  if (H5Aexists(object, name.c_str()) <= 0) return "";
  const Hdf5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
  return attached_text(attribute);
}

std::vector<double> attached_numbers(hid_t object, const std::string& name) {
  if (H5Aexists(object, name.c_str()) <= 0) return {};
  const Hdf5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  if (H5Tget_class(type) != H5T_FLOAT || count <= 0) return {};
  std::vector<double> values(static_cast<std::size_t>(count));
  if (H5Aread(attribute, H5T_NATIVE_DOUBLE, values.data()) < 0) return {};
  return values;
}

std::vector<hsize_t> sizes_of(hid_t dataset) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  std::vector<hsize_t> sizes(static_cast<std::size_t>(std::max(H5Sget_simple_extent_ndims(space), 0)));
  if (!sizes.empty()) H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
  return sizes;
}

std::optional<std::vector<std::string>> texts_in(hid_t dataset) {
  const std::vector<hsize_t> sizes = sizes_of(dataset);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  if (sizes.size() != 1 || sizes[0] > most_read || H5Tis_variable_str(type) <= 0) return std::nullopt;
  std::vector<char*> read(sizes[0], nullptr);
  if (sizes[0] > 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()) < 0) return std::nullopt;
  std::vector<std::string> texts;
  for (char* text : read) {
    texts.emplace_back(text ? text : "");
    if (text) H5free_memory(text);
  }
  return texts;
}

std::vector<std::string> names_in(hid_t file) {
  std::vector<std::string> names;
  H5G_info_t group{};
  H5Gget_info(file, &group);
  for (hsize_t k = 0; k < group.nlinks; ++k) {
    const ssize_t size = H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, k, nullptr, 0, H5P_DEFAULT);
    std::string name(static_cast<std::size_t>(std::max<ssize_t>(size, 0)) + 1, '\0');
    H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, k, name.data(), name.size(), H5P_DEFAULT);
    name.pop_back();
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace valleyflux
