#include "problems/dynamics/diffusion_model.hpp"

#include "problems/valleys/eigen_decomposition.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

class ConstantDiffusion final : public DiffusionModel {
 public:
  explicit ConstantDiffusion(Eigen::MatrixXd tensor) : tensor_(std::move(tensor)) {}
  int dimension() const override { return static_cast<int>(tensor_.rows()); }
  bool constant() const override { return true; }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, bool with_gradient, DiffusionSamples& samples,
              double /*time*/) const override {
    samples.tensor = tensor_.reshaped().replicate(1, points.cols());
    if (with_gradient)
      samples.gradient.setZero(tensor_.size() * tensor_.rows(), points.cols());
    else
      samples.gradient.resize(0, 0);
  }
  std::vector<GraphNode> append_to(ExpressionGraph& graph) const override {
    std::vector<GraphNode> entries;
    for (const double entry : tensor_.reshaped()) entries.push_back(graph.constant(entry));
    return entries;
  }

 private:
  Eigen::MatrixXd tensor_;
};

class ExpressionDiffusion final : public DiffusionModel {
 public:
  ExpressionDiffusion(int dimension, std::vector<std::vector<Expression>> entries)
      : dimension_(dimension), entries_(std::move(entries)) {}
  int dimension() const override { return dimension_; }
  bool constant() const override {
    return std::all_of(entries_.begin(), entries_.end(), [](const auto& row) {
      return std::all_of(row.begin(), row.end(), [](const Expression& entry) { return entry.is_constant(); });
    });
  }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, bool with_gradient, DiffusionSamples& samples,
              double /*time*/) const override {
    const Index d = dimension_, n = points.cols();
    samples.tensor.setZero(d * d, n);
    samples.gradient.resize(with_gradient ? d * d * d : 0, with_gradient ? n : 0);
    samples.gradient.setZero();
    FieldSamples entry;
    const bool scalar = entries_.size() == 1;
    for (Index j = 0; j < d; ++j)
      for (Index i = 0; i <= j; ++i) {
        if (scalar && i != j) continue;
        if (!scalar || i == 0)
          entries_[static_cast<std::size_t>(scalar ? 0 : i)][static_cast<std::size_t>(scalar ? 0 : j)].sample(
              points, with_gradient ? 1 : 0, entry);
        for (const Index at : {i + d * j, j + d * i}) {
          samples.tensor.row(at) = entry.value.transpose();
          if (with_gradient)
            for (Index k = 0; k < d; ++k) samples.gradient.row(at + d * d * k) = entry.gradient.row(k);
        }
      }
  }
  std::vector<GraphNode> append_to(ExpressionGraph& graph) const override {
    const auto d = static_cast<std::size_t>(dimension_);
    std::vector<GraphNode> nodes;
    for (std::size_t j = 0; j < d; ++j)
      for (std::size_t i = 0; i < d; ++i)
        if (entries_.size() == 1)
          nodes.push_back(i == j ? entries_[0][0].append_to(graph) : graph.constant(0.0));
        else
          nodes.push_back(entries_[std::min(i, j)][std::max(i, j)].append_to(graph));
    return nodes;
  }

  std::shared_ptr<const DiffusionModel> redrawn(std::uint64_t seed) const override {
    std::vector<std::vector<Expression>> entries = entries_;
    bool any = false;
    for (auto& row : entries)
      for (Expression& entry : row)
        if (auto drawn = entry.redrawn(seed)) {
          entry = std::move(*drawn);
          any = true;
        }
    return any ? std::make_shared<ExpressionDiffusion>(dimension_, std::move(entries)) : nullptr;
  }

 private:
  int dimension_;
  std::vector<std::vector<Expression>> entries_;  // one, or d x d
};

std::string shown(const Expression& entry) {
  return entry.text().empty() ? "a table" : fmt::format("\"{}\"", entry.text());
}

}  // namespace

std::shared_ptr<const DiffusionModel> constant_diffusion(const Eigen::MatrixXd& tensor) {
  if (tensor.rows() == 0 || tensor.rows() != tensor.cols())
    throw std::invalid_argument(fmt::format("D must be a square matrix (got {} x {})", tensor.rows(), tensor.cols()));
  if (!tensor.allFinite()) throw std::invalid_argument("D must be finite");
  if (tensor != tensor.transpose()) throw std::invalid_argument("D must be symmetric");
  const double smallest = symmetric_eigen(tensor).values[0];
  if (smallest < -1e-14 * tensor.cwiseAbs().maxCoeff())
    throw std::invalid_argument(fmt::format("D must not have a negative eigenvalue (got {})", smallest));
  return std::make_shared<ConstantDiffusion>(tensor);
}

std::shared_ptr<const DiffusionModel> expression_diffusion(int dimension,
                                                           std::vector<std::vector<Expression>> entries) {
  const auto d = static_cast<std::size_t>(dimension);
  const bool scalar = entries.size() == 1 && entries[0].size() == 1;
  if (!scalar && entries.size() != d)
    throw std::invalid_argument(fmt::format("D needs one entry or {0} x {0} (got {1} rows)", d, entries.size()));
  for (const auto& row : entries) {
    if (!scalar && row.size() != d)
      throw std::invalid_argument(fmt::format("D needs {} entries a row (got {})", d, row.size()));
    for (const Expression& entry : row) {
      if (entry.dimension() != dimension)
        throw std::invalid_argument(fmt::format("an entry of D has {} variables, {} are needed", entry.dimension(), d));
      if (entry.is_predicate())
        throw std::invalid_argument(fmt::format("an entry of D must be a number: \"{}\"", entry.text()));
    }
  }
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (!(entries[i][j] == entries[j][i]))
        throw std::invalid_argument(
            fmt::format("D must be symmetric: give entry ({0}, {1}), which is {2}, and entry ({1}, {0}), which is {3}, "
                        "by the same expression or table",
                        i + 1, j + 1, shown(entries[i][j]), shown(entries[j][i])));
  return std::make_shared<ExpressionDiffusion>(dimension, std::move(entries));
}

}  // namespace valleyflux
