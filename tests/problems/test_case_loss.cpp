#include "problems/case/case_file.hpp"
#include "problems/case/case_value.hpp"
#include "problems/case/figure_file.hpp"
#include "problems/case/ready_files.hpp"

#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>

using namespace valleyflux;

namespace {

const std::string good_loss = R"(title = "A loss"
[data]
samples = 60
features = 3
classes = 2
seed = 5
[loss]
model = "network"
depth = 2
width = 4
k = 2.0
[start]
at = 0.1
sd = 0.01
training = { eta = 0.1, steps = 10 }
[[valley]]
name = "start"
half_width = 0.2
[diffusion]
eta = 0.02
batch_size = 5
injected = 0.001
[[escape]]
from = "start"
to = "first_exit"
[langevin]
minibatch = "without_replacement"
)";

/// `good_loss` with the first `from` replaced.
std::string loss_with(const std::string& from, const std::string& to) {
  std::string text = good_loss;
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string loss_complaint(const std::string& text) {
  try {
    read_case(text, "case.toml", ".");
  } catch (const CaseError& error) {
    return error.what();
  }
  return "";
}

bool told(const std::string& text, const std::string& part) {
  const std::string message = loss_complaint(text);
  CAPTURE(message);
  return message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a loss over data is read as it is written") {
  const Case definition = read_case(good_loss, "case.toml", ".");
  REQUIRE(definition.loss);
  CHECK_FALSE(definition.dynamics);
  const CaseLoss& loss = *definition.loss;
  CHECK(loss.loss->dimension() == 4 * 3 + 2 * 4);
  CHECK(loss.loss->samples() == 60);
  CHECK(loss.k == 2.0);
  CHECK(loss.training->steps == 10);
  CHECK(loss.training->batch_size == 1);
  CHECK(std::abs((loss.start.array() - 0.1).mean()) < 4.0 * 0.01 / std::sqrt(20.0));
  CHECK(*loss.half_width == 0.2);
  CHECK(definition.sgd->injected == 0.001);
  CHECK(definition.particles.particles == 100);  // repetitions, as in the paper
  CHECK(definition.particles.minibatch == "without_replacement");
  CHECK(definition.escapes.at(0).methods == std::vector<std::string>{"sgd"});
  const Case box = read_case(loss_with("half_width = 0.2", "max = 0.3\nscale = false"), "case.toml", ".");
  CHECK(box.loss->high == Eigen::VectorXd::Constant(20, 0.3));
  CHECK(box.loss->low[0] == -std::numeric_limits<double>::infinity());
  CHECK(box.loss->valley_scale == 0.0);
}

TEST_CASE("data and seeds change where a training leads to, k and hyperparameters do not") {
  const auto key = [](const std::string& text) { return read_case(text, "case.toml", ".").loss->key; };
  CHECK(key(loss_with("k = 2.0", "k = 3.0")) == key(good_loss));
  CHECK(key(loss_with("eta = 0.02", "eta = 0.03")) == key(good_loss));
  CHECK(key(loss_with("seed = 5", "seed = 6")) != key(good_loss));
  CHECK(key(loss_with("width = 4", "width = 5")) != key(good_loss));
  CHECK(key(loss_with("steps = 10", "steps = 11")) != key(good_loss));
}

TEST_CASE("what is wrong with a loss is said with its place, and what would be right") {
  CHECK(told(loss_with("[data]\nsamples = 60\nfeatures = 3\nclasses = 2\nseed = 5\n", ""), "[data] is missing"));
  CHECK(
      told(loss_with("samples = 60\n", ""), "data needs exactly one of file (CSV), images and labels (IDX), samples"));
  CHECK(told(loss_with("samples = 60", "samples = 0"), "case.toml:3:11: error: data.samples must"));
  CHECK(told(loss_with("seed = 5", "sead = 5"), "the nearest known one is \"data.seed\""));
  CHECK(told(loss_with("model = \"network\"", "model = \"netwrk\""), "styblinski_tang, logistic_regression, network"));
  CHECK(told(loss_with("model = \"network\"", "model = \"logistic_regression\""), "depth"));
  CHECK(told(loss_with("k = 2.0", "k = -2.0"), "loss.k must be positive"));
  CHECK(told(loss_with("steps = 10", "batch_size = 5"),
             "start.training needs either epochs (passes over the data) or steps"));
  CHECK(told(loss_with("half_width = 0.2", "half_width = 0.2\nmax = 1.0"), "either half_width or min and max"));
  CHECK(told(loss_with("half_width = 0.2", "min = 1.0\nmax = 0.5"), "must be less than"));
  CHECK(told(loss_with("half_width = 0.2", ""), "needs half_width"));
  CHECK(told(loss_with("batch_size = 5\ninjected", "batch_size = 5.5\ninjected"),
             "whole number of the 60 samples (got 5.5)"));
  CHECK(told(loss_with("batch_size = 5\ninjected", "batch_size = 61\ninjected"),
             "whole number of the 60 samples (got 61)"));
  CHECK(told(loss_with("to = \"first_exit\"", "to = \"other\""), "leads from its valley \"start\" to \"first_exit\""));
  CHECK(told(loss_with("to = \"first_exit\"", "to = \"first_exit\"\nmethods = [\"flux\"]"),
             "\"flux\" is not for a loss"));
  CHECK(told(loss_with("to = \"first_exit\"", "to = \"first_exit\"\nmethods = [\"theory:sgd\"]"),
             "a barrier that is known"));
  CHECK(told(good_loss + "[grid]\nx = { min = 0, max = 1, cells = 9 }\n", "[grid] has no place in a case over data"));
  CHECK(told(loss_with("\"without_replacement\"", "\"gaussian\""), "must be with_replacement or without_replacement"));
  CHECK(told(loss_with("[langevin]", "[langevin]\nstep = 0.1"), "langevin.step of a loss is diffusion.eta"));
  CHECK(
      told(loss_with("[langevin]", "[langevin]\nreplicas = 5"), "langevin.replicas has no place in a case over data"));
  CHECK(told(good_loss + "[solver]\ngrids = 2\n", "[solver] has no place in a case over data"));
  CHECK(told(good_loss + "[accuracy]\nrelative = 0.1\n", "[accuracy] needs a [grid]"));
  CHECK(told(good_loss + "[evolve]\nuntil = 1.0\n", "[evolve] needs a [grid]"));
  CHECK(told(good_loss + "[theory]\npaths = false\n", "theory.paths needs a [grid]"));
  CHECK(told(loss_with("samples = 60\nfeatures = 3", "samples = 10000000\nfeatures = 100000"), "are too many"));
  CHECK(told(loss_with("depth = 2\nwidth = 4", "depth = 9\nwidth = 10000"), "has too many parameters"));
  CHECK(told(loss_with("width = 4", "width = 5000\ncovariance = true"), "20000 parameters at most (there are 25000)"));
  CHECK(told(loss_with("half_width = 0.2", "half_width = 0.2\nscale = \"x\""),
             "valley.0.scale must be a number (the power of k that it divides by), true"));
  CHECK(told(loss_with("samples = 60\nfeatures = 3\nclasses = 2\nseed = 5", "file = \"none.csv\""),
             "none.csv: the file cannot be opened: there is none of that name"));
}

TEST_CASE("every ready case over data is read, and every ready figure names cases that are there") {
  for (const char* name : {"avila", "banknote", "cardiotocography", "sensorless", "mnist", "logistic_regression",
                           "network_random_labels", "styblinski_tang_data"}) {
    CAPTURE(name);
    CHECK(read_case(ready_case(name)).loss);
  }
  const auto names = ready_figures();
  CHECK(names == std::vector<std::string>{"fig1", "fig2", "fig3", "fig4", "fig5", "fig6", "fig7", "fig8", "fig9",
                                          "fig10", "fig11", "fig12"});
  for (const std::string& name : names) {
    const Figure figure = read_figure(ready_figure(name));
    for (const FigurePanel& panel : figure.panels) {
      CAPTURE(panel.name);
      Overrides overrides = panel.set;
      for (const std::string& key : panel.seed_keys) overrides.push_back(key + "=3");
      const Case definition = read_case(ready_case(panel.case_name), overrides);
      // What is stated of a setting stands beside what the case really holds: its key must be one of some panel's.
      for (const FigureSetting& setting : figure.settings) {
        CAPTURE(setting.key);
        CHECK(std::any_of(figure.panels.begin(), figure.panels.end(), [&](const FigurePanel& one) {
          return one.vary.starts_with(setting.key + "=") ||
                 !value_in_case(read_case(ready_case(one.case_name), one.set), setting.key).empty();
        }));
      }
    }
  }
}

TEST_CASE("what a case holds for a key is found with overrides, in tables and in lists") {
  const Case definition = read_case(good_loss, "case.toml", ".", {"loss.width=7", "valley.start.half_width=0.5"});
  CHECK(value_in_case(definition, "loss.width") == "7");
  CHECK(value_in_case(definition, "start.training") == "{ eta = 0.1, steps = 10 }");
  CHECK(value_in_case(definition, "valley.0.half_width") == "0.5");
  CHECK(value_in_case(definition, "valley.start.half_width") == "0.5");
  CHECK(value_in_case(definition, "langevin.minibatch") == "'without_replacement'");
  for (const char* nothing : {"loss.none", "none.width", "valley.1.name", "title.more"}) {
    CAPTURE(nothing);
    CHECK(value_in_case(definition, nothing).empty());
  }
}

TEST_CASE("a figure file is read with what its panels share, and its faults are placed") {
  const ScratchFolder folder;
  const auto file = folder.path / "mine.toml";
  const auto written = [&](const std::string& text) -> const std::filesystem::path& {
    std::ofstream(file) << text;
    return file;
  };
  const std::string head = "title = \"Mine\"\nclaim = \"rate ~ value\"\nset = [\"a.b=1\"]\nquick = [\"a.c=2\"]\n";
  const std::string panel = "[[panel]]\nname = \"one\"\ncase = \"avila\"\nvary = \"loss.k=1:2:3\"\n";
  const Figure figure =
      read_figure(written(head + panel + "set = [\"a.d=3\"]\ndata = { file = \"mine.csv\" }\nquick = [\"a.e=4\"]\n"));
  CHECK(figure.name == "mine");
  CHECK(figure.claim == Claim::rate_value);
  CHECK(figure.panels.at(0).set == Overrides{"a.b=1", "a.d=3"});
  CHECK(figure.panels.at(0).quick == Overrides{"a.c=2", "a.e=4"});
  CHECK(figure.panels.at(0).data.at("file") == "mine.csv");
  CHECK(figure.panels.at(0).seeds == 1);

  const Figure read = read_figure(written(
      head + "seeds = 4\nseed_keys = [\"data.seed\"]\n[[setting]]\nwhat = \"w\"\nstated = \"s\"\nkey = \"k\"\n" +
      "[[reading]]\nname = \"first\"\nset = [\"a.f=5\"]\n[[reading]]\nname = \"second\"\nours = true\nseeds = 2\n" +
      panel + "choice = \"one\"\n" + panel + "[[panel.reading]]\nname = \"third\"\nchoice = \"why\"\n"));
  REQUIRE(read.panels.size() == 3);
  CHECK(read.panels[0].name == "one, first");
  CHECK(read.panels[0].set == Overrides{"a.b=1", "a.f=5"});
  CHECK(read.panels[0].seeds == 4);
  CHECK(read.panels[0].seed_keys == std::vector<std::string>{"data.seed"});
  CHECK_FALSE(read.panels[0].ours);
  CHECK(read.panels[1].name == "one, second");
  CHECK(read.panels[1].ours);
  CHECK(read.panels[1].seeds == 2);
  CHECK(read.panels[1].choice == "one");
  CHECK(read.panels[2].name == "one, third");
  CHECK(read.panels[2].choice == "why");
  CHECK(read.settings.at(0).stated == "s");
  const auto fault = [&](const std::string& text) -> std::string {
    try {
      read_figure(written(text));
    } catch (const CaseError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(fault(head + "seeds = 3\n" + panel).find("panel \"one\" of 3 seeds needs seed_keys") != std::string::npos);
  CHECK(fault(head + panel + panel).find("there are two panels \"one\"") != std::string::npos);
  CHECK(fault(head).find("a figure needs a [[panel]]") != std::string::npos);
  CHECK(fault(head + "[[panel]]\nname = \"one\"\ncase = \"avila\"\n").find("vary is missing") != std::string::npos);
  CHECK(fault(head + panel + "sett = []\n").find("the nearest known one is \"panel.0.set\"") != std::string::npos);
  CHECK(fault("title = \"Mine\"\nclaim = \"rate\"\n" + panel).find("mine.toml:2:9: error: claim must be one of") !=
        std::string::npos);
}
