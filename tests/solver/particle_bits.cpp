// Prints the bits of random numbers, of block programs, of particles after some steps, of gradients over minibatches
// and of panels, edges and solutions on the line. Built with the loops for the processor's vectors, with those of four
// lanes at most, and from sources compiled without any vectors; all must print the same.

#include "problems/expressions/block_force.hpp"
#include "problems/expressions/block_program.hpp"
#include "problems/losses/lane_gradients.hpp"
#include "solver/discretisation/collocated_panels.hpp"
#include "solver/discretisation/line_rates.hpp"
#include "solver/elimination/chain_elimination.hpp"
#include "solver/particles/line_surface.hpp"
#include "solver/particles/random_numbers.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

using namespace valleyflux;

namespace {

void print(const char* what, const std::vector<double>& numbers) {
  std::uint64_t hash = 14695981039346656037u;  // Fowler, Noll and Vo's
  for (const double number : numbers) {
    std::uint64_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    for (int byte = 0; byte < 8; ++byte) hash = (hash ^ ((bits >> (8 * byte)) & 0xff)) * 1099511628211u;
  }
  std::printf("%s %016llx\n", what, static_cast<unsigned long long>(hash));
}

constexpr std::ptrdiff_t count = 256;

std::vector<double> normals(NoisePrecision precision, std::uint64_t seed) {
  std::vector<std::uint32_t> particle;
  std::vector<std::uint64_t> draw;
  for (std::ptrdiff_t k = 0; k < count; ++k) {
    particle.push_back(static_cast<std::uint32_t>(k * k));
    draw.push_back(static_cast<std::uint64_t>(k) << (k % 50));
  }
  std::vector<double> numbers(static_cast<std::size_t>(normals_per_draw(precision) * count));
  RandomNumbers(seed).normals(precision, RandomStream::noise, particle.data(), draw.data(), count, numbers.data(),
                              count);
  return numbers;
}

std::vector<double> numbers_of(const Eigen::Ref<const Eigen::VectorXd>& vector) {
  return {vector.data(), vector.data() + vector.size()};
}

template <int Order>
PanelIntegrals integrals(const std::vector<double>& numbers, Index panels) {
  PanelSamples samples;
  samples.slope =
      Eigen::Map<const Eigen::ArrayXd>(numbers.data(), Order * panels).reshaped<Eigen::RowMajor>(Order, panels);
  samples.log_noise = samples.slope.sin();
  PanelIntegrals result;
  collocate<Order>(samples, Eigen::ArrayXd::LinSpaced(panels, 0.1, 0.9), 0.5, result);
  return result;
}

/// Integrals over panels become edges, these rates of a chain.
void print_line(const std::vector<double>& numbers) {
  constexpr Index panels = 30, edges = panels / 2;
  for (const PanelIntegrals& some : {integrals<4>(numbers, panels), integrals<8>(numbers, panels)}) {
    for (const auto* row : {&some.rise, &some.resistance, &some.mass, &some.up, &some.down})
      print("panels", numbers_of(row->matrix()));
    std::vector<LineEdge> joined;
    join_stretches(some, joined);
    NodeParts parts = NodeParts::Zero(4, edges + 1);
    std::vector<double> forward, backward;
    for (const LineEdge& edge : joined) {
      const auto k = static_cast<Index>(forward.size());
      forward.push_back(edge.forward);
      backward.push_back(edge.backward);
      parts.col(k).tail<2>() << edge.first[0], edge.first[1];
      parts.col(k + 1).head<2>() << edge.last[0], edge.last[1];
    }
    Eigen::VectorXd mass;
    divide_by_sums(parts, mass);
    conductances_to_rates(forward, backward, mass);
    print("parts", numbers_of(parts.reshaped()));
    print("rates", forward);
    const Chain chain{Eigen::Map<Eigen::VectorXd>(forward.data(), edges),
                      Eigen::Map<Eigen::VectorXd>(backward.data(), edges)};
    const ChainFactors factors = eliminate(chain, Eigen::VectorXd::Constant(edges + 1, 0.01));
    print("chain", numbers_of(solve(factors, mass)));
    print("chain", numbers_of(solve_forward(factors, mass)));
  }
}

}  // namespace

