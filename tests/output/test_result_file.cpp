#include "output/result_file.hpp"

#include "output/fields.hpp"
#include "output/file_info.hpp"

#include "tests/output/sample_result.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <fstream>
#include <set>
#include <stdexcept>

using namespace valleyflux;

TEST_CASE("values come back: cells of a graded axis, frames and their views, missing numbers as NaN") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "a.h5";
  const Grid<2> grid = plane();
  write_sample(path, grid, 2);
  const std::vector<double> x = numbers(path, "x", {6}), edges = numbers(path, "x_edge", {7}),
                            bounds = numbers(path, "x_bnds", {6, 2});
  for (Index i = 0; i < 6; ++i) {
    const auto k = static_cast<std::size_t>(i);
    CHECK(x[k] == grid.axis(0).centre(i));
    CHECK(bounds[2 * k] == edges[k]);
    CHECK(bounds[2 * k + 1] == edges[k + 1]);
  }
  const std::vector<double> density = numbers(path, "density", {2, 4, 6});
  CHECK(numbers(path, "frames/density_0001", {1, 4, 6}) ==
        std::vector<double>(density.begin() + 24, density.begin() + 48));
  CHECK(density[24] == 0.5);
  CHECK(density[47] == 1.5);
  CHECK(numbers(path, "valley_outflow", {2, 2}) == std::vector<double>{0.0, 0.0, 0.5, 0.5});
  CHECK(numbers(path, "valley_label", {4, 6})[0] == 0.0);
  const std::vector<double> rate = numbers(path, "estimate_rate", {2});
  CHECK(rate[0] == 1.5e-3);
  CHECK(std::isnan(rate[1]));
  CHECK(std::isnan(numbers(path, "valley_minimum_y", {2})[1]));
}

TEST_CASE("a run without valleys or estimates is written all the same") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "a.h5";
  write_sample(path, line(), 2, {});
  CHECK(checked_datasets(path).contains("density"));
  CHECK(numbers(path, "valley_probability", {2, 0}).empty());
}

TEST_CASE("a loss is written with its start, and its covariance against its Hessian") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "a.h5";
  Results results;
  results.dimension = 3;
  LossResult loss{60, Eigen::Vector3d(1.0, 2.0, 3.0), Eigen::Vector3d(0.0, 0.5, 0.0), 0.25, HessianComparison{}};
  loss.covariance->eigenvalue = Eigen::Vector3d(-3.0, 1.0, 0.5);
  loss.covariance->covariance = Eigen::Vector3d(2.0, 1.5, 0.25);
  loss.covariance->correlation = {0.9, 0.8, 0.95};
  loss.covariance->entry_correlation = 0.7;
  results.loss = loss;
  ResultFile file(path, {}, {}, {"A loss", "case", "0.1.0", "command"});
  file.write(results);
  file.commit();
  const std::set<std::string> names = checked_datasets(path);
  for (const char* name :
       {"start", "start_gradient", "hessian_eigenvalue", "gradient_covariance", "covariance_correlation",
        "covariance_factor", "covariance_entry_correlation", "loss_parameters", "loss_samples"})
    CHECK(names.contains(name));
  CHECK_FALSE(names.contains("valley_minimum_x"));
  CHECK(numbers(path, "start", {3}) == std::vector<double>{1.0, 2.0, 3.0});
  CHECK(numbers(path, "covariance_correlation", {3}) == std::vector<double>{0.9, 0.8, 0.95});
  CHECK(numbers(path, "loss_value", {1}) == std::vector<double>{0.25});
  CHECK(numbers(path, "loss_gradient_norm", {1}) == std::vector<double>{0.5});
  CHECK(numbers(path, "covariance_entry_correlation", {1}) == std::vector<double>{0.7});
  CHECK_FALSE(std::filesystem::exists(folder.path / "a.xdmf"));  // there is no grid to show
}

