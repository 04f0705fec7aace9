#include "problems/landscapes/data_landscape.hpp"

#include "problems/data/compressed_file.hpp"
#include "problems/data/delimited_text.hpp"
#include "problems/data/number_text.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

DataTerms terms_of(const Expression& term, int dimension, const Eigen::MatrixXd& rows) {
  ExpressionGraph graph(term.dimension());
  const std::vector<GraphNode> slopes = graph.gradient(term.append_to(graph));
  std::vector<GraphNode> force;
  for (int k = 0; k < dimension; ++k) force.push_back(graph.affine(slopes[static_cast<std::size_t>(k)], -1.0, 0.0));
  return {term, BlockProgram(graph, force), rows};
}

class DataLandscape final : public Landscape {
 public:
  DataLandscape(const Expression& term, int dimension, const Eigen::MatrixXd& rows)
      : dimension_(dimension), terms_(std::make_shared<DataTerms>(terms_of(term, dimension, rows))) {}

  int dimension() const override { return dimension_; }
  std::shared_ptr<const DataTerms> terms() const override { return terms_; }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    const Index d = dimension_, all = terms_->term.dimension(), n = points.cols(), count = terms_->rows.cols();
    samples.value.resize(n);
    samples.gradient.resize(order > 0 ? d : 0, order > 0 ? n : 0);
    samples.hessian.resize(order > 1 ? d * d : 0, order > 1 ? n : 0);
    samples.third.resize(order > 2 ? d * d * d : 0, order > 2 ? n : 0);
    Eigen::MatrixXd arguments(all, count);
    arguments.bottomRows(all - d) = terms_->rows;
    FieldSamples each;
    for (Index p = 0; p < n; ++p) {
      arguments.topRows(d).colwise() = points.col(p);
      terms_->term.sample(arguments, order, each, dimension_);
      samples.value[p] = each.value.mean();
      if (order > 0) samples.gradient.col(p) = each.gradient.rowwise().mean();
      if (order > 1) samples.hessian.col(p) = each.hessian.rowwise().mean();
      if (order > 2) samples.third.col(p) = each.third.rowwise().mean();
    }
  }

 private:
  int dimension_;
  std::shared_ptr<const DataTerms> terms_;
};

}  // namespace

DataTable read_csv(const std::filesystem::path& file) {
  DataTable table;
  std::vector<double> values;
  for (const auto& [number, fields] : delimited_lines(file_contents(file))) {
    const auto fail = [&, at = number](const std::string& what) {
      throw std::invalid_argument(fmt::format("{}, line {}: {}", file.string(), at, what));
    };
    if (table.columns.empty()) {
      table.columns = fields;
      for (const std::string& name : fields)
        if (const auto fault = unfit_parameter_name(name))
          fail(fmt::format("the name \"{}\" of a column {}", name, *fault));
      continue;
    }
    if (fields.size() != table.columns.size())
      fail(fmt::format("{} fields, there are {} columns", fields.size(), table.columns.size()));
    for (const std::string& field : fields) {
      const auto value = finite_number(field);
      if (!value) fail(no_number(field, "is no finite number"));
      values.push_back(*value);
    }
  }
  const auto columns = static_cast<Index>(table.columns.size());
  if (values.empty()) throw std::invalid_argument(fmt::format("{} holds no rows of numbers", file.string()));
  table.values = Eigen::Map<const Eigen::MatrixXd>(values.data(), columns, static_cast<Index>(values.size()) / columns);
  return table;
}

std::shared_ptr<const Landscape> data_landscape(const Expression& term, int dimension, const DataTable& table) {
  if (term.is_predicate()) throw std::invalid_argument("a landscape needs a number, this expression is a condition");
  if (table.values.cols() < 1) throw std::invalid_argument("a landscape over data needs at least one row");
  if (term.dimension() != dimension + table.values.rows())
    throw std::invalid_argument(fmt::format("a term of {} variables got {} coordinates and {} columns",
                                            term.dimension(), dimension, table.values.rows()));
  return std::make_shared<DataLandscape>(term, dimension, table.values);
}

}  // namespace valleyflux
