#include "output/checkpoint.hpp"

#include "output/output_error.hpp"
#include "output/unfinished_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <type_traits>

namespace valleyflux {

namespace {

constexpr std::string_view magic = "valleyflux checkpoint 2\n";

/// Of every word and of its place; any word that is another one changes it.
std::uint64_t checksum(std::string_view bytes) {
  constexpr std::uint64_t factor = 0x9e3779b97f4a7c15U;
  constexpr int half = 32;
  std::uint64_t sum = bytes.size() * factor;
  for (std::size_t k = 0; k < bytes.size(); k += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + k, std::min(sizeof word, bytes.size() - k));
    sum = (sum ^ word) * factor;
    sum ^= sum >> half;
  }
  return sum;
}

/// Numbers as the memory holds them: a checkpoint stays on its machine.
template <class T>
void put(std::string& bytes, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put(std::string& bytes, std::span<const double> values) {
  put(bytes, static_cast<std::uint64_t>(values.size()));
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

void put(std::string& bytes, const std::string& text) {
  put(bytes, static_cast<std::uint64_t>(text.size()));
  bytes += text;
}

/// Reads what put() wrote; the bytes are known to be whole.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  void take(T& value) {
    std::memcpy(&value, part(sizeof value).data(), sizeof value);
  }
  std::size_t size() {
    std::uint64_t size = 0;
    take(size);
    return size;
  }
  std::string text() { return std::string(part(size())); }
  std::vector<double> values() {
    const std::size_t count = size();
    const std::string_view raw = part(count * sizeof(double));
    std::vector<double> all(count);
    std::copy_n(raw.data(), raw.size(), reinterpret_cast<char*>(all.data()));
    return all;
  }
  Eigen::VectorXd vector() {
    const std::vector<double> all = values();
    return Eigen::Map<const Eigen::VectorXd>(all.data(), static_cast<Index>(all.size()));
  }

 private:
  std::string_view part(std::size_t size) {
    if (size > bytes_.size()) throw OutputError("a checkpoint is damaged");
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  std::string_view bytes_;
};

std::string record(const std::string& content) {
  std::string bytes;
  put(bytes, static_cast<std::uint64_t>(content.size()));
  put(bytes, checksum(content));
  return bytes + content;
}

/// The record at an offset of a file; none where it is not whole.
std::optional<std::string> record_at(int descriptor, std::size_t offset) {
  std::uint64_t head[2] = {0, 0};  // size and checksum
  struct stat about {};
  if (::fstat(descriptor, &about) != 0 ||
      ::pread(descriptor, head, sizeof head, static_cast<off_t>(offset)) != sizeof head)
    return std::nullopt;
  const auto size = static_cast<std::size_t>(about.st_size);
  if (head[0] > size || offset + sizeof head + head[0] > size) return std::nullopt;
  std::string content(head[0], '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t got = ::pread(descriptor, content.data() + done, content.size() - done,
                                static_cast<off_t>(offset + sizeof head + done));
    if (got <= 0) return std::nullopt;
    done += static_cast<std::size_t>(got);
  }
  return checksum(content) == head[1] ? std::optional(std::move(content)) : std::nullopt;
}

constexpr std::size_t head_of_record = 2 * sizeof(std::uint64_t);

std::string content_of(const EvolutionState& state) {
  std::string bytes;
  put(bytes, state.frame);
  put(bytes, std::span(state.probability.data(), static_cast<std::size_t>(state.probability.size())));
  put(bytes, std::span(state.outflow.data(), static_cast<std::size_t>(state.outflow.size())));
  put(bytes, std::span(state.factorised));
  for (const long count :
       {state.sums.steps, state.sums.rejected, state.sums.factorisations, state.sums.backward_euler_steps,
        state.sums.positive_frames, state.space.begin, state.space.end, state.space.next})
    put(bytes, count);
  for (const double value : {state.sums.mass_error, state.sums.probability_min, state.sums.balance_error,
                             state.sums.error_estimate, state.step})
    put(bytes, value);
  for (const int value :
       {static_cast<int>(state.sums.stepper), state.level, state.refusals, state.wait, state.next_wait})
    put(bytes, value);
  return bytes;
}

EvolutionState state_of(std::string_view bytes) {
  EvolutionState state;
  Reader reader(bytes);
  reader.take(state.frame);
  state.probability = reader.vector();
  state.outflow = reader.vector();
  state.factorised = reader.values();
  for (long* count :
       {&state.sums.steps, &state.sums.rejected, &state.sums.factorisations, &state.sums.backward_euler_steps,
        &state.sums.positive_frames, &state.space.begin, &state.space.end, &state.space.next})
    reader.take(*count);
  for (double* value : {&state.sums.mass_error, &state.sums.probability_min, &state.sums.balance_error,
                        &state.sums.error_estimate, &state.step})
    reader.take(*value);
  int stepper = 0;
  for (int* value : {&stepper, &state.level, &state.refusals, &state.wait, &state.next_wait}) reader.take(*value);
  state.sums.stepper = static_cast<Stepper>(stepper);
  return state;
}

/// The first line of two texts that differs, as the first one has it.
std::string first_difference(const std::string& one, const std::string& other) {
  const auto at =
      static_cast<std::size_t>(std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first - one.begin());
  const std::size_t begin = at == 0 ? 0 : one.rfind('\n', at - 1) + 1;
  return one.substr(begin, one.find('\n', begin) - begin);
}

void require_same(const std::filesystem::path& path, const Identity& now, const std::string& kept) {
  Reader reader(kept);
  Identity then(reader.size());
  for (auto& [name, text] : then) {
    name = reader.text();
    text = reader.text();
  }
  for (std::size_t k = 0; k < std::max(now.size(), then.size()); ++k) {
    if (k < now.size() && k < then.size() && now[k] == then[k]) continue;
    const std::string& name = k < now.size() ? now[k].first : then[k].first;
    std::string how;
    if (k < now.size() && k < then.size() && now[k].first == then[k].first)
      how = fmt::format(" (\"{}\" then, \"{}\" now)", first_difference(then[k].second, now[k].second),
                        first_difference(now[k].second, then[k].second));
    throw std::invalid_argument(fmt::format(
        "{}: error: is of another run: {} differs{}; without --resume the run starts anew", path.string(), name, how));
  }
}

/// Whether a file is what an evolution of this program keeps, or what was cut off of the beginning of that.
bool is_checkpoint(const std::filesystem::path& file) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none)) return false;
  std::ifstream in(file, std::ios::binary);
  std::string start(magic.size(), '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  return !in.bad() && magic.starts_with(start.substr(0, static_cast<std::size_t>(in.gcount())));
}

}  // namespace

