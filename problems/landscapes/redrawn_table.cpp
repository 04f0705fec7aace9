#include "problems/landscapes/redrawn_table.hpp"

#include "problems/data/synthetic_data.hpp"

namespace valleyflux {

TabulatedValues redrawn_table(TabulatedValues table, std::uint64_t seed) {
  table.values += table.errors.cwiseProduct(normal_numbers(table.values.size(), seed));
  table.errors.resize(0);
  return table;
}

}  // namespace valleyflux
