#include "problems/landscapes/expression.hpp"

#include "problems/case/nearest_name.hpp"
#include "problems/landscapes/operation.hpp"
#include "problems/landscapes/taylor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>

namespace valleyflux {

namespace {

struct Function {
  const char* name;
  Operation operation;
  std::size_t arguments;
};

constexpr std::array functions{Function{"sqrt", Operation::sqrt, 1},   Function{"exp", Operation::exp, 1},
                               Function{"log", Operation::log, 1},     Function{"log10", Operation::log10, 1},
                               Function{"sin", Operation::sin, 1},     Function{"cos", Operation::cos, 1},
                               Function{"tan", Operation::tan, 1},     Function{"asin", Operation::asin, 1},
                               Function{"acos", Operation::acos, 1},   Function{"atan", Operation::atan, 1},
                               Function{"sinh", Operation::sinh, 1},   Function{"cosh", Operation::cosh, 1},
                               Function{"tanh", Operation::tanh, 1},   Function{"erf", Operation::erf, 1},
                               Function{"abs", Operation::abs, 1},     Function{"min", Operation::minimum, 2},
                               Function{"max", Operation::maximum, 2}, Function{"pow", Operation::power, 2},
                               Function{"atan2", Operation::atan2, 2}};

/// One step of the stack machine that evaluates an expression.
struct Instruction {
  Operation operation;
  double value;  // constant, factor, summand or exponent
  std::size_t variable;
};

/// A part of the expression whose instructions have been written.
struct Operand {
  std::size_t start;   // its first instruction
  std::size_t depth;   // blocks of the stack that it needs
  std::size_t column;  // where it begins in the text
  bool predicate = false;
  std::optional<double> constant = std::nullopt;  // then it is one instruction
};

/// Instructions in postfix order, written while the text is read: no tree, however long the expression is. Folds
/// constants and recognises sums and products with a constant and constant powers.
class Code {
 public:
  Operand constant(double value, std::size_t column) { return constant(value, instructions_.size(), column, false); }

  Operand variable(std::size_t number, std::size_t column) {
    instructions_.push_back({Operation::variable, 0.0, number});
    return {instructions_.size() - 1, 1, column};
  }

  Operand apply_to(Operation operation, const Operand& a, bool predicate, std::size_t column) {
    if (a.constant) return constant(apply(operation, *a.constant, 0.0), a.start, column, predicate);
    if (operation == Operation::negate) return with_constant(Operation::scale, -1.0, a, column);
    instructions_.push_back({operation, 0.0, 0});
    return {a.start, a.depth, column, predicate};
  }

  /// The instructions of b follow those of a.
  Operand apply_to(Operation operation, const Operand& a, const Operand& b, bool predicate, std::size_t column) {
    if (a.constant && b.constant)
      return constant(apply(operation, *a.constant, *b.constant), a.start, column, predicate);
    const bool sum = operation == Operation::add, product = operation == Operation::multiply;
    if (b.constant && (sum || product || operation == Operation::subtract || operation == Operation::power)) {
      instructions_.pop_back();
      const double value = *b.constant;
      if (product) return with_constant(Operation::scale, value, a, column);
      if (operation != Operation::power) return with_constant(Operation::add_constant, sum ? value : -value, a, column);
      const bool integer = value == std::round(value) && std::abs(value) <= 64.0;
      return with_constant(integer ? Operation::integer_power : Operation::real_power, value, a, column);
    }
    if (a.constant && (sum || product)) {
      instructions_.erase(instructions_.begin() + static_cast<std::ptrdiff_t>(a.start));
      const Operand rest{a.start, b.depth, b.column};
      return with_constant(sum ? Operation::add_constant : Operation::scale, *a.constant, rest, column);
    }
    instructions_.push_back({operation, 0.0, 0});
    return {a.start, std::max(a.depth, b.depth + 1), column, predicate};
  }

