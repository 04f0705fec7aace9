#include "output/fields.hpp"

#include "output/figure_data.hpp"
#include "output/figure_fields.hpp"
#include "output/sweep_table.hpp"

#include "tests/output/documented_page.hpp"

#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <type_traits>

using namespace valleyflux;

namespace {

/// Calls visit.operator()<Owner>(name) for every described struct.
template <class Visitor>
void for_each_owner(const Visitor& visit) {
  visit.template operator()<Results>("Results");
  visit.template operator()<Units>("Units");
  visit.template operator()<Units::Length>("Units::Length");
  visit.template operator()<GridSize>("GridSize");
  visit.template operator()<ValleyResult>("ValleyResult");
  visit.template operator()<Estimate>("Estimate");
  visit.template operator()<TargetShare>("TargetShare");
  visit.template operator()<AccuracyResult>("AccuracyResult");
  visit.template operator()<LinearSolverResult>("LinearSolverResult");
  visit.template operator()<EvolutionResult>("EvolutionResult");
  visit.template operator()<HistogramResult>("HistogramResult");
  visit.template operator()<NetworkResult>("NetworkResult");
  visit.template operator()<PathResult>("PathResult");
  visit.template operator()<FirstPassageResult>("FirstPassageResult");
  visit.template operator()<FirstPassageTarget>("FirstPassageTarget");
  visit.template operator()<LossResult>("LossResult");
  visit.template operator()<HessianComparison>("HessianComparison");
  visit.template operator()<MeasuredNumber>("MeasuredNumber");
  visit.template operator()<SweepFit>("SweepFit");
  visit.template operator()<Relation>("Relation");
  visit.template operator()<PooledValue>("PooledValue");
  visit.template operator()<MethodLine>("MethodLine");
}

/// Names of the datasets that hold a field, as docs/results.md puts them: one for each coordinate.
template <class Owner, class Getter>
std::string dataset_cell(const Field<Getter>& field) {
  using Value = ValueOf<Owner, Getter>;
  constexpr bool of_coordinates = std::is_same_v<Value, Coordinates> ||
                                  (std::is_same_v<Owner, PathResult> && std::is_same_v<Value, Eigen::MatrixXd>);
  if constexpr (requires { Fields<Owner>::name; }) {
    if (!field.in_file()) return "";
    std::string cell = "`" + dataset_name<Owner>(field) + (of_coordinates ? "_x` …" : "`");
    for (const std::string_view scale : field.placed.scales)
      if (!scale.empty()) cell += " " + std::string(scale);
    return cell;
  }
  return "";
}

/// Text in a cell of a Markdown table.
std::string escaped(std::string_view text) {
  std::string cell;
  for (const char c : text) cell += c == '|' ? std::string("\\|") : std::string(1, c);
  return cell;
}

/// "| `rate` | `estimate_rate` | 1/time | rate per unit of time | the method has no answer |"
template <class Owner, class Getter>
std::string page_row(const Field<Getter>& field) {
  const std::string key = field.in_json() ? "`" + std::string(field.name) + "`" : "",
                    dataset = dataset_cell<Owner>(field);
  const bool of_coordinates = dataset.find("_x` …") != std::string::npos;
  return "| " + key + " | " + dataset + " | " + std::string(field.unit) + " | " +
         (of_coordinates ? "coordinates " : "") + escaped(field.meaning) + " | " + escaped(field.missing) + " |\n";
}

/// The page with the tables that the descriptions make; each stands behind a comment that names its struct.
std::string with_tables(std::string page) {
  for_each_owner([&]<class Owner>(const std::string& owner) {
    const std::string mark = "<!-- fields of " + owner + " -->\n";
    const std::size_t found = page.find(mark);
    CAPTURE(mark);
    REQUIRE(found != std::string::npos);
    const std::size_t begin = found + mark.size();
    std::size_t end = begin;
    while (end < page.size() && page[end] == '|') end = page.find('\n', end) + 1;
    std::string table = "| JSON | result file | unit | meaning | where missing |\n|---|---|---|---|---|\n";
    for_each_field<Owner>([&](const auto& field) { table += page_row<Owner>(field); });
    page.replace(begin, end - begin, table);
  });
  return page;
}

}  // namespace

TEST_CASE("every field has a name of its own and a meaning, and no dataset is written twice") {
  std::set<std::string> datasets;
  for_each_owner([&]<class Owner>(const char* /*owner*/) {
    std::set<std::string_view> names;
    for_each_field<Owner>([&](const auto& field) {
      CAPTURE(field.name);
      CHECK(names.insert(field.name).second);
      CHECK_FALSE(field.meaning.empty());
      const std::string cell = dataset_cell<Owner>(field);
      if (!cell.empty()) CHECK(datasets.insert(cell).second);
    });
  });
}

// VALLEYFLUX_WRITE_DOCS=1 build/tests/test_output -tc="docs/results.md*" writes the tables anew.
TEST_CASE("docs/results.md lists every field as it is described, and no other") {
  check_page("results.md", with_tables);
}

TEST_CASE("fields are walked by name in the order that is asked for, and unknown names are known as such") {
  std::string walked;
  for_fields_named<Estimate>(std::array<std::string_view, 2>{"high", "from"},
                             [&](const auto& field) { walked += std::string(field.name) + " "; });
  CHECK(walked == "high from ");
  static_assert(describes<Estimate>("log_rate"));
  static_assert(!describes<Estimate>("log_rates"));
}
