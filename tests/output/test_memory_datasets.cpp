#include "output/memory_datasets.hpp"

#include "output/file_info.hpp"
#include "output/hdf5_file.hpp"
#include "output/result_file.hpp"

#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace valleyflux;

namespace {

/// Of every kind one.
void write_every_kind(Datasets& datasets) {
  datasets.attribute("title", std::string("Every kind"));
  datasets.attribute("accuracy", 1e-3);
  datasets.attribute("domain", std::vector<double>{-1.0, 1.0});
  datasets.bare_scale("nv", 2);
  datasets.numeric_scale("x", Eigen::Vector3d(-1.0, 0.0, 1.0), {{"units", "length_1"}});
  datasets.text_scale("valley", {"left", "right"}, {{"long_name", "names"}});
  datasets.dataset("bounds", {"x", "nv"}, Eigen::VectorXd::LinSpaced(6, 0.0, 5.0), {});
  datasets.dataset("label", {"x"}, std::vector<int>{0, -1, 1}, {});
  datasets.integer_attribute("label", "flag_values", {-1, 0, 1});
  datasets.dataset("note", {"valley"}, std::vector<std::string>{"", "deep"}, {});
  datasets.growing_scale("time", {{"units", "time"}});
  for (const double time : {0.0, 0.5}) datasets.append("time", Eigen::VectorXd::Constant(1, time));
  datasets.growing_dataset("density", {"time", "x"}, {{"units", "1/volume"}});
  for (const double time : {0.0, 0.5}) datasets.append("density", Eigen::Vector3d(1.0, 2.0, time));
  datasets.flush();
}

}  // namespace

TEST_CASE("datasets that were in memory make the same bytes as those that were written at once") {
  const ScratchFolder scratch;
  const Units units{.energy = "kT", .time = "ns", .escape_time = "", .length = {{"x", "nm"}}};
  Hdf5File at_once(scratch.path / "at_once.h5", units), later(scratch.path / "later.h5", units);
  write_every_kind(at_once);
  at_once.commit();
  MemoryDatasets kept;
  write_every_kind(kept);
  kept.write_to(later);
  later.commit();
  CHECK(bytes_of(scratch.path / "later.h5") == bytes_of(scratch.path / "at_once.h5"));
}

TEST_CASE("datasets in memory keep shapes and values") {
  MemoryDatasets kept;
  write_every_kind(kept);
  CHECK(kept.has_scale("time"));
  CHECK_FALSE(kept.has_scale("density"));
  const MemoryDatasets::Entry& density = kept.entries().back();
  CHECK(density.name == "density");
  CHECK(density.shape == std::vector<Index>{2, 3});
  CHECK(std::get<std::vector<double>>(density.values) == std::vector<double>{1.0, 2.0, 0.0, 1.0, 2.0, 0.5});
}

TEST_CASE("datasets in memory refuse what a file would refuse") {
  MemoryDatasets kept;
  kept.bare_scale("x", 3);
  CHECK_THROWS_WITH_AS(kept.dataset("a", {"x"}, Eigen::VectorXd::Zero(2), {}), "a: 2 values given for 3 places",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(kept.dataset("a", {"y"}, Eigen::VectorXd::Zero(2), {}), "a: there is no scale y",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(kept.bare_scale("x", 3), "x: there is a dataset of that name already", std::invalid_argument);
}

TEST_CASE("a result that was in memory has the views and the XDMF file of one that was written at once") {
  const ScratchFolder scratch;
  const std::vector<Axis> axes{Axis("x", -2.0, 2.0, 4), Axis("y", 0.0, 1.0, 4)};
  const auto write = [&](ResultWriter& writer) {
    writer.write(CellField{"landscape", "landscape", "energy", Eigen::VectorXd::LinSpaced(16, 0.0, 2.0)});
    DensityFrame frame;
    frame.density = Eigen::VectorXd::Ones(16);
    frame.current.assign(2, Eigen::VectorXd::Zero(16));
    frame.valley_probability = frame.valley_outflux = frame.valley_outflow = Eigen::VectorXd::Ones(1);
    for (frame.time = 0.0; frame.time < 2.0; frame.time += 1.0) writer.append(frame);
    Results results;
    results.valleys = {{"only", {0.0, 0.5}, {}, {}}};
    results.dimension = 2;
    writer.write(results);
  };
  const ResultHeader header{"A title", "title = \"A title\"\n", "0.1.0", "none"};
  ResultFile at_once(scratch.path / "result.h5", axes, {"only"}, header);
  write(at_once);
  at_once.commit();
  const std::string xdmf = bytes_of(scratch.path / "result.xdmf");
  const std::string info = file_info(scratch.path / "result.h5");
  ResultInMemory kept(axes, {"only"}, header);
  write(kept);
  std::filesystem::remove(scratch.path / "result.xdmf");
  kept.save(scratch.path / "result.h5");
  CHECK(bytes_of(scratch.path / "result.xdmf") == xdmf);
  CHECK(file_info(scratch.path / "result.h5") == info);
  CHECK_THROWS_AS(kept.save(scratch.path / "result.xdmf"), std::invalid_argument);

  // One of its parts is the same.
  std::filesystem::remove(scratch.path / "result.xdmf");
  const MemoryDatasets& parts = kept.datasets();
  ResultInMemory(MemoryDatasets(parts.entries(), parts.attributes()), kept.over_cells(), kept.units())
      .save(scratch.path / "result.h5");
  CHECK(bytes_of(scratch.path / "result.xdmf") == xdmf);
  CHECK(file_info(scratch.path / "result.h5") == info);
}
