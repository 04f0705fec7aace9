#include "output/report/report_page.hpp"

#include "grids/grid.hpp"
#include "output/report/encoded_field.hpp"
#include "output/report/report_words.hpp"
#include "output/result_file.hpp"
#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <hdf5.h>
#include <zlib.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <random>
#include <stdexcept>

using namespace valleyflux;

namespace {

using Json = nlohmann::json;

// What HTML and JavaScript would take for their own.
const std::string mean_name = "</script><img src=x onerror=alert(1)> \"a\" & 'b' <!-- \\ é";

Json content_of(const std::filesystem::path& page) {
  const std::string text = bytes_of(page), start = R"(<script type="application/json" id="content">)";
  const std::size_t from = text.find(start) + start.size();
  return Json::parse(text.substr(from, text.find("</script>", from) - from));
}

std::size_t times_in(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

/// Codes of an encoded field, found by other means than those of the page.
std::vector<unsigned> codes_of(const Json& field) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<unsigned char> packed;
  unsigned word = 0, bits = 0;
  for (const char c : field["data"].get<std::string>()) {
    if (c == '=') break;
    word = (word << 6) | static_cast<unsigned>(digits.find(c));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    packed.push_back(static_cast<unsigned char>((word >> bits) & 255));
  }
  std::vector<unsigned char> bytes(1 << 24);
  auto size = static_cast<uLongf>(bytes.size());
  REQUIRE(uncompress(bytes.data(), &size, packed.data(), static_cast<uLong>(packed.size())) == Z_OK);
  const bool wide = field["bits"] == 16;
  std::vector<unsigned> codes(wide ? size / 2 : size);
  unsigned code = 0;
  for (std::size_t k = 0; k < codes.size(); ++k) {
    code += wide ? bytes[k] * 256U + bytes[codes.size() + k] : bytes[k];
    codes[k] = code &= wide ? 65535U : 255U;
  }
  return codes;
}

Json as_json(const EncodedField& field) {
  return {{"bits", field.bits}, {"data", field.data}};
}

Results report_results() {
  Results results;
  results.dimension = 2;
  results.valleys = {{mean_name, {-1.0, 0.1}, -0.25, 1.0 / 3.0}, {"far right", {}, {}, {}}};
  Estimate known{mean_name, "any", "mean_first_passage", 0.1 + 0.2, 1.0 / 0.3, std::log(0.3), 0.29, 0.31, {}, ""};
  known.recommended = true;
  known.shares = {{"far right", 0.75, {}, {}}};
  Estimate tiny{mean_name, "any", "quasi_stationary", 0.0, {}, -2000.5, {}, {}, {}, "underflows"};
  Estimate unknown{mean_name, "any", "theory:kramers", {}, {}, {}, {}, {}, {}, "no saddle"};
  results.estimates = {known, tiny, unknown};
  results.warnings = {"a -> b by flux: slow (3 s)", "of the whole", "b -> a by flux: slow (7 s)"};
  return results;
}

void fill(ResultWriter& result, const Grid<2>& grid, int frames, bool rough = false) {
  const Index cells = grid.cells();
  std::mt19937 random(1);
  const auto field = [&](double time) {
    Eigen::VectorXd values(cells);
    for (Index i = 0; i < cells; ++i) {
      const Point<2> at = grid.centre(i);
      values[i] = std::exp(-(at[0] - 0.1 * time) * (at[0] - 0.1 * time) - at[1] * at[1]);
      if (rough) values[i] *= std::exp(-1e-9 * random());
    }
    return values;
  };
  Eigen::VectorXd heights = -field(0.0).array().log();
  heights[0] = std::numeric_limits<double>::quiet_NaN();
  result.write({"landscape", "landscape", "energy", heights});
  result.write({"stationary_density", "stationary density", "1/volume", field(0.0)});
  result.write({"committor_a_b", "forward committor, a -> b", "1", Eigen::VectorXd::Constant(cells, 0.5)});
  std::vector<int> labels(static_cast<std::size_t>(cells), -1);
  labels[1] = 1;
  result.write_labels(labels);
  for (int k = 0; k < frames; ++k) {
    DensityFrame frame;
    frame.time = 0.5 * k;
    frame.density = field(k);
    frame.current.assign(2, field(k));
    frame.valley_probability = frame.valley_outflux = frame.valley_outflow = Eigen::Vector2d(0.25, 0.75);
    result.append(frame);
  }
  result.write(report_results());
}

Grid<2> cells_for_report(Index cells) {
  return Grid<2>({Axis("phi", -3.0, 3.0, cells, Boundary::periodic, Boundary::periodic),
                  Axis("psi", -2.0, 2.0, cells, Boundary::reflecting, Boundary::reflecting, Grading{0.0, 0.5})});
}

std::vector<Axis> both_axes(const Grid<2>& grid) {
  return {grid.axis(0), grid.axis(1)};
}

const ResultHeader report_header{mean_name,
                                 "title = '''\n" + mean_name + "'''\n",
                                 "0.1.0",
                                 "valleyflux run",
                                 {"kJ/mol", "ns", "", {{"phi", "rad"}, {"psi", "rad"}}}};

std::filesystem::path written(const std::filesystem::path& path, Index cells, int frames, bool rough = false) {
  const Grid<2> grid = cells_for_report(cells);
  ResultFile file(path, both_axes(grid), {mean_name, "far right"}, report_header);
  fill(file, grid, frames, rough);
  file.commit();
  return path;
}

}  // namespace

