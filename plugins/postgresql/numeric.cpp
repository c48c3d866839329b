#include <quarry/plugins/postgresql/numeric.hpp>

#include <cstdint>

#include <quarry/plugins/postgresql/wire.hpp>

namespace quarry::plugin::postgresql {

// Four 16-bit words (number of digits, weight of the first, sign, places after the point), then digits of base 10000.
bool append_numeric(std::string_view binary, std::string& to) {
  constexpr std::size_t head = 8;
  constexpr std::uint16_t negative = 0x4000;
  if (binary.size() < head) return false;
  const auto word = [&](std::size_t at) { return read_big<std::uint16_t>(binary.data() + at); };
  const std::size_t count = word(0);
  const int weight = static_cast<std::int16_t>(word(2));
  const std::uint16_t sign = word(4);
  const std::size_t places = word(6);
  if (binary.size() != head + count * 2 || (sign != 0 && sign != negative)) return false;

  const auto digit = [&](int of_weight) -> unsigned {
    const int index = weight - of_weight;
    return index < 0 || static_cast<std::size_t>(index) >= count ? 0U
                                                                 : word(head + static_cast<std::size_t>(index) * 2);
  };
  const auto four = [&](unsigned value) {
    for (unsigned by : {1000U, 100U, 10U, 1U}) to += static_cast<char>('0' + value / by % 10);
  };
  if (sign == negative) to += '-';
  const std::size_t whole = to.size();
  for (int w = weight; w >= 0; --w) four(digit(w));
  while (to.size() > whole + 1 && to[whole] == '0') to.erase(whole, 1);
  if (to.size() == whole) to += '0';
  if (places == 0) return true;
  to += '.';
  const std::size_t point = to.size();
  for (int w = -1; to.size() < point + places; --w) four(digit(w));
  to.resize(point + places);
  return true;
}

}  // namespace quarry::plugin::postgresql
