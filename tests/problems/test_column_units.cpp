// Units of columns that are no energies, and words in the place of units that are none.

#include "problems/case/case_file.hpp"
#include "problems/tables/compound_unit.hpp"
#include "problems/tables/known_units.hpp"
#include "problems/tables/unit_labels.hpp"
#include "tests/problems/written_table.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

/// "x D E" with E = 0.5 everywhere.
std::string values_with_errors() {
  std::string text;
  for (const std::string& row : line_rows()) text += row + " 0.5\n";
  return text;
}

/// What a case with a table of this head warns of, the file's name left out.
std::vector<std::string> warnings_of_head(const std::string& head, const std::string& more = "") {
  const Written written(head + joined(line_rows()));
  std::vector<std::string> warnings =
      read_case("[landscape]\nfile = \"" + written.file.string() + "\"\n[diffusion]\nD = 0.2\n" + more, "case.toml",
                ".")
          .warnings;
  for (std::string& warning : warnings) {
    const std::size_t at = warning.find(written.file.string());
    if (at != std::string::npos) warning.erase(at, written.file.string().size());
  }
  return warnings;
}

double ratio(const std::string& a, const std::string& b) {
  const auto one = compound_unit(a), other = compound_unit(b);
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->powers == other->powers);
  return one->factor / other->factor;
}

}  // namespace

TEST_CASE("products of units are what their factors are") {
  CHECK(relative_error(ratio("nm^2/ps", "nm^2/ns"), 1e3) < 1e-14);
  CHECK(relative_error(ratio("nm2 ps-1", "cm^2/s"), 1e-2) < 1e-14);
  CHECK(relative_error(ratio("10^-5 cm^2/s", "nm^2/ns"), 1.0) < 1e-14);
  CHECK(relative_error(ratio("1e-5 cm2 s-1", "\u00C5\u00B2/ps"), 0.1) < 1e-14);
  CHECK(relative_error(ratio("deg^2/ns", "rad^2/ns"), std::pow(std::numbers::pi / 180.0, 2)) < 1e-14);
  CHECK(relative_error(ratio("kcal/mol/nm", "kJ mol^-1 A^-1"), 0.4184) < 1e-14);
  CHECK(relative_error(ratio("nm^2/(ps kJ/mol)", "nm^2/ps/(kcal mol^-1)"), 4.184) < 1e-14);
  CHECK(relative_error(ratio("nm$^{2}$ ps\\S-1\\N", "nm**2*ps^{-1}"), 1.0) < 1e-14);
  CHECK(relative_error(ratio("pN nm", "J"), 1e-21) < 1e-14);
  // 1 hartree = 27.211386245988 eV = 627.5094740631 kcal/mol (CODATA 2018), 1 rydberg half of it, 1 a0 0.529177 A.
  CHECK(relative_error(ratio("hartree", "eV"), 27.211386245988) < 1e-12);
  CHECK(relative_error(ratio("Eh", "kcal/mol"), 627.5094740631) < 1e-12);
  CHECK(relative_error(ratio("Ry", "mHa"), 500.0) < 1e-14);
  CHECK(relative_error(ratio("Bohr", "Angstrom"), 0.529177210903) < 1e-12);
  for (const char* none : {"", "-", "foo", "nm^2/foo", "/ps", "nm/", "nm^", "nm^x", "(nm", "nm)", "arb.u.", "K", "MEV",
                           "((((((((((nm))))))))))", "nm^99", "0 nm"})
    CHECK_MESSAGE(!compound_unit(none), none);
}

TEST_CASE("units of energies of quantum chemistry are known, and temperatures in them") {
  for (const char* hartree : {"Ha", "hartree", "Hartree", "hartrees", "Eh", "E_h", "E$_h$"})
    CHECK_MESSAGE(known_unit(hartree).value_or("") == "Ha", hartree);
  CHECK(is_energy("Ha"));
  // k_B = 3.166811563e-6 hartree a kelvin (CODATA 2018): 300 K are 9.500434690e-4.
  CHECK(relative_error(300.0 * *boltzmann_constant("hartree"), 9.500434690e-4) < 1e-9);
  CHECK(relative_error(*boltzmann_constant("eV") / *boltzmann_constant("Ha"), 27.211386245988) < 1e-9);
  CHECK(read_text("x F\nnm Ha\n" + joined(line_rows())).values.unit == "Ha");
  CHECK(warnings_of_head("x F [Hartree]\n", "[units]\nenergy = \"Ha\"\n").empty());
}

