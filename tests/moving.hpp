#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "problems/dynamics/diffusion_model.hpp"

#include <memory>
#include <utility>

/// Where something is along the first axis, at constant speed.
struct Motion {
  double start, speed;

  double operator()(double time) const { return start + speed * time; }
  bool moves() const { return speed != 0.0; }
  Motion frozen(double time) const { return {(*this)(time), 0.0}; }

  /// Points as what moves sees them.
  Eigen::MatrixXd seen(Eigen::MatrixXd points, double time) const {
    points.row(0).array() -= (*this)(time);
    return points;
  }
};

/// L(x - s(t)).
class MovingLandscape final : public valleyflux::Landscape {
 public:
  MovingLandscape(std::shared_ptr<const Landscape> at_rest, Motion motion)
      : at_rest_(std::move(at_rest)), motion_(motion) {}
  int dimension() const override { return at_rest_->dimension(); }
  bool depends_on_time() const override { return motion_.moves(); }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, valleyflux::FieldSamples& samples,
              double time) const override {
    at_rest_->sample(motion_.seen(points, time), order, samples);
  }

 private:
  std::shared_ptr<const Landscape> at_rest_;
  Motion motion_;
};

/// F(x - s(t)).
class MovingField final : public valleyflux::VectorField {
 public:
  MovingField(std::shared_ptr<const VectorField> at_rest, Motion motion)
      : at_rest_(std::move(at_rest)), motion_(motion) {}
  int dimension() const override { return at_rest_->dimension(); }
  bool depends_on_time() const override { return motion_.moves(); }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, valleyflux::VectorSamples& samples,
              double time) const override {
    at_rest_->sample(motion_.seen(points, time), order, samples);
  }

 private:
  std::shared_ptr<const VectorField> at_rest_;
  Motion motion_;
};

/// D(x - s(t)).
class MovingDiffusion final : public valleyflux::DiffusionModel {
 public:
  MovingDiffusion(std::shared_ptr<const DiffusionModel> at_rest, Motion motion)
      : at_rest_(std::move(at_rest)), motion_(motion) {}
  int dimension() const override { return at_rest_->dimension(); }
  bool depends_on_time() const override { return motion_.moves(); }
  bool constant() const override { return at_rest_->constant(); }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, bool with_gradient,
              valleyflux::DiffusionSamples& samples, double time) const override {
    at_rest_->sample(motion_.seen(points, time), with_gradient, samples);
  }

 private:
  std::shared_ptr<const DiffusionModel> at_rest_;
  Motion motion_;
};

/// Drift and noise that move together.
inline valleyflux::Dynamics moving(const valleyflux::Dynamics& at_rest, Motion motion) {
  using namespace valleyflux;
  const Drift drift = at_rest.drift.landscape()
                          ? Drift(std::make_shared<MovingLandscape>(at_rest.drift.landscape(), motion))
                          : Drift(std::make_shared<MovingField>(at_rest.drift.field(), motion));
  return {drift, std::make_shared<MovingDiffusion>(at_rest.diffusion, motion), at_rest.interpretation};
}
