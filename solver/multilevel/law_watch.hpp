#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// How much a law changes from one look at it to the next, whatever its scale. Throws Stalled where its largest entry
/// is not a positive number.
class LawWatch {
 public:
  explicit LawWatch(const Eigen::VectorXd& law);

  /// The largest relative change of any entry that is watched: above 1e-250 of the largest.
  double change(const Eigen::VectorXd& law);
  double top() const { return top_; }
  /// The law is to be multiplied by what is returned: its largest entry is 1 then.
  double rescale();

 private:
  Eigen::VectorXd before_;
  double top_;
};

}  // namespace valleyflux
