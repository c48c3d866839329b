// The text form of the IR: what --print-ir shows and .qir files hold. Deterministic; every stage has it.
// parse.hpp reads it back: the same tree, with instances numbered anew.
//
//   query(%0: text!, %1: i64! from i32) {  ; stage related
//     b = scan Blog
//     e = relate b.entry optional b by b.id
//     f = filter e where and(contains(e.headline, %0), eq(year(e.pub_date), %1))
//     p = project f [b.id, b.name] -> (id: i64!, name: text(100)!)
//   }
//
// One statement a relation, operands first, the last one is the root; a root that is a value stands alone after `=`.
// A statement gives its name to the instance that it makes: `e.headline` is a column of it. `of x` after the kind: the instance is
// that of the statement x; `optional`: its columns may all be NULL. An instance that no statement makes is listed in the head.
// A type stands where it does not follow from the rest: after literals other than 64-bit integers, casts, calls, computed columns,
// and once for each column of the SQL stage. %n is a parameter, $n a bind slot; `from`: what the user gave.
#pragma once

#include <string>

#include <quarry/ir/model/context.hpp>

namespace quarry::ir {

std::string print(const context& cx, any_id root, stage s);

/// "text(255)!", "i32?", "decimal(10,2)!": ! is never NULL, ? may be. Other collations than unknown: "text(255, code_point)!".
std::string print(type t);

}  // namespace quarry::ir
