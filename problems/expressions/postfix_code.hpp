#pragma once

#include "problems/expressions/operation.hpp"
#include "problems/tables/table_function.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace valleyflux {

/// One step of the stack machine that evaluates an expression.
struct Instruction {
  Operation operation;
  double value;  // constant, factor, summand or exponent
  std::size_t variable;
  std::shared_ptr<const TableFunction> table = nullptr;
  /// Whether both are the same step: numbers by their bits, tables by their values.
  bool operator==(const Instruction& other) const {
    return operation == other.operation && variable == other.variable &&
           std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(other.value) && !table == !other.table &&
           (!table || *table == *other.table);
  }
};

/// What an expression does, in postfix order.
struct PostfixProgram {
  std::vector<Instruction> instructions;
  std::size_t depth = 0;   // entries of the stack that it needs
  bool predicate = false;  // its value is that of a condition
};

/// A part of an expression whose instructions have been written.
struct Operand {
  std::size_t start;  // its first instruction
  std::size_t depth;  // entries of the stack that it needs
  bool predicate = false;
  std::optional<double> constant = std::nullopt;  // then it is one instruction
};

/// Instructions in postfix order, written from the left to the right: no tree, however long the expression is. Folds
/// constants and recognises sums and products with a constant and constant powers.
class PostfixCode {
 public:
  Operand constant(double value);
  Operand variable(std::size_t number);
  Operand program(const PostfixProgram& program);
  Operand apply_to(Operation operation, const Operand& a, bool predicate = false);
  /// The instructions of b follow those of a.
  Operand apply_to(Operation operation, const Operand& a, const Operand& b, bool predicate = false);
  /// A table of one argument, or of two whose instructions follow each other.
  Operand table(std::shared_ptr<const TableFunction> table, const Operand& a);
  Operand table(std::shared_ptr<const TableFunction> table, const Operand& a, const Operand& b);
  /// yes where the condition holds, else no; their instructions follow each other in this order.
  Operand choice(const Operand& condition, const Operand& yes, const Operand& no);

  /// The program whose last operand is `root`.
  PostfixProgram finished(const Operand& root) &&;

 private:
  Operand constant(double value, std::size_t start, bool predicate);
  Operand with_constant(Operation operation, double value, const Operand& a);

  std::vector<Instruction> instructions_;
};

}  // namespace valleyflux