TEST_CASE("what there is one of in a run, its warnings and its facts about estimates are in the file") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "a.h5";
  Results results = sample_results(2);
  results.evolution = EvolutionResult{"tr_bdf2", 210, 3, 7, 2e-16, 0.0, 1e-15, 1e-9, {{"x.max", 0.25}}};
  results.histogram = HistogramResult{2.5, 1000, 0.125, 0.1, 0.01};
  results.warnings = {"coarse", "größer"};
  results.linear_solver = {"multilevel", 12, 19, 3e-13, 1};
  results.spectrum = {0.0, {-1.0, 2.0}};
  results.network->right = results.network->left =
      (Eigen::MatrixXcd(2, 2) << 1.0, 2.0, 3.0, std::complex(4.0, 5.0)).finished();
  Estimate& blocked = results.estimates[0];
  blocked.blocked_at = {-0.5, 0.25};
  blocked.observed_order = 2.0;
  blocked.share_in_valley = 0.75;
  blocked.lost_at_walls = 0.125;
  blocked.step_bias = -0.0625;
  blocked.step_bias_error = 0.03125;
  blocked.data_error = 0.015625;
  blocked.escapes = 12;
  blocked.exponential = false;
  PathResult way{"left", "far right", "string", {0.5, -0.5}, 3.0, 1e-6, Eigen::MatrixXd(2, 3), Eigen::VectorXd(3), ""};
  way.points << 1.0, 2.0, 3.0, 4.0, 5.0, 6.0;
  way.action << 0.0, 1.0, 3.0;
  results.paths = {way, {"far right", "left", "minimum_action", {0.5, -0.5}, {}, 0.0, {}, {}, "no path"}};
  ResultFile file(path, axes_of(plane()), {"left", "far right"}, {"A title", "case", "0.1.0", "command"});
  file.write(results);
  file.commit();
  const std::set<std::string> names = checked_datasets(path);
  CHECK(names.contains("evolution_stepper"));
  CHECK(names.contains("path_method"));
  const auto number = [&](const char* name) { return numbers(path, name, {1})[0]; };
  CHECK(number("evolution_steps") == 210.0);
  CHECK(number("evolution_mass_error") == 2e-16);
  CHECK(number("histogram_particles") == 1000.0);
  CHECK(number("histogram_total_variation") == 0.125);
  CHECK(numbers(path, "spectrum_imaginary", {2})[1] == 2.0);
  CHECK(numbers(path, "network_right_mode", {2, 2}) == std::vector<double>{1.0, 3.0, 2.0, 4.0});  // mode by mode
  CHECK(numbers(path, "network_left_mode_imaginary", {2, 2}) == std::vector<double>{0.0, 0.0, 0.0, 5.0});
  const auto first = [&](const char* name) {
    const std::vector<double> both = numbers(path, name, {2});
    CHECK(std::isnan(both[1]));  // of the closed form
    return both[0];
  };
  CHECK(first("estimate_blocked_at_x") == -0.5);
  CHECK(first("estimate_blocked_at_y") == 0.25);
  CHECK(first("estimate_observed_order") == 2.0);
  CHECK(first("estimate_share_in_valley") == 0.75);
  CHECK(first("estimate_lost_at_walls") == 0.125);
  CHECK(first("estimate_step_bias") == -0.0625);
  CHECK(first("estimate_step_bias_error") == 0.03125);
  CHECK(first("estimate_data_error") == 0.015625);
  CHECK(first("estimate_exponential") == 0.0);
  CHECK(first("path_exponent") == 3.0);
  CHECK(first("path_exponent_error") == 1e-6);
  CHECK(numbers(path, "path_saddle_y", {2}) == std::vector<double>{-0.5, -0.5});
  const std::vector<double> y = numbers(path, "path_y", {2, 3});
  CHECK(std::vector<double>(y.begin(), y.begin() + 3) == std::vector<double>{4.0, 5.0, 6.0});
  CHECK(std::isnan(y[3]));
  CHECK(attribute(path, "estimate_blocked_at_x", "long_name") ==
        "x of the place that blocks: the noise vanishes there and no drift leads across that way");
  const std::string info = file_info(path);
  CHECK(info.find("left->far right:quasi_stationary  0.0015") != std::string::npos);
  CHECK(info.find("linear_solver_engine: multilevel\nlinear_solver_solves: 12\n") != std::string::npos);
  CHECK(info.find("warning: coarse\nwarning: größer\n") != std::string::npos);
}

