#include "problems/data/data_set.hpp"
#include "problems/data/idx_file.hpp"
#include "problems/data/synthetic_data.hpp"
#include "problems/data/tabular_data.hpp"

#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>

using namespace valleyflux;

namespace {

std::filesystem::path written(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

std::filesystem::path packed(const std::filesystem::path& file, const std::string& bytes) {
  gzFile out = gzopen(file.c_str(), "wb");
  REQUIRE(gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size())) == static_cast<int>(bytes.size()));
  gzclose(out);
  return file;
}

std::string complaint(const std::function<void()>& reading) {
  try {
    reading();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// An IDX file of unsigned bytes.
std::string idx(const std::vector<unsigned>& sides, const std::string& bytes) {
  std::string text{'\0', '\0', '\x08', static_cast<char>(sides.size())};
  for (const unsigned side : sides)
    for (const int shift : {24, 16, 8, 0}) text += static_cast<char>((side >> shift) & 0xff);
  return text + bytes;
}

}  // namespace

TEST_CASE("a table is the same with any separator, line end and compression, headed or not") {
  const ScratchFolder folder;
  const auto file = folder.path / "table";
  const std::string plain = "1,2.5,b\n-3e2,+0.5,a\n\n4,5,b\n";
  const DataSet expected = read_tabular(written(file, plain));
  CHECK(expected.features == Eigen::MatrixXd{{1.0, -300.0, 4.0}, {2.5, 0.5, 5.0}});
  CHECK(expected.classes == std::vector<std::string>{"a", "b"});
  CHECK(expected.labels == std::vector<int>{1, 0, 1});
  for (const std::string& text :
       {std::string("1;2.5;b\r\n-3e2;+0.5;a\r\n4;5;b\r\n"), std::string("1,2.5,b\r-3e2,+0.5,a\r4,5,b"),
        std::string("  1  2.5 b\n -3e2 0.5 a\n4 5   b\n"), std::string("1\t2.5\tb\n-3e2\t0.5\ta\n4\t5\tb\n"),
        std::string("\xEF\xBB\xBFu,\"v\",class\n1,2.5,\"b\"\n-3e2,0.5,a\n4,5,b\n")}) {
    CAPTURE(text);
    for (const auto& path : {written(file, text), packed(folder.path / "table.gz", text)}) {
      const DataSet read = read_tabular(path);
      CHECK(read.features == expected.features);
      CHECK(read.classes == expected.classes);
      CHECK(read.labels == expected.labels);
    }
  }
}

TEST_CASE("labels may be any column, by place, number or name, and numbers are sorted as numbers") {
  const ScratchFolder folder;
  const auto file = written(folder.path / "t.csv", "id,kind,u\n7,10,1\n8,9,2\n9,10,3\n");
  for (const char* label : {"kind", "2"}) {
    const DataSet data = read_tabular(file, {label, {"first"}});
    CHECK(data.features == Eigen::MatrixXd{{1.0, 2.0, 3.0}});
    CHECK(data.classes == std::vector<std::string>{"9", "10"});
    CHECK(data.labels == std::vector<int>{1, 0, 1});
  }
}

TEST_CASE("what is wrong with a table is said with its file and line") {
  const ScratchFolder folder;
  const auto file = folder.path / "t.csv";
  const auto told = [&](const std::string& text, const TabularOptions& options = {}) {
    return complaint([&] { read_tabular(written(file, text), options); });
  };
  CHECK(holds(told("1,2,a\n3,b\n"), "t.csv, line 2: 2 fields, the first line has 3"));
  CHECK(holds(told("1,2,a\n3,nan,b\n"), "t.csv, line 2: \"nan\" in column 2 is no finite number"));
  CHECK(holds(told("1,2,a\n", {"kind", {}}), "t.csv has no column \"kind\": there are 3"));
  CHECK(holds(told("a\nb\n"), "no column of features"));
  CHECK(holds(told("u,class\n"), "holds no samples"));
  CHECK(holds(told(""), "is empty"));
  CHECK(holds(complaint([&] { read_tabular(folder.path / "none"); }),
              "none: the file cannot be opened: there is none of that name"));
  CHECK(holds(complaint([&] { read_tabular(folder.path); }), "this is a directory, not a file"));
}

TEST_CASE("a compressed file that is cut off or damaged is refused, not read in part") {
  const ScratchFolder folder;
  std::string text;
  for (int k = 0; k < 2000; ++k) text += std::to_string(k * k % 977) + ",0,a\n";
  const std::string whole = bytes_of(packed(folder.path / "t.gz", text));
  CHECK(read_tabular(folder.path / "t.gz").labels.size() == 2000);
  const auto told = [&](const std::string& bytes) {
    return complaint([&] { read_tabular(written(folder.path / "bad.gz", bytes)); });
  };
  CHECK(holds(told(whole.substr(0, whole.size() / 2)), "is damaged or cut off"));
  std::string flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 0x40);
  CHECK(holds(told(flipped), "is damaged or cut off"));
}

