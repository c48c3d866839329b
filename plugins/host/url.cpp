#include <quarry/plugins/host/url.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

#include <quarry/plugins/host/error.hpp>

namespace quarry::host {
namespace {

constexpr std::size_t longest_url = 8192;

ir::failure invalid(std::string_view why) { return {ir::diag::url_invalid, {why}}; }

bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

/// The places of a URL, cut by hand: the library takes a list of hosts for one host and an '@' in a password for its end.
struct places {
  std::string_view scheme;
  std::string_view userinfo;  // with its '@', or empty
  std::string_view hosts;  // host and port, or several
  std::string_view rest;  // path and query
};

ir::result<places> cut(std::string_view text) {
  if (text.size() > longest_url) return invalid("it is longer than " + std::to_string(longest_url) + " bytes");
  if (std::any_of(text.begin(), text.end(), [](char c) { return is_control(c) || c == ' '; }))
    return invalid("a blank or control character must be written with '%'");
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return invalid("it must begin with 'scheme://'");
  places p;
  p.scheme = text.substr(0, colon);
  if (!is_scheme(p.scheme)) return invalid("a scheme has a-z, 0-9, '_', '+' and '-' only, and begins with a letter");
  const std::string_view after = text.substr(colon + 3);
  const std::size_t authority_end = std::min(after.find_first_of("/?#"), after.size());
  p.rest = after.substr(authority_end);
  if (p.rest.find('#') != std::string_view::npos) return invalid("a '#' must be written as %23");
  const std::string_view authority = after.substr(0, authority_end);
  const std::size_t at = authority.rfind('@');
  if (at != authority.find('@')) return invalid("an '@' in the user or password must be written as %40");
  if (at != std::string_view::npos) p.userinfo = authority.substr(0, at + 1);
  p.hosts = authority.substr(p.userinfo.size());
  return p;
}

/// ":memory:" and its like: no host begins with a colon.
bool is_special_name(std::string_view hosts) noexcept {
  return hosts.size() > 2 && hosts.front() == ':' && hosts.back() == ':' &&
      std::all_of(hosts.begin() + 1, hosts.end() - 1,
                  [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '-'; });
}

bool is_host_list(std::string_view hosts) noexcept { return hosts.find(',') != std::string_view::npos; }

std::string decode(boost::urls::pct_string_view s) { return s.decode(); }  // a '+' stays one

std::string_view plain(boost::core::string_view s) noexcept { return {s.data(), s.size()}; }

bool has_nul(const std::string& s) noexcept { return s.find('\0') != std::string::npos; }

}  // namespace

class url_parser {
 public:
  ir::result<url> parse(std::string_view text) {
    QUARRY_TRY(p, cut(text));
    out_.text_ = text;
    out_.scheme_ = p.scheme;
    const bool special = is_special_name(p.hosts);
    const bool several = is_host_list(p.hosts);
    // What the library can't read is left out for it.
    const std::string readable = "db://" + std::string(p.userinfo) +
        std::string(special || several ? std::string_view("h") : p.hosts) + std::string(p.rest);
    const auto parsed = boost::urls::parse_uri(readable);
    if (!parsed) return invalid(reason(p));
    const boost::urls::url_view u = *parsed;
    if (!is_whole(u, readable)) return invalid(reason(p));
    if (u.has_userinfo()) {
      out_.user_ = decode(u.encoded_user());
      out_.password_ = decode(u.encoded_password());
    }
    QUARRY_CHECK(take_host(u, p, special, several));
    QUARRY_CHECK(take_database(u, special));
    QUARRY_CHECK(take_options(u));
    return refuse_nul();
  }

 private:
  /// The parser stops where it understands no more, and calls that a success: what it read must be all.
  static bool is_whole(const boost::urls::url_view& u, const std::string& readable) {
    std::string again = "db://";
    if (u.has_userinfo()) again += std::string(plain(u.encoded_userinfo())) + "@";
    again += plain(u.encoded_host_and_port());
    again += plain(u.encoded_path());
    if (u.has_query()) again += "?" + std::string(plain(u.encoded_query()));
    return again == readable && (u.encoded_path().empty() || u.encoded_path().front() == '/');
  }