  std::vector<Instruction> instructions() && { return std::move(instructions_); }

 private:
  Operand constant(double value, std::size_t start, std::size_t column, bool predicate) {
    instructions_.resize(start);
    instructions_.push_back({Operation::constant, value, 0});
    return {start, 1, column, predicate, value};
  }

  Operand with_constant(Operation operation, double value, const Operand& a, std::size_t column) {
    instructions_.push_back({operation, value, 0});
    return {a.start, a.depth, column};
  }

  std::vector<Instruction> instructions_;
};

bool name_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_';
}
bool name_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/// Recursive descent; positions are counted from 0, columns from 1.
class Parser {
 public:
  Parser(const std::string& text, const std::vector<std::string>& variables, const Parameters& parameters)
      : text_(text), variables_(variables), parameters_(parameters) {}

  Operand parse() {
    if (text_.size() > longest_expression)
      fail(fmt::format("the expression has {} characters: {} at most", text_.size(), longest_expression),
           longest_expression);
    skip_space();
    if (at_ == text_.size()) fail("the expression is empty", 0);
    const Operand node = either();
    skip_space();
    if (at_ < text_.size()) {
      if (text_[at_] == ')') fail("unbalanced ')'", at_);
      fail(fmt::format("expected an operator before '{}'", text_[at_]), at_);
    }
    return node;
  }

  std::vector<Instruction> instructions() && { return std::move(code_).instructions(); }

 private:
  static constexpr std::size_t longest_expression = 1000000;
  static constexpr int deepest_nesting = 256;

  /// Counts the parentheses, signs and powers that are open, each a call within a call.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.nesting_ > deepest_nesting)
        fail(fmt::format("the expression is nested more than {} levels deep", deepest_nesting), parser_.at_);
    }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    ~Nesting() { --parser_.nesting_; }

