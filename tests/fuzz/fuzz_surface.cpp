// Fuzz target: loss surfaces in HDF5 files. The HDF5 library itself crashes on files that are damaged, so the input is
// none: it says which datasets a file has, of what shapes, types, storage and values. The library writes that file, in
// memory, and our reader gets its bytes.

#include "memory_file.hpp"
#include "problems/landscapes/hdf5_handle.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"
#include "problems/tables/loss_surface.hpp"
#include "require.hpp"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

/// The input, taken from its front; zeros behind its end.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ == 0; }
  unsigned next() {
    if (empty()) return 0;
    --size_;
    return *data_++;
  }
  unsigned below(unsigned limit) { return next() % limit; }
  std::vector<std::uint8_t> take(std::size_t count) {
    std::vector<std::uint8_t> taken(count, 0);
    const std::size_t there = std::min(count, size_);
    std::copy_n(data_, there, taken.begin());
    data_ += there;
    size_ -= there;
    return taken;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

Hdf5Handle type_from(Bytes& in) {
  const std::array<hid_t, 10> plain{H5T_IEEE_F64LE, H5T_IEEE_F64LE, H5T_IEEE_F64BE, H5T_IEEE_F32LE, H5T_STD_I8LE,
                                    H5T_STD_U8LE,   H5T_STD_I32BE,  H5T_STD_U64LE,  H5T_STD_B16LE,  H5T_C_S1};
  const unsigned kind = in.below(plain.size() + 4);
  if (kind < plain.size()) return {H5Tcopy(plain[kind]), H5Tclose};
  const unsigned size = 1 + in.below(8);
  switch (kind - plain.size()) {
    case 0: return {H5Tcreate(H5T_OPAQUE, size), H5Tclose};
    case 1: {
      const hsize_t sides[1] = {size};
      return {H5Tarray_create2(H5T_IEEE_F64LE, 1, sides), H5Tclose};
    }
    case 2: {
      Hdf5Handle pair(H5Tcreate(H5T_COMPOUND, 16), H5Tclose);
      H5Tinsert(pair, "re", 0, H5T_IEEE_F64LE);
      H5Tinsert(pair, "im", 8, H5T_IEEE_F64LE);
      return pair;
    }
    default: {  // a float of unusual layout
      Hdf5Handle number(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
      H5Tset_ebias(number, in.next());
      H5Tset_norm(number, in.below(2) ? H5T_NORM_NONE : H5T_NORM_MSBSET);
      return number;
    }
  }
}

struct Shape {
  Hdf5Handle space;
  std::vector<hsize_t> sides;
  bool huge = false;  // more points than could be stored: none is
};

Shape shape_from(Bytes& in) {
  constexpr unsigned most_sides = 3, longest = 24;
  const unsigned rank = in.below(most_sides + 2);
  if (rank == 0) return {{H5Screate(in.below(2) ? H5S_NULL : H5S_SCALAR), H5Sclose}, {}, false};
  Shape shape;
  for (unsigned k = 0; k < std::min(rank, most_sides); ++k) shape.sides.push_back(in.below(longest));
  if (rank > most_sides) {
    shape.huge = true;
    for (hsize_t& side : shape.sides) side = hsize_t{1} << (10 + side % 11);
    shape.sides[0] <<= 20;
  }
  shape.space = {H5Screate_simple(static_cast<int>(shape.sides.size()), shape.sides.data(), nullptr), H5Sclose};
  return shape;
}

void add_dataset(hid_t file, const char* name, Bytes& in) {
  const unsigned choice = in.next();
  if (choice % 8 == 0) return;
  if (choice % 8 == 1) {
    const Hdf5Handle group(H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    return;
  }
  if (choice % 8 == 2) {
    H5Lcreate_soft(choice & 8 ? "/xcoordinates" : name, file, name, H5P_DEFAULT, H5P_DEFAULT);
    return;
  }
  const Hdf5Handle type = type_from(in);
  const Shape shape = shape_from(in);
  const Hdf5Handle storage(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const bool whole = std::all_of(shape.sides.begin(), shape.sides.end(), [](hsize_t side) { return side > 0; });
  if (!shape.sides.empty() && whole && (shape.huge || choice & 16)) {
    const std::vector<hsize_t> chunk(shape.sides.size(), 2);
    H5Pset_chunk(storage, static_cast<int>(chunk.size()), chunk.data());
    if (choice & 32) H5Pset_shuffle(storage);
    if (choice & 64) H5Pset_deflate(storage, 1);
  }
  const Hdf5Handle data(H5Dcreate2(file, name, type, shape.space, H5P_DEFAULT, storage, H5P_DEFAULT), H5Dclose);
  if (data < 0 || shape.huge || choice & 128) return;
  std::size_t count = 1;
  for (const hsize_t side : shape.sides) count *= side;
  if (in.below(4) > 0) {  // an arithmetic sequence, as coordinates are
    std::vector<double> values(count);
    const double first = in.below(16) - 8.0, step = 0.25 * in.below(8);
    for (std::size_t k = 0; k < count; ++k) values[k] = first + static_cast<double>(k) * step;
    H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  } else {
    const std::vector<std::uint8_t> raw = in.take(count * H5Tget_size(type));
    H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data());
  }
}

std::vector<std::uint8_t> file_from(Bytes& in) {
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  constexpr std::size_t block = 1 << 14;
  H5Pset_fapl_core(access, block, false);
  const Hdf5Handle file(H5Fcreate("in memory", H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose);
  for (const char* name : {"xcoordinates", "ycoordinates", "train_loss", "test_loss"}) add_dataset(file, name, in);
  H5Fflush(file, H5F_SCOPE_GLOBAL);
  std::vector<std::uint8_t> image(
      static_cast<std::size_t>(std::max<::ssize_t>(0, H5Fget_file_image(file, nullptr, 0))));
  H5Fget_file_image(file, image.data(), image.size());
  return image;
}

void check(const std::filesystem::path& file, const std::string& quantity) {
  try {
    const TabulatedValues table = read_loss_surface(file, {.quantity = quantity});
    Index points = 1;
    for (const auto& axis : table.axes) {
      require(axis.points >= 2 && std::isfinite(axis.first) && axis.spacing > 0, "an axis ascends");
      points *= axis.points;
    }
    require(table.values.size() == points, "a surface has a value for every point");
    require(!table.values.array().isInf().any(), "values are finite, or missing");
    tabulated_landscape(file, {.clip_above = 10.0, .table = {.quantity = quantity}});
  } catch (const std::invalid_argument&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  Bytes in(data, size);
  const std::array<const char*, 4> quantities{"", "", "test_loss", "a/b"};
  const char* quantity = quantities[in.below(quantities.size())];
  const std::vector<std::uint8_t> image = file_from(in);
  const MemoryFile file(image.data(), image.size());
  check(file.path(), quantity);
  return 0;
}
