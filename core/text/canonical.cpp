// The only file of this folder that includes Boost.JSON.
#include <quarry/core/text/canonical.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

#include <boost/json.hpp>

#include <quarry/core/errors.hpp>
#include <quarry/core/text/loaded_lists.hpp>

namespace quarry::text {
namespace {

namespace js = boost::json;
using ir::diag;

constexpr std::size_t deepest = 200;  // arrays in arrays

// --- writing ---

void append_text(std::string& out, std::string_view s) { out += js::serialize(js::string_view(s.data(), s.size())); }

void append_number(std::string& out, double d) {
  if (!std::isfinite(d)) {  // JSON has no such number
    out += "null";
    return;
  }
  char digits[64];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), d);
  const std::string_view text(digits, static_cast<std::size_t>(end.ptr - digits));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void append_tagged(std::string& out, std::string_view tag, std::string_view text) {
  out += "{\"$";
  out += tag;
  out += "\": ";
  append_text(out, text);
  out += '}';
}

std::string base64(const bytes& data) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < data.size(); i += 3) {
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8U | (i + k < data.size() ? std::to_integer<std::uint32_t>(data[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += i + k <= data.size() ? letters[word >> (18U - 6U * k) & 63U] : '=';
  }
  return out;
}

void append_document(std::string& out, const js::value& v) {
  if (const auto* a = v.if_array()) {
    out += '[';
    for (std::size_t i = 0; i < a->size(); ++i) {
      if (i != 0) out += ", ";
      append_document(out, (*a)[i]);
    }
    out += ']';
  } else if (const auto* o = v.if_object()) {
    out += '{';
    bool more = false;
    for (const auto& [key, item] : *o) {
      if (more) out += ", ";
      more = true;
      append_text(out, std::string_view(key.data(), key.size()));
      out += ": ";
      append_document(out, item);
    }
    out += '}';
  } else if (const auto* d = v.if_double()) {
    append_number(out, *d);
  } else {
    out += js::serialize(v);
  }
}

js::value parse_document(std::string_view text, std::error_code& ec) {
  js::parse_options options;
  options.max_depth = deepest;
  js::error_code failed;
  js::value out = js::parse(js::string_view(text.data(), text.size()), failed, {}, options);
  ec = failed;
  return out;
}

class writer {
 public:
  explicit writer(const ir::catalog* catalog) noexcept : catalog_(catalog) {}

  std::string out;

  void write(const object& o) {
    if (++depth_ > deepest) raise(diag::query_too_deep, {std::to_string(deepest)});
    if (const value* v = o.plain()) write(*v);
    else if (const auto* s = o.items()) list(s->items);
    else if (const auto* d = o.dict()) dict(*d);
    else if (catalog_ && o.row()) row(*o.row());
    else if (catalog_ && o.query() && o.query()->rows) list(*o.query()->rows);
    else if (catalog_ && o.as_relation()) list(loaded_list(*o.as_relation()));
    else raise(diag::wrong_argument, {"a result", "a value", catalog_ ? describe(o, *catalog_) : "something else"});
    --depth_;
  }

 private:
  void write(const value& v) {
    std::visit([this](const auto& x) { scalar(x); }, v.data());
  }
  void scalar(std::monostate) { out += "null"; }
  void scalar(bool b) { out += b ? "true" : "false"; }
  void scalar(std::int64_t i) { out += std::to_string(i); }
  void scalar(double d) { append_number(out, d); }
  void scalar(const std::string& s) { append_text(out, s); }
  void scalar(const value_list& l) {
    std::vector<object> items(l.begin(), l.end());
    list(items);
  }
  void scalar(const decimal& d) { tagged("decimal", d.text()); }
  void scalar(const date& d) { tagged("date", to_text(d)); }
  void scalar(const datetime& t) { tagged("datetime", to_text(t)); }
  void scalar(const time_of_day& t) { tagged("time", to_text(t)); }
  void scalar(const uuid& u) { tagged("uuid", u.text()); }
  void scalar(const bytes& b) { tagged("bytes", base64(b)); }
  void scalar(const duration& d) {
    require_tags();
    const std::int64_t whole = d.count() / 1'000'000;
    out += "{\"$duration\": ";
    if (d.count() % 1'000'000 == 0) out += std::to_string(whole);
    else append_number(out, static_cast<double>(d.count()) / 1e6);
    out += '}';
  }
  void scalar(const json& j) {
    std::error_code ec;
    const js::value document = parse_document(j.text, ec);
    if (ec) raise(diag::wrong_number, {"a JSON column", "a JSON document", "this text"});
    if (!catalog_) return append_document(out, document);
    if (document.is_null()) {
      out += "null";
      return;
    }
    out += "{\"$json\": ";
    append_document(out, document);
    out += '}';
  }

  void tagged(std::string_view tag, std::string_view text) {
    require_tags();
    append_tagged(out, tag, text);
  }
  void require_tags() const {
    if (!catalog_)
      raise(diag::wrong_argument, {"a JSON value", "numbers, texts, lists and dicts", "another kind of value"});
  }

  void list(const std::vector<object>& items) {
    out += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i != 0) out += ", ";
      write(items[i]);
    }
    out += ']';
  }

  void key(const object& k) {
    if (const auto* s = k.scalar<std::string>()) return append_text(out, *s);
    if (const auto* u = k.scalar<uuid>()) return append_text(out, u->text());
    if (const auto* d = k.scalar<decimal>()) return append_text(out, d->text());
    if (const auto* d = k.scalar<date>()) return append_text(out, to_text(*d));
    if (const auto* d = k.scalar<datetime>()) return append_text(out, to_text(*d));
    writer inner(catalog_);
    inner.write(k);
    append_text(out, inner.out);
  }

  void dict(const mapping& d) {
    out += '{';
    for (std::size_t i = 0; i < d.entries.size(); ++i) {
      if (i != 0) out += ", ";
      key(d.entries[i].first);
      out += ": ";
      write(d.entries[i].second);
    }
    out += '}';
  }

  void row(const instance& i) {
    const ir::model& m = catalog_->at(i.model);
    out += "{\"$model\": ";
    append_text(out, catalog_->text(m.name));
    for (std::uint32_t c = 0; c < m.columns.size() && c < i.values.size(); ++c) {
      if (i.lacks(c)) continue;
      out += ", ";
      append_text(out, catalog_->text(m.columns[c].name));
      out += ": ";
      const object& v = i.values[c];
      // What the user gave to a JSON column before it was saved is the document itself.
      if (m.columns[c].type.kind() == ir::scalar::json && !v.is_none() && !v.scalar<json>()) scalar(json{json_text(v)});
      else write(v);
    }
    for (const auto& [name, items] : i.lists) {
      out += ", ";
      append_text(out, name);
      out += ": ";
      write(items);
    }
    out += '}';
  }

  const ir::catalog* catalog_;  ///< null: plain JSON, without tags and rows
  std::size_t depth_ = 0;
};

