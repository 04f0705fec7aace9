#pragma once

#include "solver/elimination/elimination.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <list>
#include <memory>
#include <vector>

namespace valleyflux {

/// Orders that grids had before, for problems on the same grids with other rates: a sweep of the noise. Not to be used
/// by several threads at a time.
class KnownOrders {
 public:
  /// The order of the generator's edges, as EliminationOrder makes it. Those used last are kept, of `most_states`
  /// states together.
  std::shared_ptr<const EliminationOrder> order_of(const Generator& generator, const Eigen::MatrixXi& positions);

  /// How many were known, and how many had to be made.
  int found() const { return found_; }
  int made() const { return made_; }

 private:
  static constexpr Index most_states = 1 << 20;

  struct Known {
    std::vector<std::int32_t> from, to;
    Eigen::MatrixXi positions;
    std::shared_ptr<const EliminationOrder> order;
  };
  std::list<Known> known_;  // the one used last first
  int found_ = 0, made_ = 0;
};

}  // namespace valleyflux
