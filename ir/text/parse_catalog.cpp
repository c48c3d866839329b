#include <quarry/ir/text/parse_catalog.hpp>

#include <charconv>

#include <quarry/ir/text/form.hpp>
#include <quarry/ir/text/parse.hpp>

namespace quarry::ir {
namespace {

class catalog_parser {
 public:
  explicit catalog_parser(token_stream& in) : in_(in) {}

  result<std::shared_ptr<const catalog>> run() {
    const token at = in_.peek();
    QUARRY_CHECK(in_.expect("catalog"));
    QUARRY_TRY(app, in_.name("the name of the application"));
    QUARRY_CHECK(in_.expect('{'));
    while (!in_.take('}')) QUARRY_CHECK(parse_model());
    if (!in_.at_end()) return in_.expected("the end");
    auto built = catalog::build(app, std::move(models_));
    if (built) return built;
    failure f = built.take_failure();
    if (f->source.empty()) {
      f->source = in_.source();
      f->span = {at.offset, static_cast<std::uint32_t>(at.text.size())};
    }
    return f;
  }

 private:
  result<void> parse_model() {
    QUARRY_CHECK(in_.expect("model"));
    model_spec m;
    QUARRY_TRY(name, in_.name("the name of a model"));
    m.name = name;
    while (!in_.take('{')) QUARRY_CHECK(model_option(m));
    while (!in_.take('}')) {
      field_spec f;
      QUARRY_CHECK(parse_field(f));
      m.fields.push_back(std::move(f));
      in_.take(',');
    }
    models_.push_back(std::move(m));
    return {};
  }

  result<void> model_option(model_spec& m) {
    if (in_.take("table")) return text_into(m.table);
    if (in_.take("latest")) return text_into(m.get_latest_by);
    if (in_.take("ordering")) {
      do {
        QUARRY_CHECK(text_into(m.ordering.emplace_back()));
      } while (in_.take(','));
      return {};
    }
    if (!in_.take("unique")) return in_.expected("'{', table, ordering, unique or latest");
    QUARRY_CHECK(in_.expect('('));
    m.unique_together.emplace_back();
    do {
      QUARRY_CHECK(text_into(m.unique_together.back().emplace_back()));
    } while (in_.take(','));
    return in_.expect(')');
  }

  result<void> text_into(std::string& out) {
    QUARRY_TRY(text, in_.name("a name"));
    out = text;
    return {};
  }

  result<void> parse_field(field_spec& f) {
    QUARRY_CHECK(text_into(f.name));
    QUARRY_CHECK(in_.expect(':'));
    const bool one = in_.next_is("one"), many = in_.next_is("many");
    if (one || many || in_.next_is("fk")) {
      in_.next();
      relation_spec& r = f.relation.emplace();
      r.form = one ? relation_form::one_to_one : many ? relation_form::many_to_many : relation_form::foreign_key;
      QUARRY_CHECK(text_into(r.target));
      f.type = type(scalar::int64, in_.take('?'));
    } else {
      QUARRY_TRY(t, parse_type(in_));
      f.type = t;
    }
    // A name with a colon behind it is the next field.
    while (in_.peek().kind == token_kind::name && !in_.peek(1).is(':')) QUARRY_CHECK(field_option(f));
    return {};
  }

  result<void> field_option(field_spec& f) {
    const bool column = !f.relation || f.relation->form != relation_form::many_to_many;
    if (column) {
      if (in_.take("key")) return set(f.primary_key);
      if (in_.take("generated")) return set(f.generated);
      if (in_.take("unique")) return set(f.unique);
      if (in_.take("index")) return set(f.indexed);
      if (in_.take("column")) return text_into(f.db_column);
      if (in_.take("collation")) return text_into(f.collation);
      if (in_.take("default")) return initial(f.initial);
    }
    if (!f.relation) return in_.expected("another field, key, generated, unique, index, column, collation or default");
    relation_spec& r = *f.relation;
    if (in_.take("to")) return text_into(r.to_field);
    if (in_.take("related")) return text_into(r.related_name);
    if (in_.take("related_query")) return text_into(r.related_query_name);
    if (in_.take("through")) return text_into(r.through);
    if (in_.take("asymmetrical")) {
      r.symmetrical = false;
      return {};
    }
    if (in_.take("unenforced")) {
      r.enforced = false;
      return {};
    }
    if (in_.take("deferrable")) return set(r.deferrable);
    if (!in_.take("on_delete")) return in_.expected("another field, or an option of a relation");
    const std::optional<code> action = find_code(word::referential_action, in_.peek().text);
    if (!action) return in_.expected("no_action, restrict, cascade, set_null or set_default");
    in_.next();
    r.on_delete = *action;
    return {};
  }

  static result<void> set(bool& flag) {
    flag = true;
    return {};
  }

  result<void> initial(initial_value& v) {
    using form = initial_value::form;
    struct word_form {
      std::string_view text;
      form what;
    };
    for (const auto& [text, what] :
         {word_form{"null", form::null}, word_form{"true", form::boolean}, word_form{"false", form::boolean},
          word_form{"today", form::today}, word_form{"now", form::now}, word_form{"uuid", form::random_uuid}}) {
      if (!in_.take(text)) continue;
      v.what = what;
      v.integer = text == "true" ? 1 : 0;
      return {};
    }
    const token& t = in_.peek();
    if (t.kind == token_kind::string) {
      v.what = form::text;
      return text_into(v.text);
    }
    if (t.kind == token_kind::real) {
      v.what = form::real;
      std::from_chars(t.text.data(), t.text.data() + t.text.size(), v.real);
      in_.next();
      return {};
    }
    v.what = form::integer;
    QUARRY_TRY(value, in_.integer("a value, null, true, false, today, now or uuid"));
    v.integer = value;
    return {};
  }

  token_stream& in_;
  std::vector<model_spec> models_;
};

}  // namespace

result<std::shared_ptr<const catalog>> parse_catalog(std::string_view text) {
  return parse_catalog(text, 0, text.size());
}

result<std::shared_ptr<const catalog>> parse_catalog(std::string_view text, std::size_t begin, std::size_t end) {
  QUARRY_TRY(in, token_stream::of(text, begin, end));
  return catalog_parser(in).run();
}

}  // namespace quarry::ir
