#include "problems/landscapes/bounded_landscape.hpp"

#include "problems/landscapes/redrawn_table.hpp"
#include "problems/landscapes/samples_of_derivatives.hpp"
#include "problems/tables/table_function.hpp"

namespace valleyflux {

namespace {

class BoundedLandscape final : public Landscape {
 public:
  BoundedLandscape(const TabulatedValues& given)
      :  // Newton's method may look a little beyond the ends.
        function_(given.quantity, given, TableFunction::Shape::bounded, TableFunction::Beyond::held) {
    if (given.errors.size() > 0) uncertain_ = given;
  }

  int dimension() const override { return function_.arguments(); }
  std::optional<LandscapeDomain> domain() const override { return function_.domain(); }
  std::shared_ptr<const Landscape> redrawn(std::uint64_t seed) const override {
    if (!uncertain_) return nullptr;
    return bounded_landscape(redrawn_table(*uncertain_, seed));
  }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    sample_derivatives(points, order, samples, [&](Index p) {
      return function_.derivatives(points(0, p), points.rows() == 2 ? points(1, p) : 0.0, order);
    });
  }

 private:
  TableFunction function_;
  std::optional<TabulatedValues> uncertain_;  // the table, where it has errors
};

}  // namespace

std::shared_ptr<const Landscape> bounded_landscape(const TabulatedValues& table) {
  return std::make_shared<BoundedLandscape>(table);
}

}  // namespace valleyflux