TEST_CASE("standard errors of any quantity are taken into the unit of their values") {
  const std::string rows = values_with_errors();
  const auto error_of = [&](const std::string& head) {
    return read_text(head + rows, {.error = "E"}).values.errors[3];
  };
  CHECK(relative_error(error_of("x D [nm^2/ps] E [nm^2/ns]\n"), 0.5e-3) < 1e-14);
  CHECK(relative_error(error_of("x D (nm2 ps-1) E (1e-5 cm^2/s)\n"), 0.5e-3) < 1e-14);
  CHECK(relative_error(error_of("x D E\nnm nm^2/ps A^2/ps\n"), 0.5e-2) < 1e-14);
  CHECK(relative_error(error_of("x D E\nnm nm^2 ps^-1 nm^2 ns^-1\n"), 0.5e-3) < 1e-14);
  CHECK(relative_error(error_of("x v [nm/ps] E [m/s]\n"), 0.5e-3) < 1e-14);
  CHECK(relative_error(error_of("x M [nm^2/(ps kJ/mol)] E [nm^2/(ps kcal/mol)]\n"), 0.5 / 4.184) < 1e-14);
  CHECK(relative_error(error_of("x w [nm^2] E [A^2]\n"), 0.5e-2) < 1e-14);
  const TabulatedValues alike = read_text("x D [nm^2/ps] E [nm2 ps-1]\n" + rows, {.error = "E"}).values;
  CHECK(alike.errors[3] == 0.5);
  CHECK(alike.doubts.empty());
  const TabulatedValues converted = read_text("x D [nm^2/ps] E [nm^2/ns]\n" + rows, {.error = "E"}).values;
  REQUIRE(converted.doubts.size() == 1);
  CHECK(converted.doubts[0] == "E is in nm^2/ns, D in nm^2/ps: the standard errors are converted");
  CHECK(complaint("x D [nm^2/ps] E [nm/ps]\n" + rows, {.error = "E"}) ==
        ": E is in nm/ps, D in nm^2/ps: standard errors must be in the unit of their values");
  CHECK(complaint("x D [nm^2/ps] E [nm^4/ps^2]\n" + rows, {.error = "E"}) ==
        ": E is in nm^4/ps^2, D in nm^2/ps, as variances are: errors are standard errors, take the square root");
  CHECK(read_text("x D E [nm^2/ns]\n" + rows, {.error = "E"}).values.doubts.at(0).find("nothing says what D is in") !=
        std::string::npos);
}

TEST_CASE("units of tables of D and drift are held against those of the case") {
  const auto warnings_of = [](const std::string& head, const std::string& key, const std::string& scale = "") {
    const Written written(head + joined(line_rows()));
    const std::string table = "{ file = \"" + written.file.string() + "\"" + scale + " }";
    const std::string dynamics = key == "drift"
                                     ? "[drift]\nexpression = [" + table + "]\n[diffusion]\nD = 0.2\n"
                                     : "[landscape]\nexpression = \"x^2\"\n[diffusion]\n" + key + table + "\n";
    std::vector<std::string> found;
    for (const std::string& warning :
         read_case(dynamics + "[units]\nenergy = \"kJ/mol\"\nlength = \"nm\"\ntime = \"ps\"\n", "case.toml", ".")
             .warnings)
      if (const std::size_t says = warning.find(" as "); warning.ends_with("numbers are taken as they stand"))
        found.push_back(warning.substr(0, says));
    return found;
  };
  using Texts = std::vector<std::string>;
  const std::string of_mobility = "model = \"mobility\"\nkT = 2.5\nmobility = ";
  CHECK(warnings_of("x [nm] D [nm^2/ns]\n", "D = ") == Texts{"diffusion.D is in nm^2/ns"});
  CHECK(warnings_of("x [A] D [nm^2/ps]\n", "D = ") == Texts{"x of diffusion.D is in A"});
  CHECK(warnings_of("x D [A^2/ps]\n", "D = ") == Texts{"diffusion.D is in A^2/ps"});
  CHECK(warnings_of("x v [nm/ns]\n", "drift").size() == 1);
  CHECK(warnings_of("x M [nm^2/(ps kcal/mol)]\n", of_mobility) == Texts{"diffusion.mobility is in nm^2/(ps kcal/mol)"});
  CHECK(warnings_of("x [nm] D [nm2 ps-1]\n", "D = ").empty());
  CHECK(warnings_of("x [nm] D [nm^2/ns]\n", "D = ", ", scale = 1e-3").empty());  // which says that it is known
  CHECK(warnings_of("x [nm] D [kJ/mol]\n", "D = ").empty());                     // a temperature, of mobility 1
}

