#pragma once

#include "solver/evolution/evolve.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

/// What an evolution follows from, part by part: name and text (the case, the version, the contents of files).
using Identity = std::vector<std::pair<std::string, std::string>>;

/// Size and checksum of a file's contents, for an identity. Throws OutputError if it cannot be read.
std::string fingerprint(const std::filesystem::path& file);

/// The frames of an evolution on disk, from which an interrupted one goes on: a header, then records that are only
/// appended, each with its length and a checksum; a record that was cut off is as if it had not been written. Nothing
/// is written in the first second, then every frame at once; it is put onto the disk once a second at most, and less
/// often where that takes long. Of two processes at once the second one keeps nothing.
class Checkpoint {
 public:
  /// Of the result of that name: PATH.checkpoint. resume: go on from what is there. Throws std::invalid_argument if
  /// that is no checkpoint, or resumed of another evolution, saying which part of its identity differs, or another
  /// process's; OutputError.
  Checkpoint(const std::filesystem::path& result, const Identity& identity, bool resume);
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;
  ~Checkpoint();

  const std::filesystem::path& path() const { return path_; }
  /// Whether there was one when this one was made.
  bool found() const { return found_; }
  /// Called once the file is there.
  std::function<void()> started;

  /// The next state that was kept; none after the last whole one.
  std::optional<EvolutionState> next();
  /// Takes the state of a new frame.
  void keep(const EvolutionState& state);
  /// Why nothing is kept any more; empty as long as that works.
  const std::string& trouble() const { return trouble_; }
  /// The evolution ended well.
  void remove();

 private:
  using Clock = std::chrono::steady_clock;

  void begin();
  void write(const std::string& bytes);
  void give_up(const std::string& why);

  std::filesystem::path path_;
  std::string head_;
  bool found_ = false, resume_ = false;
  std::string trouble_;
  int descriptor_ = -1;
  std::size_t end_ = 0;  // of the last whole record
  std::string waiting_;  // records of the first second
  Clock::time_point first_{}, synced_{};
  double sync_seconds_ = 0.0;
};

}  // namespace valleyflux
