// Func, Collate, StringAgg and their like, lookups as expressions, and what is refused.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

// Entries 1 and 2 belong to blog 1, entry 3 to blog 2; ratings 5, 4 and 3. Entry 1 alone has an editor. See evaluation.hpp.
class a_call : public evaluated {
 protected:
  std::string value_of(const std::string& expression) {
    return eval("Entry.objects.annotate(x=" + expression + ").get(id=1).x");
  }
  std::string ids(const std::string& condition) {
    return eval("Entry.objects.filter(" + condition + ").order_by('id').values_list('id', flat=True)");
  }
};

TEST_F(a_call, of_a_function_by_its_name) {
  EXPECT_EQ(value_of("Func(F('headline'), function='LOWER')"), R"("what would john do?")");
  EXPECT_EQ(value_of("Func('headline', Value('o'), function='instr', output_field=IntegerField())"), "7");
  EXPECT_EQ(value_of("Func(F('rating'), 2, function='max')"), "5");
  EXPECT_EQ(ids("rating=Func(F('rating'), function='abs')"), "[1, 2, 3]");
  EXPECT_EQ(value_of("Func('headline', function='hex', arity=1)"), R"("5768617420776F756C64204A6F686E20646F3F")");
}

TEST_F(a_call, is_never_written_in_sql_by_the_text) {
  for (const char* name : {"lower(headline); --", "a b", "", "1x", "x'y", "pg.sleep", "naïve", "a\\nb"}) {
    EXPECT_EQ(eval("Entry.objects.annotate(x=Func('headline', function='" + std::string(name) + "'))"),
              name == std::string_view("x'y") ? R"({"$error": "SyntaxError"})" : R"({"$error": "ValueError"})")
        << name;
  }
  EXPECT_EQ(eval("Entry.objects.annotate(x=Func('headline', function='lower', template='%(function)s(1)'))"),
            R"({"$error": "NotSupportedError"})");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Func('headline', function='lower', arg_joiner=' || '))"),
            R"({"$error": "NotSupportedError"})");
  EXPECT_EQ(
      refusal("Entry.objects.annotate(x=RawSQL('select 1', ()))"),
      "error[QRY2351]: RawSQL() is not possible in text: SQL is written by the program alone, with "
      "quarry::unsafe::raw_sql()\n  Entry.objects.annotate(x=RawSQL('…', ()))\n                           ^~~~~~");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Func('headline'))"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Func('headline', function='lower', arity=2))"),
            R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Func(function='random'))"), R"({"$error": "FieldError"})");
}

