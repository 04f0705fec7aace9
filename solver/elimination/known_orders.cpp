#include "solver/elimination/known_orders.hpp"

#include <algorithm>

namespace valleyflux {

std::shared_ptr<const EliminationOrder> KnownOrders::order_of(const Generator& generator,
                                                              const Eigen::MatrixXi& positions) {
  const auto same = [&](const Known& known) {
    return known.from == generator.from && known.to == generator.to && known.positions.cols() == positions.cols() &&
           known.positions == positions;
  };
  const auto known = std::find_if(known_.begin(), known_.end(), same);
  if (known != known_.end()) {
    ++found_;
    known_.splice(known_.begin(), known_, known);
    return known_.front().order;
  }
  ++made_;
  auto order = std::make_shared<const EliminationOrder>(generator, positions);
  known_.push_front({generator.from, generator.to, positions, order});
  Index states = 0;
  known_.erase(std::find_if(known_.begin(), known_.end(),
                            [&](const Known& one) { return (states += one.positions.cols()) > most_states; }),
               known_.end());
  return order;
}

}  // namespace valleyflux
