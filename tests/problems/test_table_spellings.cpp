// How numbers and units are spelled in tables: the same table must come out, or an error that says what is meant.

#include "problems/case/case_file.hpp"
#include "problems/data/number_text.hpp"
#include "problems/data/tabular_data.hpp"
#include "problems/tables/known_units.hpp"
#include "problems/tables/unit_labels.hpp"
#include "tests/problems/written_table.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace valleyflux;

namespace {

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// "x F E" with E = 0.5 everywhere.
std::string rows_with_errors() {
  std::string text;
  for (const std::string& row : line_rows()) text += row + " 0.5\n";
  return text;
}

}  // namespace

TEST_CASE("the minus signs of text processors are minus signs where one may stand") {
  const std::string rows = joined(line_rows());
  for (const std::string minus : {"\u2212", "\u2013", "\u2010", "\u2011", "\uFE63", "\uFF0D"}) {
    CAPTURE(minus);
    const TabulatedValues table = read_text("x F\n" + replaced(rows, "-", minus)).values;
    CHECK(line_error(table) < 1e-12);
    CHECK(number_in_text("1.5e" + minus + "3") == 1.5e-3);
    CHECK(number_in_text("2D" + minus + "01") == 0.2);
    CHECK(!number_in_text("1" + minus + "2"));
    CHECK(!number_in_text(minus + minus + "2"));
  }
  // A blank that does not break, around a number.
  CHECK(number_in_text("\u00A0\u22122.5\u202F") == -2.5);
  // A dash alone stands for no number, as two hyphens do.
  CHECK(std::isnan(read_text("0 1\n1 \u2014\n2 3\n3 4\n4 5\n").values.values[1]));
}

TEST_CASE("what is no number in other writings is shown as it stands, with the number of its character") {
  CHECK(complaint("0 1\n1 2\u00D710\n2 3\n") == ":2: \"2\u00D710\" is no number (it holds U+00D7, \u00D7)");
  CHECK(complaint("0 1\n1 \u22122x\n2 3\n") == ":2: \"\u22122x\" is no number");
  CHECK(complaint("0 1\n1 1\u00A0000\n2 3\n") == ":2: \"1<U+00A0>000\" is no number (it holds U+00A0)");
  CHECK(complaint("0 1\n1 \uFF11\n2 3\n") == ":2: \"\uFF11\" is no number (it holds U+FF11, \uFF11)");
  CHECK(complaint("0 1\n1 a\x1B[2J\xFF\n2 3\n") == ":2: \"a?[2J?\" is no number");
  CHECK(shown_word(std::string(30, 'x') + replaced(std::string(20, 'o'), "o", "\u00F6")) ==
        std::string(30, 'x') + replaced(std::string(10, 'o'), "o", "\u00F6") + "...");
  CHECK(shown_word("\u202Eabc\xC3") == "<U+202E>abc?");
}

TEST_CASE("numbers that other libraries print as words are missing values or refused where they are coordinates") {
  for (const std::string word :
       {"1.#INF", "-1.#INF00", "1.#QNAN", "-1.#IND", "1.#IND0", "****", "***********", "#N/A", "#NUM!", "#DIV/0!"})
    for (const std::string separator : {",", ";"}) {
      CAPTURE(word);
      const std::string s = separator;
      const TabulatedValues table =
          read_text("0" + s + "1\n1" + s + word + "\n2" + s + "3\n3" + s + "4\n4" + s + "5\n").values;
      CHECK(!std::isfinite(table.values[1]));
      CHECK(table.values[2] == 3.0);
    }
  CHECK(number_in_text("1.#INF") == std::numeric_limits<double>::infinity());
  CHECK(number_in_text("-1.#INF") == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(*number_in_text("-1.#IND")));
  CHECK(!number_in_text("1.#J"));
  CHECK(!number_in_text("*"));
  CHECK(complaint("0 1\n1.#INF 2\n2 3\n3 4\n") == ":2: column 1 is no finite number");
  CHECK(complaint("0 1\n**** 2\n2 3\n3 4\n") == ":2: column 1 is no finite number");
  CHECK(complaint("0 1\n1 2.5***\n2 3\n") == ":2: \"2.5***\" is no number");
  // A rule above a table is no row of it.
  CHECK(read_text("*******\n*** the table ***\n* * *\n0 1\n1 2\n2 3\n3 4\n4 5\n").values.values[1] == 2.0);
  const auto fault = [](const std::string& text) -> std::string {
    const Written written(text);
    try {
      read_tabular(written.file);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what()).substr(written.file.string().size());
    }
    return "read";
  };
  CHECK(fault("1,2,a\n3,****,b\n") ==
        ", line 2: \"****\" in column 2 is no finite number (Fortran prints asterisks for a number that does not fit "
        "into its field)");
  CHECK(fault("1.#INF,2,a\n3,4,b\n") == ", line 1: \"1.#INF\" in column 1 is no finite number");
}

