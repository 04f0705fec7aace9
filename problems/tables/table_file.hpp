#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// What a case says of its coordinates, which tables are read by.
struct SaidOfAxes {
  struct Coordinate {
    std::string name;                // of a variable, of an axis in a file, x or y; empty: of all of them
    std::string unit{};              // empty: not said
    std::optional<bool> periodic{};  // nothing: not said
  };
  std::vector<std::string> variables{};   // in the order of the case; empty: as the file calls them
  std::vector<Coordinate> coordinates{};  // those of [grid] first, as they are written
};

/// What is asked of a file that holds a table; what the file itself says is taken where nothing is said here.
struct TableOptions {
  std::string quantity{};               // column or dataset of the values; empty: the file's free energy, or train_loss
  std::string format{};                 // the name of one of table_formats()
  std::vector<std::string> columns{};   // of a text, by name or by number from 1: the coordinates, then the value
  std::string dataset{};                // of a file that holds several
  std::string error{};                  // column or dataset of the values' standard errors; empty: none are read
  std::vector<std::string> gradient{};  // columns or datasets of the derivative along each axis; empty: none
  std::vector<std::array<double, 2>> ranges{};  // first and last coordinate along each axis, of values without any
  SaidOfAxes said{};

  /// The dataset asked for by either name; empty: none.
  const std::string& wanted_dataset() const { return dataset.empty() ? quantity : dataset; }
};

/// A file with its bytes (unpacked, if it is a gzip file; of an HDF5 file its signature alone). Throws
/// std::invalid_argument if it cannot be read.
class TableFile {
 public:
  TableFile(const std::filesystem::path& path);
  const std::filesystem::path& path() const { return path_; }
  std::string_view bytes() const { return bytes_; }
  bool is_hdf5() const;
  /// Whether it may be a text: no HDF5 file, and no byte is 0.
  bool is_text() const { return text_; }
  /// Throw std::invalid_argument, "FILE: ..." or "FILE:LINE: ...".
  [[noreturn]] void fail(const std::string& message) const;
  [[noreturn]] void fail(std::size_t line, const std::string& message) const;

 private:
  std::filesystem::path path_;
  std::string bytes_;
  bool text_ = false;
};

}  // namespace valleyflux
