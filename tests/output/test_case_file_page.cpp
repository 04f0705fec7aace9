#include "problems/case/case_keys.hpp"

#include "tests/output/documented_page.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace valleyflux;

namespace {

/// Text in a cell: no bar ends it, and what stands in it is no markup.
std::string key_cell(std::string_view text) {
  std::string cell;
  for (const char c : text)
    cell += std::string_view("|*_<>[]").find(c) == std::string_view::npos ? std::string(1, c) : std::string("\\") + c;
  return cell;
}

/// The page with the tables that the descriptions make; each stands behind a comment that names its table.
std::string with_key_tables(std::string page) {
  for (const CaseTable& table : case_tables()) {
    const std::string mark = "<!-- keys of " + std::string(table.name) + " -->\n";
    const std::size_t found = page.find(mark);
    CAPTURE(mark);
    REQUIRE(found != std::string::npos);
    const std::size_t begin = found + mark.size();
    std::size_t end = begin;
    while (end < page.size() && page[end] == '|') end = page.find('\n', end) + 1;
    std::string rows = "| key | takes | omitted | meaning |\n| --- | --- | --- | --- |\n";
    for (const CaseKey& key : case_keys())
      if (key.table == table.name)
        rows += (key.name == "*" ? std::string("| any name") : "| `" + std::string(key.name) + "`") + " | " +
                key_cell(key.values) + " | " + key_cell(key.standard) + " | " + key_cell(key.meaning) + " |\n";
    page.replace(begin, end - begin, rows);
  }
  return page;
}

}  // namespace

// VALLEYFLUX_WRITE_DOCS=1 build/tests/test_output -tc="docs/case-file.md*" writes the tables anew.
TEST_CASE("docs/case-file.md lists every key as the program knows it, and no other") {
  check_page("case-file.md", with_key_tables);
}
