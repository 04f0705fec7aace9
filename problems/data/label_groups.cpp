#include "problems/data/label_groups.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace valleyflux {

DataSet grouped(const DataSet& data, const std::vector<std::string>& group) {
  std::vector<char> inside(data.classes.size(), 0);
  for (const std::string& label : group) {
    const auto found = std::find(data.classes.begin(), data.classes.end(), label);
    if (found == data.classes.end())
      throw std::invalid_argument(
          fmt::format("the data have no label \"{}\": there are {}", label, fmt::join(data.classes, ", ")));
    inside[static_cast<std::size_t>(found - data.classes.begin())] = 1;
  }
  DataSet result{data.features, {}, {"", ""}};
  for (std::size_t c = 0; c < inside.size(); ++c) {
    std::string& name = result.classes[inside[c] ? 1 : 0];
    name += (name.empty() ? "" : "+") + data.classes[c];
  }
  if (result.classes[0].empty() || result.classes[1].empty())
    throw std::invalid_argument(
        fmt::format("a group must hold some of the labels {}, but not all of them", fmt::join(data.classes, ", ")));
  for (const int label : data.labels) result.labels.push_back(inside[static_cast<std::size_t>(label)]);
  return result;
}

std::vector<std::string> random_half(const DataSet& data, std::uint64_t seed) {
  const std::size_t classes = data.classes.size();
  if (classes < 2) throw std::invalid_argument("data of one class cannot be grouped into two");
  std::vector<std::size_t> order(classes);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (classes == 2) return {data.classes[1]};
  boost::random::mt19937_64 bits(seed);
  for (std::size_t n = classes - 1; n > 0; --n)
    std::swap(order[n], order[boost::random::uniform_int_distribution<std::size_t>(0, n)(bits)]);
  order.resize(classes / 2);
  std::sort(order.begin(), order.end());
  std::vector<std::string> group;
  for (const std::size_t c : order) group.push_back(data.classes[c]);
  return group;
}

}  // namespace valleyflux