TEST_CASE("a table whose rows have decimal points and decimal commas is refused at the first that differs") {
  const std::string either = "one table has either, else numbers cannot be told from thousands";
  CHECK(complaint("0,0 1\n0,5 2,5\n1.0 3.5\n1,5 4\n") ==
        ":3: \"1.0 3.5\" has a decimal point where line 1 has a decimal comma: " + either);
  CHECK(complaint("0.0 1\n0.5 2.5\n1,0 3,5\n1.5 4\n") ==
        ":3: \"1,0\" has a decimal comma where line 1 has a decimal point: " + either);
  CHECK(complaint("0 1\n0.5 2,5\n1 3\n").starts_with(":2: "));
  CHECK(complaint("x;F\n0,5;1\n1;1.234\n1,5;2\n").starts_with(":3: \"1.234\" has a decimal point where line 2 has"));
  CHECK(
      complaint("x\tF\n0.5\t1\n1\t1,234\n1.5\t2\n").starts_with(":3: \"1,234\" has a decimal comma where line 2 has"));
  // The coordinates in the head of a matrix are numbers of the table, a version in its title is none.
  CHECK(complaint("y;0,5;1,0;1,5;2,0;2,5\n0;1.5;2;3;4;5\n1;2;3;4;5;6\n2;3;4;5;6;7\n3;4;5;6;7;8\n4;5;6;7;8;9\n")
            .starts_with(":2: \"1.5\" has a decimal point where line 1 has a decimal comma"));
  CHECK(read_text("made by 1.5\n0,0;1\n0,5;2,5\n1;3\n1,5;4\n2;5\n").values.values[1] == 2.5);
  CHECK(read_text("0 1\n1 2,5\n2 3\n3 4\n4 5\n").values.values[1] == 2.5);
}

TEST_CASE("units are the same however they are spelled") {
  for (const auto& [text, unit] : std::vector<std::pair<std::string, std::string>>{{"nanometer", "nm"},
                                                                                   {"Nanometres", "nm"},
                                                                                   {"Angstroms", "A"},
                                                                                   {"ANGSTROM", "A"},
                                                                                   {"\u00C5", "A"},
                                                                                   {"picosecond", "ps"},
                                                                                   {"picoseconds", "ps"},
                                                                                   {"KJ/MOL", "kJ/mol"},
                                                                                   {"Kcal mol^-1", "kcal/mol"},
                                                                                   {"NM", "nm"},
                                                                                   {"Degrees", "deg"},
                                                                                   {"RAD", "rad"},
                                                                                   {"MJ/mol", ""},
                                                                                   {"Nm", ""},
                                                                                   {"MEV", ""},
                                                                                   {"a", ""}})
    CHECK(known_unit(text).value_or("") == unit);
  const auto warnings = [](const std::string& head, const std::string& units) {
    const Written written(head + joined(line_rows()));
    return read_case("[landscape]\nfile = \"" + written.file.string() +
                         "\"\n[diffusion]\nmodel = \"mobility\"\nkT = \"2.494 kJ mol^-1\"\nmobility = 1\n" + units,
                     "case.toml", ".")
        .warnings;
  };
  const std::string peptide = "[units]\nenergy = \"kJ/mol\"\nlength = ";
  CHECK(warnings("x [nanometer] F [KJ/MOL]\n", peptide + "\"nm\"").empty());
  CHECK(warnings("x [Angstroms] F [kJ mol-1]\n", peptide + "\"\u00C5\"").empty());
  CHECK(warnings("s (picosecond) F (kJ/mol)\n", peptide + "\"ps\"").empty());
  CHECK(warnings("x [nanometers] F [kJ/mol]\n", peptide + "\"A\"").size() == 1);
  // kT in a unit that is spelled otherwise is still looked at as a temperature.
  CHECK(warnings("x F\n", "[units]\nenergy = \"kJ mol^-1\"\n").empty());
}