TEST_CASE("equal runs give equal bytes, of both files") {
  const ScratchFolder folder;
  std::string first[2];
  for (std::string& data : first) {
    write_sample(folder.path / "a.h5", plane(), 3);
    data = bytes_of(folder.path / "a.h5") + bytes_of(folder.path / "a.xdmf");
  }
  CHECK(first[0].size() > 5000);
  CHECK(first[0] == first[1]);
}

TEST_CASE("a run that fails leaves the older result untouched and nothing behind") {
  const ScratchFolder folder;
  write_sample(folder.path / "a.h5", line(), 1);
  const std::string before = bytes_of(folder.path / "a.h5") + bytes_of(folder.path / "a.xdmf");
  {
    ResultFile file(folder.path / "a.h5", axes_of(line()), {"left"}, {"another", "", "", ""});
    file.append(frame_at(line(), 0.0, 1));
  }
  CHECK(bytes_of(folder.path / "a.h5") + bytes_of(folder.path / "a.xdmf") == before);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 2);
}

TEST_CASE("attributes name the units that the case says") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "a.h5";
  {
    ResultFile file(path, axes_of(plane()), {"left", "far right"},
                    {"A peptide", "", "", "", {"kJ/mol", "ns", "", {{"x", "nm"}, {"y", "rad"}}}});
    const Eigen::VectorXd zeros = Eigen::VectorXd::Zero(plane().cells());
    file.write(CellField{"landscape", "L", "energy", zeros});
    file.write(CellField{"drift_x", "F", "length_1/time", zeros});
    file.append(frame_at(plane(), 0.0, 2));
    Results results;
    results.valleys = {{"left", {0.0, 0.0}, 1.0, {}, {}, {}}, {"far right", {}, {}, {}, {}, {}}};
    results.dimension = 2;
    results.estimates.resize(1);
    file.write(results);
    file.commit();
  }
  for (const auto& worded : {std::pair<std::string, std::string>{"x", "nm"},
                             {"y_edge", "rad"},
                             {"landscape", "kJ/mol"},
                             {"drift_x", "nm/ns"},
                             {"time", "ns"},
                             {"density", "1/nm/rad"},
                             {"valley_outflux", "1/ns"},
                             {"valley_probability", "1"},
                             {"valley_height", "kJ/mol"},
                             {"valley_minimum_y", "rad"},
                             {"estimate_rate", "1/ns"},
                             {"estimate_time", "ns"}}) {
    CAPTURE(worded.first);
    CHECK(attribute(path, worded.first.c_str(), "units") == worded.second);
  }
}

TEST_CASE("the XDMF file has one step a frame, and every dataset that it names exists in that shape") {
  const ScratchFolder folder;
  for (const int frames : {0, 3}) {
    const std::filesystem::path path = folder.path / ("with_" + std::to_string(frames) + ".h5");
    write_sample(path, plane(), frames);
    const std::set<std::string> names = checked_datasets(path);
    std::filesystem::path beside = path;
    const std::string text = bytes_of(beside.replace_extension(".xdmf")), reference = path.filename().string() + ":/";
    std::size_t steps = 0, found = 0;
    for (std::size_t at = 0; (at = text.find("<Time ", at)) != std::string::npos; ++at) ++steps;
    CHECK(steps == static_cast<std::size_t>(std::max(frames, 1)));
    for (std::size_t at = 0; (at = text.find(reference, at)) != std::string::npos; ++found) {
      at += reference.size();
      CHECK(names.contains(text.substr(at, text.find('<', at) - at)));
    }
    // Two edges, two fields, and in each frame the density and the current, by its components and as one vector.
    CHECK(found == steps * (frames ? 9 : 4));
    CHECK((text.find("Name=\"current\" AttributeType=\"Vector\"") != std::string::npos) == (frames > 0));
    CHECK(text.find("Dimensions=\"2 5 7\"") != std::string::npos);
    CHECK(text.find("Dimensions=\"1 4 6\"") != std::string::npos);
  }
}

TEST_CASE("a result may not take the name of its own XDMF file") {
  const ScratchFolder folder;
  CHECK_THROWS_AS(ResultFile(folder.path / "a.xdmf", axes_of(line()), {}, {}), std::invalid_argument);
  CHECK(std::filesystem::is_empty(folder.path));
}
