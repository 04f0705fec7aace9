#include "problems/expressions/expression_parser.hpp"

#include "problems/case/nearest_name.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <numbers>
#include <string_view>
#include <utility>

namespace valleyflux {

namespace {

/// Recursive descent; positions are counted from 0, columns from 1.
class Parser {
 public:
  Parser(const std::string& text, const std::vector<std::string>& variables, const Parameters& parameters,
         const TableSource& tables, const std::vector<std::string>& other_names)
      : text_(text), variables_(variables), parameters_(parameters), tables_(tables), other_names_(other_names) {}

  PostfixProgram parse() {
    if (text_.size() > longest_expression)
      fail(fmt::format("the expression has {} characters: {} at most", text_.size(), longest_expression),
           longest_expression);
    skip_space();
    if (at_ == text_.size()) fail("the expression is empty", 0);
    const Part node = either();
    skip_space();
    if (at_ < text_.size()) {
      if (text_[at_] == ')') fail("unbalanced ')'", at_);
      fail(fmt::format("expected an operator before '{}'", text_[at_]), at_);
    }
    return std::move(code_).finished(node.code);
  }

 private:
  static constexpr std::size_t longest_expression = 1000000;
  static constexpr int deepest_nesting = 256;

  struct Part {
    Operand code;
    std::size_t column;  // where it begins
  };

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
    if (starts_name(token[0]) && at_ + token.size() < text_.size() && continues_name(text_[at_ + token.size()]))
      return false;
    at_ += token.size();
    return true;
  }

  static void require_condition(const Part& node) {
    if (!node.code.predicate) fail("a condition is needed here (such as x < 0), this is a number", node.column - 1);
  }

  /// Conditions are numbers, too: 1 where they hold, else 0.
  Part combine(Operation operation, bool of_predicates, bool predicate, const Part& a, const Part& b) {
    if (of_predicates) {
      require_condition(a);
      require_condition(b);
    }
    return {code_.apply_to(operation, a.code, b.code, predicate), a.column};
  }

  Part either() {
    Part node = both();
    while (take("||") || take("or")) node = combine(Operation::either, true, true, node, both());
    return node;
  }

  Part both() {
    Part node = negation();
    while (take("&&") || take("and")) node = combine(Operation::both, true, true, node, negation());
    return node;
  }

  Part negation() {
    skip_space();
    const std::size_t start = at_;
    const bool bang = text_.compare(at_, 1, "!") == 0 && text_.compare(at_, 2, "!=") != 0;
    if (bang ? take("!") : take("not")) {
      const Nesting nesting(*this);
      const Part child = negation();
      require_condition(child);
      return {code_.apply_to(Operation::negation, child.code, true), start + 1};
    }
    return comparison();
  }

  Part comparison() {
    Part node = sum();
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

  Part sum() {
    Part node = product();
    for (;;) {
      if (take("+"))
        node = combine(Operation::add, false, false, node, product());
      else if (take("-"))
        node = combine(Operation::subtract, false, false, node, product());
      else
        return node;
    }
  }

  Part product() {
    Part node = signed_power();
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

  Part signed_power() {
    skip_space();
    const std::size_t start = at_;
    if (take("-")) {
      const Nesting nesting(*this);
      const Part child = signed_power();
      return {code_.apply_to(Operation::negate, child.code), start + 1};
    }
    if (take("+")) {
      const Nesting nesting(*this);
      return signed_power();
    }
    const Part base = atom();
    if (!take("^")) return base;
    const Nesting nesting(*this);
    return combine(Operation::power, false, false, base, signed_power());
  }

  Part atom() {
    skip_space();
    const std::size_t start = at_;
    if (at_ == text_.size()) fail("something is missing at the end", at_);
    if (take("(")) {
      const Nesting nesting(*this);
      Part node = either();
      if (!take(")")) fail("this '(' is never closed", start);
      node.column = start + 1;
      return node;
    }
    const char c = text_[at_];
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') return number();
    if (starts_name(c)) return name();
    fail(fmt::format("a number, a name or '(' is needed here, not '{}'", c), at_);
  }

  Part number() {
    double value = 0.0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range) fail("this number is out of the range of double precision", at_);
    if (error != std::errc()) fail("this is no number", at_);
    const std::size_t start = at_;
    at_ = static_cast<std::size_t>(end - text_.data());
    return {code_.constant(value), start + 1};
  }

  Part name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    const std::string name = text_.substr(start, at_ - start);
    const auto functions = named_functions();
    const auto function =
        std::find_if(functions.begin(), functions.end(), [&](const NamedFunction& f) { return name == f.name; });
    if (function != functions.end())
      return function->operation == Operation::curve ? table(start) : call(*function, start);
    skip_space();
    if (at_ < text_.size() && text_[at_] == '(') {
      std::vector<std::string> names;
      for (const NamedFunction& f : functions) names.emplace_back(f.name);
      fail(fmt::format("unknown function \"{}\"; the nearest known one is \"{}\"", name, nearest_name(name, names)),
           start);
    }
    for (const std::vector<std::string>* known : {&variables_, &other_names_})
      if (const auto variable = std::find(known->begin(), known->end(), name); variable != known->end())
        return {code_.variable(static_cast<std::size_t>(variable - known->begin())), start + 1};
    if (const auto parameter = parameters_.find(name); parameter != parameters_.end())
      return {code_.constant(parameter->second), start + 1};
    if (name == "pi") return {code_.constant(std::numbers::pi), start + 1};
    if (name == "e") return {code_.constant(std::numbers::e), start + 1};
    std::vector<std::string> names = variables_;
    for (const std::string& other : other_names_)
      if (std::find(names.begin(), names.end(), other) == names.end()) names.push_back(other);
    for (const auto& [known, value] : parameters_) names.push_back(known);
    for (const char* known : {"pi", "e"}) names.emplace_back(known);
    fail(fmt::format("unknown name \"{}\"; the nearest known one is \"{}\" (known: {})", name,
                     nearest_name(name, names), fmt::join(names, ", ")),
         start);
  }

