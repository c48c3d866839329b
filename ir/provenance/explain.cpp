// Sentences of the record, hung on the tables, joins and subqueries of the statement.
#include <quarry/ir/provenance/explain.hpp>

#include <algorithm>
#include <array>

#include <quarry/ir/match/algebra.hpp>
#include <quarry/ir/passes/declines.hpp>
#include <quarry/ir/provenance/sentences.hpp>

namespace quarry::ir {
namespace {

class explainer {
 public:
  explainer(const context& cx, const provenance& record) : cx_(cx), record_(record), words_(cx, record) {}

  explanation run(rel_id statement) {
    if (statement.present()) query(statement, 0, "FROM");
    for (provenance::entry e : record_.entries()) {
      if (info_of(e).form != event_form::gone) continue;
      // FALSE that no words of the user's became was put there for none() and its like.
      if (e.what == event::never_holds && is_boolean(cx_, e.because, false) && !words_.has_origin(e.because))
        e.what = event::takes_no_rows;
      add(out_.gone, note_of(e));
    }
    if (!statement.present()) {
      provenance::entry nothing{};
      nothing.what = event::nothing_to_run;
      nothing.rule = "fold-empty";
      add(out_.gone, note_of(nothing));
    }
    return std::move(out_);
  }

 private:
  using note = explanation::note;
  using item = explanation::item;

  // --- along the statement ---

  /// `first`: how the first of its tables stands there.
  void query(rel_id rel, std::uint32_t depth, const std::string& first, bool told = false) {
    const node& n = cx_.at(rel);
    if (!told) computed(rel, depth, n.kind == kind::set_operation ? set_words(n) : "SELECT");
    if (n.kind == kind::set_operation) {
      query(rel_id(cx_.child(rel, 1)), depth + 1, first);
      query(rel_id(cx_.child(rel, 2)), depth + 1, first);
    }
    const std::uint32_t from = n.kind == kind::select ? 3 : none;
    if (from != none && cx_.child(rel, from).present()) tables(cx_.child(rel, from), depth, first);
    if (n.kind == kind::set_operation) return;
    for (std::uint32_t i = 0; i < n.child_count; ++i)
      if (i != from) subqueries(cx_.child(rel, i), depth, false);
  }

  static std::string set_words(const node& n) {
    std::string out(code_text(word::set_kind, n.b));
    for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return (n.flags & 1U) != 0 ? out + " ALL" : out;
  }

  void tables(any_id part, std::uint32_t depth, const std::string& form) {
    const node& n = cx_.at(part);
    switch (n.kind) {
      case kind::joined_table:
        tables(cx_.child(part, 0), depth, form);
        tables(cx_.child(part, 1), depth, join_words(n.b));
        subqueries(cx_.child(part, 2), depth, false);
        break;
      case kind::from_table: {
        item& made = add_item(form, symbol{n.b}, depth);
        made.table = cx_.text(symbol{static_cast<std::uint32_t>(n.a)});
        stories(made.notes, instance_of(symbol{n.b}), form);
        break;
      }
      case kind::from_query: {
        item& made = add_item(form, symbol{n.b}, depth);
        const rel_id inner(cx_.child(part, 0));
        formed(made.notes, inner, form);
        query(inner, depth + 1, "FROM", true);
        break;
      }
      default: break;
    }
  }

  static std::string join_words(code form) {
    switch (form) {
      case join_kind::left: return "LEFT JOIN";
      case join_kind::cross: return "CROSS JOIN";
      case join_kind::full: return "FULL JOIN";
      default: return "JOIN";
    }
  }

  void subqueries(any_id e, std::uint32_t depth, bool negated) {
    if (!e.present()) return;
    const node& n = cx_.at(e);
    switch (n.kind) {
      case kind::exists:
        query(rel_id(cx_.child(e, 0)), depth + 1, negated ? "FROM, in NOT EXISTS" : "FROM, in EXISTS");
        return;
      case kind::scalar_of: query(rel_id(cx_.child(e, 0)), depth + 1, "FROM, in a value"); return;
      case kind::in_query:
        subqueries(cx_.child(e, 0), depth, false);
        query(rel_id(cx_.child(e, 1)), depth + 1, negated ? "FROM, in NOT IN" : "FROM, in IN");
        return;
      default: break;
    }
    const bool not_so = n.kind == kind::op && op_of(cx_, e) == op::not_;
    for (const std::uint32_t child : cx_.children(e)) subqueries({child}, depth, not_so);
  }

