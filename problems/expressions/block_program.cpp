#include "problems/expressions/block_program.hpp"

#include "grids/aligned_vector.hpp"
#include "grids/wide.hpp"
#include "grids/wide_functions.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace valleyflux {

namespace {

constexpr int none = -1;

/// Turns a graph into instructions: only what the outputs need, each node once, in scratch places that are taken again
/// as soon as nobody reads them any more.
class Assembler {
 public:
  using Code = BlockProgram::Code;
  using Instruction = BlockProgram::Instruction;

  Assembler(const ExpressionGraph& graph, const std::vector<GraphNode>& outputs)
      : graph_(graph), outputs_(outputs), uses_(size(), 0), last_reader_(size(), none), place_(size(), none) {
    const std::vector<char> needed = find_needed();
    for (GraphNode n = 0; n < graph.size(); ++n)
      if (needed[at(n)]) translate(n);
    for (std::size_t k = 0; k < outputs_.size(); ++k)
      if (const int to = output_place(k); place_[at(outputs_[k])] != to)
        add(Code::copy, to, {place_[at(outputs_[k])], none, none, none});
  }

  std::vector<Instruction> instructions() && { return std::move(instructions_); }
  int scratch() const { return scratch_; }

 private:
  static std::size_t at(GraphNode node) { return static_cast<std::size_t>(node); }
  std::size_t size() const { return static_cast<std::size_t>(graph_.size()); }
  int output_place(std::size_t k) const { return graph_.variables() + static_cast<int>(k); }

  /// Nodes that the outputs depend on and that are not swallowed by a fused operation; counts who reads whom.
  std::vector<char> find_needed() {
    std::vector<char> needed(size(), 0);
    for (const GraphNode output : outputs_) {
      needed[at(output)] = 1;
      ++uses_[at(output)];
    }
    for (GraphNode n = graph_.size() - 1; n >= 0; --n)
      if (needed[at(n)])
        for (const GraphNode from : graph_[n].from)
          if (from != none) {
            needed[at(from)] = 1;
            ++uses_[at(from)];
          }
    swallowed_.assign(size(), 0);
    for (GraphNode n = 0; n < graph_.size(); ++n)
      if (needed[at(n)])
        if (const auto product = product_in(n)) swallowed_[at(graph_[n].from[*product])] = 1;
    for (GraphNode n = 0; n < graph_.size(); ++n) {
      if (!needed[at(n)] || swallowed_[at(n)]) continue;
      for (const GraphNode from : arguments(n))
        if (from != none) last_reader_[at(from)] = n;
    }
    for (GraphNode n = 0; n < graph_.size(); ++n)
      if (swallowed_[at(n)]) needed[at(n)] = 0;
    for (const GraphNode output : outputs_) last_reader_[at(output)] = graph_.size();
    return needed;
  }