TEST_CASE("a line of units may be in capitals and its units have blanks in them") {
  const std::string rows = joined(line_rows()), commas = joined(line_rows(","));
  for (const std::string& text :
       {"z F\nnm  kJ mol-1\n" + rows, "z F\nNM KJ/MOL\n" + rows, "z,F\nnm,kJ mol^-1\n" + commas,
        "# z F\n# nm kJ mol^-1\n" + rows, "# z F\n# [nm] [kJ mol^-1]\n" + rows, "z F\n# Nanometers kJ mol-1\n" + rows,
        "# z F\nnm kJ mol-1\n" + rows, "z [nm] F [kJ/mol]\nnm kJ mol-1\n" + rows, "z\tF\nnm\tkJ mol-1\n" + rows}) {
    CAPTURE(text);
    const TabulatedValues table = read_text(text).values;
    CHECK(line_error(table) < 1e-12);
    CHECK(table.axes[0].name == "z");
    CHECK(table.axes[0].unit == "nm");
    CHECK(table.unit == "kJ/mol");
  }
  // A column that is called as a unit is.
  const TabulatedValues named = read_text("A F\nnm kJ/mol\n" + rows).values;
  CHECK(named.axes[0].name == "A");
  CHECK(named.axes[0].unit == "nm");
}

TEST_CASE("units in brackets are held against those of the line below") {
  const std::string rows = joined(line_rows());
  const std::string which =
      "the unit of F is kcal/mol in the brackets behind it and kJ/mol in the line of units: which is right?";
  CHECK(complaint("x [nm] F [kcal/mol]\nnm kJ/mol\n" + rows) == ":2: " + which);
  CHECK(complaint("# x [nm] F [kcal/mol]\n# nm kJ mol^-1\n" + rows) == ":2: " + which);
  CHECK(complaint("x,F (kcal/mol)\n-,kJ/mol\n" + joined(line_rows(","))) == ":2: " + which);
  const TabulatedValues alike = read_text("x [nm] F [kJ/mol]\nnanometer KJ/MOL\n" + rows).values;
  CHECK(alike.unit == "kJ/mol");
  CHECK(alike.axes[0].unit == "nm");
}

TEST_CASE("standard errors are taken into the unit of their values") {
  const std::string rows = rows_with_errors();
  const auto error_of = [&](const std::string& head) {
    return read_text(head + rows, {.error = "E"}).values.errors[3];
  };
  CHECK(error_of("x F E\n") == 0.5);
  CHECK(error_of("x F [kJ/mol] E [kJ mol^-1]\n") == 0.5);
  // 1 kcal = 4.184 kJ; 1 eV a particle is 96.48533212 kJ/mol (CODATA 2018).
  CHECK(relative_error(error_of("x F [kJ/mol] E [kcal/mol]\n"), 0.5 * 4.184) < 1e-12);
  CHECK(relative_error(error_of("x F E\nnm kcal/mol kJ/mol\n"), 0.5 / 4.184) < 1e-12);
  CHECK(relative_error(error_of("x F [kJ/mol] E [eV]\n"), 0.5 * 96.48533212) < 1e-9);
  CHECK(relative_error(error_of("x F [eV] E [meV]\n"), 0.5e-3) < 1e-12);
  CHECK(contains(complaint("x F [kJ/mol] E [kT]\n" + rows, {.error = "E"}),
                 "E is in kT, F in kJ/mol: standard errors must be in the unit of their values"));
  const TabulatedValues told = read_text("x F [kJ/mol] E [kcal/mol]\n" + rows, {.error = "E"}).values;
  REQUIRE(told.doubts.size() == 1);
  CHECK(told.doubts[0] == "E is in kcal/mol, F in kJ/mol: the standard errors are converted");
}

TEST_CASE("the unit of standard errors is never that of their values") {
  const std::string rows = rows_with_errors();
  const auto read = [&](const std::string& head, const std::string& unit = "") {
    return read_table(Written(head + rows).file, {.error = "3"}, unit).values;
  };
  const TabulatedValues alone = read("x F E [kcal/mol]\n");
  CHECK(alone.unit.empty());
  CHECK(alone.errors[3] == 0.5);
  REQUIRE(alone.doubts.size() == 1);
  CHECK(alone.doubts[0] ==
        "E is in kcal/mol, and nothing says what F is in: the standard errors are taken as they stand; say it behind "
        "the name, \"F (kcal/mol)\", or of a landscape by units.energy");
  const TabulatedValues told = read("x F E [kcal/mol]\n", "kJ mol^-1");
  CHECK(told.unit.empty());
  CHECK(relative_error(told.errors[3], 0.5 * 4.184) < 1e-12);
  REQUIRE(told.doubts.size() == 1);
  CHECK(told.doubts[0] == "E is in kcal/mol, F in kJ/mol: the standard errors are converted");
  CHECK(read("x F E [kcal/mol]\n", "kcal/mol").doubts.empty());
  // What stands behind the name of a value may be what it depends on.
  CHECK(relative_error(read("x F(x) E [kcal/mol]\n", "kJ/mol").errors[3], 0.5 * 4.184) < 1e-12);
  CHECK(read("A F(A) E(A)\n").doubts.empty());
  CHECK(read("x F E (bootstrap)\n").doubts.empty());
  CHECK(read("x F [kJ/mol] E [K]\n").doubts.at(0) ==
        "\"K\" behind E is no unit that is known: the standard errors are taken in kJ/mol");
  for (const auto& [head, units] :
       std::vector<std::pair<std::string, std::string>>{{"x F (K) E (kJ/mol)\n", "E is in kJ/mol, F in K"},
                                                        {"x F (kT) E (kJ/mol)\n", "E is in kJ/mol, F in kT"},
                                                        {"x [nm] F [kJ/mol] E [nm]\n", "E is in nm, F in kJ/mol"},
                                                        {"x F E\nnm kJ/mol nm\n", "E is in nm, F in kJ/mol"}})
    CHECK(complaint(head + rows, {.error = "E"}) ==
          ": " + units + ": standard errors must be in the unit of their values");
  CHECK_THROWS_WITH_AS(read("x F E [kcal/mol]\n", "kT"), doctest::Contains("E is in kcal/mol, F in kT: "),
                       std::invalid_argument);
}

