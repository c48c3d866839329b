// Policies as JSON.
#include <array>
#include <limits>

#include <boost/json.hpp>

#include <quarry/core/text/policy.hpp>

namespace quarry::text {
namespace {

using ir::diag;
namespace json = boost::json;

ir::failure invalid(const std::string& why) { return ir::failure(diag::policy_invalid, {why}); }

std::string_view view(const json::string& s) noexcept { return {s.data(), s.size()}; }

ir::result<void> read_names(const json::value& from, const std::string& what, policy::names& to) {
  const json::array* list = from.if_array();
  if (!list) return invalid(what + " is a list of names");
  for (const json::value& item : *list) {
    const json::string* name = item.if_string();
    if (!name || name->empty()) return invalid(what + " is a list of names");
    if (!to.emplace(view(*name)).second) return invalid(what + " names '" + std::string(view(*name)) + "' twice");
  }
  return {};
}

ir::result<void> read_models_in(const json::value& from, policy& to) {
  const json::object* models = from.if_object();
  if (!models) return invalid("'models' is an object: the names of models, each with a list of fields");
  for (const auto& member : *models) {
    const std::string name(member.key());
    QUARRY_CHECK(read_names(member.value(), "'" + name + "' of 'models'", to.models[name]));
  }
  return {};
}

struct limit_name {
  std::string_view name;
  std::uint32_t policy_limits::* limit;
};
constexpr std::array limit_names = {
    limit_name{"text", &policy_limits::text},
    limit_name{"nesting", &policy_limits::nesting},
    limit_name{"nodes", &policy_limits::nodes},
    limit_name{"depth", &policy_limits::depth},
    limit_name{"joins", &policy_limits::joins},
    limit_name{"terms", &policy_limits::terms},
    limit_name{"list", &policy_limits::list},
    limit_name{"rows", &policy_limits::rows},
    limit_name{"statements", &policy_limits::statements},
};

ir::result<void> read_limits(const json::value& from, policy_limits& to) {
  const json::object* limits = from.if_object();
  if (!limits) return invalid("'limits' is an object of numbers");
  for (const auto& member : *limits) {
    const limit_name* found = nullptr;
    for (const limit_name& l : limit_names)
      if (l.name == std::string_view(member.key())) found = &l;
    if (!found) return invalid("no limit is named '" + std::string(member.key()) + "'");
    const std::int64_t* number = member.value().if_int64();
    if (!number || *number < 0 || *number > std::numeric_limits<std::int32_t>::max())
      return invalid("the limit '" + std::string(member.key()) + "' is a whole number from 0 on");
    to.*(found->limit) = static_cast<std::uint32_t>(*number);
  }
  return {};
}

}  // namespace

ir::result<policy> read_policy(std::string_view text) {
  json::error_code failed;
  const json::value document = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed) return invalid("it is no JSON document");
  const json::object* members = document.if_object();
  if (!members) return invalid("it is no JSON object");
  policy out;
  for (const auto& member : *members) {
    const std::string_view name(member.key().data(), member.key().size());
    const std::string quoted = "'" + std::string(name) + "'";
    if (name == "models") QUARRY_CHECK(read_models_in(member.value(), out));
    else if (name == "methods") QUARRY_CHECK(read_names(member.value(), quoted, out.methods));
    else if (name == "functions") QUARRY_CHECK(read_names(member.value(), quoted, out.functions));
    else if (name == "lookups") QUARRY_CHECK(read_names(member.value(), quoted, out.lookups));
    else if (name == "limits") QUARRY_CHECK(read_limits(member.value(), out.limits));
    else return invalid("it has no member " + quoted);
  }
  return out;
}

}  // namespace quarry::text