   private:
    Parser& parser_;
  };

  [[noreturn]] static void fail(const std::string& message, std::size_t position) {
    throw ExpressionError(message, position + 1);
  }

  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }

  bool take(std::string_view token) {
    skip_space();
    if (text_.compare(at_, token.size(), token) != 0) return false;
    if (name_start(token[0]) && at_ + token.size() < text_.size() && name_part(text_[at_ + token.size()])) return false;
    at_ += token.size();
    return true;
  }

  static void require(const Operand& node, bool predicate) {
    if (node.predicate == predicate) return;
    fail(predicate ? "a condition is needed here (such as x < 0), this is a number"
                   : "a number is needed here, this is a condition",
         node.column - 1);
  }

  Operand combine(Operation operation, bool of_predicates, bool predicate, const Operand& a, const Operand& b) {
    require(a, of_predicates);
    require(b, of_predicates);
    return code_.apply_to(operation, a, b, predicate, a.column);
  }

  Operand either() {
    Operand node = both();
    while (take("||") || take("or")) node = combine(Operation::either, true, true, node, both());
    return node;
  }

  Operand both() {
    Operand node = negation();
    while (take("&&") || take("and")) node = combine(Operation::both, true, true, node, negation());
    return node;
  }

  Operand negation() {
    skip_space();
    const std::size_t start = at_;
    const bool bang = text_.compare(at_, 1, "!") == 0 && text_.compare(at_, 2, "!=") != 0;
    if (bang ? take("!") : take("not")) {
      const Nesting nesting(*this);
      const Operand child = negation();
      require(child, true);
      return code_.apply_to(Operation::negation, child, true, start + 1);
    }
    return comparison();
  }

  Operand comparison() {
    Operand node = sum();
    constexpr std::array<std::pair<std::string_view, Operation>, 6> comparisons{{{"<=", Operation::less_equal},
                                                                                 {">=", Operation::greater_equal},
                                                                                 {"==", Operation::equal},
                                                                                 {"!=", Operation::unequal},
                                                                                 {"<", Operation::less},
                                                                                 {">", Operation::greater}}};
    for (const auto& [token, operation] : comparisons)
      if (take(token)) {
        node = combine(operation, false, true, node, sum());
        skip_space();
        if (at_ < text_.size() && std::strchr("<>=", text_[at_]))
          fail("comparisons cannot be chained: join them by &&", at_);
        return node;
      }
    skip_space();
    if (at_ < text_.size() && text_[at_] == '=') fail("'=' is no operator: comparison is ==", at_);
    return node;
  }

  Operand sum() {
    Operand node = product();
    for (;;) {
      if (take("+"))
        node = combine(Operation::add, false, false, node, product());
      else if (take("-"))
        node = combine(Operation::subtract, false, false, node, product());
      else
        return node;
    }
  }

  Operand product() {
    Operand node = signed_power();
    for (;;) {
      skip_space();
      if (text_.compare(at_, 2, "**") == 0) fail("'**' is no operator: powers are written ^", at_);
      if (take("*"))
        node = combine(Operation::multiply, false, false, node, signed_power());
      else if (take("/"))
        node = combine(Operation::divide, false, false, node, signed_power());
      else
        return node;
    }
  }

  Operand signed_power() {
    skip_space();
    const std::size_t start = at_;
    if (take("-")) {
      const Nesting nesting(*this);
      const Operand child = signed_power();
      require(child, false);
      return code_.apply_to(Operation::negate, child, false, start + 1);
    }
    if (take("+")) {
      const Nesting nesting(*this);
      return signed_power();
    }
    const Operand base = atom();
    if (!take("^")) return base;
    const Nesting nesting(*this);
    return combine(Operation::power, false, false, base, signed_power());
  }

  Operand atom() {
    skip_space();
    const std::size_t start = at_;
    if (at_ == text_.size()) fail("something is missing at the end", at_);
    if (take("(")) {
      const Nesting nesting(*this);
      Operand node = either();
      if (!take(")")) fail("this '(' is never closed", start);
      node.column = start + 1;
      return node;
    }
    const char c = text_[at_];
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') return number();
    if (name_start(c)) return name();
    fail(fmt::format("a number, a name or '(' is needed here, not '{}'", c), at_);
  }

  Operand number() {
    double value = 0.0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range) fail("this number is out of the range of double precision", at_);
    if (error != std::errc()) fail("this is no number", at_);
    const std::size_t start = at_;
    at_ = static_cast<std::size_t>(end - text_.data());
    return code_.constant(value, start + 1);
  }

  Operand name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && name_part(text_[at_])) ++at_;
    const std::string name = text_.substr(start, at_ - start);
    const auto function =
        std::find_if(functions.begin(), functions.end(), [&](const Function& f) { return name == f.name; });
    if (function != functions.end()) return call(*function, start);
    skip_space();
    if (at_ < text_.size() && text_[at_] == '(') {
      std::vector<std::string> names;
      for (const Function& f : functions) names.emplace_back(f.name);
      fail(fmt::format("unknown function \"{}\"; the nearest known one is \"{}\"", name, nearest_name(name, names)),
           start);
    }
    const auto variable = std::find(variables_.begin(), variables_.end(), name);
    if (variable != variables_.end())
      return code_.variable(static_cast<std::size_t>(variable - variables_.begin()), start + 1);
    if (const auto parameter = parameters_.find(name); parameter != parameters_.end())
      return code_.constant(parameter->second, start + 1);
    if (name == "pi") return code_.constant(std::numbers::pi, start + 1);
    if (name == "e") return code_.constant(std::numbers::e, start + 1);
    std::vector<std::string> names = variables_;
    for (const auto& [known, value] : parameters_) names.push_back(known);
    for (const char* known : {"pi", "e"}) names.emplace_back(known);
    fail(fmt::format("unknown name \"{}\"; the nearest known one is \"{}\" (known: {})", name,
                     nearest_name(name, names), fmt::join(names, ", ")),
         start);
  }

  Operand call(const Function& function, std::size_t start) {
    if (!take("(")) fail(fmt::format("{} is a function: '(' is missing behind it", function.name), at_);
    const Nesting nesting(*this);
    std::vector<Operand> arguments;
    do {
      arguments.push_back(either());
      require(arguments.back(), false);
    } while (take(","));
    if (!take(")")) fail(fmt::format("')' is missing behind the arguments of {}", function.name), at_);
    if (arguments.size() != function.arguments)
      fail(fmt::format("{} takes {} argument{} (got {})", function.name, function.arguments,
                       function.arguments == 1 ? "" : "s", arguments.size()),
           start);
    if (arguments.size() == 1) return code_.apply_to(function.operation, arguments[0], false, start + 1);
    return code_.apply_to(function.operation, arguments[0], arguments[1], false, start + 1);
  }

  const std::string& text_;
  const std::vector<std::string>& variables_;
  const Parameters& parameters_;
  std::size_t at_ = 0;
  int nesting_ = 0;
  Code code_;
};

