// Fuzz target: images and labels in the IDX format, packed by gzip or not. The first byte is the side of the squares
// that are averaged, the second the length of the labels' file, which follows; the rest is the images'.

#include "memory_file.hpp"
#include "problems/data/idx_file.hpp"
#include "require.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>

using namespace valleyflux;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const int pool = data[0];
  const std::size_t length = std::min<std::size_t>(data[1], size - 2);
  const MemoryFile labels(data + 2, length), images(data + 2 + length, size - 2 - length);
  try {
    const DataSet set = read_idx(images.path(), labels.path(), pool);
    require(set.features.cols() == static_cast<Index>(set.labels.size()), "every image has a label");
    require((set.features.array() >= 0.0).all() && (set.features.array() <= 1.0 + 1e-12).all(),
            "grey values lie between 0 and 1");
    for (const int label : set.labels)
      require(label >= 0 && label < static_cast<int>(set.classes.size()), "every label is one of the classes");
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