// --- reading ---

std::optional<bytes> from_base64(std::string_view text) {
  bytes out;
  std::uint32_t word = 0;
  unsigned bits = 0;
  for (const char c : text) {
    std::uint32_t six = 0;
    if (c >= 'A' && c <= 'Z') six = static_cast<std::uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z') six = static_cast<std::uint32_t>(c - 'a') + 26;
    else if (c >= '0' && c <= '9') six = static_cast<std::uint32_t>(c - '0') + 52;
    else if (c == '+') six = 62;
    else if (c == '/') six = 63;
    else if (c == '=') break;
    else return std::nullopt;
    word = word << 6U | six;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::byte>(word >> bits & 0xffU));
    }
  }
  return out;
}

template <class T>
std::optional<object> as_object(ir::result<T> r) {
  if (!r) return std::nullopt;
  return value(*std::move(r));
}

std::optional<object> tagged_value(std::string_view tag, const js::value& v) {
  if (tag == "$json") {
    std::string text;
    append_document(text, v);
    return value(json{std::move(text)});
  }
  if (tag == "$duration" && v.is_number()) return value(duration(std::llround(v.to_number<double>() * 1e6)));
  const auto* s = v.if_string();
  if (!s) return std::nullopt;
  const std::string_view text(s->data(), s->size());
  if (tag == "$decimal") return as_object(decimal::parse(text));
  if (tag == "$date") return as_object(parse_date(text));
  if (tag == "$datetime") return as_object(parse_datetime(text));
  if (tag == "$time") return as_object(parse_time(text));
  if (tag == "$uuid") return as_object(uuid::parse(text));
  if (tag == "$bytes")
    if (auto b = from_base64(text)) return value(*std::move(b));
  return std::nullopt;
}

/// `tags`: `{"$date": …}` is a date.
object to_object(const js::value& v, bool tags) {
  if (v.is_null()) return {};
  if (const auto* b = v.if_bool()) return *b;
  if (const auto* i = v.if_int64()) return *i;
  if (const auto* d = v.if_double()) return value(*d);
  if (v.is_uint64()) return value(static_cast<double>(v.get_uint64()));
  if (const auto* s = v.if_string()) return std::string(s->data(), s->size());
  if (const auto* a = v.if_array()) {
    std::vector<object> items;
    for (const js::value& item : *a) items.push_back(to_object(item, tags));
    return {collection::list, std::move(items)};
  }
  const js::object& o = v.get_object();
  if (tags && o.size() == 1 && o.begin()->key().starts_with('$')) {
    const std::string_view tag(o.begin()->key().data(), o.begin()->key().size());
    auto read = tagged_value(tag, o.begin()->value());
    if (!read) raise(diag::wrong_number, {tag, "a value of its kind", "this one"});
    return *std::move(read);
  }
  mapping out;
  for (const auto& [key, item] : o)
    out.entries.emplace_back(std::string(key.data(), key.size()), to_object(item, tags));
  return out;
}

}  // namespace

std::string canonical_json(const object& o, const ir::catalog& catalog) {
  writer w(&catalog);
  w.write(o);
  return std::move(w.out);
}

std::string canonical_json(const ir::diagnostic& d) {
  std::string out = "{\"$error\": ";
  append_text(out, ir::exception_name(d));
  return out + "}";
}

ir::result<object> parse_canonical(std::string_view text) {
  std::error_code ec;
  const js::value document = parse_document(text, ec);
  if (ec) return ir::failure(diag::syntax_error, {"JSON, but: " + ec.message()});
  try {
    return to_object(document, true);
  } catch (const error& e) {
    return ir::failure(e.diagnostic());
  }
}

std::string json_text(const object& o) {
  writer w(nullptr);
  w.write(o);
  return std::move(w.out);
}

object from_json(std::string_view text) {
  std::error_code ec;
  const js::value document = parse_document(text, ec);
  if (ec) raise(diag::wrong_number, {"a JSON column", "a JSON document", "this text"});
  return to_object(document, false);
}

}  // namespace quarry::text