/// f and its first three derivatives at a.
std::array<double, 4> derivatives(Operation operation, double a, double exponent) {
  constexpr double ln10 = std::numbers::ln10;
  switch (operation) {
    case Operation::exp: {
      const double f = std::exp(a);
      return {f, f, f, f};
    }
    case Operation::log: return {std::log(a), 1 / a, -1 / (a * a), 2 / (a * a * a)};
    case Operation::log10: return {std::log10(a), 1 / (a * ln10), -1 / (a * a * ln10), 2 / (a * a * a * ln10)};
    case Operation::sqrt: {
      const double f = std::sqrt(a);
      return {f, 0.5 / f, -0.25 / (a * f), 0.375 / (a * a * f)};
    }
    case Operation::sin: {
      const double s = std::sin(a), c = std::cos(a);
      return {s, c, -s, -c};
    }
    case Operation::cos: {
      const double s = std::sin(a), c = std::cos(a);
      return {c, -s, -c, s};
    }
    case Operation::tan: {
      const double t = std::tan(a), d = 1 + t * t;
      return {t, d, 2 * t * d, d * (2 + 6 * t * t)};
    }
    case Operation::asin:
    case Operation::acos: {
      const double sign = operation == Operation::asin ? 1.0 : -1.0;
      const double d = 1 / std::sqrt((1 - a) * (1 + a)), d3 = d * d * d;
      return {operation == Operation::asin ? std::asin(a) : std::acos(a), sign * d, sign * a * d3,
              sign * (1 + 2 * a * a) * d3 * d * d};
    }
    case Operation::atan: {
      const double d = 1 / (1 + a * a);
      return {std::atan(a), d, -2 * a * d * d, (6 * a * a - 2) * d * d * d};
    }
    case Operation::sinh: {
      const double s = std::sinh(a), c = std::cosh(a);
      return {s, c, s, c};
    }
    case Operation::cosh: {
      const double s = std::sinh(a), c = std::cosh(a);
      return {c, s, c, s};
    }
    case Operation::tanh: {
      const double t = std::tanh(a), d = 1 / (std::cosh(a) * std::cosh(a));
      return {t, d, -2 * t * d, d * (6 * t * t - 2)};
    }
    case Operation::erf: {
      const double g = 2 * std::numbers::inv_sqrtpi * std::exp(-a * a);
      return {std::erf(a), g, -2 * a * g, (4 * a * a - 2) * g};
    }
    case Operation::abs: return {std::abs(a), static_cast<double>((a > 0) - (a < 0)), 0.0, 0.0};
    case Operation::divide: {  // 1 / a
      const double r = 1 / a;
      return {r, -r * r, 2 * r * r * r, -6 * r * r * r * r};
    }
    case Operation::real_power: {
      const double c = exponent;
      return {std::pow(a, c), c * std::pow(a, c - 1), c * (c - 1) * std::pow(a, c - 2),
              c * (c - 1) * (c - 2) * std::pow(a, c - 3)};
    }
    default: throw std::logic_error("not a function of one variable");
  }
}

}  // namespace

