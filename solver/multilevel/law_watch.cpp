#include "solver/multilevel/law_watch.hpp"

#include "solver/multilevel/flow_graph.hpp"
#include "solver/multilevel/multilevel_options.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

double largest_of(const Eigen::VectorXd& law) {
  double top = 0.0;
  const Index states = law.size();
#pragma omp parallel for schedule(static) reduction(max : top) if (states > worth_a_team)
  for (Index i = 0; i < states; ++i) top = std::max(top, law[i]);
  if (!(top > 0) || !std::isfinite(top)) throw Stalled("the multilevel solver left the range of double precision");
  return top;
}

}  // namespace

LawWatch::LawWatch(const Eigen::VectorXd& law) : before_(law), top_(largest_of(law)) {}

double LawWatch::change(const Eigen::VectorXd& law) {
  const double top = largest_of(law), scale = top_ / top, top_before = top_;
  constexpr double watched = 1e-250, then = 1e-290;
  double change = 0.0;
  const Index states = law.size();
#pragma omp parallel for schedule(static) reduction(max : change) if (states > worth_a_team)
  for (Index i = 0; i < states; ++i) {
    if (law[i] > watched * top && before_[i] > then * top_before)
      change = std::max(change, std::abs(law[i] / before_[i] * scale - 1.0));
    before_[i] = law[i];
  }
  top_ = top;
  return change;
}

double LawWatch::rescale() {
  const double factor = 1.0 / top_;
  before_ *= factor;
  top_ = 1.0;
  return factor;
}

}  // namespace valleyflux
