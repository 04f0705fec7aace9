#include "problems/losses/lane_gradients.hpp"
#include "problems/losses/losses.hpp"
#include "problems/losses/require_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace valleyflux {

namespace {

using Layers = std::vector<Eigen::MatrixXd>;

/// What the samples of a chunk make of a network, layer by layer (units x samples).
struct Pass {
  Layers inputs;            // of each layer: after the ReLU of the one before
  Eigen::MatrixXd outputs;  // of the last layer
};

/// 1 where a unit passes its input on, 0 where the ReLU cuts it off.
Eigen::MatrixXd passing(const Eigen::MatrixXd& units) {
  return (units.array() > 0.0).cast<double>();
}

/// Softmax over each column.
Eigen::MatrixXd probabilities(const Eigen::MatrixXd& outputs) {
  Eigen::MatrixXd result = (outputs.rowwise() - outputs.colwise().maxCoeff()).array().exp();
  for (Index s = 0; s < result.cols(); ++s) result.col(s) /= result.col(s).sum();
  return result;
}

constexpr Index chunk = 256;  // samples worked on together

class NetworkLoss final : public Loss {
 public:
  NetworkLoss(const DataSet& data, const NetworkShape& shape) : features_(data.features), labels_(data.labels) {
    units_.push_back(features_.rows());
    for (int layer = 1; layer < shape.depth; ++layer) units_.push_back(shape.width);
    units_.push_back(static_cast<Index>(data.classes.size()));
    for (std::size_t layer = 0; layer + 1 < units_.size(); ++layer) {
      first_.push_back(dimension_);
      dimension_ += units_[layer] * units_[layer + 1];
    }
  }

  Index dimension() const override { return dimension_; }
  Index samples() const override { return features_.cols(); }

  double value(const Eigen::VectorXd& theta) const override {
    const Layers weights = weights_of(theta);
    double sum = 0.0;
    over_chunks([&](Index first, Index count) {
      const Eigen::MatrixXd outputs = forward(weights, first, count).outputs;
      const Eigen::RowVectorXd highest = outputs.colwise().maxCoeff();
      const Eigen::RowVectorXd logs =
          (outputs.rowwise() - highest).array().exp().colwise().sum().log() + highest.array();
      for (Index s = 0; s < count; ++s) sum += logs[s] - outputs(label(first + s), s);
    });
    return sum / static_cast<double>(samples());
  }

  Eigen::VectorXd gradient(const Eigen::VectorXd& theta) const override {
    const Layers weights = weights_of(theta);
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(dimension_);
    over_chunks([&](Index first, Index count) {
      const Pass pass = forward(weights, first, count);
      const Layers slopes = backward(weights, pass, first);
      for (std::size_t layer = 0; layer < weights.size(); ++layer)
        of_layer(sum, layer) += slopes[layer] * pass.inputs[layer].transpose();
    });
    return sum / static_cast<double>(samples());
  }

  Eigen::MatrixXd sample_gradients(const Eigen::VectorXd& theta, Index first, Index count) const override {
    const Layers weights = weights_of(theta);
    const Pass pass = forward(weights, first, count);
    const Layers slopes = backward(weights, pass, first);
    Eigen::MatrixXd result(dimension_, count);
    Eigen::VectorXd one(dimension_);
    for (Index s = 0; s < count; ++s) {
      for (std::size_t layer = 0; layer < weights.size(); ++layer)
        of_layer(one, layer).noalias() = slopes[layer].col(s) * pass.inputs[layer].col(s).transpose();
      result.col(s) = one;
    }
    return result;
  }

  /// By the R-operator of Pearlmutter (1994): derivatives of all intermediate results along a direction. A ReLU has no
  /// curvature but at its kink, which is left out.
  Eigen::MatrixXd hessian_product(const Eigen::VectorXd& theta, const Eigen::MatrixXd& directions) const override {
    const Layers weights = weights_of(theta);
    Eigen::MatrixXd result = Eigen::MatrixXd::Zero(dimension_, directions.cols());
    over_chunks([&](Index first, Index count) {
      const Pass pass = forward(weights, first, count);
      const Layers slopes = backward(weights, pass, first);
      const Eigen::MatrixXd softmax = probabilities(pass.outputs);
      for (Index n = 0; n < directions.cols(); ++n)
        add_product(weights, pass, slopes, softmax, weights_of(directions.col(n)), result.col(n));
    });
    return result / static_cast<double>(samples());
  }

