// Fuzz target: expressions of x and y with parameters a and b, from the text to values, derivatives and the programs
// that move particles. The input is the text.

#include "problems/expressions/block_program.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "require.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

constexpr int dimension = 2;

/// Both are not a number, or they are the same.
bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

void derive(const Expression& expression, const Eigen::MatrixXd& points) {
  FieldSamples value, all;
  expression.sample(points, 0, value);
  for (const int order : {1, 3}) {  // the second goes the third's way
    expression.sample(points, order, all);
    require(all.value.size() == points.cols() && all.gradient.cols() == points.cols(), "one sample a point");
  }
  for (Index p = 0; p < points.cols(); ++p)
    require(same(expression(points.col(p)), value.value[p]), "the value at a point is that among many points");
}

void compile(const Expression& expression, const Eigen::MatrixXd& points) {
  ExpressionGraph graph(dimension);
  const GraphNode value = expression.append_to(graph);
  std::vector<GraphNode> outputs = graph.gradient(value);
  outputs.push_back(value);
  const BlockProgram program(graph, outputs);
  require(program.outputs() == dimension + 1, "a program has the outputs asked for");
  std::vector<double> x(static_cast<std::size_t>(dimension * program_block)), out(outputs.size() * program_block);
  for (int k = 0; k < dimension; ++k)
    for (std::ptrdiff_t p = 0; p < program_block; ++p)
      x[static_cast<std::size_t>(k * program_block + p)] = points(k, p % points.cols());
  program.run(x.data(), out.data(), program_block, program_block);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  try {
    const Expression expression(text, variable_names(dimension), {{"a", 1.5}, {"b", -2.0}});
    Eigen::MatrixXd points(dimension, 5);
    points << 0.0, 1.0, -0.7, 1e3, -1e200,  //
        0.0, 0.3, -2.0, -1e-3, 1e200;
    if (expression.is_predicate()) {
      for (Index p = 0; p < points.cols(); ++p) {
        const double holds = expression(points.col(p));
        require(holds == 0.0 || holds == 1.0, "a condition holds or does not");
      }
    } else {
      derive(expression, points);
      expression_landscape(expression);
    }
    compile(expression, points);
  } catch (const ExpressionError& error) {
    require(error.column() >= 1 && error.column() <= size + 1, "an error's column lies in the text or behind it");
  } catch (const std::invalid_argument&) {  // == and != bound no region
  }
  return 0;
}
