#include "problems/landscapes/built_in.hpp"

#include "problems/case/nearest_name.hpp"
#include "problems/landscapes/expression_landscape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace valleyflux {

const std::vector<BuiltIn>& built_ins() {
  static const std::vector<BuiltIn> all{
      {"himmelblau",
       "four minima of equal depth, four saddles, one maximum",
       "Himmelblau (1972)",
       2,
       {},
       "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
       {}},
      {"maier_stein",
       "drift that is a gradient only for beta = mu; stable points (-1, 0) and (1, 0)",
       "Maier & Stein (1996)",
       2,
       {{"beta", 10.0}, {"mu", 1.0}},
       "",
       {"x - x^3 - beta*x*y^2", "-mu*(1 + x^2)*y"}},
      {"muller_brown",
       "model reaction surface: three minima, two saddles",
       "Mueller & Brown (1979)",
       2,
       {},
       "-200*exp(-(x - 1)^2 - 10*y^2)"
       " - 100*exp(-x^2 - 10*(y - 0.5)^2)"
       " - 170*exp(-6.5*(x + 0.5)^2 + 11*(x + 0.5)*(y - 1.5) - 6.5*(y - 1.5)^2)"
       " + 15*exp(0.7*(x + 1)^2 + 0.6*(x + 1)*(y - 1) + 0.7*(y - 1)^2)",
       {}},
      {"quartic_double_well",
       "minima at -1 and 1, barrier 1/4 (times height) at 0",
       "textbook",
       1,
       {{"height", 1.0}},
       "height*(x^4/4 - x^2/2)",
       {}},
      {"styblinski_tang",
       "sum over coordinates; minima at -2.903534 and 2.746803 in each, barrier at 0.156731",
       "Styblinski & Tang (1990)",
       0,
       {},
       "(x^4 - 16*x^2 + 5*x)/2",
       {}},
      {"three_hole",
       "two deep holes, a shallow third one, and two channels between them",
       "Metzner, Schuette & Vanden-Eijnden (2006)",
       2,
       {},
       "3*exp(-x^2 - (y - 1/3)^2) - 3*exp(-x^2 - (y - 5/3)^2) - 5*exp(-(x - 1)^2 - y^2) - 5*exp(-(x + 1)^2 - y^2)"
       " + 0.2*x^4 + 0.2*(y - 1/3)^4",
       {}},
      {"tilted_double_well",
       "the quartic double well with a linear tilt",
       "textbook",
       1,
       {{"height", 1.0}, {"tilt", 0.1}},
       "height*(x^4/4 - x^2/2) + tilt*x",
       {}},
      {"washboard",
       "tilted cosine; its slope is periodic, the landscape itself is not",
       "Risken (1989)",
       1,
       {{"amplitude", 1.0}, {"tilt", 0.1}, {"period", 6.283185307179586}},
       "-amplitude*cos(2*pi*x/period) - tilt*x",
       {}}};
  return all;
}

const BuiltIn& built_in(const std::string& name) {
  std::vector<std::string> names;
  for (const BuiltIn& known : built_ins()) {
    if (known.name == name) return known;
    names.push_back(known.name);
  }
  throw std::invalid_argument(fmt::format("unknown name \"{}\"; the nearest known one is \"{}\" (known: {})", name,
                                          nearest_name(name, names), fmt::join(names, ", ")));
}

namespace {

Parameters parameters_of(const BuiltIn& definition, const Parameters& changed) {
  Parameters parameters(definition.parameters.begin(), definition.parameters.end());
  for (const auto& [name, value] : changed) {
    if (!parameters.contains(name)) {
      std::vector<std::string> names;
      for (const auto& [known, standard] : definition.parameters) names.push_back(known);
      throw std::invalid_argument(names.empty()
                                      ? fmt::format("{} has no parameters (got \"{}\")", definition.name, name)
                                      : fmt::format("{} has no parameter \"{}\"; the nearest known one is \"{}\"",
                                                    definition.name, name, nearest_name(name, names)));
    }
    parameters[name] = value;
  }
  return parameters;
}

void require_dimension(const BuiltIn& definition, int dimension) {
  if (definition.dimension != 0 && definition.dimension != dimension)
    throw std::invalid_argument(fmt::format("{} has {} dimension{} (the grid has {})", definition.name,
                                            definition.dimension, definition.dimension == 1 ? "" : "s", dimension));
}

/// The sum over the coordinates of a function of one variable.
class SeparableLandscape final : public Landscape {
 public:
  SeparableLandscape(Expression coordinate, int dimension)
      : coordinate_(std::move(coordinate)), dimension_(dimension) {}
  int dimension() const override { return dimension_; }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    const Index d = dimension_, n = points.cols();
    samples.value.setZero(n);
    samples.gradient.setZero(order > 0 ? d : 0, order > 0 ? n : 0);
    samples.hessian.setZero(order > 1 ? d * d : 0, order > 1 ? n : 0);
    samples.third.setZero(order > 2 ? d * d * d : 0, order > 2 ? n : 0);
    FieldSamples one;
    for (Index k = 0; k < d; ++k) {
      coordinate_.sample(Eigen::MatrixXd(points.row(k)), order, one);
      samples.value += one.value;
      if (order > 0) samples.gradient.row(k) = one.gradient;
      if (order > 1) samples.hessian.row(k + d * k) = one.hessian;
      if (order > 2) samples.third.row(k + d * k + d * d * k) = one.third;
    }
  }
  std::optional<GraphNode> append_to(ExpressionGraph& graph) const override {
    ExpressionGraph one(1);
    const GraphNode of_coordinate = coordinate_.append_to(one);
    GraphNode sum = graph.constant(0.0);
    for (int k = 0; k < dimension_; ++k)
      sum = graph.binary(Operation::add, sum, graph.substituted(one, of_coordinate, {graph.variable(k)}));
    return sum;
  }

 private:
  Expression coordinate_;
  int dimension_;
};

}  // namespace

std::shared_ptr<const Landscape> built_in_landscape(const std::string& name, int dimension, const Parameters& changed) {
  const BuiltIn& definition = built_in(name);
  require_dimension(definition, dimension);
  if (definition.landscape.empty())
    throw std::invalid_argument(fmt::format("{} is a drift, not a landscape: name it under [drift]", name));
  const Parameters parameters = parameters_of(definition, changed);
  if (definition.dimension == 0)
    return std::make_shared<SeparableLandscape>(Expression(definition.landscape, variable_names(1), parameters),
                                                dimension);
  return expression_landscape(Expression(definition.landscape, variable_names(dimension), parameters));
}

Drift built_in_drift(const std::string& name, int dimension, const Parameters& changed) {
  const BuiltIn& definition = built_in(name);
  require_dimension(definition, dimension);
  if (definition.drift.empty()) return Drift(built_in_landscape(name, dimension, changed));
  const Parameters parameters = parameters_of(definition, changed);
  std::vector<Expression> components;
  for (const std::string& component : definition.drift)
    components.emplace_back(component, variable_names(dimension), parameters);
  return Drift(std::move(components));
}

}  // namespace valleyflux
