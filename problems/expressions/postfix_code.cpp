#include "problems/expressions/postfix_code.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace valleyflux {

Operand PostfixCode::constant(double value) {
  return constant(value, instructions_.size(), false);
}

Operand PostfixCode::variable(std::size_t number) {
  instructions_.push_back({Operation::variable, 0.0, number});
  return {instructions_.size() - 1, 1};
}

Operand PostfixCode::program(const PostfixProgram& program) {
  const auto& added = program.instructions;
  const std::size_t start = instructions_.size();
  instructions_.insert(instructions_.end(), added.begin(), added.end());
  const bool constant = added.size() == 1 && added[0].operation == Operation::constant;
  return {start, program.depth, program.predicate, constant ? std::optional(added[0].value) : std::nullopt};
}

Operand PostfixCode::apply_to(Operation operation, const Operand& a, bool predicate) {
  if (a.constant) return constant(apply(operation, *a.constant, 0.0), a.start, predicate);
  if (operation == Operation::negate) return with_constant(Operation::scale, -1.0, a);
  instructions_.push_back({operation, 0.0, 0});
  return {a.start, a.depth, predicate};
}

Operand PostfixCode::apply_to(Operation operation, const Operand& a, const Operand& b, bool predicate) {
  if (a.constant && b.constant) return constant(apply(operation, *a.constant, *b.constant), a.start, predicate);
  const bool sum = operation == Operation::add, product = operation == Operation::multiply;
  if (b.constant && (sum || product || operation == Operation::subtract || operation == Operation::power)) {
    instructions_.pop_back();
    const double value = *b.constant;
    if (product) return with_constant(Operation::scale, value, a);
    if (operation != Operation::power) return with_constant(Operation::add_constant, sum ? value : -value, a);
    const bool integer = value == std::round(value) && std::abs(value) <= 64.0;
    return with_constant(integer ? Operation::integer_power : Operation::real_power, value, a);
  }
  if (a.constant && (sum || product)) {
    instructions_.erase(instructions_.begin() + static_cast<std::ptrdiff_t>(a.start));
    return with_constant(sum ? Operation::add_constant : Operation::scale, *a.constant, {a.start, b.depth});
  }
  instructions_.push_back({operation, 0.0, 0});
  return {a.start, std::max(a.depth, b.depth + 1), predicate};
}

Operand PostfixCode::table(std::shared_ptr<const TableFunction> table, const Operand& a) {
  instructions_.push_back({Operation::curve, 0.0, 0, std::move(table)});
  return {a.start, a.depth};
}

Operand PostfixCode::table(std::shared_ptr<const TableFunction> table, const Operand& a, const Operand& b) {
  instructions_.push_back({Operation::surface, 0.0, 0, std::move(table)});
  return {a.start, std::max(a.depth, b.depth + 1)};
}

Operand PostfixCode::choice(const Operand& condition, const Operand& yes, const Operand& no) {
  if (condition.constant) {
    const auto at = [this](std::size_t start) { return instructions_.begin() + static_cast<std::ptrdiff_t>(start); };
    const bool first = *condition.constant != 0.0;
    const Operand& chosen = first ? yes : no;
    if (first) instructions_.erase(at(no.start), instructions_.end());
    instructions_.erase(at(condition.start), at(chosen.start));
    return {condition.start, chosen.depth, false, chosen.constant};
  }
  instructions_.push_back({Operation::where, 0.0, 0});
  return {condition.start, std::max({condition.depth, yes.depth + 1, no.depth + 2})};
}

PostfixProgram PostfixCode::finished(const Operand& root) && {
  return {std::move(instructions_), root.depth, root.predicate};
}

Operand PostfixCode::constant(double value, std::size_t start, bool predicate) {
  instructions_.resize(start);
  instructions_.push_back({Operation::constant, value, 0});
  return {start, 1, predicate, value};
}

Operand PostfixCode::with_constant(Operation operation, double value, const Operand& a) {
  instructions_.push_back({operation, value, 0});
  return {a.start, a.depth};
}

}  // namespace valleyflux
