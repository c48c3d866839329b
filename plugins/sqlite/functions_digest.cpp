#include <array>
#include <cstdint>

#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include <quarry/plugins/sqlite/functions.hpp>

// Digests of texts, as hexadecimal digits.
namespace quarry::plugin::sqlite {

namespace {

template <class Context, std::size_t Size, void (*Init)(Context*),
          void (*Update)(Context*, std::size_t, const std::uint8_t*),
          void (*Digest)(Context*, std::size_t, std::uint8_t*)>
void digest(sqlite3_context* to, arguments args) {
  const std::string_view text = text_of(args[0]);
  Context state;
  Init(&state);
  Update(&state, text.size(), reinterpret_cast<const std::uint8_t*>(text.data()));
  std::array<std::uint8_t, Size> octets{};
  Digest(&state, Size, octets.data());
  std::array<char, Size * 2> digits{};
  constexpr char hex[] = "0123456789abcdef";
  for (std::size_t i = 0; i < Size; ++i) {
    digits[2 * i] = hex[octets[i] >> 4U];
    digits[2 * i + 1] = hex[octets[i] & 15U];
  }
  result_text(to, {digits.data(), digits.size()});
}

}  // namespace

void register_digest_functions(sqlite3* db) {
  define(db, "quarry_md5", 1,
         strict<digest<md5_ctx, MD5_DIGEST_SIZE, nettle_md5_init, nettle_md5_update, nettle_md5_digest>>);
  define(db, "quarry_sha1", 1,
         strict<digest<sha1_ctx, SHA1_DIGEST_SIZE, nettle_sha1_init, nettle_sha1_update, nettle_sha1_digest>>);
  // The state of SHA-224 is that of SHA-256, and so on: nettle has one update function for both.
  define(
      db, "quarry_sha224", 1,
      strict<digest<sha256_ctx, SHA224_DIGEST_SIZE, nettle_sha224_init, nettle_sha256_update, nettle_sha224_digest>>);
  define(
      db, "quarry_sha256", 1,
      strict<digest<sha256_ctx, SHA256_DIGEST_SIZE, nettle_sha256_init, nettle_sha256_update, nettle_sha256_digest>>);
  define(
      db, "quarry_sha384", 1,
      strict<digest<sha512_ctx, SHA384_DIGEST_SIZE, nettle_sha384_init, nettle_sha512_update, nettle_sha384_digest>>);
  define(
      db, "quarry_sha512", 1,
      strict<digest<sha512_ctx, SHA512_DIGEST_SIZE, nettle_sha512_init, nettle_sha512_update, nettle_sha512_digest>>);
}

}  // namespace quarry::plugin::sqlite