struct Expression::Program {
  std::string text;
  int dimension;
  bool predicate;
  std::vector<Instruction> instructions;
  std::size_t depth = 0;  // blocks that the stack needs

  /// Evaluates one block; the result is the bottom of the returned stack. x: the points' coordinates, [i][point].
  const double* run(const TaylorBasis& basis, const double* x, std::vector<double>& memory) const;
};

namespace {

void unary(const TaylorBasis& basis, Operation operation, double exponent, double* top, double* scratch) {
  const std::size_t n = basis.doubles();
  std::array<double, 4 * taylor_block> f;
  for (std::size_t p = 0; p < taylor_block; ++p) {
    const std::array<double, 4> at = derivatives(operation, top[p], exponent);
    for (std::size_t k = 0; k < 4; ++k) f[k * taylor_block + p] = at[k];
  }
  basis.compose(top, {f.data(), f.data() + taylor_block, f.data() + 2 * taylor_block, f.data() + 3 * taylor_block},
                scratch, scratch + n);
  std::copy(scratch, scratch + n, top);
}

void multiply_in_place(const TaylorBasis& basis, double* a, const double* b, double* scratch) {
  if (basis.order() <= 1 && a != b) {
    for (std::size_t k = basis.size() - 1; k > 0; --k) {
      double* ak = a + k * taylor_block;
      const double* bk = b + k * taylor_block;
      for (std::size_t p = 0; p < taylor_block; ++p) ak[p] = a[p] * bk[p] + ak[p] * b[p];
    }
    for (std::size_t p = 0; p < taylor_block; ++p) a[p] *= b[p];
    return;
  }
  basis.multiply(a, b, scratch);
  std::copy(scratch, scratch + basis.doubles(), a);
}

/// top = top^n for an integer n, by repeated multiplication (exact at zero and for negative numbers).
void integer_power(const TaylorBasis& basis, int n, double* top, double* scratch) {
  const std::size_t size = basis.doubles();
  double* base = scratch + 2 * size;
  if (basis.order() <= 1 && n >= 2) {
    // d(a^n) = n a^(n-1) da
    std::array<double, taylor_block> lower, square;
    lower.fill(1.0);
    std::copy_n(top, taylor_block, square.begin());
    for (auto bits = static_cast<unsigned>(n - 1); bits; bits >>= 1) {
      if (bits & 1u)
        for (std::size_t p = 0; p < taylor_block; ++p) lower[p] *= square[p];
      if (bits > 1)
        for (std::size_t p = 0; p < taylor_block; ++p) square[p] *= square[p];
    }
    for (std::size_t k = 1; k < basis.size(); ++k)
      for (std::size_t p = 0; p < taylor_block; ++p) top[k * taylor_block + p] *= n * lower[p];
    for (std::size_t p = 0; p < taylor_block; ++p) top[p] *= lower[p];
    return;
  }
  std::copy(top, top + size, base);
  std::fill(top, top + size, 0.0);
  std::fill(top, top + taylor_block, 1.0);
  bool one = true;
  for (unsigned bits = static_cast<unsigned>(std::abs(n)); bits; bits >>= 1) {
    if (bits & 1u) {
      if (one)
        std::copy(base, base + size, top);
      else
        multiply_in_place(basis, top, base, scratch);
      one = false;
    }
    if (bits > 1) multiply_in_place(basis, base, base, scratch);
  }
  if (n < 0) unary(basis, Operation::divide, 0.0, top, scratch);
}

/// a = angle of the vector (b, a): its derivatives are those of atan(a / b) or of -atan(b / a).
void angle(const TaylorBasis& basis, double* a, double* b, double* scratch) {
  const std::size_t n = basis.doubles();
  double* ratio = scratch + 2 * n;
  double* other = scratch + 3 * n;
  std::array<double, taylor_block> value;
  std::array<bool, taylor_block> flat;
  for (std::size_t p = 0; p < taylor_block; ++p) {
    value[p] = std::atan2(a[p], b[p]);
    flat[p] = std::abs(b[p]) >= std::abs(a[p]);
  }
  for (double* quotient : {ratio, other}) {
    const double* top = quotient == ratio ? a : b;
    std::copy(quotient == ratio ? b : a, (quotient == ratio ? b : a) + n, quotient);
    unary(basis, Operation::divide, 0.0, quotient, scratch);
    multiply_in_place(basis, quotient, top, scratch);
    unary(basis, Operation::atan, 0.0, quotient, scratch);
  }
  for (std::size_t k = 0; k < basis.size(); ++k)
    for (std::size_t p = 0; p < taylor_block; ++p) {
      const std::size_t at = k * taylor_block + p;
      a[at] = k == 0 ? value[p] : flat[p] ? ratio[at] : -other[at];
    }
}

}  // namespace

