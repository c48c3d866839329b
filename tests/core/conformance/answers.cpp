#include "core/conformance/answers.hpp"

namespace quarry::test {

namespace js = boost::json;

js::value answer_of(const detail::operand& v) {
  if (v.form == detail::operand_form::null) return nullptr;
  const std::string_view text = v.size != 0 ? v.bytes_view() : std::string_view();
  const auto tagged = [](const char* tag, js::value what) { return js::object{{tag, std::move(what)}}; };
  const auto string = [](std::string_view s) { return js::string(s.data(), s.size()); };
  switch (v.type) {
    case ir::scalar::boolean: return v.integer != 0;
    case ir::scalar::float64: return v.real;
    case ir::scalar::text: return string(text);
    case ir::scalar::decimal: return tagged("$decimal", string(text));
    case ir::scalar::json: {
      js::value document = js::parse(js::string_view(text.data(), text.size()));
      if (document.is_null()) return nullptr;  // as the cases write it
      return tagged("$json", std::move(document));
    }
    case ir::scalar::date:
      return tagged("$date", string(to_text(date(std::chrono::sys_days(std::chrono::days(v.integer))))));
    case ir::scalar::datetime:
      return tagged("$datetime", string(to_text(datetime(std::chrono::microseconds(v.integer)))));
    case ir::scalar::int16:
    case ir::scalar::int32:
    case ir::scalar::int64: return v.integer;
    default: throw std::logic_error("a value of a kind that no model of these suites has");
  }
}

js::value object_answer(const ir::catalog& catalog, std::uint32_t model, const std::vector<detail::operand>& columns) {
  const ir::model& m = catalog.at(model);
  const std::string_view name = catalog.text(m.name);
  js::object out{{"$model", js::string(name.data(), name.size())}};
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::string_view column = catalog.text(m.columns[c].name);
    out[js::string_view(column.data(), column.size())] = answer_of(columns[c]);
  }
  return out;
}

}  // namespace quarry::test
