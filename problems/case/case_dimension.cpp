#include "problems/case/case_dimension.hpp"

#include "problems/landscapes/built_in.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

constexpr const char* what_to_write =
    "write [grid] with x = {} for one dimension, x = {} and y = {} for two (or variables = [...], the names of the "
    "coordinates), or [box] for particles alone";

/// What a key says of the dimension.
struct DimensionClaim {
  int dimension;
  std::string key;
};

/// The highest variable that a text or the texts of an array name; 0: none.
int variables_in(const toml::node& node) {
  if (const toml::array* array = node.as_array()) {
    int highest = 0;
    for (const toml::node& entry : *array) highest = std::max(highest, variables_in(entry));
    return highest;
  }
  const std::string text = node.value<std::string>().value_or("");
  const std::vector<std::string> names = variable_names(3);
  for (std::size_t k = names.size(); k-- > 0;)
    if (mentions(text, names[k])) return static_cast<int>(k) + 1;
  return 0;
}

class Claims {
 public:
  explicit Claims(CaseReader& root) : root_(root) {}

  void of_built_in(const char* table_name) {
    auto table = root_.table(table_name);
    if (!table || !table->find("name")) return;
    const std::string name = table->required_text("name");
    const int dimension = placed(table->place("name"), [&] { return built_in(name).dimension; });
    if (dimension > 0) add(dimension, table->name("name"));
  }
  void of_array(const char* table_name, const char* key) {
    auto table = root_.table(table_name);
    const toml::node* node = table ? table->find(key) : nullptr;
    if (node && node->is_array()) add(static_cast<int>(node->as_array()->size()), table->name(key));
  }
  /// least: of what variables tell; a constant or a function of x may belong to a plane.
  void of_variables(const char* table_name, const char* key, int least) {
    auto table = root_.table(table_name);
    const toml::node* node = table ? table->find(key) : nullptr;
    const int dimension = node ? variables_in(*node) : 0;
    if (dimension >= least) add(dimension, table->name(key));
  }
  const std::vector<DimensionClaim>& all() const { return all_; }

 private:
  void add(int dimension, std::string key) { all_.push_back({dimension, std::move(key)}); }

  CaseReader& root_;
  std::vector<DimensionClaim> all_;
};

}  // namespace

std::optional<int> implied_dimension(CaseReader& root) {
  auto landscape = root.table("landscape");
  if (!!landscape == !!root.table("drift")) return 1;  // which is complained of when they are read
  if (landscape && landscape->find("file")) return std::nullopt;
  Claims claims(root);
  claims.of_built_in("landscape");
  claims.of_built_in("drift");
  claims.of_array("drift", "expression");
  claims.of_variables("landscape", "expression", 1);
  for (const char* key : {"D", "mobility"}) {
    claims.of_array("diffusion", key);
    claims.of_variables("diffusion", key, 2);
  }
  const std::string key = root.find("drift") ? "drift" : root.find("landscape") ? "landscape" : "";
  if (claims.all().empty())
    root.fail(key, fmt::format("nothing says how many dimensions the case has: {}", what_to_write));
  const DimensionClaim& first = claims.all().front();
  for (const DimensionClaim& other : claims.all())
    if (other.dimension != first.dimension)
      root.fail(key, fmt::format("{} says {} dimension{}, {} says {}: {}", first.key, first.dimension,
                                 first.dimension == 1 ? "" : "s", other.key, other.dimension, what_to_write));
  if (first.dimension > 2)
    root.fail(key, fmt::format("{} has {} dimensions, grids have one or two: give a [box], for particles alone",
                               first.key, first.dimension));
  return first.dimension;
}

}  // namespace valleyflux
