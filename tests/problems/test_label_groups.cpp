#include "problems/data/label_groups.hpp"

#include "problems/case/case_file.hpp"

#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>

using namespace valleyflux;

namespace {

/// Six samples of one feature, with the labels c a b d b a.
DataSet letters() {
  DataSet data;
  data.features.resize(1, 6);
  data.features << 1.0, 2.0, 3.0, 4.0, 5.0, 6.0;
  data.labels = {2, 0, 1, 3, 1, 0};
  data.classes = {"a", "b", "c", "d"};
  return data;
}

}  // namespace

TEST_CASE("labels in a group become class 1, the others class 0, and features stay") {
  const DataSet two = grouped(letters(), {"c", "b"});
  CHECK(two.labels == std::vector<int>{1, 0, 1, 0, 1, 0});
  CHECK(two.classes == std::vector<std::string>{"a+d", "b+c"});
  CHECK(two.features == letters().features);
  CHECK_THROWS_WITH_AS(grouped(letters(), {"e"}), "the data have no label \"e\": there are a, b, c, d",
                       std::invalid_argument);
  CHECK_THROWS_AS(grouped(letters(), {}), std::invalid_argument);
  CHECK_THROWS_AS(grouped(letters(), {"a", "b", "c", "d"}), std::invalid_argument);
}

TEST_CASE("a random half is half of the labels, any half, and the same for the same seed") {
  std::set<std::vector<std::string>> halves;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto half = random_half(letters(), seed);
    CHECK(half.size() == 2);
    CHECK(std::is_sorted(half.begin(), half.end()));
    CHECK(half == random_half(letters(), seed));
    halves.insert(half);
  }
  CHECK(halves.size() == 6);  // all pairs of four
  DataSet three = letters();
  three.classes.pop_back();
  CHECK(random_half(three, 1).size() == 1);
  DataSet two = letters();
  two.classes.resize(2);
  CHECK(random_half(two, 1) == std::vector<std::string>{"b"});
  DataSet one = letters();
  one.classes.resize(1);
  CHECK_THROWS_AS(random_half(one, 1), std::invalid_argument);
}

TEST_CASE("a case groups the labels of its file, standardises its features and trains for epochs") {
  const ScratchFolder folder;
  std::ofstream(folder.path / "data.csv") << "1,x\n2,y\n3,z\n6,x\n";
  const auto read = [&](const std::string& data, const std::string& training) {
    return read_case("[data]\nfile = \"data.csv\"\nstandardise = true\n" + data +
                         "[loss]\nmodel = \"network\"\n[start]\ntraining = { eta = 0.1, " + training +
                         " }\n[[valley]]\nname = \"v\"\nhalf_width = 0.05\n[diffusion]\neta = 0.1\n"
                         "[[escape]]\nfrom = \"v\"\nto = \"first_exit\"\nmethods = [\"sgd\"]\n",
                     "case.toml", folder.path)
        .loss;
  };
  const auto loss = read("group = [\"y\", \"z\"]\n", "batch_size = 3, epochs = 5");
  REQUIRE(loss);
  CHECK(loss->data->labels == std::vector<int>{0, 1, 1, 0});
  // Mean 3, variance (4 + 1 + 0 + 9) / 4 = 3.5.
  for (const auto& [sample, value] : {std::pair{0, -2.0}, {1, -1.0}, {2, 0.0}, {3, 3.0}})
    CHECK(std::abs(loss->data->features(0, sample) - value / std::sqrt(3.5)) < 1e-15);
  CHECK(loss->training->steps == 7);  // 5 epochs of 4 samples in minibatches of 3: 20 / 3, rounded up
  const auto complaint = [&](const std::string& data, const std::string& training) -> std::string {
    try {
      read(data, training);
    } catch (const CaseError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(
      complaint("group = \"half\"\n", "steps = 1") ==
      "case.toml:4:9: error: data.group = 'half' is neither \"random\" nor an array of labels: one of them is given as "
      "['half'], the labels being x, y, z");
  CHECK(complaint("group = [\"w\"]\n", "steps = 1") ==
        "case.toml:4:9: error: the data have no label \"w\": there are x, y, z");
  CHECK(complaint("", "steps = 1, epochs = 2").find("either epochs (passes over the data) or steps") !=
        std::string::npos);
  CHECK(complaint("", "epochs = 900000000").find("are 3600000000 steps: 1000000000 at most") != std::string::npos);
}
