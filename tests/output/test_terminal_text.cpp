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

TEST_CASE("characters of double width and those drawn over others are counted as terminals show them") {
  CHECK(text_width("谷底") == 4);
  CHECK(text_width("한글") == 4);
  CHECK(text_width("ｱｲ") == 2);          // of half width
  CHECK(text_width("e\u0301") == 1);     // an accent over the letter
  CHECK(text_width("ハ\u3099") == 2);    // a voicing mark over the kana
  CHECK(text_width("größe \xff") == 7);  // what is no UTF-8 is shown somehow
  CHECK(cut_to_width("谷底の名前", 5) == "谷底");
  CHECK(cut_to_width("e\u0301e", 1) == "e\u0301");
  const auto table = lines_of(aligned({{"escape", "rate"}, {"左の谷 -> 右の谷", "1.5"}, {"left -> right", "12.25"}}));
  REQUIRE(table.size() == 3);
  CHECK(table[0] == "escape             rate");
  CHECK(table[1] == "左の谷 -> 右の谷    1.5");
  CHECK(table[2] == "left -> right     12.25");
  CHECK(wrapped("谷底の名前", 0, 5) == "谷底\nの名\n前");
  CHECK(wrapped("谷", 0, 1).starts_with("谷"));  // there is no room, and an end all the same
}

TEST_CASE("a text is broken between words and a word that is too long anywhere") {
  CHECK(wrapped("one two three", 2, 8) == "one two\n  three");
  CHECK(wrapped("one two\nthree\n", 2, 8) == "one two\nthree\n");
  CHECK(wrapped("abcdefghij", 2, 6) == "abcdef\n  ghij");
  CHECK(wrapped("    indented line", 2, 12) == "    indented\n  line");
  CHECK(wrapped("grüße über größe", 0, 5) == "grüße\nüber\ngröße");
  CHECK(wrapped("") == "");
  CHECK(wrapped_between_words("in abcdefghij at b", 2, 6) == "in\n  abcdefghij\n  at b");
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
