#pragma once

#include <cstdint>
#include <utility>

namespace valleyflux {

/// An HDF5 identifier (hid_t is std::int64_t, herr_t int: this header does not ask users for HDF5's own) that is closed
/// when it goes. Negative: nothing was opened.
class Hdf5Handle {
 public:
  using Close = int (*)(std::int64_t);

  Hdf5Handle() = default;
  Hdf5Handle(std::int64_t id, Close close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator std::int64_t() const { return id_; }
  /// Closes it now; whether that worked.
  bool close() { return close_(std::exchange(id_, -1)) >= 0; }

 private:
  std::int64_t id_ = -1;
  Close close_ = nullptr;
};

}  // namespace valleyflux
