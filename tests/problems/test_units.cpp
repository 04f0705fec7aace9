#include "problems/units.hpp"

#include "problems/case/case_file.hpp"
#include "problems/case/case_units.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace valleyflux;

TEST_CASE("dimensions are worded in the units of a case") {
  const Units peptide{"kJ/mol", "ns", "", {{"x", "rad"}, {"y", "rad"}}};
  CHECK(in_units("energy", peptide) == "kJ/mol");
  CHECK(in_units("1/time", peptide) == "1/ns");
  CHECK(in_units("1", peptide) == "1");
  CHECK(in_units("energy/length", peptide) == "kJ/mol/rad");
  CHECK(in_units("energy^2/length^2", peptide) == "(kJ/mol)^2/rad^2");
  CHECK(in_units("1/volume", peptide) == "1/rad^2");
  CHECK(in_units("length_1 length_2/time", peptide) == "rad^2/ns");
  const Units distance_and_angle{"", "1/s", "", {{"x", "nm"}, {"y", "rad"}}};
  CHECK(in_units("energy", distance_and_angle) == "1");
  CHECK(in_units("length", distance_and_angle) == "1");  // of both axes: there is none
  CHECK(in_units("length_2", distance_and_angle) == "rad");
  CHECK(in_units("length_3", distance_and_angle) == "1");
  CHECK(in_units("length_1/time/volume", distance_and_angle) == "1/(1/s)/rad");
  CHECK(in_units("1/time", Units{}) == "1");
}

