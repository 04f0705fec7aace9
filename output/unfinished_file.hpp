#pragma once

#include "output/output_error.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// Where a result of this name goes: the name itself, or the file that a symbolic link leads to. Throws
/// std::invalid_argument for what no result can be written to (a folder, a device, a FIFO, a socket, a file or folder
/// without write permission, a folder that is missing), and for a file that is one of `inputs` by whatever name.
std::filesystem::path result_target(const std::filesystem::path& path,
                                    const std::vector<std::filesystem::path>& inputs = {});

/// A result while it is made: a file of this process's own beside the one that it is to become, whose name it takes in
/// commit() alone. Gone when it is not committed; on signals that end the program, by remove_unfinished_files().
class UnfinishedFile {
 public:
  /// Throws OutputError if it cannot be made. ending: of its name.
  explicit UnfinishedFile(const std::filesystem::path& path, const std::string& ending = ".part");
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  ~UnfinishedFile();

  const std::filesystem::path& path() const { return part_; }
  /// Replaces what it holds. Throws OutputError.
  void write(std::string_view text) const;
  /// Onto the disk, then under its name. Throws OutputError.
  void commit();

 private:
  void remove();

  std::filesystem::path target_, part_;
  int slot_ = -1;  // among the files that signals remove
};

/// A text file that is there whole or not at all. Throws OutputError.
void write_whole(const std::filesystem::path& path, std::string_view text);

/// Every byte, to a descriptor; false, with errno, where that fails. Fit for signal handlers.
bool write_fully(int descriptor, const char* bytes, std::size_t size) noexcept;

/// Removes the unfinished files of this process; all that it calls may be called in a signal handler.
void remove_unfinished_files() noexcept;

}  // namespace valleyflux