TEST_CASE("images are read as grey values, averaged over squares") {
  const ScratchFolder folder;
  const std::string pixels{'\x00', '\xff', '\x33', '\x66', '\xff', '\xff', '\xff', '\xff'};
  const auto images = packed(folder.path / "images.gz", idx({2, 2, 2}, pixels));
  const auto labels = written(folder.path / "labels", idx({2}, {'\x02', '\x00'}));
  const DataSet data = read_idx(images, labels);
  CHECK(data.features.isApprox(Eigen::MatrixXd{{0.0, 1.0}, {1.0, 1.0}, {0.2, 1.0}, {0.4, 1.0}}, 1e-15));
  CHECK(data.labels == std::vector<int>{2, 0});
  CHECK(data.classes == std::vector<std::string>{"0", "1", "2"});
  CHECK(read_idx(images, labels, 2).features.isApprox(Eigen::MatrixXd{{0.4, 1.0}}, 1e-15));
  CHECK(holds(complaint([&] { read_idx(images, labels, 3); }), "3 x 3 pixels do not divide images of 2 x 2"));
  const auto many = written(folder.path / "many", idx({16}, std::string(16, '\x01')));
  CHECK(holds(complaint([&] { read_idx(many, labels); }), "no IDX file of unsigned bytes in 3 dimensions"));
  CHECK(holds(complaint([&] { read_idx(labels, labels); }), "is too short for an IDX file"));
  CHECK(holds(complaint([&] { read_idx(images, written(folder.path / "one", idx({1}, {'\x02'}))); }),
              "1 labels for the 2 images"));
  CHECK(holds(complaint([&] {
                read_idx(written(folder.path / "short", idx({2, 2, 2}, "abc")), labels);
              }),
              "holds 3 bytes of data, its head tells of 8"));
  // The product of such sides is beyond 64 bits.
  CHECK(holds(complaint([&] {
                read_idx(written(folder.path / "none", idx({0, 0xffffffff, 0xffffffff}, "")), labels);
              }),
              "holds nothing: a side of its array is 0"));
}

TEST_CASE("standardised features have mean 0 and variance 1, constant ones become 0") {
  DataSet data = gaussian_data(400, 3, 2, 5.0, 7);
  data.features.row(1).setConstant(0.1);
  const DataSet standard = standardised(data);
  CHECK(standard.features.rowwise().mean().cwiseAbs().maxCoeff() < 1e-14);
  CHECK(relative_error(standard.features.row(0).squaredNorm() / 400.0, 1.0) < 1e-12);
  CHECK(standard.features.row(1).cwiseAbs().maxCoeff() == 0.0);
  CHECK(standard.labels == data.labels);
}

TEST_CASE("spread samples come from all over a sorted set") {
  DataSet data{Eigen::MatrixXd::Zero(1, 10), {0, 0, 0, 0, 1, 1, 1, 2, 2, 2}, {"a", "b", "c"}};
  for (Index s = 0; s < 10; ++s) data.features(0, s) = static_cast<double>(s);
  const DataSet some = spread_samples(data, 3);
  CHECK(some.features == Eigen::MatrixXd{{0.0, 3.0, 6.0}});
  CHECK(some.labels == std::vector<int>{0, 0, 1});
  CHECK(spread_samples(data, 11).labels == data.labels);
}

TEST_CASE("random data have the moments of the normal law and labels that know nothing of them") {
  const Index m = 40000;
  const DataSet data = gaussian_data(m, 2, 3, 2.0, 1);
  const auto n = static_cast<double>(2 * m);
  CHECK(std::abs(data.features.mean()) < 4.0 * 2.0 / std::sqrt(n));
  CHECK(std::abs(data.features.squaredNorm() / n - 4.0) < 4.0 * 4.0 * std::sqrt(2.0 / n));
  for (int c = 0; c < 3; ++c) {
    double count = 0.0, sum = 0.0;
    for (Index s = 0; s < m; ++s)
      if (data.labels[static_cast<std::size_t>(s)] == c) {
        ++count;
        sum += data.features(0, s);
      }
    CHECK(std::abs(count / m - 1.0 / 3.0) < 4.0 * std::sqrt(2.0 / 9.0 / m));
    CHECK(std::abs(sum / count) < 4.0 * 2.0 / std::sqrt(count));
  }
  CHECK(gaussian_data(m, 2, 3, 2.0, 1).features == data.features);
  CHECK(gaussian_data(m, 2, 3, 2.0, 2).features != data.features);
  CHECK_THROWS_AS(gaussian_data(0, 2, 3, 2.0, 1), std::invalid_argument);
}
