#include "solver/particles/minibatch.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

void require_minibatch(Minibatch kind, std::uint64_t rows, std::uint64_t size) {
  if (size < 1 || (kind == Minibatch::without_replacement && size > rows))
    throw std::invalid_argument(fmt::format("a minibatch holds between 1 and {} terms (got {})", rows, size));
}

MinibatchDraws::MinibatchDraws(std::uint64_t seed, Minibatch kind, std::uint64_t rows, std::uint64_t size)
    : random_(seed), kind_(kind), rows_(rows), size_(size) {
  require_minibatch(kind, rows, size);
  if (kind == Minibatch::without_replacement) drawn_.assign(rows, 0);
}

const std::vector<std::uint32_t>& MinibatchDraws::draw(std::uint32_t particle, std::uint64_t step) {
  const std::uint64_t draws = (size_ + 1) / 2;
  batch_.clear();
  ++draw_;
  RandomNumbers::Bits bits{};
  for (std::uint64_t k = 0; k < size_; ++k) {
    if (k % 2 == 0) bits = random_.bits(RandomStream::minibatch, particle, step * draws + k / 2);
    const std::uint64_t word = k % 2 == 0 ? bits.low : bits.high;
    const auto below = [word](std::uint64_t limit) {  // 0 ... limit - 1, evenly but for 2^-32
      return static_cast<std::uint32_t>(((word >> 32) * limit) >> 32);
    };
    if (kind_ == Minibatch::with_replacement) {
      batch_.push_back(below(rows_));
      continue;
    }
    // Floyd's way to a random subset: one draw for each member, taken or, if that is in it already, the last one.
    const auto last = static_cast<std::uint32_t>(rows_ - size_ + k);
    std::uint32_t row = below(std::uint64_t{last} + 1);
    if (drawn_[row] == draw_) row = last;
    drawn_[row] = draw_;
    batch_.push_back(row);
  }
  return batch_;
}

}  // namespace valleyflux