std::string fingerprint(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw OutputError(fmt::format("{}: cannot be read", file.string()));
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  return fmt::format("{} bytes, checksum {:016x}", bytes.size(), checksum(bytes));
}

Checkpoint::Checkpoint(const std::filesystem::path& result, const Identity& identity, bool resume) : resume_(resume) {
  path_ = result_target(result);
  path_ += ".checkpoint";
  std::string content;
  put(content, static_cast<std::uint64_t>(identity.size()));
  for (const auto& [name, text] : identity) {
    put(content, name);
    put(content, text);
  }
  head_ = std::string(magic) + record(content);
  std::error_code none;
  found_ = std::filesystem::exists(std::filesystem::symlink_status(path_, none));
  if (found_ && !is_checkpoint(path_))
    throw std::invalid_argument(fmt::format(
        "{}: error: an evolution is kept there, and this file is no checkpoint of an evolution: move it, or write the "
        "result to another name (-o)",
        path_.string()));
  if (!resume_ || !found_) return;
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor_ < 0) throw OutputError(fmt::format("{}: cannot be opened: {}", path_.string(), std::strerror(errno)));
  try {
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0)
      throw std::invalid_argument(fmt::format("{}: error: another process is writing it", path_.string()));
    std::string start(magic.size(), '\0');
    const bool ours =
        ::pread(descriptor_, start.data(), start.size(), 0) == static_cast<ssize_t>(start.size()) && start == magic;
    const std::optional<std::string> kept = ours ? record_at(descriptor_, magic.size()) : std::nullopt;
    if (!kept)
      throw std::invalid_argument(
          fmt::format("{}: error: is no checkpoint that this program can read: remove it", path_.string()));
    require_same(path_, identity, *kept);
    end_ = magic.size() + head_of_record + kept->size();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

Checkpoint::~Checkpoint() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<EvolutionState> Checkpoint::next() {
  if (!resume_ || descriptor_ < 0) return std::nullopt;
  const std::optional<std::string> content = record_at(descriptor_, end_);
  if (content) {
    end_ += head_of_record + content->size();
    return state_of(*content);
  }
  // What was cut off goes; new frames follow here.
  if (::ftruncate(descriptor_, static_cast<off_t>(end_)) != 0 ||
      ::lseek(descriptor_, static_cast<off_t>(end_), SEEK_SET) < 0)
    throw OutputError(fmt::format("{}: cannot be written: {}", path_.string(), std::strerror(errno)));
  resume_ = false;
  if (started) started();
  return std::nullopt;
}

void Checkpoint::begin() {
  constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;  // less the user's mask
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
  struct stat about {};
  if (descriptor_ < 0) return give_up(std::strerror(errno));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) return give_up("another process is writing it");
  // A file that its owner removed between opening and locking is nobody's.
  if (::fstat(descriptor_, &about) != 0 || about.st_nlink == 0 || !S_ISREG(about.st_mode) ||
      ::ftruncate(descriptor_, 0) != 0)
    return give_up("it is no regular file of this process");
  write(head_);
  if (trouble_.empty() && started) started();
}

void Checkpoint::keep(const EvolutionState& state) {
  if (!trouble_.empty()) return;
  const std::string bytes = record(content_of(state));
  if (descriptor_ >= 0) {
    write(bytes);
  } else {
    constexpr std::chrono::seconds short_run(1);
    constexpr std::size_t most_waiting = std::size_t{64} << 20;
    if (waiting_.empty()) first_ = Clock::now();
    waiting_ += bytes;
    if (Clock::now() - first_ < short_run && waiting_.size() < most_waiting) return;
    begin();
    if (trouble_.empty()) write(waiting_);
    waiting_ = {};
  }
  if (!trouble_.empty()) return;
  constexpr double shortest = 1.0, share = 0.01;  // seconds; of the time
  const Clock::time_point now = Clock::now();
  if (std::chrono::duration<double>(now - synced_).count() < std::max(shortest, sync_seconds_ / share)) return;
  ::fdatasync(descriptor_);
  synced_ = Clock::now();
  sync_seconds_ = std::chrono::duration<double>(synced_ - now).count();
}

void Checkpoint::write(const std::string& bytes) {
  if (!write_fully(descriptor_, bytes.data(), bytes.size())) give_up(std::strerror(errno));
}

void Checkpoint::give_up(const std::string& why) {
  trouble_ = why;
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void Checkpoint::remove() {
  if (descriptor_ < 0 && found_) {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) give_up("another process is writing it");
  }
  if (descriptor_ >= 0) ::unlink(path_.c_str());
  give_up("the evolution has ended");
}

}  // namespace valleyflux
