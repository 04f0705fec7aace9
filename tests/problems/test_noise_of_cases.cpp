#include "problems/case/case_file.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "problems/dynamics/diffusion_model.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace valleyflux;

TEST_CASE("a mobility is read as a number, along the axes or as a tensor, with kT") {
  const std::string plane =
      "[parameters]\nT = 0.5\n[landscape]\nexpression = \"x^4/4 - x^2/2 + y^2\"\n[diffusion]\nmodel = \"mobility\"\n"
      "kT = \"T\"\nmobility = 2\n[grid]\nx = { min = -2, max = 2, cells = 20 }\ny = { min = -2, max = 2, cells = 20 "
      "}\n";
  const auto with_mobility = [&](const std::string& value) {
    std::string text = plane;
    return text.replace(text.find("mobility = 2"), 12, value);
  };
  const auto tensor = [&](const std::string& value) {
    const Case definition = read_case(with_mobility(value), "case.toml", ".");
    CHECK(definition.warnings.empty());
    CHECK(definition.dynamics->interpretation == Interpretation::isothermal);
    CHECK(boltzmann_law(*definition.dynamics)->kT == 0.5);
    DiffusionSamples noise;
    definition.dynamics->diffusion->sample(Eigen::Vector2d(0.3, 0.7), false, noise);
    return Eigen::Matrix2d(noise.tensor.col(0).reshaped(2, 2));
  };
  const auto matrix = [](double a, double b, double c) { return (Eigen::Matrix2d() << a, b, b, c).finished(); };
  CHECK(tensor("mobility = 2") == matrix(1.0, 0.0, 1.0));
  CHECK(tensor("mobility = [2, 4]") == matrix(1.0, 0.0, 2.0));
  CHECK(tensor("mobility = [[2, 1], [1, 3]]") == matrix(1.0, 0.5, 1.5));
  CHECK(tensor("D = [[2, 1], [1, 3]]") == matrix(2.0, 1.0, 3.0));
  CHECK(tensor("mobility = \"2 + x\"").isApprox(matrix(1.15, 0.0, 1.15)));
  CHECK(tensor("mobility = [\"2 + x\", 3]").isApprox(matrix(1.15, 0.0, 1.5)));
  CHECK(tensor("D = [[\"2 + x\", \"y\"], [\"y\", 3]]").isApprox(matrix(2.3, 0.7, 3.0)));

  const auto fault = [&](const std::string& value, const std::string& part) {
    CHECK_THROWS_WITH_AS(read_case(with_mobility(value), "case.toml", "."), doctest::Contains(part.c_str()), CaseError);
  };
  fault("D = 1\nmobility = 2", "exactly one of diffusion.mobility, diffusion.D");
  fault("", "exactly one of diffusion.mobility, diffusion.D");
  fault("mobility = [1, 2, 3]", "case.toml:8:");
  fault("mobility = [[1, 2], 3]", "2 rows of 2");
  fault("mobility = [[1, 2], [3, 4]]", "must be symmetric");
  fault("mobility = [[\"1\", \"x\"], [\"y\", \"4\"]]", "must be symmetric");
  fault("mobility = -1", "negative eigenvalue");
  fault("mobility = 1\ninterpretation = \"ito\"", "is isothermal");
  fault("mobility = 1\neta = 1", "diffusion.eta has no part in this model: it is needed by sgd, gradient_noise");
}

TEST_CASE("noise of a landscape that does not lead to Boltzmann's law is warned of, unless that is what is asked for") {
  const auto warned = [](const std::string& diffusion) {
    const Case definition = read_case(
        "[landscape]\nexpression = \"x^4/4 - x^2/2 + y^2\"\n[grid]\nx = { min = -2, max = 2, cells = 20 }\n"
        "y = { min = -2, max = 2, cells = 20 }\n[diffusion]\n" +
            diffusion,
        "case.toml", ".");
    for (const std::string& warning : definition.warnings)
      CHECK(warning.find("diffusion.model = \"mobility\"") != std::string::npos);
    return !definition.warnings.empty();
  };
  CHECK_FALSE(warned("D = 0.5"));
  CHECK_FALSE(warned("D = [[0.5, 0], [0, 0.5]]"));
  CHECK(warned("D = [[0.5, 0.1], [0.1, 0.5]]"));
  const std::string varying = "model = \"expression\"\nD = \"1 + x^2\"\n";
  CHECK(warned(varying));
  CHECK(warned(varying + "interpretation = \"isothermal\""));
  CHECK_FALSE(warned(varying + "interpretation = \"ito\""));
  CHECK_FALSE(warned("model = \"expression\"\nD = \"1\""));
  CHECK_FALSE(warned("model = \"sgd\"\neta = 0.1"));
}
