// What every case includes; compiled once, ahead of them.
#pragma once

#include "core/query/blog_models.hpp"

using namespace quarry::literals;
using entries = quarry::query_set<blog::Entry>;
