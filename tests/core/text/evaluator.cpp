// Statements over real rows: what Django would answer.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

using an_evaluator = evaluated;

TEST_F(an_evaluator, filters_orders_and_slices) {
  EXPECT_EQ(eval(R"(Entry.objects.filter(rating__gte=4).order_by("-pub_date").values_list("id", flat=True))"),
            "[2, 1]");
  EXPECT_EQ(eval(R"(Entry.objects.exclude(blog__name="Beatles Blog").values("id", "blog__name"))"),
            R"([{"id": 3, "blog__name": "Cheddar Talk"}])");
  EXPECT_EQ(eval(R"(Entry.objects.order_by("id")[1:].values_list("id", "rating"))"), "[[2, 4], [3, 3]]");
  EXPECT_EQ(eval(R"(Entry.objects.filter(Q(rating=5) | Q(rating=3), ~Q(pk=1)).values_list("pk", flat=True))"), "[3]");
  EXPECT_EQ(eval(R"(Entry.objects.filter(rating__gt=F("id") + 1).order_by("id").values_list("id", flat=True))"),
            "[1, 2]");
  EXPECT_EQ(eval(R"(Entry.objects.filter(pub_date__year=2008, headline__contains="Lennon").count())"), "1");
  EXPECT_EQ(eval(R"(Entry.objects.filter(id__in=[1, 3]).exists(), Entry.objects.none().exists())"), "[true, false]");
  EXPECT_EQ(eval("Entry.objects.filter(editor=None).reverse().order_by('id').first().id"), "2");
  EXPECT_EQ(eval("Entry.objects.latest('pub_date').id, Entry.objects.earliest('-rating').id"), "[3, 1]");
  EXPECT_EQ(eval("await Entry.objects.aget(pk=2) == run_sync(Entry.objects.get(pk=2))"), "true");
}

TEST_F(an_evaluator, prints_rows_as_canonical_json) {
  EXPECT_EQ(eval("Entry.objects.get(pk=1)"),
            R"({"$model": "Entry", "id": 1, "blog_id": 1, "editor_id": 1, "headline": "What would John do?", )"
            R"("pub_date": {"$date": "2008-06-01"}, "seen": null, "rating": 5})");
}

TEST_F(an_evaluator, keeps_the_rows_of_a_query_set_with_its_name) {
  EXPECT_EQ(eval("q = Entry.objects.order_by('id')\nlen(q), q.count(), q.exists(), q[1].id, len(q[1:]), bool(q), "
                 "list(q)[0].id"),
            "[3, 3, true, 2, 2, true, 1]");
  EXPECT_EQ(session->queries, 1);
  EXPECT_EQ(eval("q.filter(rating=5).count()"), "1");
  EXPECT_EQ(session->queries, 2);
}

