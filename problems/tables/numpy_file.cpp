#include "problems/tables/numpy_file.hpp"

#include "problems/tables/tabulated_values.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace valleyflux {

namespace {

constexpr auto most_numbers_of_file = static_cast<std::uint64_t>(most_tabulated_numbers);

/// An unsigned number whose first byte is the lowest.
std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t k = count; k-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + k]);
  return value;
}

/// What follows a key in the dictionary of an .npy head, up to the end of its value; empty if there is none.
std::string_view entry_of(std::string_view head, std::string_view key) {
  const std::size_t at = head.find(key);
  if (at == std::string_view::npos) return {};
  std::string_view rest = head.substr(at + key.size());
  rest.remove_prefix(std::min(rest.find_first_not_of("': \""), rest.size()));
  if (rest.starts_with('[')) return rest.substr(0, rest.find(']') + 1);
  return rest.substr(0, rest.starts_with('(') ? rest.find(')') : rest.find_first_of("'\",}"));
}

/// Of IEEE 754's binary16.
double half_float(std::uint64_t bits) {
  constexpr int fraction_bits = 10, bias = 15, largest = 31;
  const auto fraction = static_cast<double>(bits & 0x3ff);
  const int exponent = static_cast<int>(bits >> fraction_bits & largest);
  const double sign = bits >> 15 != 0 ? -1.0 : 1.0;
  if (exponent == largest)
    return fraction == 0.0 ? sign * std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  const double one = exponent == 0 ? 0.0 : 1024.0;
  return sign * std::ldexp(one + fraction, std::max(exponent, 1) - bias - fraction_bits);
}

double number_at(std::string_view bytes, std::size_t at, char kind, std::size_t size, bool big_endian) {
  char raw[8] = {};
  for (std::size_t k = 0; k < size; ++k) raw[k] = bytes[at + (big_endian ? size - 1 - k : k)];
  const std::uint64_t bits = little_endian(std::string_view(raw, 8), 0, 8);
  if (kind == 'f' && size == 2) return half_float(bits);
  if (kind == 'f')
    return size == 8 ? std::bit_cast<double>(bits) : std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  if (kind == 'u') return static_cast<double>(bits);
  const std::uint64_t sign = std::uint64_t{1} << (8 * size - 1);
  return static_cast<double>(static_cast<std::int64_t>((bits ^ sign) - sign));
}

NumpyArray array_from(const TableFile& file, const std::string& name, std::string_view bytes) {
  const auto fail = [&](const std::string& message) {
    file.fail(name.empty() ? message : fmt::format("array \"{}\": {}", name, message));
  };
  constexpr std::size_t start = 8;  // signature and version
  if (!is_npy(bytes) || bytes.size() < start + 4) fail("no NumPy array, or cut off");
  const std::size_t width = bytes[6] == 1 ? 2 : 4;
  const std::uint64_t length = little_endian(bytes, start, width);
  const std::size_t data = start + width;
  if (length > bytes.size() - data) fail("cut off in its head");
  const std::string_view head = bytes.substr(data, length), numbers = bytes.substr(data + length);
  const std::string_view type = entry_of(head, "descr");
  std::string_view shape = entry_of(head, "shape");
  const bool fortran = entry_of(head, "fortran_order").starts_with("True");
  if (shape.find('-') != std::string_view::npos)
    fail(fmt::format("its shape, {}), has a negative side: its head is damaged", shape));
  std::vector<std::uint64_t> sides;
  std::uint64_t count = 1;
  while (!(shape = shape.substr(std::min(shape.find_first_of("0123456789"), shape.size()))).empty()) {
    std::uint64_t side = 0;
    const auto [end, error] = std::from_chars(shape.data(), shape.data() + shape.size(), side);
    if (error != std::errc() || side > most_numbers_of_file || (side > 0 && count > most_numbers_of_file / side))
      fail("too large");
    sides.push_back(side);
    count *= side;
    shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
  }
  const char kind = type.size() == 3 ? type[1] : '?';
  const std::size_t size = kind == '?' ? 0 : static_cast<std::size_t>(type[2] - '0');
  if (type.starts_with('['))
    fail(
        fmt::format("holds records of several fields, {}, not numbers: numpy.column_stack([a[name] for name in "
                    "a.dtype.names]) makes columns of them",
                    type.substr(0, 80)));
  const bool integer = (kind == 'i' || kind == 'u') && (size == 1 || size == 2 || size == 4 || size == 8);
  if (!integer && !(kind == 'f' && (size == 2 || size == 4 || size == 8)))
    fail(fmt::format(
        "holds no integers or floats of at most 8 bytes (its type is {}): numpy.asarray(a, float) makes them",
        std::string(type.substr(0, 40))));
  if (sides.empty() || sides.size() > 2 || count == 0)
    fail(fmt::format("has {} dimensions or no numbers: one or two can be read", sides.size()));
  if (numbers.size() < count * size)
    fail(fmt::format("cut off: {} of {} bytes are there", numbers.size(), count * size));
  if (numbers.size() > count * size)
    fail(
        fmt::format("{} bytes stand behind its {} numbers: it is damaged, or several arrays were saved into one "
                    "file, which numpy.savez(\"table.npz\", ...) does by their names",
                    numbers.size() - count * size, count));
  NumpyArray array{
      name,
      Eigen::MatrixXd(static_cast<Eigen::Index>(sides[0]), static_cast<Eigen::Index>(sides.size() == 2 ? sides[1] : 1)),
      sides.size() == 2};
  std::size_t at = 0;
  const auto next = [&] {
    const double value = number_at(numbers, at, kind, size, type[0] == '>');
    at += size;
    return value;
  };
  if (fortran) {
    for (double& value : array.values.reshaped()) value = next();
  } else {
    for (Eigen::Index i = 0; i < array.values.rows(); ++i)
      for (Eigen::Index j = 0; j < array.values.cols(); ++j) array.values(i, j) = next();
  }
  return array;
}