const double* Expression::Program::run(const TaylorBasis& basis, const double* x, std::vector<double>& memory) const {
  const std::size_t n = basis.doubles();
  constexpr std::size_t scratch_blocks = 4;
  memory.resize((depth + scratch_blocks) * n);
  double* scratch = memory.data() + depth * n;
  double* next = memory.data();  // first free block
  for (const auto& [operation, value, variable] : instructions) {
    double* top = next - n;
    double* below = next - 2 * n;
    switch (operation) {
      case Operation::constant:
      case Operation::variable:
        std::fill(next, next + n, 0.0);
        if (operation == Operation::constant) {
          std::fill(next, next + taylor_block, value);
        } else {
          std::copy(x + variable * taylor_block, x + (variable + 1) * taylor_block, next);
          if (basis.order() > 0) std::fill_n(next + (variable + 1) * taylor_block, taylor_block, 1.0);
        }
        next += n;
        break;
      case Operation::add_constant:
        for (std::size_t p = 0; p < taylor_block; ++p) top[p] += value;
        break;
      case Operation::scale:
        for (std::size_t k = 0; k < n; ++k) top[k] *= value;
        break;
      case Operation::add:
        for (std::size_t k = 0; k < n; ++k) below[k] += top[k];
        next = top;
        break;
      case Operation::subtract:
        for (std::size_t k = 0; k < n; ++k) below[k] -= top[k];
        next = top;
        break;
      case Operation::multiply:
        multiply_in_place(basis, below, top, scratch);
        next = top;
        break;
      case Operation::divide:
        unary(basis, Operation::divide, 0.0, top, scratch);
        multiply_in_place(basis, below, top, scratch);
        next = top;
        break;
      case Operation::integer_power: integer_power(basis, static_cast<int>(value), top, scratch); break;
      case Operation::power:  // exp(b log a)
        unary(basis, Operation::log, 0.0, below, scratch);
        multiply_in_place(basis, below, top, scratch);
        unary(basis, Operation::exp, 0.0, below, scratch);
        next = top;
        break;
      case Operation::atan2:
        angle(basis, below, top, scratch);
        next = top;
        break;
      case Operation::minimum:
      case Operation::maximum:
        for (std::size_t p = 0; p < taylor_block; ++p) {
          const bool first = operation == Operation::minimum ? !(top[p] < below[p]) : !(top[p] > below[p]);
          if (!first)
            for (std::size_t k = p; k < n; k += taylor_block) below[k] = top[k];
        }
        next = top;
        break;
      case Operation::negation:
        for (std::size_t p = 0; p < taylor_block; ++p) top[p] = apply(operation, top[p], 0.0);
        break;
      case Operation::less:
      case Operation::less_equal:
      case Operation::greater:
      case Operation::greater_equal:
      case Operation::equal:
      case Operation::unequal:
      case Operation::both:
      case Operation::either:
        for (std::size_t p = 0; p < taylor_block; ++p) below[p] = apply(operation, below[p], top[p]);
        next = top;
        break;
      default: unary(basis, operation, value, top, scratch);
    }
  }
  return memory.data();
}

