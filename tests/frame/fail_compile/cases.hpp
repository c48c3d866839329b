// What every case includes; compiled once, ahead of them.
#pragma once

#include "core/query/blog_models.hpp"

using namespace quarry::literals;
using blogs = quarry::query_set<blog::Blog>;
using dogs = quarry::query_set<blog::Dog>;
using entries = quarry::query_set<blog::Entry>;