TEST_F(an_evaluator, indexes_and_slices_as_django_does) {
  EXPECT_EQ(eval("Entry.objects.order_by('id')[2].id"), "3");
  EXPECT_EQ(eval("Entry.objects.order_by('id')[0:3:2][1].id"), "3");
  EXPECT_EQ(eval("Entry.objects.all()[3]"), R"({"$error": "IndexError"})");
  EXPECT_EQ(eval("Entry.objects.all()[-1]"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.all()[:-1]"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.all()[:2].filter(pk=1)"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.order_by('id')[1:3][1:][0].id"), "3");
  EXPECT_EQ(eval("[1, 2, 3][-1], [1, 2, 3][::-1], (1, 2, 3)[5:1], [1, 2, 3][-2:]"), "[3, [3, 2, 1], [], [2, 3]]");
}

TEST_F(an_evaluator, saves_new_rows_and_changed_ones) {
  EXPECT_EQ(eval("b = Blog(name='N', tagline='t')\nb.id"), "null");
  EXPECT_EQ(eval("b.save()"), "null");
  EXPECT_EQ(eval("b.id, b.pk, b._state.adding"), "[3, 3, false]");
  EXPECT_EQ(eval("b.name = 'M'\nb.save()\nBlog.objects.get(pk=3).name"), R"("M")");
  EXPECT_EQ(eval("b.pk = None\nb._state.adding = True\nb.save()\nb.id, Blog.objects.count()"), "[4, 4]");
  EXPECT_EQ(eval("e = Entry(headline='x', pub_date='2010-02-03', blog=b)\ne.save()\ne.refresh_from_db()\ne.pub_date, "
                 "e.rating, e.blog_id"),
            R"([{"$date": "2010-02-03"}, 5, 4])");
  EXPECT_EQ(eval("Country.objects.create(code='DE', name='Germany')\nCountry(code='DE', name='Deutschland').save()\n"
                 "Country.objects.values_list('code', 'name')"),
            R"([["DE", "Deutschland"]])");
  EXPECT_EQ(eval("Country.objects.create(code='DE', name='Again')"), R"({"$error": "IntegrityError"})");
}

TEST_F(an_evaluator, follows_relations_when_asked) {
  EXPECT_EQ(eval("e = Entry.objects.get(pk=1)\ne.blog.name"), R"("Beatles Blog")");
  EXPECT_EQ(eval("e.blog.tagline"), R"("news")");
  EXPECT_EQ(session->queries, 2) << "the related object is fetched once";
  EXPECT_EQ(eval("e.editor == ann, Entry.objects.get(pk=2).editor"), "[true, null]");
  EXPECT_EQ(eval("e.blog = b2\ne.blog_id, e.blog.name"), R"([2, "Cheddar Talk"])");
  EXPECT_EQ(eval("e.blog_id = 1\ne.blog.name"), R"("Beatles Blog")");
  EXPECT_EQ(eval("e.editor = None\ne.save()\nEntry.objects.filter(editor=None).count()"), "3");
  EXPECT_EQ(eval("b1.entry_set.order_by('-id').values_list('id', flat=True)"), "[2, 1]");
  EXPECT_EQ(eval("b2.entry_set.create(headline='y', pub_date=date(2011, 1, 1)).blog_id"), "2");
  EXPECT_EQ(eval("d = Detail.objects.create(entry=e)\ne.detail == d, d.entry == e"), "[true, true]");
  EXPECT_EQ(eval("Entry.objects.get(pk=2).detail"), R"({"$error": "Detail.DoesNotExist"})");
  EXPECT_EQ(eval("Entry(headline='z').blog"), R"({"$error": "Blog.DoesNotExist"})");
}

TEST_F(an_evaluator, lets_objects_refer_to_each_other) {
  EXPECT_EQ(
      eval("e = Entry.objects.get(pk=1)\ne.detail = Detail(price=1)\ne.detail.save()\ne.detail.entry.detail.entry_id"),
      "1");
}

TEST_F(an_evaluator, takes_objects_as_values) {
  EXPECT_EQ(eval("Entry.objects.filter(blog=b2).count(), Entry.objects.filter(blog__in=[b1, b2]).count()"), "[1, 3]");
  EXPECT_EQ(eval("Entry.objects.filter(Q(blog=b1) & Q(editor=ann)).get().id"), "1");
  EXPECT_EQ(eval("de = Country.objects.create(code='DE', name='Germany')\nCity.objects.create(country=de).country_id"),
            R"("Germany")");
  EXPECT_EQ(eval("City.objects.filter(country=de).count(), City.objects.get().country == de"), "[1, true]");
  EXPECT_EQ(eval("City.objects.filter(Q(country=de))"), R"({"$error": "NotSupportedError"})")
      << "a Q knows the primary key only";
  EXPECT_EQ(eval("Entry.objects.filter(blog=ann)"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.filter(rating=ann)"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.filter(blog=Blog(name='new'))"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry(blog=ann)"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry(blog=Blog(name='new'), pub_date=date(2020, 1, 1)).save()"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("e = Entry.objects.get(pk=1)\nEntry.objects.contains(e), Entry.objects.filter(rating=1).contains(e)"),
            "[true, false]");
}

TEST_F(an_evaluator, gives_defaults_to_new_objects) {
  EXPECT_EQ(eval("Entry()"),
            R"({"$model": "Entry", "id": null, "blog_id": null, "editor_id": null, "headline": "", )"
            R"("pub_date": null, "seen": null, "rating": 5})");
  EXPECT_EQ(eval("a = City()\nb = City()\na.id == b.id"), "false");
  EXPECT_EQ(eval("a.save()\na.changed == None, City.objects.filter(pk=a.pk).count()"), "[false, 1]");
}

TEST_F(an_evaluator, stores_json_decimals_and_durations) {
  EXPECT_EQ(eval("e = Entry.objects.get(pk=1)\n"
                 "d = Detail.objects.create(entry=e, note={'a': [1, 2.5, None, 'ü']}, price=Decimal('12.50'), "
                 "length=timedelta(hours=1, seconds=0.5))\n"
                 "d.refresh_from_db()\nd"),
            R"({"$model": "Detail", "id": 1, "entry_id": 1, "note": {"$json": {"a": [1, 2.5, null, "ü"]}}, )"
            R"("price": {"$decimal": "12.50"}, "length": {"$duration": 3600.5}})");
  EXPECT_EQ(eval("d.note == {'a': [1, 2.5, None, 'ü']}, d.note['a'][3]"), R"([true, "ü"])");
}

TEST_F(an_evaluator, computes_with_values) {
  EXPECT_EQ(eval("1 + 2 * 3, 7 // 2, -7 // 2, -7 % 3, 7 / 2, 2 ** 10, 6 & 3, 6 | 1, 6 ^ 3, ~5"),
            "[7, 3, -4, 2, 3.5, 1024, 2, 7, 5, -6]");
  EXPECT_EQ(eval("-9223372036854775808, 'a' + 'b', [1] + [2], 1 == 1.0, True == 1, 'a' < 'b', (1, 2) < (1, 3)"),
            R"([-9223372036854775808, "ab", [1, 2], true, true, true, true])");
  EXPECT_EQ(eval("date(2020, 3, 1) - timedelta(days=1), date(2020, 3, 1) - date(2020, 2, 1), datetime(2020, 1, 1) + "
                 "timedelta(hours=25)"),
            R"([{"$date": "2020-02-29"}, {"$duration": 2505600}, {"$datetime": "2020-01-02T01:00:00"}])");
  EXPECT_EQ(eval("datetime.date(2020, 1, 2).year, datetime.datetime(2020, 1, 2, 3, 4, 5, 6).microsecond, "
                 "date.fromisoformat('2021-02-03').month"),
            "[2020, 6, 2]");
  EXPECT_EQ(eval("len('äö'), sorted([3, 1, 2]), sorted(['b', 'a'], reverse=True), {1, 1, 2}, {'k': (1, None)}, "
                 "list({'x': 1})"),
            R"([2, [1, 2, 3], ["b", "a"], [1, 2], {"k": [1, null]}, ["x"]])");
  EXPECT_EQ(eval("a, b = 1, [2]\nb[0] + a"), "3");
  EXPECT_EQ(
      eval(
          "UUID('A1010101-0000-4000-8000-000000000001'), b'\\x00ab', time(1, 2, 3), Decimal('1.50') == Decimal('1.5')"),
      R"([{"$uuid": "a1010101-0000-4000-8000-000000000001"}, {"$bytes": "AGFi"}, {"$time": "01:02:03"}, true])");
}

TEST_F(an_evaluator, refuses_numbers_beyond_64_bits) {
  EXPECT_EQ(eval("9223372036854775808"), R"({"$error": "OverflowError"})");
  EXPECT_EQ(eval("9223372036854775807 + 1"), R"({"$error": "OverflowError"})");
  EXPECT_EQ(eval("-9223372036854775808 // -1"), R"({"$error": "OverflowError"})");
  EXPECT_EQ(eval("10 ** 19"), R"({"$error": "OverflowError"})");
  EXPECT_EQ(eval("timedelta(days=10 ** 18)"), R"({"$error": "OverflowError"})");
  EXPECT_EQ(eval("date(9999, 12, 31) + timedelta(days=1)"), R"({"$error": "OverflowError"})");
  EXPECT_EQ(eval("1 % 0"), R"({"$error": "ValueError"})");
}

TEST_F(an_evaluator, names_errors_as_django_does) {
  EXPECT_EQ(eval("Entry.objects.get(pk=99)"), R"({"$error": "Entry.DoesNotExist"})");
  EXPECT_EQ(eval("Entry.objects.get()"), R"({"$error": "Entry.MultipleObjectsReturned"})");
  EXPECT_EQ(eval("Entry.objects.filter(nope=1)"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Entry.objects.filter(rating='x')"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.filter(pub_date='x')"), R"({"$error": "ValidationError"})");
  EXPECT_EQ(eval("Entry.objects.filter(5)"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.delete()"), R"({"$error": "AttributeError"})");
  EXPECT_EQ(eval("Entry.objects.get(pk=1).objects"), R"({"$error": "AttributeError"})");
  EXPECT_EQ(eval("Entry(nope=1)"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("nope"), R"({"$error": "NameError"})");
  EXPECT_EQ(eval("Entry.objects.filter("), R"({"$error": "SyntaxError"})");
  EXPECT_EQ(eval("Entry.objects.values_list('id', 'rating', flat=True)"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects"), R"({"$error": "TypeError"})") << "a manager is no result";
}

TEST_F(an_evaluator, says_plainly_what_comes_later) {
  for (const char* source : {"Entry.objects.get(pk=1).delete()", "Entry.objects.get(pk=1).authors.add(ann)",
                             "Entry.objects.filter(pk=1).update(rating=1)", "RawSQL('1')",
                             "Detail.objects.filter(length__gt=F('length') + 1)"})
    EXPECT_EQ(eval(source), R"({"$error": "NotSupportedError"})") << source;
}

TEST_F(an_evaluator, takes_no_sql_that_nobody_vouches_for) {
  for (const char* source : {"Entry.objects.raw('SELECT 1')", "Entry.objects.extra(where=['1 = 1'])"})
    EXPECT_EQ(eval(source), R"({"$error": "SuspiciousOperation"})") << source;
}

TEST_F(an_evaluator, survives_long_and_deep_statements) {
  std::string chained = "Entry.objects";
  for (int i = 0; i < 400; ++i) chained += ".all()";
  EXPECT_EQ(eval(chained + ".count()"), "3");
  std::string added = "1";
  for (int i = 0; i < 900; ++i) added += " + 1";
  EXPECT_EQ(eval(added), "901");
  std::string wide = "Q(rating=0)";
  for (int i = 1; i < 500; ++i) wide += " | Q(rating=" + std::to_string(i) + ")";
  EXPECT_EQ(eval("Entry.objects.filter(" + wide + ").count()"), "3");
  EXPECT_EQ(eval(std::string(180, '[') + std::string(180, ']')), std::string(180, '[') + std::string(180, ']'));
  EXPECT_EQ(eval(std::string(500, '(') + "1" + std::string(500, ')')), R"({"$error": "SyntaxError"})");
  EXPECT_EQ(eval("q = Q(rating=5)\n" + std::string("q = ~q\n") + "Entry.objects.filter(q).count()"), "2");
}

}  // namespace
}  // namespace quarry::text::tests