GraphNode Expression::append_to(ExpressionGraph& graph) const {
  std::vector<GraphNode> stack;
  for (const auto& [operation, value, variable] : program_->instructions) {
    const auto take = [&stack] {
      const GraphNode top = stack.back();
      stack.pop_back();
      return top;
    };
    switch (operation) {
      case Operation::constant: stack.push_back(graph.constant(value)); break;
      case Operation::variable: stack.push_back(graph.variable(static_cast<int>(variable))); break;
      case Operation::add_constant: stack.push_back(graph.affine(take(), 1.0, value)); break;
      case Operation::scale: stack.push_back(graph.affine(take(), value, 0.0)); break;
      case Operation::integer_power: stack.push_back(graph.integer_power(take(), static_cast<int>(value))); break;
      case Operation::real_power: stack.push_back(graph.binary(Operation::power, take(), graph.constant(value))); break;
      case Operation::less:
      case Operation::less_equal: {
        const GraphNode second = take();
        stack.push_back(graph.binary(Operation::subtract, second, take()));
        break;
      }
      case Operation::greater:
      case Operation::greater_equal: {
        const GraphNode second = take();
        stack.push_back(graph.binary(Operation::subtract, take(), second));
        break;
      }
      case Operation::both:
      case Operation::either: {
        const GraphNode second = take();
        const bool all = operation == Operation::both;
        stack.push_back(graph.binary(all ? Operation::minimum : Operation::maximum, take(), second));
        break;
      }
      case Operation::negation: stack.push_back(graph.affine(take(), -1.0, 0.0)); break;
      case Operation::equal:
      case Operation::unequal: throw std::invalid_argument(fmt::format("\"{}\": == and != bound no region", text()));
      case Operation::add:
      case Operation::subtract:
      case Operation::multiply:
      case Operation::divide:
      case Operation::power:
      case Operation::atan2:
      case Operation::minimum:
      case Operation::maximum: {
        const GraphNode second = take();
        stack.push_back(graph.binary(operation, take(), second));
        break;
      }
      default: stack.push_back(graph.unary(operation, take()));
    }
  }
  return stack.back();
}

Expression::Expression(const std::string& text, std::vector<std::string> variables, const Parameters& parameters) {
  Parser parser(text, variables, parameters);
  const Operand root = parser.parse();
  auto program = std::make_shared<Program>();
  program->text = text;
  program->dimension = static_cast<int>(variables.size());
  program->predicate = root.predicate;
  program->depth = root.depth;
  program->instructions = std::move(parser).instructions();
  program_ = std::move(program);
}

int Expression::dimension() const {
  return program_->dimension;
}
const std::string& Expression::text() const {
  return program_->text;
}
bool Expression::is_predicate() const {
  return program_->predicate;
}

bool Expression::is_constant() const {
  return std::none_of(program_->instructions.begin(), program_->instructions.end(),
                      [](const auto& instruction) { return instruction.operation == Operation::variable; });
}

double Expression::operator()(const Eigen::Ref<const Eigen::VectorXd>& x) const {
  FieldSamples samples;
  sample(x, 0, samples);
  return samples.value[0];
}

