#pragma once

#include "solver/results.hpp"
#include "solver/statistics/linear_fit.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace valleyflux {

/// A rate at one value of the keys that a sweep varies.
struct SweepRow {
  std::vector<double> at;  // values of the keys
  std::string from, to, method;
  std::optional<double> rate, log_rate, time, low, high;
  std::string note;
};

/// How a rate depends on the first key of a sweep, all others fixed.
struct SweepFit {
  std::vector<double> others;  // values of the further keys
  std::string from, to, method;
  std::string relation;  // "-log(rate) ~ value", "-log(rate) ~ 1/value", "-log(rate) ~ log(value)" or "rate ~ value"
  std::size_t points = 0;
  LinearFit fit;
};

std::vector<SweepRow> sweep_rows(const std::vector<double>& at, const Results& results);

/// Every relation of every escape and method that has at least 3 rates above zero (and values above zero, where the
/// relation needs them).
std::vector<SweepFit> sweep_fits(const std::vector<SweepRow>& rows);

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

/// One line for each value of the keys: the rates of every escape by every method, side by side.
std::string sweep_table_head(const std::vector<std::string>& keys, const std::vector<SweepRow>& rows);
std::string sweep_table_line(const std::vector<SweepRow>& rows);

std::string fits_table(const std::vector<std::string>& keys, const std::vector<SweepFit>& fits);

/// {"title", "output", "keys", "rows": [...], "fits": [...]}
std::string sweep_json(const std::string& title, const std::string& output, const std::vector<std::string>& keys,
                       const std::vector<SweepRow>& rows, const std::vector<SweepFit>& fits);

}  // namespace valleyflux