  /// Which argument of a sum or difference is a product that nobody else reads.
  std::optional<std::size_t> product_in(GraphNode n) const {
    const auto& node = graph_[n];
    if (node.operation != Operation::add && node.operation != Operation::subtract) return std::nullopt;
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}})
      if (graph_[node.from[k]].operation == Operation::multiply && uses_[at(node.from[k])] == 1) return k;
    return std::nullopt;
  }

  std::array<GraphNode, 4> arguments(GraphNode n) const {
    const auto product = product_in(n);
    if (!product) return graph_[n].from;
    const auto& factors = graph_[graph_[n].from[*product]].from;
    return {factors[0], factors[1], graph_[n].from[1 - *product], none};
  }

  void translate(GraphNode n) {
    const auto& node = graph_[n];
    if (node.operation == Operation::variable) {
      place_[at(n)] = static_cast<int>(node.factor);
      return;
    }
    std::array<int, 4> from = arguments(n);
    for (auto argument = from.begin(); argument != from.end(); ++argument) {
      if (*argument == none) continue;
      const GraphNode read = *argument;
      *argument = place_[at(read)];
      const bool ours = *argument >= graph_.variables() + static_cast<int>(outputs_.size());
      if (ours && last_reader_[at(read)] == n && std::find(from.begin(), argument, *argument) == argument)
        free_.push_back(*argument);  // the result may lie where an argument did
    }
    place_[at(n)] = place_for(n);
    add(code_of(n), place_[at(n)], from, node.factor, node.summand, node.operation, node.table);
  }

  int place_for(GraphNode n) {
    const auto output = std::find(outputs_.begin(), outputs_.end(), n);
    if (output != outputs_.end()) return output_place(static_cast<std::size_t>(output - outputs_.begin()));
    if (free_.empty()) return graph_.variables() + static_cast<int>(outputs_.size()) + scratch_++;
    const int place = free_.back();
    free_.pop_back();
    return place;
  }

  Code code_of(GraphNode n) const {
    const auto& node = graph_[n];
    switch (node.operation) {
      case Operation::constant: return Code::fill;
      case Operation::scale: return node.summand == 0.0 ? Code::scale : Code::affine;
      case Operation::add: return product_in(n) ? Code::product_plus : Code::add;
      case Operation::subtract: {
        const auto product = product_in(n);
        return !product ? Code::subtract : *product == 0 ? Code::product_minus : Code::minus_product;
      }
      case Operation::multiply: return Code::multiply;
      case Operation::divide: return node.from[1] == none ? Code::inverse : Code::divide;
      case Operation::less: return Code::sign;
      case Operation::sqrt: return Code::sqrt;
      case Operation::exp: return Code::exp;
      case Operation::log: return Code::log;
      case Operation::sin: return Code::sin;
      case Operation::cos: return Code::cos;
      case Operation::abs: return Code::abs;
      case Operation::minimum: return Code::minimum;
      case Operation::maximum: return Code::maximum;
      case Operation::both: return Code::choice;
      case Operation::curve:
      case Operation::surface: return Code::table;
      default: return Code::call;
    }
  }

  void add(Code code, int to, const std::array<int, 4>& from, double factor = 0.0, double summand = 0.0,
           Operation operation = Operation::constant, std::shared_ptr<const TableFunction> table = nullptr) {
    instructions_.push_back({code, operation, to, from, factor, summand, std::move(table)});
  }

  const ExpressionGraph& graph_;
  const std::vector<GraphNode>& outputs_;
  std::vector<int> uses_;
  std::vector<GraphNode> last_reader_;  // graph_.size(): an output
  std::vector<int> place_;
  std::vector<char> swallowed_;  // products that became part of a fused operation
  std::vector<int> free_;
  int scratch_ = 0;
  std::vector<Instruction> instructions_;
};

/// The standard library's sine or cosine where the angle is too large for the short reduction.
void repair_large_angles(const double* angle, bool sine, double* to) {
  for (std::ptrdiff_t p = 0; p < program_block; ++p)
    if (!(std::abs(angle[p]) <= largest_wide_angle)) to[p] = sine ? std::sin(angle[p]) : std::cos(angle[p]);
}

/// The derivative of a table that an instruction asks for.
void table_values(const BlockProgram::Instruction& instruction, const double* a, const double* b, double* to,
                  std::ptrdiff_t count) {
  const auto i = static_cast<std::size_t>(instruction.factor), j = static_cast<std::size_t>(instruction.summand);
  for (std::ptrdiff_t p = 0; p < count; ++p)
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): every table has a first argument
    to[p] = instruction.values->derivatives(a[p], b ? b[p] : 0.0, static_cast<int>(i + j))[i][j];
}

