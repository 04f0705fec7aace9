#pragma once

#include <doctest/doctest.h>
#include <hdf5.h>

#include <cstddef>
#include <vector>

namespace valleyflux {

/// The values of a dataset, which must have that shape.
inline std::vector<double> numbers(hid_t file, const char* name, std::vector<hsize_t> shape) {
  CAPTURE(name);
  const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
  REQUIRE(dataset >= 0);
  const hid_t space = H5Dget_space(dataset);
  std::vector<hsize_t> found(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, found.data(), nullptr);
  CHECK(found == shape);
  std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
  CHECK(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
  H5Sclose(space);
  H5Dclose(dataset);
  return values;
}

}  // namespace valleyflux
