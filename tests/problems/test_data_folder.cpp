#include "problems/case/data_folder.hpp"

#include "problems/case/ready_files.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

using namespace valleyflux;

namespace {

struct Environment {
  explicit Environment(const std::filesystem::path& data) { setenv("VALLEYFLUX_DATA", data.c_str(), 1); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { unsetenv("VALLEYFLUX_DATA"); }
};

}  // namespace

TEST_CASE("what was built in the source tree reads the ready cases from there") {
  unsetenv("VALLEYFLUX_DATA");
  CHECK(std::filesystem::exists(data_folder().cases / "quartic_white_noise.toml"));
  CHECK(std::filesystem::exists(data_folder().cases.parent_path() / "problem.hpp"));
  CHECK(plot_program().filename() == "plot");
  CHECK(ready_figures().front() == "fig1");
  CHECK(ready_figures().back() == "fig12");
}

TEST_CASE("VALLEYFLUX_DATA goes before every other place, and is refused where it leads nowhere") {
  const ScratchFolder scratch;
  const std::filesystem::path& folder = scratch.path;
  std::filesystem::create_directories(folder / "cases" / "figures");
  std::ofstream(folder / "cases" / "own.toml") << "title = \"My own\"\n";
  const Environment set(folder);
  CHECK(ready_cases() == std::vector<std::string>{"own"});
  CHECK(title_of(ready_case("own")) == "My own");
  CHECK(ready_case("quartic_white_noise").empty());
  CHECK(ready_case("../cases/own").empty());
  CHECK(ready_figures().empty());
  CHECK(plot_program().empty());
  const Environment wrong(folder / "cases");
  CHECK_THROWS_AS(ready_cases(), std::invalid_argument);
}