TEST_CASE("base64 is that of RFC 4648") {
  const auto of = [](const std::string& text) { return base64({text.begin(), text.end()}); };
  CHECK(of("") == "");
  CHECK(of("f") == "Zg==");
  CHECK(of("fo") == "Zm8=");
  CHECK(of("foo") == "Zm9v");
  CHECK(of("foobar") == "Zm9vYmFy");
}

TEST_CASE("a field of a page is its numbers to half a step, and 0 where there are none") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> values{0.0, 1.0, none, 0.31415, 7.0, -3.0, std::numeric_limits<double>::infinity(), 0.5};
  for (const int bits : {8, 16}) {
    CAPTURE(bits);
    const unsigned most = (1U << bits) - 1;
    const std::vector<unsigned> codes = codes_of(as_json(encoded(values, bits, 0.0, 1.0)));
    REQUIRE(codes.size() == values.size());
    CHECK(codes[0] == 1);
    CHECK(codes[1] == most);
    CHECK(codes[2] == 0);
    CHECK(std::abs((codes[3] - 1) / (most - 1.0) - 0.31415) <= 0.5 / (most - 1.0));
    CHECK(codes[4] == most);  // beyond the ends: at them
    CHECK(codes[5] == 1);
    CHECK(codes[6] == 0);
  }
  const std::vector<unsigned> codes = codes_of(as_json(encoded({1e-6, 1e-3, 1.0, 0.0}, 8, 1e-6, 1.0, true)));
  CHECK(codes == std::vector<unsigned>{1, 128, 255, 1});
  CHECK_THROWS_AS(encoded(values, 12, 0.0, 1.0), std::invalid_argument);
  CHECK_THROWS_AS(encoded(values, 8, 1.0, 1.0), std::invalid_argument);
  CHECK_THROWS_AS(encoded(values, 8, 0.0, 1.0, true), std::invalid_argument);
}