/// Runs all instructions over some blocks.
struct BlockRun {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const BlockProgram::Instruction* instruction, const BlockProgram::Instruction* end,
                                    double* const* place, std::ptrdiff_t blocks) {
    using Code = BlockProgram::Code;
    using Size = std::ptrdiff_t;
    const Size n = blocks * program_block;
    for (; instruction != end; ++instruction) {
      const auto& from = instruction->from;
      double* to = place[instruction->to];
      const double* a = from[0] < 0 ? nullptr : place[from[0]];
      const double* b = from[1] < 0 ? nullptr : place[from[1]];
      const double* c = from[2] < 0 ? nullptr : place[from[2]];
      const double factor = instruction->factor, summand = instruction->summand;
      // NOLINTBEGIN(clang-analyzer-core.NullDereference): an instruction has the arguments that its code reads
      switch (instruction->code) {
        case Code::fill:
          for (Size p = 0; p < n; ++p) to[p] = factor;
          break;
        case Code::copy:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = a[p];
          break;
        case Code::scale:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = factor * a[p];
          break;
        case Code::affine:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = fused(factor, a[p], summand);
          break;
        case Code::add:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = a[p] + b[p];
          break;
        case Code::subtract:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = a[p] - b[p];
          break;
        case Code::multiply:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = a[p] * b[p];
          break;
        case Code::divide:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = a[p] / b[p];
          break;
        case Code::product_plus:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = fused(a[p], b[p], c[p]);
          break;
        case Code::product_minus:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = fused(a[p], b[p], -c[p]);
          break;
        case Code::minus_product:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = fused(-a[p], b[p], c[p]);
          break;
        case Code::inverse:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = 1.0 / a[p];
          break;
        case Code::sign:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = a[p] > 0.0 ? 1.0 : a[p] < 0.0 ? -1.0 : a[p];
          break;
        case Code::sqrt:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = std::sqrt(a[p]);
          break;
        case Code::exp:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = wide_exp(a[p]);
          break;
        case Code::log:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = wide_log(a[p]);
          break;
        case Code::sin:
        case Code::cos: {
          const bool sine = instruction->code == Code::sin;
          for (Size first = 0; first < n; first += program_block) {
            double angle[program_block];
            std::uint64_t any_large = 0;
            for (Size p = 0; p < program_block; ++p) {
              angle[p] = a[first + p];
              any_large |= std::abs(angle[p]) <= largest_wide_angle ? std::uint64_t{0} : std::uint64_t{1};
            }
            if (sine)
              for (Size p = 0; p < program_block; ++p) to[first + p] = wide_sin(angle[p]);
            else
              for (Size p = 0; p < program_block; ++p) to[first + p] = wide_cos(angle[p]);
            if (any_large) repair_large_angles(angle, sine, to + first);
          }
          break;
        }
        case Code::abs:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = std::abs(a[p]);
          break;
        case Code::minimum:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = b[p] < a[p] || b[p] != b[p] ? b[p] : a[p];
          break;
        case Code::maximum:
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = b[p] > a[p] || b[p] != b[p] ? b[p] : a[p];
          break;
        case Code::choice: {
          const double* d = place[from[3]];
          VALLEYFLUX_INDEPENDENT
          for (Size p = 0; p < n; ++p) to[p] = a[p] < b[p] ? c[p] : d[p];
          break;
        }
        case Code::table: table_values(*instruction, a, b, to, n); break;
        case Code::call:
          for (Size p = 0; p < n; ++p) to[p] = apply(instruction->operation, a[p], b ? b[p] : 0.0);
          break;
      }
      // NOLINTEND(clang-analyzer-core.NullDereference)
    }
  }
};

}  // namespace

std::vector<double> block_of(const std::vector<double>& x) {
  std::vector<double> rows;
  for (const double component : x) rows.insert(rows.end(), program_block, component);
  return rows;
}

BlockProgram::BlockProgram(const ExpressionGraph& graph, const std::vector<GraphNode>& outputs)
    : variables_(graph.variables()), outputs_(static_cast<int>(outputs.size())) {
  Assembler assembler(graph, outputs);
  scratch_ = assembler.scratch();
  instructions_ = std::move(assembler).instructions();
}

void BlockProgram::run(const double* x, double* out, std::ptrdiff_t count, std::ptrdiff_t stride) const {
  // Blocks at a time, as many as leave room in the first-level cache: what an instruction costs by itself is shared.
  constexpr std::ptrdiff_t most_together = 4, numbers_of_cache = 3072;
  const std::ptrdiff_t rows = std::ptrdiff_t{variables_} + outputs_ + scratch_;
  const std::ptrdiff_t room = numbers_of_cache / (rows * program_block);
  const std::ptrdiff_t together = std::clamp<std::ptrdiff_t>(room, 1, most_together);
  thread_local AlignedVector scratch;
  thread_local std::vector<double*> places;
  places.resize(static_cast<std::size_t>(rows));
  const auto needed = static_cast<std::size_t>(scratch_ * together * program_block);
  if (scratch.size() < needed) scratch.resize(needed);
  for (std::ptrdiff_t first = 0; first < count;) {
    const std::ptrdiff_t blocks = std::min(together, (count - first) / program_block);
    std::size_t k = 0;
    for (int i = 0; i < variables_; ++i) places[k++] = const_cast<double*>(x) + i * stride + first;
    for (int i = 0; i < outputs_; ++i) places[k++] = out + i * stride + first;
    for (int i = 0; i < scratch_; ++i) places[k++] = scratch.data() + i * blocks * program_block;
    run_widest<BlockRun>(instructions_.data(), instructions_.data() + instructions_.size(), places.data(), blocks);
    first += blocks * program_block;
  }
}

}  // namespace valleyflux