namespace {

Units units_of(const std::string& table) {
  return read_case(
             "[landscape]\nexpression = \"x^2 + y^2\"\n[diffusion]\nD = 1\n[grid]\n"
             "x = { min = -1, max = 1, cells = 9 }\ny = { min = -1, max = 1, cells = 9 }\n[units]\n" +
                 table,
             "case.toml", ".")
      .units;
}

std::string fault_of(const std::string& table) {
  try {
    units_of(table);
  } catch (const CaseError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a case says its units, of lengths for all axes or each") {
  const Units one = units_of("energy = \"kT\"\nlength = \"rad\"");
  CHECK(one.energy == "kT");
  CHECK(one.time.empty());
  REQUIRE(one.length.size() == 2);
  CHECK(one.length[1].axis == "y");
  CHECK(one.length[1].unit == "rad");
  const Units each = units_of("length = { y = \"rad\", x = \"nm\" }\ntime = \"µs\"");
  REQUIRE(each.length.size() == 2);
  CHECK(each.length[0].unit == "nm");
  CHECK(in_units("length_1^2/time", each) == "nm^2/µs");
}

TEST_CASE("units that cannot be are refused with their place") {
  CHECK(fault_of("time = \"\"").starts_with("case.toml:9:8: error: units.time must be the name of a unit"));
  CHECK(fault_of("time = 3").starts_with("case.toml:9:8: error: units.time"));
  CHECK(fault_of("length = { x = \"nm\" }").find("units.length lacks y: give the units of x, y") != std::string::npos);
  CHECK(fault_of("length = { x = \"nm\", y = \"nm\", z = \"nm\" }").find("units.length.z") != std::string::npos);
  CHECK(fault_of("mass = \"u\"").find("unknown key \"units.mass\"") != std::string::npos);
}

TEST_CASE("rates are asked for in another unit of time") {
  CHECK(time_of_rate("1/s") == "s");
  CHECK(time_of_rate("us^-1") == "us");
  CHECK(time_of_rate("kHz") == "ms");
  CHECK(!time_of_rate("s"));
  CHECK(!time_of_rate("1/fortnight"));
  // 1 per ns is 10^9 per s, exactly; 1 per hour is 1/3600 per second.
  CHECK(rate_conversion("ns", "s") == 1e9);
  CHECK(rate_conversion("s", "ns") == 1e-9);
  CHECK(rate_conversion("h", "s") == 1.0 / 3600.0);
  CHECK_THROWS_AS(rate_conversion("ns", "tau"), std::invalid_argument);
  const Units asked = units_of("time = \"ns\"\nrate = \"1/s\"");
  CHECK(asked.escape_time == "s");
  CHECK(in_units("rate", asked) == "1/s");
  CHECK(in_units("1/rate", asked) == "s");
  CHECK(in_units("1/time", asked) == "1/ns");
  const Units same = units_of("time = \"ns\"\nrate = \"GHz\"");
  CHECK(same.escape_time.empty());
  CHECK(in_units("rate", same) == "1/ns");
  CHECK(fault_of("time = \"ns\"\nrate = \"1/eon\"").find("units.rate must be one over a unit of time") !=
        std::string::npos);
  CHECK(fault_of("rate = \"1/s\"").find("units.rate needs units.time") != std::string::npos);
  CHECK(fault_of("time = \"tau\"\nrate = \"1/s\"").find("(got \"tau\")") != std::string::npos);
}

TEST_CASE("units of time may be written out in either key") {
  for (const std::string nanosecond : {"nanosecond", "nanoseconds", "Nanoseconds", "NS", "ns"}) {
    CAPTURE(nanosecond);
    CHECK(rate_conversion(nanosecond, "s") == 1e9);
    CHECK(time_of_rate("1/" + nanosecond) == nanosecond);
    CHECK(units_of("time = \"" + nanosecond + "\"\nrate = \"1/s\"").escape_time == "s");
    CHECK(units_of("time = \"s\"\nrate = \"1/" + nanosecond + "\"").escape_time == nanosecond);
    CHECK(units_of("time = \"ns\"\nrate = \"1/" + nanosecond + "\"").escape_time.empty());
    CHECK(units_of("time = \"" + nanosecond + "\"\nrate = \"GHz\"").escape_time.empty());
  }
  CHECK(rate_conversion("Minutes", "second") == 1.0 / 60.0);
  CHECK(rate_conversion("days", "hours") == 1.0 / 24.0);
  CHECK(rate_conversion("attoseconds", "as") == 1.0);
  CHECK(!is_time("nanometers"));
  CHECK(fault_of("time = \"nm\"\nrate = \"1/s\"").find("(got \"nm\")") != std::string::npos);
}

TEST_CASE("a depth of valleys with a unit is one of kT") {
  const auto depth_of = [](const std::string& rest) {
    return read_case("[landscape]\nexpression = \"x^2\"\n" + rest, "case.toml", ".").valley_depth;
  };
  const std::string peptide =
      "[diffusion]\nmodel = \"mobility\"\nkT = 2.5\nmobility = 1\n[units]\nenergy = \"kJ/mol\"\n[valleys]\n";
  CHECK(depth_of(peptide + "depth = \"5 kJ/mol\"") == 2.0);
  CHECK(depth_of(peptide + "depth = 3") == 3.0);
  CHECK_THROWS_AS(depth_of(peptide + "depth = \"5 kcal/mol\""), CaseError);
  CHECK_THROWS_AS(depth_of(peptide + "depth = \"5\""), CaseError);
  CHECK_THROWS_AS(depth_of(peptide + "depth = \"-5 kJ/mol\""), CaseError);
  CHECK_THROWS_AS(depth_of("[diffusion]\nD = 1\n[units]\nenergy = \"kT\"\n[valleys]\ndepth = \"5 kT\""), CaseError);
}

TEST_CASE("units that a table tells fill those left open and are held against those given") {
  const UnitsOfFile told{"old.h5", "kJ/mol", {"nm", ""}};
  std::vector<std::string> warnings;
  Units open;
  add_units_of_file(told, {"r", "angle"}, open, warnings);
  CHECK(open.energy == "kJ/mol");
  REQUIRE(open.length.size() == 2);
  CHECK(open.length[0].axis == "r");
  CHECK(open.length[0].unit == "nm");
  CHECK(open.length[1].unit.empty());
  CHECK(warnings.empty());

  Units given{"kcal/mol", "ns", "", {{"r", "nm"}, {"angle", "rad"}}};
  add_units_of_file(told, {"r", "angle"}, given, warnings);
  CHECK(given.energy == "kcal/mol");
  CHECK(given.length[1].unit == "rad");
  CHECK(warnings == std::vector<std::string>{"the landscape is in kJ/mol as old.h5 says, in kcal/mol as the case says: "
                                             "numbers are taken as they stand"});
  Units none;
  add_units_of_file({"t.dat", "", {}}, {"x"}, none, warnings);
  CHECK(!none.any());
}

TEST_CASE("kT may name a unit that must be the landscape's and is looked at as a temperature") {
  const auto case_of = [](const std::string& kT, const std::string& units) {
    return read_case(
        "[landscape]\nexpression = \"x^2\"\n[diffusion]\nmodel = \"mobility\"\nmobility = 1\nkT = " + kT + "\n" + units,
        "case.toml", ".");
  };
  const auto fault = [&](const std::string& kT, const std::string& units) -> std::string {
    try {
      case_of(kT, units);
    } catch (const CaseError& error) {
      return error.what();
    }
    return "";
  };
  const std::string peptide = "[units]\nenergy = \"kJ/mol\"\n";
  CHECK(case_of("\"2.494 kJ/mol\"", peptide).dynamics->drift.mobility()->kT == 2.494);
  CHECK(case_of("\"2 * 1.247\"", peptide).dynamics->drift.mobility()->kT == 2.494);
  CHECK(fault("\"0.596 kcal/mol\"", peptide).find("diffusion.kT must be a number and the unit of units.energy") !=
        std::string::npos);
  CHECK(fault("\"2.494 kJ/mol\"", "").find("diffusion.kT with a unit needs units.energy") != std::string::npos);
  CHECK(fault("\"-1 kJ/mol\"", peptide).find("diffusion.kT must be positive") != std::string::npos);

  CHECK(case_of("2.494", peptide).warnings.empty());  // 300 K
  const auto of_kilocalories = case_of("0.596", peptide).warnings;
  REQUIRE(of_kilocalories.size() == 1);
  CHECK(of_kilocalories[0].find("kT = 0.596 kJ/mol is that of 71.68 K") != std::string::npos);
  CHECK(case_of("2.494", "[units]\nenergy = \"kcal/mol\"\n").warnings.size() == 1);
  CHECK(case_of("0.02585", "[units]\nenergy = \"eV\"\n").warnings.empty());
  CHECK(case_of("1.0", "[units]\nenergy = \"kT\"\n").warnings.empty());
  CHECK(case_of("0.596", "").warnings.empty());
}
