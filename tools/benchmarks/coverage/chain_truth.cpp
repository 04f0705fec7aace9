#include "tools/benchmarks/coverage/chain_truth.hpp"

#include <Eigen/Core>
#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux::coverage {

namespace {

/// (-Q) u = f for a generator given by its rates between states and out of them (Grassmann, Taksar & Heyman 1985).
class Elimination {
 public:
  Elimination(Eigen::MatrixXd rates, Eigen::VectorXd exits) : q_(std::move(rates)), d_(exits.size()) {
    for (Eigen::Index s = d_.size() - 1; s >= 0; --s) {
      d_[s] = q_.row(s).head(s).sum() + exits[s];
      q_.col(s).head(s) /= d_[s];
      q_.topLeftCorner(s, s).noalias() += q_.col(s).head(s) * q_.row(s).head(s);
      exits.head(s) += q_.col(s).head(s) * exits[s];
    }
  }

  Eigen::VectorXd solve(Eigen::VectorXd f) const {
    for (Eigen::Index s = d_.size() - 1; s > 0; --s) f.head(s) += q_.col(s).head(s) * f[s];
    for (Eigen::Index s = 0; s < d_.size(); ++s) f[s] = (f[s] + q_.row(s).head(s).dot(f.head(s))) / d_[s];
    return f;
  }

 private:
  Eigen::MatrixXd q_;
  Eigen::VectorXd d_;
};

/// Probability of a standard normal variable between a and b, tails to relative accuracy.
double normal_between(double a, double b) {
  const auto beyond = [](double z) { return 0.5 * std::erfc(z * M_SQRT1_2); };
  return a > 0.0 ? beyond(a) - beyond(b) : beyond(-b) - beyond(-a);
}

class Kernel {
 public:
  explicit Kernel(const ChainEscape& escape) : escape_(escape) {
    const double width = escape.box.width();
    if (escape.lost_low && escape.lost_high) {
      images_ = {{1.0, 0.0}};
    } else if (escape.lost_high) {
      images_ = {{1.0, 0.0}, {-1.0, 2.0 * escape.box.low}};
    } else if (escape.lost_low) {
      images_ = {{1.0, 0.0}, {-1.0, 2.0 * escape.box.high}};
    } else {
      for (int k = -4; k <= 4; ++k) {
        images_.push_back({1.0, 2.0 * k * width});
        images_.push_back({-1.0, 2.0 * escape.box.low + 2.0 * k * width});
      }
    }
  }

  double deviation(double x) const {
    return std::sqrt(2.0 * escape_.eta * static_cast<double>(escape_.process.noise(x)));
  }

  /// Density of landing at y from x.
  double density(double x, double y) const {
    const double mean = middle(x), sd = deviation(x);
    double sum = 0.0;
    for (const Image& image : images_) {
      const double z = (image.sign * y + image.shift - mean) / sd;
      sum += std::exp(-0.5 * z * z);
    }
    return sum / (sd * std::sqrt(2.0 * M_PI));
  }

  /// Probability of landing in the target or being lost.
  double exit(double x) const {
    const double mean = middle(x), sd = deviation(x);
    double sum = 0.0;
    double first = escape_.box.low, last = escape_.box.high;  // what the unfolded steps that are kept reach
    for (const Image& image : images_) {
      const double a = image.sign * escape_.target.low + image.shift,
                   b = image.sign * escape_.target.high + image.shift;
      sum += normal_between((std::min(a, b) - mean) / sd, (std::max(a, b) - mean) / sd);
      for (const double end : {escape_.box.low, escape_.box.high}) {
        first = std::min(first, image.sign * end + image.shift);
        last = std::max(last, image.sign * end + image.shift);
      }
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (escape_.lost_low || escape_.lost_high)
      sum += normal_between(-infinity, (first - mean) / sd) + normal_between((last - mean) / sd, infinity);
    return sum;
  }

 private:
  struct Image {
    double sign, shift;
  };
  double middle(double x) const { return x - escape_.eta * static_cast<double>(escape_.process.slope(x)); }

  const ChainEscape& escape_;
  std::vector<Image> images_;
};

ChainTruth solved(const ChainEscape& escape, int refinement) {
  using Rule = boost::math::quadrature::gauss<double, 16>;
  const Kernel kernel(escape);
  std::vector<double> x, weight;
  constexpr std::size_t most = 1400;
  for (const Segment& kept :
       {Segment{escape.box.low, escape.target.low}, Segment{escape.target.high, escape.box.high}}) {
    if (!(kept.high > kept.low)) continue;
    double narrow = kernel.deviation(kept.low);
    for (int k = 1; k <= 200; ++k) narrow = std::min(narrow, kernel.deviation(kept.low + kept.width() * k / 200.0));
    const int panels = static_cast<int>(std::ceil(kept.width() / (2.5 * narrow) * refinement)) + 1;
    if (x.size() + 16 * static_cast<std::size_t>(panels) > most) throw TruthError("steps too short to collocate");
    for (int panel = 0; panel < panels; ++panel)
      for (const double side : {-1.0, 1.0})
        for (std::size_t k = 0; k < Rule::abscissa().size(); ++k) {
          const double half = 0.5 * kept.width() / panels;
          x.push_back(kept.low + half * (2 * panel + 1 + side * Rule::abscissa()[k]));
          weight.push_back(half * Rule::weights()[k]);
        }
  }
  const auto n = static_cast<Eigen::Index>(x.size());
  Eigen::MatrixXd rates(n, n);
  Eigen::VectorXd exits(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double from = x[static_cast<std::size_t>(i)];
    for (Eigen::Index j = 0; j < n; ++j)
      rates(i, j) = weight[static_cast<std::size_t>(j)] * kernel.density(from, x[static_cast<std::size_t>(j)]);
    exits[i] = kernel.exit(from);
  }
  const Elimination elimination(std::move(rates), std::move(exits));
  const Eigen::VectorXd steps = elimination.solve(Eigen::VectorXd::Ones(n));
  double mean = 1.0;
  for (Eigen::Index j = 0; j < n; ++j)
    mean +=
        weight[static_cast<std::size_t>(j)] * kernel.density(escape.start, x[static_cast<std::size_t>(j)]) * steps[j];
  Eigen::VectorXd u = steps / steps.maxCoeff();
  double last = 0.0;
  for (int iteration = 0; iteration < 400; ++iteration) {
    Eigen::VectorXd next = elimination.solve(u);
    const double largest = next.maxCoeff();  // of u: 1
    u = next / largest;
    if (std::abs(largest / last - 1.0) < 1e-13)
      return {-std::log(largest) - std::log(escape.eta), std::log(mean) + std::log(escape.eta)};
    last = largest;
  }
  throw TruthError("the chain's leading eigenvalues are too near to each other");
}

}  // namespace

ChainTruth chain_truth(const ChainEscape& escape) {
  const ChainTruth coarse = solved(escape, 1), fine = solved(escape, 2);
  if (!(std::abs(coarse.log_rate - fine.log_rate) < 1e-9 && std::abs(coarse.log_time - fine.log_time) < 1e-9))
    throw TruthError("two resolutions of the chain differ");
  return fine;
}

}  // namespace valleyflux::coverage
