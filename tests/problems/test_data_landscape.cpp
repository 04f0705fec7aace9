#include "problems/landscapes/data_landscape.hpp"

#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace valleyflux;

TEST_CASE("a landscape over data is the average of its terms, with its derivatives") {
  DataTable table{{"a", "b"}, Eigen::MatrixXd(2, 3)};
  table.values << 1.0, 2.0, 6.0, 0.5, -0.5, 3.0;
  const Expression term("(x - a)^2*y/2 + b*y^3", {"x", "y", "a", "b"});
  const auto landscape = data_landscape(term, 2, table);
  // Averages: a 3, a^2 41/3, b 1.
  const Expression average("(x^2 - 6*x + 41/3)*y/2 + y^3", {"x", "y"});
  const Eigen::MatrixXd points = Eigen::MatrixXd::Random(2, 5);
  FieldSamples samples, expected;
  landscape->sample(points, 3, samples);
  average.sample(points, 3, expected);
  CHECK(samples.value.isApprox(expected.value, 1e-14));
  CHECK(samples.gradient.isApprox(expected.gradient, 1e-14));
  CHECK(samples.hessian.isApprox(expected.hessian, 1e-14));
  CHECK(samples.third.isApprox(expected.third, 1e-14));
  CHECK_THROWS_AS(data_landscape(term, 1, table), std::invalid_argument);
  CHECK_THROWS_AS(data_landscape(term, 2, {{"a", "b"}, Eigen::MatrixXd(2, 0)}), std::invalid_argument);
}

TEST_CASE("tables are read from CSV files, and what is wrong with one is said with its line") {
  const ScratchFolder folder;
  const auto file = folder.path / "table.csv";
  const auto written = [&](const std::string& text) -> const std::filesystem::path& {
    std::ofstream(file) << text;
    return file;
  };
  const DataTable table = read_csv(written("a, \"b\"\n1, 2\r\n\n-3e2,0.5\n"));
  CHECK(table.columns == std::vector<std::string>{"a", "b"});
  CHECK(table.values == Eigen::MatrixXd{{1.0, -300.0}, {2.0, 0.5}});
  const auto message = [&](const std::string& text) -> std::string {
    try {
      read_csv(written(text));
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message("a,b\n1,2\n3\n").find("line 3: 1 fields, there are 2 columns") != std::string::npos);
  CHECK(message("a\n1\ntwo\n").find("line 3: \"two\" is no finite number") != std::string::npos);
  CHECK(message("a\nnan\n").find("no finite number") != std::string::npos);
  CHECK(message("x\n1\n").find("\"x\" of a column is a variable") != std::string::npos);
  CHECK(message("a\n").find("holds no rows") != std::string::npos);
  CHECK_THROWS_AS(read_csv(folder.path / "none.csv"), std::invalid_argument);
}