TEST_CASE("a case's unit of energies is that of a table's values where errors alone tell theirs") {
  const Written written("x F E [kcal/mol]\n" + rows_with_errors());
  const auto read = [&](const std::string& more, const std::string& units) {
    return read_case("[landscape]\nfile = \"" + written.file.string() + "\"\nerror = \"E\"\n" + more +
                         "[diffusion]\nD = 0.2\n" + units,
                     "case.toml", ".");
  };
  const auto says = [](const Case& one, const std::string& what) {
    for (const std::string& warning : one.warnings)
      if (contains(warning, what)) return true;
    return false;
  };
  const std::string open = "nothing says what F is in";
  const Case silent = read("", ""), told = read("", "[units]\nenergy = \"kJ/mol\"\n");
  CHECK(silent.units.energy.empty());
  CHECK(says(silent, open));
  CHECK(told.units.energy == "kJ/mol");
  CHECK(says(told, "E is in kcal/mol, F in kJ/mol: the standard errors are converted"));
  CHECK(!says(told, "the landscape is in"));
  // Of values that are scaled the case tells another unit than the file's.
  CHECK(says(read("scale = 4.184\n", "[units]\nenergy = \"kJ/mol\"\n"), open));
}

TEST_CASE("an electronvolt's thousandth and million are told apart") {
  const std::string rows = rows_with_errors();
  const std::string which = "the unit MEV may be meV or MeV: write it in capitals and small letters";
  CHECK(complaint("x F E\nNM EV MEV\n" + rows, {.error = "E"}) == ":2: " + which);
  CHECK(complaint("x F E\nNM MEV MEV\n" + rows, {.error = "E"}) == ":2: " + which);
  CHECK(complaint("# x F E\n# nm eV MEV\n" + rows, {.error = "E"}) == ":2: " + which);
  CHECK(complaint("x F [eV] E [MEV]\n" + rows, {.error = "3"}) == ": E [MEV]: " + which);
  CHECK(relative_error(read_text("x F E\nnm eV meV\n" + rows, {.error = "E"}).values.errors[3], 0.5e-3) < 1e-12);
  CHECK(relative_error(read_text("x F E\nnm eV MeV\n" + rows, {.error = "E"}).values.errors[3], 0.5e6) < 1e-12);
}

TEST_CASE("variances are no standard errors") {
  const std::string rows = rows_with_errors();
  for (const std::string unit : {"(kJ/mol)^2", "[(kJ/mol)^2]", "(kJ/mol)\u00B2", "(kJ/mol)**2", "[kJ^2/mol^2]",
                                 "[kJ\u00B2 mol\u207B\u00B2]", "(KJ2/MOL2)"}) {
    CAPTURE(unit);
    const std::string variance =
        ": E is in (kJ/mol)^2, as variances are: errors are standard errors, take the square root";
    CHECK(complaint("x F (kJ/mol) E " + unit + "\n" + rows, {.error = "E"}) == variance);
    CHECK(complaint("x F E " + unit + "\n" + rows, {.error = "E"}) == variance);
  }
  CHECK(contains(complaint("x F E\nnm kJ/mol (kJ/mol)^2\n" + rows, {.error = "E"}), "take the square root"));
  CHECK(unit_label("F (kJ/mol) 2").unit == "kJ/mol");
  CHECK(unit_label("x (nm)^2").unit == "(nm)^2");
  CHECK(unit_label("F (run 2)").unit.empty());
}
