#include "problems/data/idx_file.hpp"

#include "problems/data/compressed_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace valleyflux {

namespace {

/// An array of unsigned bytes.
struct IdxArray {
  std::vector<Index> sides;
  std::string contents;
  std::size_t begin = 0;  // of the bytes in the contents
  double at(Index n) const { return static_cast<unsigned char>(contents[begin + static_cast<std::size_t>(n)]); }
};

IdxArray read_array(const std::filesystem::path& file, std::size_t dimensions) {
  IdxArray array;
  array.contents = file_contents(file);
  const auto fail = [&](const std::string& what) {
    throw std::invalid_argument(fmt::format("{}: {}", file.string(), what));
  };
  const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(array.contents[n]); };
  array.begin = 4 + 4 * dimensions;
  if (array.contents.size() < array.begin) fail("is too short for an IDX file");
  constexpr std::size_t unsigned_bytes = 8;
  if (byte(0) != 0 || byte(1) != 0 || byte(2) != unsigned_bytes || byte(3) != dimensions)
    fail(
        fmt::format("is no IDX file of unsigned bytes in {} dimensions (it begins with {:02x}{:02x}{:02x}{:02x}, not "
                    "with {:08x})",
                    dimensions, byte(0), byte(1), byte(2), byte(3), unsigned_bytes * 256 + dimensions));
  double size = 1.0;
  for (std::size_t k = 0; k < dimensions; ++k) {
    Index side = 0;
    for (std::size_t n = 0; n < 4; ++n) side = 256 * side + byte(4 + 4 * k + n);
    if (side == 0) fail("holds nothing: a side of its array is 0");
    array.sides.push_back(side);
    size *= static_cast<double>(side);
  }
  if (size != static_cast<double>(array.contents.size() - array.begin))
    fail(fmt::format("holds {} bytes of data, its head tells of {}", array.contents.size() - array.begin, size));
  return array;
}

}  // namespace

DataSet read_idx(const std::filesystem::path& images, const std::filesystem::path& labels, int pool) {
  const IdxArray pixels = read_array(images, 3), classes = read_array(labels, 1);
  const Index count = pixels.sides[0], rows = pixels.sides[1], columns = pixels.sides[2];
  if (classes.sides[0] != count)
    throw std::invalid_argument(fmt::format("{} holds {} labels for the {} images of {}", labels.string(),
                                            classes.sides[0], count, images.string()));
  if (pool < 1 || rows % pool != 0 || columns % pool != 0)
    throw std::invalid_argument(
        fmt::format("squares of {0} x {0} pixels do not divide images of {1} x {2}", pool, rows, columns));
  constexpr double white = 255.0;
  const double weight = 1.0 / (white * pool * pool);
  DataSet data;
  const Index across = columns / pool;
  data.features = Eigen::MatrixXd::Zero(rows / pool * across, count);
  int highest = 0;
  for (Index s = 0; s < count; ++s) {
    for (Index r = 0; r < rows; ++r)
      for (Index c = 0; c < columns; ++c)
        data.features(r / pool * across + c / pool, s) += weight * pixels.at((s * rows + r) * columns + c);
    data.labels.push_back(static_cast<int>(classes.at(s)));
    highest = std::max(highest, data.labels.back());
  }
  for (int c = 0; c <= highest; ++c) data.classes.push_back(std::to_string(c));
  return data;
}

}  // namespace valleyflux
