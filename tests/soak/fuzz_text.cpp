// libFuzzer target over the query language: model files, and statements that are parsed, evaluated, lowered, rewritten, legalized,
// emitted and bound. An input that starts with "class" or "from" is a model file. Whatever comes in gives a result or a diagnostic
// whose span lies within the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <quarry/core/errors.hpp>
#include <quarry/core/plan/bind_program.hpp>
#include <quarry/core/plan/compiler.hpp>
#include <quarry/core/text/evaluator.hpp>
#include <quarry/core/text/models.hpp>
#include <quarry/plugins/host/registry.hpp>

namespace {

using namespace quarry;

constexpr std::string_view blog_models = R"(
class Blog(models.Model):
    name = models.CharField(max_length=100)
    tagline = models.TextField()

class Author(models.Model):
    name = models.CharField(max_length=200, unique=True)
    born = models.DateTimeField(null=True)
    class Meta:
        ordering = ["-name"]

class Entry(models.Model):
    blog = models.ForeignKey(Blog, on_delete=models.CASCADE)
    editor = models.ForeignKey(Author, on_delete=models.SET_NULL, null=True, related_name="edited")
    headline = models.CharField(max_length=255)
    pub_date = models.DateField()
    rating = models.IntegerField(null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    authors = models.ManyToManyField(Author)
)";

[[noreturn]] void broken() { std::abort(); }

void check(const ir::diagnostic& d) {
  if (d.message.empty()) broken();
  if (!d.source.empty() && d.span.offset > d.source.size()) broken();
  static_cast<void>(ir::render(d));
}

/// Compiles what somebody wants to run, and answers that there is no row.
class compiling_session final : public detail::session {
 public:
  explicit compiling_session(const host::dialect& dialect) : compiler_(dialect, {}) {}
  detail::cursor run(const detail::chain& c) override {
    const std::string text = sql(c, false);
    return {std::make_unique<no_rows>(), 1};
  }
  std::int64_t insert(const std::shared_ptr<const ir::catalog>&, std::uint32_t,
                      std::span<const detail::assignment>) override {
    return 1;
  }
  std::int64_t update(const std::shared_ptr<const ir::catalog>&, std::uint32_t, const detail::operand&,
                      std::span<const detail::assignment>) override {
    return 1;
  }
  std::string sql(const detail::chain& c, bool) override {
    auto plan = compiler_.plan_for(c);
    if (!plan) throw error(std::move(plan.error()));
    if (auto bound = binds_.bind(**plan, c); !bound) throw error(std::move(bound.error()));
    return (*plan)->sql;
  }

 private:
  class no_rows final : public detail::cursor::source {
   public:
    std::span<const quarry_cell> fetch(std::uint32_t& rows) override {
      rows = 0;
      return {};
    }
  };
  detail::compiler compiler_;
  detail::bind_buffer binds_;
};

struct bench {
  host::registry registry{std::vector<std::string>{QUARRY_FUZZ_PLUGIN_DIR}};
  host::dialect dialect = [this] {
    auto plugin = registry.find("sqlite");
    if (!plugin) broken();
    auto made = plugin->describe_offline("");
    if (!made) broken();
    return *std::move(made);
  }();
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bench on;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.starts_with("class") || input.starts_with("from")) {
    auto models = text::load_models(input, "blog");
    if (!models) check(models.error());
    return 0;
  }
  auto models = text::load_models(blog_models, "blog");
  if (!models) broken();
  compiling_session session(on.dialect);
  text::evaluator evaluator(*std::move(models), session);
  try {
    auto last = evaluator.run(input);
    if (!last) {
      check(last.error());
      return 0;
    }
    if (auto fetched = evaluator.fetch(*last); !fetched) check(fetched.error());
  } catch (const error& e) {
    check(e.diagnostic());
  }
  return 0;
}