  Part call(const NamedFunction& function, std::size_t start) {
    if (!take("(")) fail(fmt::format("{} is a function: '(' is missing behind it", function.name), at_);
    const Nesting nesting(*this);
    std::vector<Part> arguments;
    do {
      arguments.push_back(either());
    } while (take(","));
    if (!take(")")) fail(fmt::format("')' is missing behind the arguments of {}", function.name), at_);
    if (arguments.size() != function.arguments)
      fail(fmt::format("{} takes {} argument{} (got {})", function.name, function.arguments,
                       function.arguments == 1 ? "" : "s", arguments.size()),
           start);
    if (function.operation == Operation::where) {
      require_condition(arguments[0]);
      return {code_.choice(arguments[0].code, arguments[1].code, arguments[2].code), start + 1};
    }
    if (arguments.size() == 1) return {code_.apply_to(function.operation, arguments[0].code), start + 1};
    return {code_.apply_to(function.operation, arguments[0].code, arguments[1].code), start + 1};
  }

  /// table("FILE", a) or table("FILE", a, b), the name in quotes of either kind.
  Part table(std::size_t start) {
    const std::string example = "table(\"FILE\", x)";
    if (!take("(")) fail(fmt::format("table is a function: '(' is missing behind it, as in {}", example), at_);
    const Nesting nesting(*this);
    skip_space();
    const std::size_t opening = at_;
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\''))
      fail(fmt::format("the name of a file in quotes is needed here, as in {}", example), at_);
    const std::size_t closing = text_.find(text_[at_], at_ + 1);
    if (closing == std::string::npos) fail("this quote is never closed", opening);
    const std::string file = text_.substr(opening + 1, closing - opening - 1);
    at_ = closing + 1;
    std::vector<Part> arguments;
    while (take(",")) arguments.push_back(sum());
    if (!take(")")) fail("')' is missing behind the arguments of table", at_);
    if (arguments.empty() || arguments.size() > 2)
      fail(arguments.empty()
               ? fmt::format(
                     "table needs what it is looked up at, as in table(\"{}\", {}); a table over all variables of a "
                     "case can also be given in the place of the text, as {{ file = \"{}\" }}",
                     file,
                     fmt::join(variables_.begin(),
                               variables_.begin() + std::min<std::ptrdiff_t>(std::ssize(variables_), 2), ", "),
                     file)
               : fmt::format("table takes a file and one or two numbers (got {})", arguments.size()),
           start);
    if (!tables_) fail("tables can be named in case files alone", start);
    try {
      auto table = tables_(file, static_cast<int>(arguments.size()));
      if (arguments.size() == 1) return {code_.table(std::move(table), arguments[0].code), start + 1};
      return {code_.table(std::move(table), arguments[0].code, arguments[1].code), start + 1};
    } catch (const std::invalid_argument& error) {
      fail(error.what(), opening);
    }
  }

  const std::string& text_;
  const std::vector<std::string>& variables_;
  const Parameters& parameters_;
  const TableSource& tables_;
  const std::vector<std::string>& other_names_;
  std::size_t at_ = 0;
  int nesting_ = 0;
  PostfixCode code_;
};

}  // namespace

PostfixProgram parse_expression(const std::string& text, const std::vector<std::string>& variables,
                                const Parameters& parameters, const TableSource& tables,
                                const std::vector<std::string>& other_names) {
  return Parser(text, variables, parameters, tables, other_names).parse();
}

}  // namespace valleyflux
