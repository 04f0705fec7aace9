#include "output/progress.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace valleyflux;

TEST_CASE("a stage tells what is done of it and the time that is left") {
  CHECK(progress_line("valleyflux", 0.25, "evolving", 12.0, 79) ==
        "valleyflux: [#####...............]  25 % evolving (12 s, about 36 s left)");
  CHECK(progress_line("valleyflux", 0.5, "sgd", 600.0, 79) ==
        "valleyflux: [##########..........]  50 % sgd (10 min, about 10 min left)");
}

TEST_CASE("no time is foretold from next to nothing and no bar is drawn of what is unknown") {
  CHECK(progress_line("valleyflux", 0.01, "sgd", 10.0, 79) == "valleyflux: [....................]   1 % sgd (10 s)");
  CHECK(progress_line("valleyflux", {}, "reading a.dat", 3.0, 79) == "valleyflux: reading a.dat (3 s)");
}

TEST_CASE("a line of progress is as long as the terminal at most and keeps its times") {
  const std::string line = progress_line("valleyflux", 0.5, std::string(200, 's'), 30.0, 79);
  CHECK(line.size() == 79);
  CHECK(line.ends_with("sss (30 s, about 30 s left)"));
  CHECK(progress_line("谷", 0.5, std::string(20, 's'), 30.0, 60) ==
        "谷: [##########..........]  50 % sss (30 s, about 30 s left)");
}

TEST_CASE("of a line of progress the percentage is what stays longest") {
  const auto shown = [](int columns) { return progress_line("valleyflux", 0.5, "stage", 30.0, columns); };
  CHECK(shown(65) == "valleyflux: [##########..........]  50 % (30 s, about 30 s left)");
  CHECK(shown(50) == "valleyflux:  50 % (30 s, about 30 s left)");
  CHECK(shown(30) == "valleyflux:  50 %");
  CHECK(shown(10) == "50 %");
  CHECK(shown(2) == "50");
  CHECK(shown(0).empty());
  CHECK(progress_line("valleyflux", {}, "stage", 30.0, 18) == "valleyflux: (30 s)");
  CHECK(progress_line("valleyflux", {}, "stage", 30.0, 8) == "30 s");
}