  item& add_item(std::string form, symbol alias, std::uint32_t depth) {
    item i;
    i.form = std::move(form);
    if (alias.present()) i.name = cx_.text(alias);
    i.depth = depth;
    out_.items.push_back(std::move(i));
    return out_.items.back();
  }

  /// What a select computes, where anything is to be said of it.
  void computed(rel_id select, std::uint32_t depth, const std::string& form) {
    std::vector<note> notes;
    formed(notes, select, form);
    if (!notes.empty()) add_item(form, {}, depth).notes = std::move(notes);
  }

  void formed(std::vector<note>& notes, rel_id select, const std::string& form) {
    for (const provenance::formed_block& f : record_.formed()) {
      if (f.select != select) continue;
      if (f.instance != none) stories(notes, f.instance, form);
      if (f.instance == none)
        for (const provenance::block_apart& a : record_.apart())
          if (a.block == f.block) add(notes, note_of(apart(a.why)));
    }
  }
  static provenance::entry apart(event why) {
    provenance::entry e{};
    e.what = why;
    e.rule = all_events()[static_cast<std::size_t>(why)].rule;
    return e;
  }

  /// A table that stands alone has no alias: it is the only one that was named.
  std::uint32_t instance_of(symbol alias) const {
    for (const provenance::name_of_instance& n : record_.names())
      if (!alias.present() || n.alias == alias) return n.instance;
    return none;
  }

  // --- of one relation ---

  void stories(std::vector<note>& notes, std::uint32_t instance, const std::string& form) {
    const std::uint32_t first = words_.original(instance);
    std::string_view changed_by;
    for (const provenance::entry& e : record_.entries()) {
      if (e.instance == none || words_.original(e.instance) != first || info_of(e).form == event_form::gone) continue;
      // Who changed something need not say what else could have been changed.
      if (info_of(e).form == event_form::changed) changed_by = e.rule;
      if (e.what == event::stays && (e.rule == changed_by || !concerns(e, form))) continue;
      if (!undone(e, first)) add(notes, note_of(e));
    }
  }

  /// distinct() that a pass found to be needless is told among what is not there.
  bool undone(const provenance::entry& e, std::uint32_t first) const {
    if (e.what != event::rows_once && e.what != event::groups_once) return false;
    return std::ranges::any_of(record_.entries(), [&](const provenance::entry& other) {
      return (other.what == event::distinct_by_key || other.what == event::distinct_unseen) &&
          words_.original(other.instance) == first;
    });
  }

  /// Why a pass left something as it is, is told of what is still so.
  static bool concerns(const provenance::entry& e, const std::string& form) {
    const std::string_view pass = all_declines()[e.number].pass;
    if (pass == "simplify-outer-joins") return form == "LEFT JOIN";
    if (pass == "form-semijoins") return form == "JOIN";
    return pass != "prune-joins" || form.ends_with("JOIN");
  }

  static const event_info& info_of(const provenance::entry& e) {
    return all_events()[static_cast<std::size_t>(e.what)];
  }

  note note_of(const provenance::entry& e) const {
    note n;
    for (const char c : info_of(e).name) n.event += c == '_' ? '-' : c;
    n.rule = e.rule;
    n.text = words_.sentence(e);
    path_words words = e.words;
    if (words.text.empty()) words = words_.asked_by(e);
    if (!words.text.empty()) n.words = {std::string(words.text), words.segment, words.origin};
    return n;
  }

  static void add(std::vector<note>& notes, note n) {
    const auto same = [&](const note& other) {
      return other.text == n.text && other.rule == n.rule && other.words.source == n.words.source &&
          other.words.span == n.words.span && other.words.origin == n.words.origin;
    };
    if (std::ranges::none_of(notes, same)) notes.push_back(std::move(n));
  }

  const context& cx_;
  const provenance& record_;
  sentences words_;
  explanation out_;
};

}  // namespace

explanation explain(const context& cx, const provenance& record, rel_id statement) {
  return explainer(cx, record).run(statement);
}

}  // namespace quarry::ir
