#include <quarry/core/text/field_types.hpp>

#include <algorithm>
#include <array>

namespace quarry::text {
namespace {

namespace in = field_scope;
using ir::scalar;
using enum option_effect;

constexpr std::array classes = {
    field_class{"AutoField", scalar::int32, 0, in::column, true},
    field_class{"BigAutoField", scalar::int64, 0, in::column, true},
    field_class{"SmallAutoField", scalar::int16, 0, in::column, true},
    field_class{"CharField", scalar::text, 0, in::column | in::text},
    field_class{"TextField", scalar::text, 0, in::column | in::text},
    field_class{"EmailField", scalar::text, 254, in::column | in::text},
    field_class{"URLField", scalar::text, 200, in::column | in::text},
    field_class{"SlugField", scalar::text, 50, in::column | in::text | in::slug, false, true},
    field_class{"GenericIPAddressField", scalar::text, 39, in::column | in::address},
    field_class{"FileField", scalar::text, 100, in::column | in::text | in::file},
    field_class{"ImageField", scalar::text, 100, in::column | in::text | in::file},
    field_class{"FilePathField", scalar::text, 100, in::column | in::text | in::file_path},
    field_class{"IntegerField", scalar::int32, 0, in::column},
    field_class{"SmallIntegerField", scalar::int16, 0, in::column},
    field_class{"BigIntegerField", scalar::int64, 0, in::column},
    field_class{"PositiveIntegerField", scalar::int32, 0, in::column},
    field_class{"PositiveSmallIntegerField", scalar::int16, 0, in::column},
    field_class{"PositiveBigIntegerField", scalar::int64, 0, in::column},
    field_class{"BooleanField", scalar::boolean, 0, in::column},
    field_class{"FloatField", scalar::float64, 0, in::column},
    field_class{"DecimalField", scalar::decimal, 0, in::column | in::decimal},
    field_class{"DateField", scalar::date, 0, in::column | in::temporal},
    field_class{"TimeField", scalar::time, 0, in::column | in::temporal},
    field_class{"DateTimeField", scalar::datetime, 0, in::column | in::temporal},
    field_class{"DurationField", scalar::duration, 0, in::column},
    field_class{"UUIDField", scalar::uuid, 0, in::column},
    field_class{"JSONField", scalar::json, 0, in::column | in::json},
    field_class{"BinaryField", scalar::bytes, 0, in::column | in::bytes},
    field_class{"ForeignKey", scalar::unknown, 0, in::column | in::relation | in::key, false, true},
    field_class{"OneToOneField", scalar::unknown, 0, in::column | in::relation | in::key},
    field_class{"ManyToManyField", scalar::unknown, 0, in::relation | in::many},
};

constexpr std::array options = {
    field_option{"verbose_name", in::any, ignored},
    field_option{"name", in::column, unsupported},
    field_option{"primary_key", in::column, handled},
    field_option{"max_length", in::text | in::bytes, handled},
    field_option{"unique", in::column, handled},
    field_option{"null", in::any, handled},
    field_option{"blank", in::any, ignored},
    field_option{"db_index", in::column, handled},
    field_option{"default", in::column, handled},
    field_option{"editable", in::any, ignored},
    field_option{"help_text", in::any, ignored},
    field_option{"choices", in::column, ignored},
    field_option{"validators", in::any, ignored},
    field_option{"error_messages", in::any, ignored},
    field_option{"serialize", in::any, ignored},
    field_option{"db_comment", in::column, ignored},
    field_option{"db_tablespace", in::any, ignored},
    field_option{"unique_for_date", in::column, ignored},
    field_option{"unique_for_month", in::column, ignored},
    field_option{"unique_for_year", in::column, ignored},
    field_option{"db_column", in::column, handled},
    field_option{"db_default", in::column, unsupported},
    field_option{"db_collation", in::text, handled},
    field_option{"max_digits", in::decimal, handled},
    field_option{"decimal_places", in::decimal, handled},
    field_option{"auto_now", in::temporal, handled},
    field_option{"auto_now_add", in::temporal, handled},
    field_option{"allow_unicode", in::slug, ignored},
    field_option{"protocol", in::address, ignored},
    field_option{"unpack_ipv4", in::address, ignored},
    field_option{"upload_to", in::file, ignored},
    field_option{"storage", in::file, ignored},
    field_option{"width_field", in::file, ignored},
    field_option{"height_field", in::file, ignored},
    field_option{"path", in::file_path, ignored},
    field_option{"match", in::file_path, ignored},
    field_option{"recursive", in::file_path, ignored},
    field_option{"allow_files", in::file_path, ignored},
    field_option{"allow_folders", in::file_path, ignored},
    field_option{"encoder", in::json, ignored},
    field_option{"decoder", in::json, ignored},
    field_option{"to", in::relation, handled},
    field_option{"on_delete", in::key, handled},
    field_option{"to_field", in::key, handled},
    field_option{"parent_link", in::key, unsupported},
    field_option{"related_name", in::relation, handled},
    field_option{"related_query_name", in::relation, handled},
    field_option{"limit_choices_to", in::relation, ignored},
    field_option{"db_constraint", in::relation, handled},
    field_option{"swappable", in::relation, ignored},
    field_option{"symmetrical", in::many, handled},
    field_option{"through", in::many, handled},
    field_option{"through_fields", in::many, unsupported},
    field_option{"db_table", in::many, unsupported},
};

constexpr std::array metas = {
    meta_option{"abstract", handled},
    meta_option{"db_table", handled},
    meta_option{"ordering", handled},
    meta_option{"unique_together", handled},
    meta_option{"get_latest_by", handled},
    meta_option{"default_related_name", handled},
    meta_option{"proxy", handled},
    meta_option{"managed", handled},
    meta_option{"app_label", unsupported},
    meta_option{"constraints", unsupported},
    meta_option{"order_with_respect_to", unsupported},
    meta_option{"swappable", unsupported},
    meta_option{"default_manager_name", ignored},
    meta_option{"base_manager_name", ignored},
    meta_option{"verbose_name", ignored},
    meta_option{"verbose_name_plural", ignored},
    meta_option{"indexes", ignored},  // they change no answer
    meta_option{"index_together", ignored},
    meta_option{"permissions", ignored},
    meta_option{"default_permissions", ignored},
    meta_option{"select_on_save", ignored},
    meta_option{"required_db_features", ignored},
    meta_option{"required_db_vendor", ignored},
    meta_option{"db_tablespace", ignored},
    meta_option{"db_table_comment", ignored},
};

}  // namespace

std::span<const field_class> field_classes() noexcept { return classes; }

const field_class* find_field_class(std::string_view name) noexcept {
  const auto* const at =
      std::find_if(classes.begin(), classes.end(), [&](const field_class& c) { return c.name == name; });
  return at == classes.end() ? nullptr : at;
}

std::span<const field_option> field_options() noexcept { return options; }

const field_option* find_field_option(const field_class& c, std::string_view name) noexcept {
  const auto* const at = std::find_if(options.begin(), options.end(), [&](const field_option& o) {
    return o.name == name && (o.scopes & c.scopes) != 0;
  });
  return at == options.end() ? nullptr : at;
}

std::span<const meta_option> meta_options() noexcept { return metas; }

}  // namespace quarry::text