  std::size_t workspace() const override { return network_workspace(units_); }
  void minibatch_gradients(const double* theta, const std::uint32_t* rows, Index batch, double* gradient,
                           double* workspace) const override {
    network_lanes(units_, features_.data(), labels_.data(), theta, rows, batch, gradient, workspace);
  }

 private:
  Index label(Index sample) const { return labels_[static_cast<std::size_t>(sample)]; }

  Eigen::Map<Eigen::MatrixXd> of_layer(Eigen::Ref<Eigen::VectorXd> theta, std::size_t layer) const {
    return {theta.data() + first_[layer], units_[layer + 1], units_[layer]};
  }

  Layers weights_of(const Eigen::VectorXd& theta) const {
    Layers weights;
    for (std::size_t layer = 0; layer < first_.size(); ++layer)
      weights.emplace_back(
          Eigen::Map<const Eigen::MatrixXd>(theta.data() + first_[layer], units_[layer + 1], units_[layer]));
    return weights;
  }

  template <class Work>
  void over_chunks(const Work& work) const {
    for (Index first = 0; first < samples(); first += chunk) work(first, std::min(chunk, samples() - first));
  }

  Pass forward(const Layers& weights, Index first, Index count) const {
    Pass pass;
    pass.inputs.emplace_back(features_.middleCols(first, count));
    for (std::size_t layer = 0; layer + 1 < weights.size(); ++layer)
      pass.inputs.emplace_back((weights[layer] * pass.inputs.back()).cwiseMax(0.0));
    pass.outputs = weights.back() * pass.inputs.back();
    return pass;
  }

  /// Slopes of each sample's loss along the outputs of every layer.
  Layers backward(const Layers& weights, const Pass& pass, Index first) const {
    Layers slopes(weights.size());
    slopes.back() = probabilities(pass.outputs);
    for (Index s = 0; s < pass.outputs.cols(); ++s) slopes.back()(label(first + s), s) -= 1.0;
    for (std::size_t layer = weights.size() - 1; layer-- > 0;)
      slopes[layer] =
          (weights[layer + 1].transpose() * slopes[layer + 1]).cwiseProduct(passing(pass.inputs[layer + 1]));
    return slopes;
  }

  void add_product(const Layers& weights, const Pass& pass, const Layers& slopes, const Eigen::MatrixXd& softmax,
                   const Layers& direction, Eigen::Ref<Eigen::VectorXd> result) const {
    const std::size_t layers = weights.size();
    Layers inputs(layers);  // derivatives of the inputs along the direction; those of the first layer do not change
    for (std::size_t layer = 0; layer + 1 < layers; ++layer) {
      Eigen::MatrixXd change = direction[layer] * pass.inputs[layer];
      if (layer > 0) change.noalias() += weights[layer] * inputs[layer];
      inputs[layer + 1] = change.cwiseProduct(passing(pass.inputs[layer + 1]));
    }
    Eigen::MatrixXd change = direction.back() * pass.inputs.back();
    if (layers > 1) change.noalias() += weights.back() * inputs.back();
    const Eigen::RowVectorXd mean = softmax.cwiseProduct(change).colwise().sum();
    Eigen::MatrixXd slope = softmax.cwiseProduct(change.rowwise() - mean);
    for (std::size_t layer = layers; layer-- > 0;) {
      auto product = of_layer(result, layer);
      product.noalias() += slope * pass.inputs[layer].transpose();
      if (layer == 0) break;
      product.noalias() += slopes[layer] * inputs[layer].transpose();
      slope = (weights[layer].transpose() * slope + direction[layer].transpose() * slopes[layer])
                  .cwiseProduct(passing(pass.inputs[layer]));
    }
  }

  Eigen::MatrixXd features_;
  std::vector<int> labels_;
  std::vector<Index> units_, first_;  // of inputs and of each layer's outputs; where each layer begins in theta
  Index dimension_ = 0;
};

}  // namespace

std::shared_ptr<const Loss> network_loss(const DataSet& data, const NetworkShape& shape) {
  require_data(data);
  if (data.classes.empty()) throw std::invalid_argument("a network needs data of one class at least");
  if (shape.depth < 1 || shape.width < 1)
    throw std::invalid_argument(
        fmt::format("a network has at least one layer of one unit (got depth {}, width {})", shape.depth, shape.width));
  return std::make_shared<NetworkLoss>(data, shape);
}

}  // namespace valleyflux
