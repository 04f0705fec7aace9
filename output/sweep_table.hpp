#pragma once

#include "solver/statistics/sweep_fits.hpp"

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// Fields of an estimate that a sweep keeps, as the columns of its table. A table is only continued under the same.
inline constexpr std::array<std::string_view, 13> sweep_columns{
    "from", "to",   "method", "recommended",    "rate",       "log_rate", "time",
    "low",  "high", "shares", "observed_order", "blocked_at", "note"};

/// The table of a sweep on disk: CSV, one line a rate, with the sweep's description in comment lines at its head. Lines
/// of one value of the keys are written together and flushed. A file that is there already is continued where it
/// ends; a line or a value that was cut off is taken away first. Of two processes at once the second one to write
/// fails.
class SweepFile {
 public:
  /// description: what makes two sweeps the same (keys, values, the case). Throws std::invalid_argument if the file
  /// holds another sweep, OutputError if it cannot be read or written.
  SweepFile(const std::filesystem::path& path, const std::vector<std::string>& keys, const std::string& description);

  /// What was there already.
  const std::vector<SweepRow>& rows() const { return rows_; }
  bool has(const std::vector<double>& at) const;
  void append(const std::vector<SweepRow>& rows);

 private:
  std::filesystem::path path_;
  std::size_t keys_;
  std::string head_;         // until it is written
  std::size_t written_ = 0;  // bytes of the file that are known
  std::vector<SweepRow> rows_;
};

/// Of one value of the keys (the rows of it): what it is, then a line for every escape and method; the note of a value
/// that has no rates (a row without a method).
std::string sweep_point_text(const std::vector<std::string>& keys, const std::vector<SweepRow>& rows);

/// The fits, a line each; of none, why there is none.
std::string fits_table(const std::vector<std::string>& keys, const std::vector<SweepFit>& fits);

}  // namespace valleyflux
