#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

/// A fresh folder that no other test sees and that goes with the test.
struct ScratchFolder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("valleyflux_test_" + std::to_string(::getpid()));
  ScratchFolder() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() { std::filesystem::remove_all(path); }
};

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
