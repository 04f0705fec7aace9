#include "output/sweep_table.hpp"

#include "output/csv_text.hpp"
#include "output/fields.hpp"
#include "output/output_error.hpp"
#include "output/shown_numbers.hpp"
#include "output/terminal_text.hpp"
#include "output/unfinished_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <stdexcept>

namespace valleyflux {

static_assert(describes_all<Estimate>(sweep_columns));

namespace {

std::string head_of(const std::vector<std::string>& keys, const std::string& description) {
  std::string head;
  std::istringstream lines(description);
  for (std::string line; std::getline(lines, line);) head += "# " + line + "\n";
  for (const std::string& key : keys) head += quoted(key) + ",";
  return head + fmt::format("rows_of_value,{}\n", fmt::join(sweep_columns, ","));
}

/// A file opened for this process alone, as far as others ask.
class LockedFile {
 public:
  LockedFile(const std::filesystem::path& path, int flags) {
    constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;  // less the user's mask
    descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    if (descriptor_ < 0)
      throw OutputError(fmt::format("{}: cannot be opened: {}", path.string(), std::strerror(errno)));
    ::flock(descriptor_, LOCK_EX);
  }
  LockedFile(const LockedFile&) = delete;
  LockedFile& operator=(const LockedFile&) = delete;
  ~LockedFile() { ::close(descriptor_); }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

}  // namespace

SweepFile::SweepFile(const std::filesystem::path& path, const std::vector<std::string>& keys,
                     const std::string& description)
    : path_(result_target(path)), keys_(keys.size()) {
  const std::string head = head_of(keys, description);
  std::string text;
  std::error_code unknown;
  if (std::filesystem::exists(path, unknown)) {
    const LockedFile lock(path_, O_RDONLY);  // nobody is in the middle of a line
    std::ifstream in(path_, std::ios::binary);
    if (!in) throw OutputError(fmt::format("{}: cannot be read", path.string()));
    text.assign(std::istreambuf_iterator<char>(in), {});
    if (!text.starts_with(head) && !head.starts_with(text))
      throw std::invalid_argument(
          fmt::format("{}: error: it holds another sweep or something else: remove it, or choose another file by -o",
                      path.string()));
  }
  std::string kept = head;
  std::istringstream lines(text.size() > head.size() ? text.substr(head.size()) : "");
  std::vector<SweepRow> block;
  std::string block_text;
  for (std::string line; std::getline(lines, line) && !lines.eof();) {  // a line without its end was cut off
    const std::vector<std::string> fields = fields_of(line);
    if (fields.size() != keys_ + 1 + sweep_columns.size())
      throw std::invalid_argument(fmt::format("{}: error: a line is damaged: {}", path.string(), line));
    SweepRow row;
    for (std::size_t k = 0; k < keys_; ++k) row.at.push_back(std::stod(fields[k]));
    const std::size_t of_value = std::stoul(fields[keys_]);
    row.estimate = estimate_of(std::span(fields).subspan(keys_ + 1), sweep_columns);
    if (!block.empty() && block.front().at != row.at) {
      block.clear();
      block_text.clear();
    }
    block.push_back(row);
    block_text += line + "\n";
    if (block.size() < of_value) continue;
    rows_.insert(rows_.end(), block.begin(), block.end());
    kept += block_text;
    block.clear();
    block_text.clear();
  }
  if (rows_.empty()) {
    head_ = head;  // written with the first rows: a sweep that fails before leaves nothing behind
    std::error_code none;
    std::filesystem::remove(path_, none);
  } else {
    if (kept != text) write_whole(path_, kept);
    written_ = kept.size();
  }
}

bool SweepFile::has(const std::vector<double>& at) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const SweepRow& row) { return row.at == at; });
}

void SweepFile::append(const std::vector<SweepRow>& rows) {
  std::string text;
  for (const SweepRow& row : rows) {
    for (const double value : row.at) text += fmt::format("{},", value);
    text += fmt::format("{},{}\n", rows.size(), csv_text(row.estimate, sweep_columns, CsvNumbers::shortest));
  }
  text = head_ + text;
  const LockedFile file(path_, O_WRONLY | O_APPEND | O_CREAT);
  struct stat about {};
  if (::fstat(file.descriptor(), &about) != 0 || static_cast<std::size_t>(about.st_size) != written_)
    throw OutputError(fmt::format("{}: another run has written to it meanwhile", path_.string()));
  if (!write_fully(file.descriptor(), text.data(), text.size())) {
    const int reason = errno;
    // Whole values alone stay, and no file that holds nothing.
    [[maybe_unused]] const int shortened = ::ftruncate(file.descriptor(), static_cast<off_t>(written_));
    if (written_ == 0) ::unlink(path_.c_str());
    throw OutputError(fmt::format("{}: cannot be written: {}", path_.string(), std::strerror(reason)));
  }
  written_ += text.size();
  head_.clear();
  rows_.insert(rows_.end(), rows.begin(), rows.end());
}

std::string sweep_point_text(const std::vector<std::string>& keys, const std::vector<SweepRow>& rows) {
  std::vector<std::string> values;
  for (std::size_t k = 0; k < keys.size(); ++k) values.push_back(fmt::format("{} = {:.6g}", keys[k], rows[0].at[k]));
  const std::string head = fmt::format("{}", fmt::join(values, ", "));
  if (rows[0].estimate.method.empty()) return wrapped(head + ": " + rows[0].estimate.note, 2) + "\n";
  constexpr int digits = 6;
  std::vector<std::vector<std::string>> table{{head, "method", "rate", "rel. error"}};
  for (const SweepRow& row : rows) {
    const Estimate& one = row.estimate;
    table.push_back({"  " + one.from + " -> " + one.to, one.method + (one.recommended ? " *" : ""),
                     shown_rate(one, digits), shown_relative_error(one)});
  }
  return aligned(table);
}

std::string fits_table(const std::vector<std::string>& keys, const std::vector<SweepFit>& fits) {
  if (fits.empty()) return "no fits: these take three values that have a rate\n";
  std::vector<std::vector<std::string>> rows{{"fits"}};
  for (std::size_t k = 1; k < keys.size(); ++k) rows[0].push_back(keys[k]);
  for (const char* name : {"slope", "std. error", "R^2"}) rows[0].emplace_back(name);
  std::string last;
  for (const SweepFit& fit : fits) {
    const std::string whose = fmt::format("{} -> {} by {}", fit.from, fit.to, fit.method);
    if (whose != last) rows.push_back({whose});
    last = whose;
    std::vector<std::string> row{"  " + fit.relation};
    for (const double value : fit.others) row.push_back(fmt::format("{:.6g}", value));
    row.insert(row.end(), {fmt::format("{:.6g}", fit.fit.slope), fmt::format("{:.2g}", fit.fit.standard_error),
                           fmt::format("{:.6f}", fit.fit.r_squared)});
    rows.push_back(std::move(row));
  }
  return aligned(rows);
}

}  // namespace valleyflux