void Expression::sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples) const {
  const auto d = static_cast<std::size_t>(dimension());
  if (points.rows() != dimension())
    throw std::invalid_argument(
        fmt::format("an expression of {} variables got points of {} coordinates", d, points.rows()));
  if (order < 0 || order > 3)
    throw std::invalid_argument(fmt::format("derivatives of order 0 to 3 are known (got {})", order));
  if (order > 0 && is_predicate()) throw std::invalid_argument("a condition has no derivatives");
  const Index n = points.cols();
  const auto size = static_cast<Index>(d);
  samples.value.resize(n);
  samples.gradient.resize(order > 0 ? size : 0, order > 0 ? n : 0);
  samples.hessian.resize(order > 1 ? size * size : 0, order > 1 ? n : 0);
  samples.third.resize(order > 2 ? size * size * size : 0, order > 2 ? n : 0);
  const auto basis = TaylorBasis::get(dimension(), order);
  thread_local std::vector<double> memory;
  std::vector<double> x(d * taylor_block);
  for (Index start = 0; start < n; start += static_cast<Index>(taylor_block)) {
    const Index count = std::min<Index>(taylor_block, n - start);
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t p = 0; p < taylor_block; ++p)  // the last block is filled up with copies of its last point
        x[i * taylor_block + p] = points(static_cast<Index>(i), start + std::min(static_cast<Index>(p), count - 1));
    const double* result = program_->run(*basis, x.data(), memory);
    samples.value.segment(start, count) = Eigen::Map<const Eigen::VectorXd>(result, count);
    for (std::size_t k = 1; k < basis->size(); ++k) {
      const std::vector<int>& by = basis->exponents(k);
      const double* coefficient = result + k * taylor_block;
      const double factor = basis->factorial(k);
      if (by.size() == 1) {
        for (Index p = 0; p < count; ++p) samples.gradient(by[0], start + p) = coefficient[p];
      } else if (by.size() == 2) {
        for (Index p = 0; p < count; ++p) {
          const double value = factor * coefficient[p];
          samples.hessian(by[0] + size * by[1], start + p) = value;
          samples.hessian(by[1] + size * by[0], start + p) = value;
        }
      } else {
        std::array<int, 3> order_of{by[0], by[1], by[2]};
        do {
          const Index row = order_of[0] + size * (order_of[1] + size * order_of[2]);
          for (Index p = 0; p < count; ++p) samples.third(row, start + p) = factor * coefficient[p];
        } while (std::next_permutation(order_of.begin(), order_of.end()));
      }
    }
  }
}

std::optional<std::string> unfit_parameter_name(const std::string& name) {
  if (name.empty() || !name_start(name[0]) || !std::all_of(name.begin(), name.end(), name_part))
    return "must consist of letters, digits and _, a letter first";
  if (std::any_of(functions.begin(), functions.end(), [&](const Function& f) { return name == f.name; }))
    return "is the name of a function";
  const std::vector<std::string> variables = variable_names(3);
  if (std::find(variables.begin(), variables.end(), name) != variables.end()) return "is a variable";
  if (name == "pi" || name == "e") return "is a constant";
  return std::nullopt;
}

std::vector<std::string> variable_names(int dimension) {
  constexpr std::array letters{"x", "y", "z"};
  std::vector<std::string> names;
  for (int k = 0; k < dimension; ++k)
    names.push_back(dimension <= 3 ? letters[static_cast<std::size_t>(k)] : fmt::format("x{}", k + 1));
  return names;
}

namespace {

class ExpressionLandscape final : public Landscape {
 public:
  explicit ExpressionLandscape(Expression expression) : expression_(std::move(expression)) {}
  int dimension() const override { return expression_.dimension(); }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples) const override {
    expression_.sample(points, order, samples);
  }
  std::optional<GraphNode> append_to(ExpressionGraph& graph) const override { return expression_.append_to(graph); }

 private:
  Expression expression_;
};

}  // namespace

std::shared_ptr<const Landscape> expression_landscape(Expression expression) {
  if (expression.is_predicate())
    throw std::invalid_argument("a landscape needs a number, this expression is a condition");
  return std::make_shared<ExpressionLandscape>(std::move(expression));
}

}  // namespace valleyflux
