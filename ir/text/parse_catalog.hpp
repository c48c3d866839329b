// Catalogs as text, for .qir files:
//
//   catalog blog {
//     model Author ordering "-name" { name: text(200)!, email: text(254)! unique }
//     model Entry unique (blog, headline) {
//       id: i64! key generated
//       blog: fk Blog
//       editor: fk Author? related "edited" on_delete set_null
//       headline: text(255)! index
//       status: i16! default 1
//       authors: many Author
//     }
//   }
//
// A field is a type with `key generated unique index column "name" collation "name" default VALUE`, or a relation: fk, one (to one) or
// many, its target, `?` where it may be NULL, and `to field related "name" related_query "name" through Model on_delete ACTION
// asymmetrical unenforced deferrable`. A model takes `table "name" ordering "a", "-b" unique (a, b) latest "field"`. Without a key it
// gets `id`. Commas between fields may be left out.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <quarry/ir/model/catalog.hpp>
#include <quarry/ir/text/lexer.hpp>

namespace quarry::ir {

result<std::shared_ptr<const catalog>> parse_catalog(std::string_view text);
/// The same for a part of a text: diagnostics count the lines of the whole.
result<std::shared_ptr<const catalog>> parse_catalog(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace quarry::ir