  static std::string_view reason(const places& p) {
    if (p.userinfo.find('%') != std::string_view::npos || p.hosts.find('%') != std::string_view::npos ||
        p.rest.find('%') != std::string_view::npos)
      return "a part can't be read; a '%' stands before two hexadecimal digits, and %25 is the character itself";
    const std::size_t colon = p.hosts.rfind(':');
    if (colon != std::string_view::npos && p.hosts.find(']', colon) == std::string_view::npos &&
        !std::all_of(p.hosts.begin() + static_cast<std::ptrdiff_t>(colon) + 1, p.hosts.end(),
                     [](char c) { return c >= '0' && c <= '9'; }))
      return p.rest.find('@') != std::string_view::npos
          ? "the port is no number; a '/' in a password must be written as %2F"
          : "the port is no number";
    return "it does not read as scheme://user:password@host:port/database?option=value; special characters are written "
           "with '%'";
  }

  ir::result<void> take_host(const boost::urls::url_view& u, const places& p, bool special, bool several) {
    if (special) return {};
    if (several) {
      out_.host_ = p.hosts;
      return {};
    }
    // An address in brackets is handed on without them.
    const std::string_view host = plain(u.encoded_host());
    out_.host_ = host.size() > 2 && host.front() == '[' ? std::string(host.substr(1, host.size() - 2))
                                                        : decode(u.encoded_host());
    if (!u.has_port() || u.port().empty()) return {};
    if (u.port_number() == 0) return invalid("the port must be between 1 and 65535");
    if (out_.host_.empty()) return invalid("it has a port, but no host");
    out_.port_ = u.port_number();
    return {};
  }

  ir::result<void> take_database(const boost::urls::url_view& u, bool special) {
    const std::string path = decode(u.encoded_path());
    if (!special) {
      out_.database_ = path.empty() ? path : path.substr(1);
      return {};
    }
    if (!path.empty()) return invalid("nothing may follow a database named between two colons but options");
    if (u.has_userinfo()) return invalid("a database named between two colons has no user");
    const std::string& text = out_.text_;
    const std::size_t from = out_.scheme_.size() + 3;
    out_.database_ = text.substr(from, text.find_first_of("?", from) - from);
    return {};
  }

  ir::result<void> take_options(const boost::urls::url_view& u) {
    if (!u.has_query()) return {};
    for (const auto& p : u.encoded_params()) {
      url::option option{decode(p.key), p.has_value ? decode(p.value) : std::string()};
      if (option.key.empty()) return invalid("an option has no name");
      if (std::any_of(out_.options_.begin(), out_.options_.end(),
                      [&](const url::option& o) { return o.key == option.key; }))
        return invalid("an option is given twice");
      out_.options_.push_back(std::move(option));
    }
    return {};
  }

  /// Drivers take C strings: a NUL would cut a name short without a word.
  ir::result<url> refuse_nul() {
    bool found = has_nul(out_.user_) || has_nul(out_.password_) || has_nul(out_.host_) || has_nul(out_.database_);
    for (const url::option& o : out_.options_) found = found || has_nul(o.key) || has_nul(o.value);
    if (found) return invalid("%00 is not possible");
    return std::move(out_);
  }

  url out_;
};

bool is_scheme(std::string_view s) noexcept {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto follows = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
  };
  return !s.empty() && s.size() <= 64 && is_letter(s.front()) && std::all_of(s.begin(), s.end(), follows);
}

ir::result<url> url::parse(std::string_view text) { return url_parser().parse(text); }

std::string url::redacted() const {
  std::string out = scheme_ + "://";
  if (!user_.empty() || !password_.empty()) out += user_ + (password_.empty() ? "@" : ":***@");
  const bool bare_address = host_.find(':') != std::string::npos && host_.find(',') == std::string::npos;
  out += bare_address ? "[" + host_ + "]" : host_;
  if (port_ != 0) out += ":" + std::to_string(port_);
  const bool special = host_.empty() && is_special_name(database_);
  if (!special && !database_.empty()) out += "/";
  out += database_;
  char separator = '?';
  for (const option& o : options_) {
    out += separator + o.key + "=***";
    separator = '&';
  }
  return out;
}

c_url::c_url(const url& u) {
  for (const url::option& o : u.options()) options_.push_back({to_c(o.key), to_c(o.value)});
  url_.size = sizeof url_;
  url_.port = u.port();
  url_.text = to_c(u.text());
  url_.scheme = to_c(u.scheme());
  url_.user = to_c(u.user());
  url_.password = to_c(u.password());
  url_.host = to_c(u.host());
  url_.database = to_c(u.database());
  url_.options = options_.data();
  url_.option_count = static_cast<std::uint32_t>(options_.size());
  url_.option_stride = sizeof(quarry_option);
}

}  // namespace quarry::host
