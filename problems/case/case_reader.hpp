#pragma once

#include "problems/case/case_file.hpp"
#include "problems/case/toml_text.hpp"
#include "problems/expressions/expression.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

/// Everything that errors need: the file's name and which keys came from --set.
struct CaseContext {
  std::string file;
  std::filesystem::path directory;
  std::set<std::string> overridden;
  mutable std::vector<std::filesystem::path> files{};  // all that file_named() found
  /// A table that stands in the place of an expression, known within its data.
  struct TableEntry {
    std::string key, place;
    std::shared_ptr<const TableFunction> table;
  };
  mutable std::vector<TableEntry> entries{};
  mutable std::map<std::string, std::shared_ptr<const TableFunction>> tables{};  // that expressions name
  PartsByCode by_code{};
  mutable std::vector<std::string> variables{};  // other names of x, y ... than these, where there are any
  mutable SaidOfAxes said{};                     // which tables are read by

  std::string place(const toml::source_region& source, const std::string& path, std::size_t shift = 0) const;
  /// A file that the case names: as given, or beside the case.
  std::filesystem::path file_named(const std::string& given) const;
  /// The table that expressions name by its file, which is read once. Throws std::invalid_argument.
  std::shared_ptr<const TableFunction> table_named(const std::string& given, int arguments) const;
};

/// One table of the case: typed access to its keys, and unknown keys found at the end. Whatever is wrong throws
/// CaseError with its place; of a key that may be missing nothing comes back then.
class CaseReader {
 public:
  CaseReader(const CaseContext& context, const toml::table& table, std::string path)
      : context_(&context), table_(&table), path_(std::move(path)) {}

  [[noreturn]] void fail(const std::string& key, const std::string& message, std::size_t shift = 0) const;

  /// Fails for want of a key, saying what it takes as case_keys() does.
  [[noreturn]] void fail_without(const std::string& key) const;

  std::string place(const std::string& key, std::size_t shift = 0) const;

  /// What is to be said where a key is missing: "grid.x is missing", or of a list "[[valley]] number 2 has no name".
  std::string missing(const std::string& key) const;

  std::string name(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

  /// Makes the key a known one.
  const toml::node* find(const std::string& key);

  std::optional<double> number(const std::string& key);

  double required_number(const std::string& key);

  std::optional<double> positive(const std::string& key);

  std::optional<long> integer(const std::string& key, long lowest, long highest);

  std::optional<std::string> text(const std::string& key);

  std::vector<std::string> texts(const std::string& key);

  std::optional<bool> boolean(const std::string& key);

  std::string required_text(const std::string& key);

  std::string choice(const std::string& key, const std::vector<std::string>& allowed, const std::string& standard);

  std::optional<std::vector<double>> numbers(const std::string& key, std::size_t count);

  /// shown: the name that errors give it, where that is not the key.
  std::optional<CaseReader> table(const std::string& key, const std::string& shown = "");

  std::vector<CaseReader> tables(const std::string& key);

  /// An expression given by a string node; errors point into the string.
  Expression expression(const toml::node& node, const std::string& key, const std::vector<std::string>& variables,
                        const Parameters& parameters) const;

  std::optional<Expression> expression(const std::string& key, const std::vector<std::string>& variables,
                                       const Parameters& parameters);

  /// A number, or a string that holds an expression of the parameters alone.
  std::optional<double> quantity(const std::string& key, const Parameters& parameters);

  /// A whole number, or an expression of the parameters alone that is one.
  std::optional<long> whole_quantity(const std::string& key, long lowest, long highest, const Parameters& parameters);

  std::optional<double> positive_quantity(const std::string& key, const Parameters& parameters);

  std::optional<Expression> predicate(const std::string& key, const std::vector<std::string>& variables,
                                      const Parameters& parameters);

  /// Keys that nothing has asked for.
  std::vector<std::string> unknown() const;

  /// Throws if there are any.
  void finish() const;

  /// The table as text, but for one of its keys.
  std::string text_without(const std::string& key) const;

  const CaseContext& context() const { return *context_; }
  const toml::table& content() const { return *table_; }

  static std::string shown(const toml::node& node);

 private:
  const CaseContext* context_;
  const toml::table* table_;
  std::string path_;
  std::vector<std::string> known_;
};

/// Runs a builder that knows nothing of files and gives its complaints the place of a key.
template <class Build>
auto placed(const std::string& place, Build build) {
  try {
    return build();
  } catch (const CaseError&) {
    throw;
  } catch (const std::invalid_argument& error) {
    throw CaseError(fmt::format("{}: error: {}", place, error.what()));
  }
}

/// Puts "table.key=value" into a case. Throws CaseError.
void apply_override(toml::table& root, const std::string& override_text, CaseContext& context);

}  // namespace valleyflux