std::string inflated(const TableFile& file, std::string_view packed, std::uint64_t size) {
  std::string bytes(size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) file.fail("cannot be unpacked");
  // zlib reads what next_in points at and never writes there.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(size);
  const int status = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (status != Z_STREAM_END || stream.total_out != size) file.fail("an array in it is damaged or cut off");
  return bytes;
}

}  // namespace

bool is_npz(std::string_view bytes) {
  return bytes.starts_with(std::string_view("PK\x03\x04", 4));
}

bool is_npy(std::string_view bytes) {
  return bytes.starts_with("\x93NUMPY");
}

std::vector<NumpyArray> numpy_arrays(const TableFile& file) {
  const std::string_view bytes = file.bytes();
  if (!is_npz(bytes)) return {array_from(file, "", bytes)};
  // The directory of a zip file stands at its end and says where everything lies.
  const std::size_t end = bytes.rfind(std::string_view("PK\x05\x06", 4));
  constexpr std::size_t end_size = 22, entry_size = 46, local_size = 30;
  if (end == std::string_view::npos || bytes.size() - end < end_size) file.fail("a zip file that is cut off");
  std::size_t at = little_endian(bytes, end + 16, 4);
  const std::uint64_t entries = little_endian(bytes, end + 10, 2);
  std::vector<NumpyArray> arrays;
  std::uint64_t unpacked = 0;
  for (std::uint64_t k = 0; k < entries; ++k) {
    if (at > end || end - at < entry_size || !bytes.substr(at).starts_with(std::string_view("PK\x01\x02", 4)))
      file.fail("its directory is damaged");
    const std::uint64_t method = little_endian(bytes, at + 10, 2), sum = little_endian(bytes, at + 16, 4),
                        packed = little_endian(bytes, at + 20, 4), size = little_endian(bytes, at + 24, 4),
                        name_size = little_endian(bytes, at + 28, 2), local = little_endian(bytes, at + 42, 4);
    std::string name(bytes.substr(at + entry_size, name_size));
    at += entry_size + name_size + little_endian(bytes, at + 30, 2) + little_endian(bytes, at + 32, 2);
    if (!name.ends_with(".npy")) continue;
    name.resize(name.size() - 4);
    unpacked += size;
    if (unpacked > 8 * most_numbers_of_file) file.fail("too large");
    if (local > bytes.size() || bytes.size() - local < local_size) file.fail("its directory is damaged");
    const std::size_t data =
        local + local_size + little_endian(bytes, local + 26, 2) + little_endian(bytes, local + 28, 2);
    if (data > bytes.size() || packed > bytes.size() - data || (method != 0 && method != 8))
      file.fail(fmt::format("array \"{}\" is damaged, cut off or packed in an unusual way", name));
    const std::string_view stored = bytes.substr(data, packed);
    constexpr std::uint64_t best_packing = 1040;  // of deflate: what claims more is damaged
    if (method == 8 && size > best_packing * packed) file.fail(fmt::format("array \"{}\" is damaged", name));
    const std::string whole = method == 0 ? std::string(stored) : inflated(file, stored, size);
    if (crc32(0, reinterpret_cast<const Bytef*>(whole.data()), static_cast<uInt>(whole.size())) != sum)
      file.fail(fmt::format("array \"{}\" is damaged", name));
    arrays.push_back(array_from(file, name, whole));
  }
  if (arrays.empty()) file.fail("a zip file without NumPy arrays");
  return arrays;
}

}  // namespace valleyflux
