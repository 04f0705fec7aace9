#include "problems/landscapes/bounded_landscape.hpp"

#include "problems/landscapes/redrawn_table.hpp"
#include "problems/landscapes/table_extension.hpp"
#include "problems/tables/table_function.hpp"

#include <utility>

namespace valleyflux {

namespace {

class BoundedLandscape final : public Landscape {
 public:
  BoundedLandscape(const TabulatedValues& given, std::vector<char> held, const TabulatedValues& filled)
      : held_(std::move(held)),
        // Newton's method may look a little beyond the ends.
        function_(given.quantity, filled, TableFunction::Shape::bounded, TableFunction::Beyond::held) {
    if (given.errors.size() > 0) uncertain_ = given;
  }

  int dimension() const override { return function_.arguments(); }
  std::optional<LandscapeDomain> domain() const override { return domain_of(function_.axes(), held_); }
  std::shared_ptr<const Landscape> redrawn(std::uint64_t seed) const override {
    if (!uncertain_) return nullptr;
    return bounded_landscape(redrawn_table(*uncertain_, seed));
  }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    const Index d = dimension(), n = points.cols();
    samples.value.resize(n);
    samples.gradient.resize(order > 0 ? d : 0, order > 0 ? n : 0);
    samples.hessian.resize(order > 1 ? d * d : 0, order > 1 ? n : 0);
    samples.third.resize(order > 2 ? d * d * d : 0, order > 2 ? n : 0);
    for (Index p = 0; p < n; ++p) {
      const auto derivatives = function_.derivatives(points(0, p), d == 2 ? points(1, p) : 0.0, order);
      const auto by = [&](Index x, Index y) {
        return derivatives[static_cast<std::size_t>(x)][static_cast<std::size_t>(y)];
      };
      samples.value[p] = by(0, 0);
      for (Index i = 0; i < d && order > 0; ++i) {
        samples.gradient(i, p) = by(1 - i, i);
        for (Index j = 0; j < d && order > 1; ++j) {
          samples.hessian(i + d * j, p) = by(2 - i - j, i + j);
          for (Index k = 0; k < d && order > 2; ++k)
            samples.third(i + d * j + d * d * k, p) = by(3 - i - j - k, i + j + k);
        }
      }
    }
  }

 private:
  std::vector<char> held_;
  TableFunction function_;
  std::optional<TabulatedValues> uncertain_;  // the table, where it has errors
};

}  // namespace

std::shared_ptr<const Landscape> bounded_landscape(const TabulatedValues& table) {
  TabulatedValues filled = table;
  std::vector<char> held = fill_missing(filled, hold_nearest_values);
  return std::make_shared<BoundedLandscape>(table, std::move(held), filled);
}

}  // namespace valleyflux
