#include "output/hdf5_file.hpp"

#include "tests/output/hdf5_numbers.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <stdexcept>

using namespace valleyflux;

namespace {

void write_sample(const std::filesystem::path& path) {
  Hdf5File file(path);
  file.attribute("title", "é <&>");
  file.numeric_scale("x", Eigen::Vector3d(0.0, 1.0, 2.5), {{"units", "1"}});
  file.numeric_scale("y", Eigen::Vector2d(-1.0, 1.0));
  file.bare_scale("nv", 2);
  file.text_scale("valley", {"left", "größer", ""});
  Eigen::VectorXd field(6);
  field << 1, 2, 3, 4, std::nan(""), 6;
  file.dataset("field", {"y", "x"}, field);
  file.dataset("label", {"y", "x"}, std::vector<int>{-1, 0, 1, 2, 3, 4});
  file.integer_attribute("label", "flag_values", {-1, 0});
  file.dataset("note", {"valley"}, std::vector<std::string>{"a", "", "ü"});
  file.growing_scale("time");
  file.growing_dataset("density", {"time", "y", "x"});
  for (int frame = 0; frame < 3; ++frame) {
    file.append("time", Eigen::VectorXd::Constant(1, 0.5 * frame));
    file.append("density", Eigen::VectorXd::LinSpaced(6, 0.0, 5.0).array() + 10.0 * frame);
    file.flush();
  }
  file.row_view("/frames/density_0001", "density", 1);
  file.commit();
}

std::vector<std::string> texts(hid_t file, const char* name) {
  const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
  REQUIRE(dataset >= 0);
  const hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
  CHECK(H5Tis_variable_str(type) > 0);
  CHECK(H5Tget_cset(type) == H5T_CSET_UTF8);
  std::vector<char*> read(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
  CHECK(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()) >= 0);
  std::vector<std::string> values;
  for (char* text : read) {
    values.emplace_back(text ? text : "");
    H5free_memory(text);
  }
  H5Sclose(space);
  H5Tclose(type);
  H5Dclose(dataset);
  return values;
}

}  // namespace

TEST_CASE("what is written is read back, in row-major order") {
  const ScratchFolder folder;
  write_sample(folder.path / "a.h5");
  const hid_t file = H5Fopen((folder.path / "a.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  REQUIRE(file >= 0);
  CHECK(numbers(file, "x", {3}) == std::vector<double>{0.0, 1.0, 2.5});
  const std::vector<double> field = numbers(file, "field", {2, 3});
  CHECK(field[3] == 4.0);
  CHECK(std::isnan(field[4]));
  CHECK(numbers(file, "label", {2, 3}) == std::vector<double>{-1, 0, 1, 2, 3, 4});
  CHECK(numbers(file, "time", {3}) == std::vector<double>{0.0, 0.5, 1.0});
  const std::vector<double> density = numbers(file, "density", {3, 2, 3});
  for (std::size_t k = 0; k < density.size(); ++k)
    CHECK(std::abs(density[k] - static_cast<double>(10 * (k / 6) + k % 6)) < 1e-14);
  CHECK(numbers(file, "/frames/density_0001", {1, 2, 3}) ==
        std::vector<double>(density.begin() + 6, density.begin() + 12));
  CHECK(texts(file, "valley") == std::vector<std::string>{"left", "größer", ""});
  CHECK(texts(file, "note") == std::vector<std::string>{"a", "", "ü"});
  H5Fclose(file);
}

TEST_CASE("equal content gives equal bytes") {
  const ScratchFolder folder;
  write_sample(folder.path / "a.h5");
  write_sample(folder.path / "b.h5");
  CHECK(bytes_of(folder.path / "a.h5").size() > 1000);
  CHECK(bytes_of(folder.path / "a.h5") == bytes_of(folder.path / "b.h5"));
}

static std::ptrdiff_t files_in(const std::filesystem::path& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

TEST_CASE("a file that is not committed leaves an older one untouched and nothing behind") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "a.h5";
  write_sample(path);
  const std::string before = bytes_of(path);
  {
    Hdf5File file(path);
    file.attribute("title", "another");
    CHECK(files_in(folder.path) == 2);
  }
  CHECK(bytes_of(path) == before);
  CHECK(files_in(folder.path) == 1);
}

TEST_CASE("a committed file replaces an older one and leaves no part") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "a.h5";
  std::ofstream(path) << "something older";
  write_sample(path);
  CHECK(H5Fis_hdf5(path.c_str()) > 0);
  CHECK(files_in(folder.path) == 1);
}

TEST_CASE("frames that were flushed are readable though the writer never finished") {
  const ScratchFolder folder;
  Hdf5File file(folder.path / "a.h5");
  file.numeric_scale("x", Eigen::Vector2d(0.0, 1.0));
  file.growing_scale("time");
  file.growing_dataset("density", {"time", "x"});
  file.append("time", Eigen::VectorXd::Constant(1, 0.0));
  file.append("density", Eigen::Vector2d(3.0, 4.0));
  file.flush();
  const std::filesystem::path copy = folder.path / "copy.h5";
  std::filesystem::copy_file(std::filesystem::directory_iterator(folder.path)->path(), copy);
  const hid_t read = H5Fopen(copy.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  REQUIRE(read >= 0);
  CHECK(numbers(read, "density", {1, 2}) == std::vector<double>{3.0, 4.0});
  H5Fclose(read);
}

TEST_CASE("an attribute may be longer than 64 kB") {
  const ScratchFolder folder;
  Hdf5File file(folder.path / "a.h5");
  CHECK_NOTHROW(file.attribute("case", std::string(200000, 'x')));
  CHECK_NOTHROW(file.commit());
}

TEST_CASE("failures name the file, and wrong sizes are refused") {
  const ScratchFolder folder;
  const std::filesystem::path nowhere = folder.path / "missing" / "a.h5";
  CHECK_THROWS_AS(Hdf5File{nowhere}, OutputError);
  try {
    Hdf5File file(nowhere);
  } catch (const OutputError& error) {
    CHECK(std::string(error.what()).find(nowhere.string()) != std::string::npos);
  }
  Hdf5File file(folder.path / "a.h5");
  file.numeric_scale("x", Eigen::Vector2d(0.0, 1.0));
  CHECK_THROWS_AS(file.numeric_scale("x", Eigen::Vector2d(0.0, 1.0)), OutputError);
  CHECK_THROWS_AS(file.dataset("field", {"x"}, Eigen::VectorXd(Eigen::Vector3d(1, 2, 3))), std::invalid_argument);
  CHECK_THROWS_AS(file.dataset("note", {"x"}, std::vector<std::string>{"one"}), std::invalid_argument);
  file.growing_scale("time");
  file.growing_dataset("density", {"time", "x"});
  CHECK_THROWS_AS(file.append("density", Eigen::Vector3d(1, 2, 3)), std::invalid_argument);
}

TEST_CASE("axes may be empty") {
  const ScratchFolder folder;
  Hdf5File file(folder.path / "a.h5");
  file.text_scale("valley", {});
  file.dataset("height", {"valley"}, Eigen::VectorXd(0));
  file.growing_scale("time");
  file.growing_dataset("valley_probability", {"time", "valley"});
  file.append("time", Eigen::VectorXd::Constant(1, 0.0));
  CHECK_NOTHROW(file.append("valley_probability", Eigen::VectorXd(0)));
  CHECK_NOTHROW(file.commit());
}
