#include "output/unfinished_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <random>
#include <stdexcept>

namespace valleyflux {

namespace {

/// Names that a signal handler can read: written before `used` is set, kept until it is cleared.
struct Slot {
  volatile std::sig_atomic_t used = 0;
  std::array<char, 4096> name{};
};
std::array<Slot, 8> slots;

int remember(const std::filesystem::path& path) {
  const std::string& name = path.native();
  for (std::size_t k = 0; k < slots.size(); ++k) {
    Slot& slot = slots[k];
    if (slot.used || name.size() >= slot.name.size()) continue;
    std::memcpy(slot.name.data(), name.c_str(), name.size() + 1);
    slot.used = 1;
    return static_cast<int>(k);
  }
  return -1;
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what, int reason) {
  throw OutputError(fmt::format("{}: {}: {}", path.string(), what, std::strerror(reason)));
}

void sync(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool done = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!done) fail(path, "cannot be written to disk", reason);
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

/// Follows symbolic links, also to a file that is not there yet.
std::filesystem::path followed(std::filesystem::path path) {
  constexpr int most_links = 40;
  std::error_code none;
  for (int k = 0; k < most_links; ++k) {
    if (!std::filesystem::is_symlink(path, none)) return path;
    const std::filesystem::path to = std::filesystem::read_symlink(path, none);
    path = to.is_absolute() ? to : folder_of(path) / to;
  }
  throw std::invalid_argument(fmt::format("{}: symbolic links lead in a circle", path.string()));
}

}  // namespace

std::filesystem::path result_target(const std::filesystem::path& path,
                                    const std::vector<std::filesystem::path>& inputs) {
  const auto refuse = [&](const std::string& why) {
    throw std::invalid_argument(fmt::format("{}: error: no result can be written there: {}", path.string(), why));
  };
  std::filesystem::path target = followed(path);
  if (!target.has_filename()) refuse("it is the name of a folder");
  const std::filesystem::path folder = folder_of(target);
  struct stat about {};
  if (::stat(target.c_str(), &about) == 0) {
    if (S_ISDIR(about.st_mode)) refuse("it is a folder");
    if (!S_ISREG(about.st_mode)) refuse("it is no regular file but a device, a FIFO or a socket");
    for (const std::filesystem::path& input : inputs) {
      struct stat read {};
      if (::stat(input.c_str(), &read) == 0 && read.st_dev == about.st_dev && read.st_ino == about.st_ino)
        throw std::invalid_argument(
            fmt::format("{}: error: the result would overwrite {}, which it is made from; choose another file "
                        "by -o",
                        path.string(), input == path ? "this file" : input.string()));
    }
    if (::access(target.c_str(), W_OK) != 0) refuse(std::strerror(errno));
  } else if (errno != ENOENT) {
    refuse(std::strerror(errno));
  }
  if (::stat(folder.c_str(), &about) != 0 || !S_ISDIR(about.st_mode))
    refuse(fmt::format("there is no folder {}", folder.string()));
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    refuse(fmt::format("the folder {} cannot be written to: {}", folder.string(), std::strerror(errno)));
  return target;
}

UnfinishedFile::UnfinishedFile(const std::filesystem::path& path, const std::string& ending) : target_(followed(path)) {
  std::random_device random;
  constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;  // less the user's mask
  int descriptor = -1;
  do {
    part_ = target_;
    part_ += fmt::format(".{}-{:08x}{}", ::getpid(), random(), ending);
    slot_ = remember(part_);
    descriptor = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor >= 0) break;
    const int reason = errno;
    if (slot_ >= 0) slots[static_cast<std::size_t>(slot_)].used = 0;
    if (reason != EEXIST) fail(path, "the file cannot be created", reason);
  } while (true);
  ::close(descriptor);
}

UnfinishedFile::~UnfinishedFile() {
  remove();
}

void UnfinishedFile::remove() {
  if (part_.empty()) return;
  ::unlink(part_.c_str());
  if (slot_ >= 0) slots[static_cast<std::size_t>(slot_)].used = 0;
  part_.clear();
}

void UnfinishedFile::write(std::string_view text) const {
  const int descriptor = ::open(part_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  bool good = descriptor >= 0 && write_fully(descriptor, text.data(), text.size());
  const int reason = errno;
  if (descriptor >= 0) good = ::close(descriptor) == 0 && good;
  if (!good) fail(target_, "cannot be written", reason);
}

void UnfinishedFile::commit() {
  sync(part_, O_RDONLY);
  if (std::rename(part_.c_str(), target_.c_str()) != 0) fail(target_, "the finished file cannot take its name", errno);
  if (slot_ >= 0) slots[static_cast<std::size_t>(slot_)].used = 0;
  part_.clear();
  sync(folder_of(target_), O_RDONLY | O_DIRECTORY);
}

void write_whole(const std::filesystem::path& path, std::string_view text) {
  UnfinishedFile file(path);
  file.write(text);
  file.commit();
}

bool write_fully(int descriptor, const char* bytes, std::size_t size) noexcept {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      if (written == 0) errno = ENOSPC;
      return false;
    }
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

void remove_unfinished_files() noexcept {
  for (Slot& slot : slots)
    if (slot.used) ::unlink(slot.name.data());
}

}  // namespace valleyflux