TEST_CASE("a report has the numbers of its result to the last digit, and its names as texts alone") {
  const ScratchFolder folder;
  const auto page = folder.path / "out.html";
  write_report(written(folder.path / "out.h5", 12, 3), page);

  const std::string text = bytes_of(page);
  CHECK(times_in(text, "</script>") == 2);  // the page's own
  CHECK(times_in(text, "<img") == 0);
  CHECK(text.find("<title>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; \"a\" &amp; 'b'") != std::string::npos);
  CHECK(times_in(text, "http://") == times_in(text, "http://www.w3.org/"));  // the name of SVG, no address
  CHECK(times_in(text, "https://") == 0);

  const Json content = content_of(page);
  CHECK(content["title"] == mean_name);
  CHECK(content["case"] == report_header.case_text);
  CHECK(content["file"] == "out.h5");
  CHECK(content["rate_unit"] == "1/ns");
  CHECK(content["valleys"][0]["name"] == mean_name);
  CHECK(content["valleys"][0]["stationary_probability"].get<double>() == 1.0 / 3.0);
  CHECK(content["valleys"][1]["height"].is_null());
  const Json& rows = content["estimates"];
  REQUIRE(rows.size() == 3);
  CHECK_FALSE(content.contains("why_no_rates"));
  CHECK(rows[0]["rate"].get<double>() == 0.1 + 0.2);
  CHECK(rows[0]["log_rate"].get<double>() == std::log(0.3));
  CHECK(rows[0]["recommended"] == true);
  CHECK(rows[0]["theory"] == false);
  CHECK(rows[0]["shares"][0]["probability"] == 0.75);
  CHECK(rows[1]["log_rate"] == -2000.5);
  CHECK(rows[2]["rate"].is_null());
  CHECK(rows[2]["theory"] == true);
  CHECK(rows[2]["note"] == "no saddle");

  const Json& fields = content["fields"];
  const Grid<2> grid = cells_for_report(12);
  CHECK(fields["axes"][0]["name"] == "phi");
  CHECK(fields["axes"][0]["unit"] == "rad");
  CHECK(fields["axes"][0]["boundary"] == "periodic periodic");
  for (Index i = 0; i <= 12; ++i)
    CHECK(fields["axes"][1]["edges"][static_cast<std::size_t>(i)] == grid.axis(1).edge(i));
  CHECK(fields["landscape"]["unit"] == "kJ/mol");
  CHECK(codes_of(fields["landscape"])[0] == 0);
  CHECK(codes_of(fields["labels"])[1] == 2);
  CHECK(codes_of(fields["labels"])[2] == 0);
  CHECK(fields["frames"]["time"] == Json({0.0, 0.5, 1.0}));
  const std::vector<unsigned> density = codes_of(fields["frames"]["density"]);
  REQUIRE(density.size() == 3 * 144);
  const double low = fields["frames"]["density"]["low"], high = fields["frames"]["density"]["high"];
  for (Index i = 0; i < 144; ++i) {
    const Point<2> at = grid.centre(i);
    const double exact = std::exp(-(at[0] - 0.2) * (at[0] - 0.2) - at[1] * at[1]);
    const double shown = low * std::pow(high / low, (density[static_cast<std::size_t>(288 + i)] - 1) / 254.0);
    CHECK(relative_error(shown, std::max(exact, low)) < 0.028);  // half of a step of a 254th of six decades
  }
  CHECK(fields["committors"][0]["label"] == "forward committor, a -> b");
}

TEST_CASE("a result in memory and its file give one page") {
  const ScratchFolder folder;
  const Grid<2> grid = cells_for_report(10);
  ResultInMemory result(both_axes(grid), {mean_name, "far right"}, report_header);
  fill(result, grid, 2);
  write_report(result, folder.path / "memory.html");
  result.save(folder.path / "saved.h5");
  write_report(folder.path / "saved.h5", folder.path / "saved.html");
  Json memory = content_of(folder.path / "memory.html"), file = content_of(folder.path / "saved.html");
  memory.erase("file");
  file.erase("file");
  CHECK(memory == file);
}

TEST_CASE("a report of 256 x 256 cells and 50 frames stays below 2 MB whatever the field") {
  const ScratchFolder folder;
  for (const bool rough : {false, true}) {
    CAPTURE(rough);
    const auto page = folder.path / (rough ? "rough.html" : "smooth.html");
    write_report(written(folder.path / "out.h5", 256, 50, rough), page);
    CHECK(std::filesystem::file_size(page) < 2000000);
    const int stride = content_of(page)["fields"]["frames"]["axes"][0]["stride"];
    CHECK((stride > 1) == rough);  // said, where cells are left out
  }
}

TEST_CASE("a report of particles alone has no fields") {
  const ScratchFolder folder;
  ResultFile file(folder.path / "box.h5", {}, {mean_name, "far right"}, report_header);
  file.write(report_results());
  file.commit();
  write_report(folder.path / "box.h5", folder.path / "box.html");
  CHECK(!content_of(folder.path / "box.html").contains("fields"));
  CHECK(content_of(folder.path / "box.html")["estimates"].size() == 3);
}

