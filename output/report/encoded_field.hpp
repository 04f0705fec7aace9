#pragma once

#include <string>
#include <vector>

namespace valleyflux {

/// Numbers as a page carries them for drawing: whole steps between low and high, equal ones of the number or of its
/// logarithm. Code 0: there is none; 1 and 2^bits - 1: at the ends or beyond. Stored are differences from one code to
/// the next, modulo 2^bits, of 16 bits all high bytes before all low ones, deflated (zlib), in base64.
struct EncodedField {
  int bits = 8;
  bool logarithmic = false;
  double low = 0.0, high = 1.0;
  std::string data;
};

/// What is not finite is missing. Throws std::invalid_argument unless bits are 8 or 16, and low < high (above 0 on a
/// logarithmic scale).
EncodedField encoded(const std::vector<double>& values, int bits, double low, double high, bool logarithmic = false);

std::string base64(const std::vector<unsigned char>& bytes);

}  // namespace valleyflux
