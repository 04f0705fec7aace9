#include "problems/landscapes/clipped_landscape.hpp"

#include <utility>

namespace valleyflux {

namespace {

class ClippedLandscape final : public Landscape {
 public:
  ClippedLandscape(std::shared_ptr<const Landscape> landscape, std::shared_ptr<const Landscape> higher)
      : landscape_(std::move(landscape)), higher_(std::move(higher)) {}

  int dimension() const override { return landscape_->dimension(); }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double time) const override {
    landscape_->sample(points, order, samples, time);
  }
  bool depends_on_time() const override { return landscape_->depends_on_time(); }
  std::optional<LandscapeDomain> domain() const override { return landscape_->domain(); }
  std::shared_ptr<const Landscape> redrawn(std::uint64_t seed) const override { return landscape_->redrawn(seed); }
  std::shared_ptr<const Landscape> clipped_higher() const override { return higher_; }
  std::optional<GraphNode> append_to(ExpressionGraph& graph) const override { return landscape_->append_to(graph); }
  std::shared_ptr<const DataTerms> terms() const override { return landscape_->terms(); }

 private:
  std::shared_ptr<const Landscape> landscape_, higher_;
};

}  // namespace

std::shared_ptr<const Landscape> clipped_landscape(std::shared_ptr<const Landscape> landscape,
                                                   std::shared_ptr<const Landscape> clipped_higher) {
  return std::make_shared<ClippedLandscape>(std::move(landscape), std::move(clipped_higher));
}

}  // namespace valleyflux