TEST_F(a_call, collates) {
  EXPECT_EQ(ids("headline=Collate(Value('WHAT MAKES IT YELLOW'), 'nocase')"), "[3]");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Collate('headline', 'nocase')).filter(x='new lennon BIOGRAPHY').count()"),
            "1");
  EXPECT_EQ(eval("Blog.objects.order_by(Collate('name', 'nocase').desc()).values_list('id', flat=True)"), "[2, 1]");
  EXPECT_EQ(eval("Blog.objects.order_by(Collate('name', 'x\" desc'))"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Blog.objects.order_by(Collate('name', 'no_such')).count()"), "2") << "nobody needs the order";
  EXPECT_NE(eval("Blog.objects.order_by(Collate('name', 'no_such'))").find("$error"), std::string::npos);
}

TEST_F(a_call, joins_texts) {
  EXPECT_EQ(
      eval("Blog.objects.annotate(x=StringAgg('entry__headline', delimiter=Value('; '), order_by='entry__headline'))"
           ".order_by('id').values_list('x', flat=True)"),
      R"(["New Lennon biography; What would John do?", "What makes it yellow"])");
  EXPECT_EQ(eval("Entry.objects.aggregate(x=StringAgg('headline', Value('|'), order_by='-rating'))"),
            R"({"x": "What would John do?|New Lennon biography|What makes it yellow"})");
  EXPECT_EQ(eval("Entry.objects.aggregate(x=StringAgg(Left('headline', 4), ',', distinct=True))"),
            R"({"x": "New ,What"})");
  EXPECT_EQ(eval("Entry.objects.aggregate(x=StringAgg('headline', ',', filter=Q(rating=3)))"),
            R"({"x": "What makes it yellow"})");
  EXPECT_EQ(eval("Entry.objects.aggregate(x=StringAgg('headline', ',', filter=Q(rating=9), default=Value('-')))"),
            R"({"x": "-"})");
  EXPECT_EQ(eval("Entry.objects.aggregate(x=StringAgg('rating', Value('+'), order_by=['editor', F('rating').desc()]))"),
            R"({"x": "4+3+5"})")
      << "NULLs first";
  EXPECT_EQ(
      eval("Entry.objects.aggregate(x=StringAgg('rating', Value('+'), order_by=OrderBy(F('editor'), nulls_last=True)))")
          .substr(0, 9),
      R"({"x": "5+)");
  EXPECT_EQ(
      eval("Entry.objects.values('blog').annotate(x=StringAgg('headline', Value('/'), "
           "order_by='rating')).order_by('blog')"),
      R"([{"blog": 1, "x": "New Lennon biography/What would John do?"}, {"blog": 2, "x": "What makes it yellow"}])");
  EXPECT_EQ(eval("Entry.objects.aggregate(x=AnyValue('rating', filter=Q(rating=4)))"), R"({"x": 4})");
}

TEST_F(a_call, digests) {
  EXPECT_EQ(value_of("MD5(Value('abc'))"), R"("900150983cd24fb0d6963f7d28e17f72")");
  EXPECT_EQ(value_of("SHA1(Value('abc'))"), R"("a9993e364706816aba3e25717850c26c9cd0d89d")");
  EXPECT_EQ(value_of("SHA224(Value('abc'))"), R"("23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")");
  EXPECT_EQ(value_of("SHA256(Value('abc'))"), R"("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")");
  EXPECT_EQ(value_of("Length(SHA384('headline'))"), "96");
  EXPECT_EQ(value_of("Length(SHA512('headline'))"), "128");
  EXPECT_EQ(eval("Entry.objects.annotate(x=MD5('editor__name')).get(id=2).x"), "null");
}

TEST_F(a_call, may_be_a_lookup) {
  EXPECT_EQ(ids("GreaterThan(F('rating'), 3)"), "[1, 2]");
  EXPECT_EQ(ids("~GreaterThan(F('rating'), 3)"), "[3]");
  EXPECT_EQ(ids("LessThanOrEqual(Length('headline'), 19) | Exact(F('id'), 3)"), "[1, 3]");
  EXPECT_EQ(ids("IContains(F('headline'), 'LENNON')"), "[2]");
  EXPECT_EQ(ids("In(F('rating'), [3, 5])"), "[1, 3]");
  EXPECT_EQ(ids("Range(F('rating'), (F('id'), 4))"), "[2, 3]");
  EXPECT_EQ(ids("StartsWith(Lower('headline'), 'what')"), "[1, 3]");
  EXPECT_EQ(ids("Regex(F('headline'), '^N.*y$')"), "[2]");
  EXPECT_EQ(ids("IsNull(F('editor'), True)"), "[2, 3]");
  EXPECT_EQ(ids("IsNull(F('editor__name'), False)"), "[1]");
  EXPECT_EQ(value_of("GreaterThan(F('rating'), 4)"), "true");
  EXPECT_EQ(value_of("Case(When(IExact(F('headline'), 'WHAT WOULD JOHN DO?'), then=1), default=0)"), "1");
  EXPECT_EQ(eval("Entry.objects.filter(In(F('rating'), 3))"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.filter(IsNull(F('rating'), 3))"), R"({"$error": "ValueError"})");
}

TEST_F(a_call, keeps_what_a_number_is) {
  EXPECT_EQ(value_of("ExpressionWrapper(F('rating') / 2, output_field=FloatField())"), "2.0");
  EXPECT_EQ(
      value_of(
          "ExpressionWrapper(F('rating') / Value(2.0), output_field=DecimalField(max_digits=5, decimal_places=0))"),
      R"({"$decimal": "2.5"})")
      << "read as a decimal, not rounded to its places";
  EXPECT_EQ(eval("Entry.objects.annotate(x=ExpressionWrapper(F('rating') / Value(2.0), "
                 "output_field=DecimalField(max_digits=5, "
                 "decimal_places=0))).filter(x__gt=Decimal('2.4')).count()"),
            "1");
  EXPECT_EQ(eval("Entry.objects.aggregate(x=Avg('rating', output_field=DecimalField()))"),
            R"({"x": {"$decimal": "4"}})");
  EXPECT_EQ(value_of("Mod(Value(Decimal('5.5')), 2)"), R"({"$decimal": "1.5"})");
  EXPECT_EQ(value_of("Mod('rating', 3)"), "2.0");
  EXPECT_EQ(value_of("Sqrt(Value(Decimal('6.25')))"), R"({"$decimal": "2.5"})");
  EXPECT_EQ(value_of("Value(Decimal('1.5')) ** 2"), R"({"$decimal": "2.25"})");
}

TEST_F(a_call, has_a_plan_of_its_own_whatever_differs) {
  // Each pair twice, so that either comes to a cache that knows the other.
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(value_of("Func(Value('aB'), function='lower')"), R"("ab")");
    EXPECT_EQ(value_of("Func(Value('aB'), function='upper')"), R"("AB")");
    EXPECT_EQ(value_of("Func(F('rating'), function='abs')"), "5");
    EXPECT_EQ(value_of("Func(F('rating'), function='abs', output_field=FloatField())"), "5.0");
    EXPECT_EQ(ids("Exact(Collate('headline', 'nocase'), 'NEW LENNON BIOGRAPHY')"), "[2]");
    EXPECT_EQ(ids("Exact(Collate('headline', 'binary'), 'NEW LENNON BIOGRAPHY')"), "[]");
    EXPECT_EQ(eval("Entry.objects.aggregate(x=StringAgg('rating', Value(''), order_by='rating'))"), R"({"x": "345"})");
    EXPECT_EQ(eval("Entry.objects.aggregate(x=StringAgg('rating', Value(''), order_by='-rating'))"), R"({"x": "543"})");
    EXPECT_EQ(ids("IsNull(F('editor'), True)"), "[2, 3]");
    EXPECT_EQ(ids("IsNull(F('editor'), False)"), "[1]");
    EXPECT_EQ(ids("GreaterThan(F('rating'), 4)"), "[1]");
    EXPECT_EQ(ids("LessThan(F('rating'), 4)"), "[3]");
    EXPECT_EQ(value_of("ExpressionWrapper(F('rating'), output_field=FloatField())"), "5.0");
    EXPECT_EQ(value_of("ExpressionWrapper(F('rating'), output_field=DecimalField())"), R"({"$decimal": "5"})");
  }
}

TEST_F(a_call, takes_a_part_of_a_text) {
  EXPECT_EQ(value_of("F('headline')[:4]"), R"("What")");
  EXPECT_EQ(value_of("F('headline')[5:10]"), R"("would")");
  EXPECT_EQ(value_of("F('headline')[11:]"), R"("John do?")");
  EXPECT_EQ(value_of("F('headline')[0]"), R"("W")");
  EXPECT_EQ(eval("Entry.objects.annotate(x=F('headline')[-1])"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.annotate(x=F('headline')[::2])"), R"({"$error": "TypeError"})");
}

}  // namespace
}  // namespace quarry::text::tests
