#pragma once

#include "problems/expressions/expression_graph.hpp"

#include <cstddef>
#include <vector>

namespace valleyflux {

/// Points that a BlockProgram works on together.
inline constexpr std::ptrdiff_t program_block = 64;

/// A block that holds the point x (d) alone, program_block times: rows of program_block entries.
std::vector<double> block_of(const std::vector<double>& x);

/// Functions of a graph as a straight-line program over blocks of points: every instruction runs over some whole
/// blocks, which stay in the first-level cache, by the processor's vectors. Every processor gives the same bits (but
/// for functions that are taken from the standard library: tan, asin, acos, atan, sinh, cosh, tanh, erf, powers that
/// are no integers, atan2).
class BlockProgram {
 public:
  /// The values of `outputs`, in this order.
  BlockProgram(const ExpressionGraph& graph, const std::vector<GraphNode>& outputs);

  int variables() const { return variables_; }
  int outputs() const { return outputs_; }

  /// x[k * stride + p]: coordinate k of point p; out[i * stride + p]: output i there, for `count` points; `stride` and
  /// `count` are multiples of program_block. x and out may not overlap. Safe to call from several threads.
  void run(const double* x, double* out, std::ptrdiff_t count, std::ptrdiff_t stride) const;

  /// What is done to a block. Places: the variables, then the outputs, then scratch.
  enum class Code {
    fill,
    copy,
    scale,
    affine,
    add,
    subtract,
    multiply,
    divide,
    product_plus,
    product_minus,
    minus_product,
    inverse,
    sign,
    sqrt,
    exp,
    log,
    sin,
    cos,
    abs,
    minimum,
    maximum,
    choice,
    table,
    call
  };
  struct Instruction {
    Code code;
    Operation operation;  // of a call
    int to;
    std::array<int, 4> from;
    double factor, summand;
    std::shared_ptr<const TableFunction> values = nullptr;  // of a table
  };

 private:
  int variables_, outputs_, scratch_ = 0;
  std::vector<Instruction> instructions_;
};

}  // namespace valleyflux