TEST_CASE("a report of a line without valleys and estimates has its curves") {
  const ScratchFolder folder;
  const Axis x("x", -1.0, 1.0, 8, Boundary::reflecting, Boundary::absorbing);
  ResultFile file(folder.path / "line.h5", {x}, {}, report_header);
  DensityFrame frame;
  frame.wall_outflux = Eigen::VectorXd::Constant(1, 0.5);
  frame.wall_outflow = Eigen::VectorXd::Constant(1, 0.25);
  frame.density = Eigen::VectorXd::Constant(8, 0.5);
  frame.current = {Eigen::VectorXd::Zero(8)};
  file.append(frame);
  Results none;
  none.dimension = 1;
  none.first_passage_time = Eigen::Vector2d(0.5, 1.5);
  FirstPassageResult passage;
  passage.from = "a";
  passage.to = "b";
  passage.density = Eigen::Vector2d(std::nan(""), 0.125);
  passage.density_error = Eigen::Vector2d(std::nan(""), 0.01);
  passage.survival = Eigen::Vector2d(1.0, 0.75);
  for (const char* const end : {"b", "x.max"})
    passage.targets.push_back({.name = end,
                               .probability = 0.5,
                               .mean = 2.0,
                               .density = Eigen::Vector2d(std::nan(""), 0.0625),
                               .density_error = Eigen::Vector2d(std::nan(""), 0.01),
                               .exit_points = Eigen::MatrixXd::Constant(1, 1, 1.0),
                               .exit_probability = Eigen::VectorXd::Constant(1, 0.5)});
  none.first_passages.push_back(passage);
  file.write(none);
  file.commit();
  write_report(folder.path / "line.h5", folder.path / "line.html");
  const Json content = content_of(folder.path / "line.html");
  CHECK(content["estimates"].empty());
  CHECK(content["why_no_rates"] == "no rates: there is no valley to escape from");
  CHECK(content["first_passages"][0]["to"] == "b");
  CHECK(content["first_passages"][0]["time"] == Json({0.5, 1.5}));
  CHECK(content["first_passages"][0]["density"] == Json({nullptr, 0.125}));
  CHECK(content["first_passages"][0]["targets"][1] ==
        Json({{"name", "x.max"}, {"probability", 0.5}, {"mean", 2.0}, {"density", {nullptr, 0.0625}}}));
  CHECK(content["fields"]["frames"]["walls"] == Json({"x.max"}));
  CHECK(content["fields"]["frames"]["wall_outflow"] == Json::array({Json({0.25})}));
  CHECK(codes_of(content["fields"]["frames"]["density"]) == std::vector<unsigned>(8, 65535));
  CHECK(codes_of(content["fields"]["frames"]["current"]["components"][0]) == std::vector<unsigned>(8, 32768));
}

TEST_CASE("what is no result and where no page can be is told and nothing is written") {
  const ScratchFolder folder;
  const auto file = written(folder.path / "out.h5", 6, 1);
  const std::string whole = bytes_of(file);
  std::ofstream(folder.path / "text.h5") << "no HDF5";
  std::ofstream(folder.path / "cut.h5", std::ios::binary) << whole.substr(0, whole.size() / 2);
  const hid_t other = H5Fcreate((folder.path / "other.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(other);
  std::filesystem::create_directory(folder.path / "folder.html");
  std::filesystem::create_symlink(file, folder.path / "link.html");
  const auto refused = [&](const std::filesystem::path& result, const std::filesystem::path& page) -> std::string {
    try {
      write_report(result, page);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "no error";
  };
  const auto says = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  const auto page = folder.path / "page.html";
  for (const char* name : {"missing.h5", "text.h5", "cut.h5", "other.h5", "folder.html"})
    CHECK(says(refused(folder.path / name, page), std::string(name) + ": error: "));
  CHECK(says(refused(folder.path / "cut.h5", page), "cut short"));
  CHECK(says(refused(folder.path / "other.h5", page), "no result of valleyflux"));
  CHECK(says(refused(file, folder.path / "folder.html"), "it is a folder"));
  CHECK(says(refused(file, file), "would overwrite"));
  CHECK(says(refused(file, folder.path / "link.html"), "would overwrite"));
  CHECK(says(refused(file, folder.path / "nowhere" / "page.html"), "there is no folder"));
  CHECK(bytes_of(file) == whole);
  std::size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path)) ++entries;
  CHECK(entries == 7);  // the result with its XDMF file, and those made here
}

TEST_CASE("a report says what ends an escape and what an interval is") {
  CHECK(words_of("a", "b", "flux").ends == "the core of b is reached");
  CHECK(words_of("a", "any", "flux").ends == "the core of any other valley is reached");
  CHECK(words_of("a", "first_exit", "flux").ends == "the boundary of a is first crossed");
  CHECK(words_of("a", "phi.max", "flux").ends == "the wall phi.max is reached");
  CHECK(words_of("a", "b", "langevin").interval == "95 % interval");
  CHECK(words_of("a", "b", "theory:kramers").theory);
  CHECK(words_of("a", "b", "of another version").source == "");
  CHECK(words_of("a", "b", "of another version").definition == "");
}
