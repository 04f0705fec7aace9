#include "output/fields.hpp"
#include "output/version.hpp"
#include "tests/output/sample_result.hpp"
#include "tests/scratch_folder.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>

using namespace valleyflux;

namespace {

const std::set<std::string> every_result{"nv",
                                         "valley",
                                         "valley_label",
                                         "valley_height",
                                         "valley_stationary_probability",
                                         "estimate",
                                         "estimate_rate",
                                         "estimate_time",
                                         "estimate_log_rate",
                                         "estimate_low",
                                         "estimate_high",
                                         "estimate_note",
                                         "estimate_recommended",
                                         "estimate_transition_time_low",
                                         "estimate_transition_time_high",
                                         "valley_stationary_low",
                                         "valley_stationary_high",
                                         "landscape",
                                         "stationary_density",
                                         "estimate_transition_time",
                                         "estimate_escapes",
                                         "estimate_log_rate_error",
                                         "mode",
                                         "spectrum",
                                         "spectrum_imaginary",
                                         "right_eigenfunction",
                                         "left_eigenfunction",
                                         "network_valley",
                                         "network_target",
                                         "network_rate",
                                         "network_low",
                                         "network_high",
                                         "network_time",
                                         "network_rule_1_rate",
                                         "network_rule_2_time",
                                         "network_probability",
                                         "network_escape_time_probability",
                                         "network_mode",
                                         "network_spectrum",
                                         "network_spectrum_imaginary",
                                         "network_right_mode",
                                         "network_right_mode_imaginary",
                                         "network_left_mode",
                                         "network_left_mode_imaginary",
                                         "estimate_from",
                                         "estimate_to",
                                         "estimate_method",
                                         "estimate_exponential",
                                         "estimate_step_bias",
                                         "estimate_step_bias_error",
                                         "estimate_data_error",
                                         "estimate_observed_order",
                                         "estimate_share_in_valley",
                                         "estimate_lost_at_walls",
                                         "warnings"};

/// Names of datasets that are described in fields.hpp.
std::set<std::string> described_datasets() {
  std::set<std::string> names;
  const auto add = [&]<class Owner>(const Fields<Owner>&) {
    for_each_field<Owner>([&](const auto& field) { names.insert(dataset_name<Owner>(field)); });
  };
  add(Fields<Results>{});
  add(Fields<ValleyResult>{});
  add(Fields<Estimate>{});
  add(Fields<NetworkResult>{});
  return names;
}

/// Every dataset of a layout that is to stay, and none beyond it but what is described.
bool is_layout(const std::set<std::string>& found, const std::set<std::string>& layout) {
  std::set<std::string> rest;
  std::set_difference(found.begin(), found.end(), layout.begin(), layout.end(), std::inserter(rest, rest.begin()));
  const std::set<std::string> described = described_datasets();
  return std::includes(found.begin(), found.end(), layout.begin(), layout.end()) &&
         std::includes(described.begin(), described.end(), rest.begin(), rest.end());
}

std::set<std::string> with(std::set<std::string> names, std::initializer_list<const char*> more) {
  names.insert(more.begin(), more.end());
  return names;
}

}  // namespace

TEST_CASE("a result in the plane holds the datasets of its layout, each with scales on every axis") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "a.h5";
  write_sample(path, plane(), 2);
  CHECK(is_layout(checked_datasets(path), with(every_result, {"x",
                                                              "y",
                                                              "x_bnds",
                                                              "y_bnds",
                                                              "x_edge",
                                                              "y_edge",
                                                              "valley_minimum_x",
                                                              "valley_minimum_y",
                                                              "estimate_blocked_at_x",
                                                              "estimate_blocked_at_y",
                                                              "time",
                                                              "density",
                                                              "current_x",
                                                              "current_y",
                                                              "valley_probability",
                                                              "valley_outflux",
                                                              "valley_outflow",
                                                              "wall",
                                                              "wall_outflux",
                                                              "wall_outflow",
                                                              "frames/frame",
                                                              "frames/density_0000",
                                                              "frames/density_0001",
                                                              "frames/current_x_0000",
                                                              "frames/current_x_0001",
                                                              "frames/current_y_0000",
                                                              "frames/current_y_0001"})));
  CHECK(attribute(path, "/", "Conventions") == "CF-1.8");
  CHECK(attribute(path, "/", "case") == "title = \"A title\"\n");
  CHECK(attribute(path, "/", "valleyflux_version") == "0.1.0");
  if (*commit()) CHECK(attribute(path, "/", "valleyflux_commit") == commit());
  CHECK(attribute(path, "/", "command") == "valleyflux run");
  CHECK(attribute(path, "x", "bounds") == "x_bnds");
  CHECK(attribute(path, "y", "axis") == "Y");
  CHECK(attribute(path, "valley_label", "flag_meanings") == "none left far_right");
}

TEST_CASE("a result on the line has one-dimensional fields") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "a.h5";
  write_sample(path, line(), 1);
  CHECK(is_layout(checked_datasets(path),
                  with(every_result, {"x", "x_bnds", "x_edge", "valley_minimum_x", "estimate_blocked_at_x", "time",
                                      "density", "current_x", "valley_probability", "valley_outflux", "valley_outflow",
                                      "frames/frame", "frames/density_0000", "frames/current_x_0000"})));
  numbers(path, "density", {1, 6});
  numbers(path, "landscape", {6});
}

TEST_CASE("a run without frames has no datasets over time") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "a.h5";
  write_sample(path, line(), 0);
  CHECK(is_layout(checked_datasets(path),
                  with(every_result, {"x", "x_bnds", "x_edge", "valley_minimum_x", "estimate_blocked_at_x"})));
}