int main() {
  for (const std::uint64_t seed : {1u, 2011u}) {
    print("normals", normals(NoisePrecision::full, seed));
    print("normals in single precision", normals(NoisePrecision::single, seed));
  }
  // A program with every operation that is made for vectors.
  ExpressionGraph graph(2);
  const GraphNode x = graph.variable(0), y = graph.variable(1);
  const auto unary = [&](Operation operation, GraphNode a) { return graph.unary(operation, a); };
  const auto binary = [&](Operation operation, GraphNode a, GraphNode b) { return graph.binary(operation, a, b); };
  const GraphNode product = binary(Operation::multiply, x, y);
  GraphNode sum = binary(Operation::add, unary(Operation::exp, product), unary(Operation::sin, graph.affine(x, 3, 1)));
  sum = binary(Operation::subtract, sum, unary(Operation::cos, binary(Operation::divide, x, graph.affine(y, 1, 9))));
  sum = binary(Operation::add, sum, unary(Operation::log, unary(Operation::sqrt, graph.affine(product, 0.01, 5))));
  sum = binary(Operation::add, sum,
               binary(Operation::minimum, unary(Operation::abs, x), binary(Operation::maximum, y, product)));
  std::vector<GraphNode> outputs = graph.gradient(sum);
  outputs.push_back(sum);
  const BlockProgram program(graph, outputs);
  std::vector<double> at = normals(NoisePrecision::full, 7), out(3 * count);
  program.run(at.data(), out.data(), count, count);
  print("program", out);
  // Hills and a plane.
  ExpressionGraph hills(2);
  const GraphNode u = hills.affine(hills.variable(0), 1.0, 0.5), v = hills.variable(1);
  GraphNode landscape = v;
  for (const double width : {0.7, 1.1, 1.9, 2.3, 3.1}) {
    const GraphNode across = hills.binary(Operation::multiply, u, hills.affine(v, width, 0.3));
    const GraphNode along = hills.affine(hills.integer_power(v, 2), 2.0 * width, 0.0);
    const GraphNode square = hills.binary(Operation::add, hills.integer_power(u, 2), along);
    const GraphNode exponent = hills.binary(Operation::subtract, across, square);
    landscape = hills.binary(Operation::add, landscape, hills.affine(hills.unary(Operation::exp, exponent), width, 0));
  }
  BlockForce(hills, landscape).run(at.data(), out.data(), count, count);
  print("force", out);
  // Steps in the quartic well.
  ExpressionGraph quartic(1);
  const GraphNode place = quartic.variable(0);
  const BlockProgram force(quartic, {quartic.binary(Operation::subtract, place, quartic.integer_power(place, 3))});
  std::vector<double> position(count, -1.0), slope(count);
  for (std::uint64_t step = 0; step < 100; ++step) {
    const std::vector<double> noise = normals(NoisePrecision::full, step);
    force.run(position.data(), slope.data(), count, count);
    for (std::size_t p = 0; p < count; ++p) position[p] += 0.01 * slope[p] + 0.1 * noise[p];
  }
  print("particles", position);
  // Whether they have left, and whether their bridges have.
  distances_to({{-INFINITY, -1.2}, {0.8, INFINITY}}, position.data(), slope.data(), count);
  print("distances", slope);
  const std::vector<std::uint32_t> particle(count, 5);
  const std::vector<std::uint64_t> draw(count, std::uint64_t{1} << 40);
  RandomNumbers(9).uniforms(RandomStream::crossing, particle.data(), draw.data(), count - 3, slope.data());
  print("uniform numbers", slope);
  // Minibatch gradients of losses: 6 samples of 4 features, 3 classes.
  const std::vector<double> numbers = normals(NoisePrecision::full, 3);
  const double *samples = numbers.data(), *theta = numbers.data() + 24;
  const int labels[] = {0, 2, 1, 1, 0, 2};
  std::vector<std::uint32_t> rows;
  for (std::uint32_t k = 0; k < 3 * loss_lanes; ++k) rows.push_back(k * k % 6);
  std::vector<double> gradient(4 * loss_lanes);
  styblinski_tang_lanes(samples, 4, theta, rows.data(), 3, gradient.data());
  print("Styblinski-Tang", gradient);
  logistic_regression_lanes(samples, 4, theta, rows.data(), 3, gradient.data());
  print("logistic regression", gradient);
  const std::vector<Index> units{4, 2, 3};
  gradient.resize((4 * 2 + 2 * 3) * loss_lanes);
  std::vector<double> workspace(network_workspace(units));
  network_lanes(units, samples, labels, theta, rows.data(), 3, gradient.data(), workspace.data());
  print("network", gradient);
  print_line(normals(NoisePrecision::full, 4));
  return 0;
}