TEST_CASE("names of columns are no units, whatever letters they have") {
  const std::string rows = joined(line_rows());
  CHECK(read_text("my table\ns1 d2\n" + rows).values.axes[0].name == "s1");
  const TabulatedValues table = read_text("s F\nnm^2 kJ/mol\n" + rows).values;
  CHECK(table.axes[0].name == "s");
  CHECK(table.quantity == "F [kJ/mol]");
}

TEST_CASE("words in the place of units that are none are told with their line") {
  const auto of_energy = [](int line, const std::string& word, const std::string& taken) {
    return std::vector<std::string>{":" + std::to_string(line) + ": \"" + word +
                                    "\" stands in the place of the unit of F and is none that is known (" +
                                    known_energies() + "): numbers are taken " + taken};
  };
  const std::string open = "as they stand; units.energy names their unit", energy = "[units]\nenergy = \"kJ/mol\"\n",
                    given = "in kJ/mol, as the case says";
  for (const std::string word : {"arb.u.", "foo", "K"}) {
    CAPTURE(word);
    CHECK(warnings_of_head("x F [" + word + "]\n") == of_energy(1, word, open));
    CHECK(warnings_of_head("# made on Monday\n# x F (" + word + ")\n") == of_energy(2, word, open));
    CHECK(warnings_of_head("x F\nnm " + word + "\n", energy) == of_energy(2, word, given));
    CHECK(warnings_of_head("# x F\n# nm " + word + "\n", energy) == of_energy(2, word, given));
    CHECK(warnings_of_head("x F [" + word + "]\n", "[units]\nenergy = \"" + word + "\"\n").empty());
  }
  CHECK(warnings_of_head("x [foo] F [kJ/mol]\n").empty());  // nobody says what x is in
  const std::vector<std::string> of_axis = warnings_of_head("x [foo] F [kJ/mol]\n", "[units]\nlength = \"nm\"\n");
  REQUIRE(of_axis.size() == 1);
  CHECK(of_axis[0].starts_with(":1: \"foo\" stands in the place of the unit of x and is none that is known (nm, A, "));
  CHECK(of_axis[0].ends_with("): numbers are taken in nm, as the case says"));
  for (const char* head : {"x F(x)\n", "x F(y)\n", "x F [-]\n", "x F [1]\n", "x F\nnm -\n", "x F (T = 300 K)\n"})
    CHECK_MESSAGE(warnings_of_head(head).empty(), head);
  for (const std::string head : {"x F\nnm2 arb.u.\n", "# x F\n# nm2 arb.u.\n"}) {
    const std::vector<std::string> of_line = warnings_of_head(head);
    REQUIRE(of_line.size() == 1);
    CHECK(of_line[0].starts_with(
        ": line 2, \"nm2 arb.u.\", is taken for the names of the columns, not for the units of x, F: none of those is "
        "known (kJ/mol, "));
  }
  CHECK(warnings_of_head("my table\nx F\n").empty());
  CHECK(warnings_of_head("the energy\nx V\n").empty());
  CHECK(warnings_of_head("free energy\nx F\n").empty());
  // Of values that are scaled the case tells another unit than the file's.
  const Written scaled("x F [foo]\n" + joined(line_rows()));
  CHECK(read_case("[landscape]\nfile = \"" + scaled.file.string() + "\"\nscale = 2\n[diffusion]\nD = 0.2\n",
                  "case.toml", ".")
            .warnings.empty());
  const TabulatedValues table = read_text("s F\nfoo eV\n" + joined(line_rows())).values;
  CHECK(table.axes[0].name == "s");
  CHECK(table.unit == "eV");
}
