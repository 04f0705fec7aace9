#include "output/terminal_text.hpp"

#include "tests/output/shown_text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace valleyflux;

TEST_CASE("columns are aligned: text to the left, numbers to the right, by characters and not by bytes") {
  const auto table = lines_of(aligned({{"name", "rate"}, {"größer", "1.5"}, {"a", "12.25"}}));
  REQUIRE(table.size() == 3);
  CHECK(table[0] == "name     rate");
  CHECK(table[1] == "größer    1.5");
  CHECK(table[2] == "a       12.25");
}

TEST_CASE("a text is broken between words and a word that is too long anywhere") {
  CHECK(wrapped("one two three", 2, 8) == "one two\n  three");
  CHECK(wrapped("one two\nthree\n", 2, 8) == "one two\nthree\n");
  CHECK(wrapped("abcdefghij", 2, 6) == "abcdef\n  ghij");
  CHECK(wrapped("    indented line", 2, 12) == "    indented\n  line");
  CHECK(wrapped("grüße über größe", 0, 5) == "grüße\nüber\ngröße");
  CHECK(wrapped("") == "");
  CHECK(wrapped("a\x1b[31mb\x07") == "a?[31mb?");
}

TEST_CASE("a table that is too wide breaks its texts and then goes on below") {
  const std::string text = "a text of several words that is far too long";
  const auto table = lines_of(aligned({{"name", "what", "n"}, {"a", text, "1.5"}, {"b", "short", "22.25"}}, 40));
  REQUIRE(table.size() == 4);
  CHECK(table[1] == "a     a text of several words        1.5");
  CHECK(table[2] == "      that is far too long");
  CHECK(table[3] == "b     short                        22.25");
  const auto points = lines_of(aligned({{"name", "at"}, {"a", "(1.000000, 2.000000, 3.000000)"}}, 30));
  REQUIRE(points.size() == 3);
  CHECK(points[1] == "a         (1.000000, 2.000000,");
  CHECK(points[2] == "                     3.000000)");
  const auto numbers = lines_of(aligned({{"name", "one", "two"}, {"a", "1234567890", "1234567890"}}, 20));
  REQUIRE(numbers.size() == 5);
  CHECK(numbers[1] == "a     1234567890");
  CHECK(numbers[3] == "name         two");
}
