// All that an application includes to describe models and to query them.
#pragma once

#include <quarry/core/errors.hpp>
#include <quarry/core/exec/database.hpp>
#include <quarry/core/query/aggregates.hpp>
#include <quarry/core/query/calls.hpp>
#include <quarry/core/query/functions.hpp>
#include <quarry/core/query/q.hpp>
#include <quarry/core/query/query_set.hpp>
#include <quarry/core/query/subqueries.hpp>
#include <quarry/core/query/value.hpp>
#include <quarry/core/query/windows.hpp>
#include <quarry/core/schema/describe.hpp>
#include <quarry/core/schema/schema.hpp>
