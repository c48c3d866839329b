// What queries compute: in portable semantics the same on every database, in native semantics what Django gives on that one.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "servers/every/text_database.hpp"
#include "servers/server.hpp"

namespace quarry::test {
namespace {

constexpr const char* models = R"(
class Shelf(models.Model):
    name = models.CharField(max_length=20)
class Book(models.Model):
    shelf = models.ForeignKey(Shelf, null=True, on_delete=models.CASCADE)
    title = models.CharField(max_length=20)
    pages = models.IntegerField()
    price = models.DecimalField(max_digits=6, decimal_places=2)
    score = models.FloatField(null=True)
    lent = models.BooleanField(default=False)
    bought = models.DateTimeField()
    opens = models.TimeField(null=True)
    mark = models.UUIDField()
)";

class values : public testing::Test {
 protected:
  explicit values(semantics how = semantics::portable) : db_(models, "shop_of_books", {.semantics = how}) {
    server_connection raw;
    for (const char* table : {"shop_of_books_book", "shop_of_books_shelf"})
      raw.run("DROP TABLE IF EXISTS " + std::string(table));
    db_.create_tables();
    db_.eval(
        "Shelf.objects.create(id=1, name='full'); Shelf.objects.create(id=2, name='empty')\n"
        "u = UUID('a1010101-0000-4000-8000-000000000001')\n"
        "Book.objects.create(id=1, shelf_id=1, title='12 days', pages=10, price=Decimal('1.00'), score=4.0, lent=True,"
        " bought=datetime.datetime(2020, 1, 2, 3, 4, 5), opens=time(9, 30), mark=u)\n"
        "Book.objects.create(id=2, shelf_id=1, title='-3 degrees', pages=7, price=Decimal('1.00'), score=-1.0,"
        " bought=datetime.datetime(2020, 1, 2), mark=u)\n"
        "Book.objects.create(id=3, title='Days', pages=1, price=Decimal('2.00'),"
        " bought=datetime.datetime(2020, 1, 2, 3, 4, 5, 670000), mark=u)");
  }
  /// The expression for each book, in the order of their keys.
  std::string of_books(const std::string& expression) {
    return db_.eval("Book.objects.annotate(x=" + expression + ").order_by('id').values_list('x', flat=True)");
  }
  text_database db_;
};

class native_values : public values {
 protected:
  native_values() : values(semantics::native) {}
};

TEST_F(values, are_written_alike_as_texts) {
  EXPECT_EQ(of_books("Cast('score', CharField())"), R"(["4.0", "-1.0", null])");
  EXPECT_EQ(of_books("Cast('lent', CharField())"), R"(["1", "0", "0"])");
  EXPECT_EQ(of_books("Cast('bought', CharField())").substr(0, 46), R"(["2020-01-02 03:04:05", "2020-01-02 00:00:00",)");
  EXPECT_EQ(of_books("Cast('opens', CharField())"), R"(["09:30:00", null, null])");
  EXPECT_EQ(of_books("Cast('mark', CharField())").substr(0, 35), R"(["a1010101000040008000000000000001")");
  EXPECT_EQ(db_.eval("Book.objects.filter(lent__contains='1').count()"), "1");
}

TEST_F(values, of_texts_are_the_integers_that_these_begin_with) {
  EXPECT_EQ(of_books("Cast('title', IntegerField())"), "[12, -3, 0]");
  EXPECT_EQ(of_books("Cast(NullIf('title', Value('Days')), IntegerField())"), "[12, -3, null]");
}

TEST_F(values, have_the_places_that_a_cast_names) {
  EXPECT_EQ(of_books("Cast(Value('12.567'), DecimalField(max_digits=6, decimal_places=2))").substr(0, 25),
            R"([{"$decimal": "12.57"}, {)");
}

TEST_F(values, that_do_not_exist_are_null) {
  EXPECT_EQ(of_books("Sqrt('score')"), "[2.0, null, null]");
  EXPECT_EQ(of_books("Sign(Ln('score'))"), "[1.0, null, null]");
  EXPECT_EQ(of_books("ACos('score')").find("null"), 1U);
  EXPECT_EQ(of_books("Log(Value(1), 'pages')"), "[null, null, null]");
}

TEST_F(values, of_decimals_are_divided_into_more_places_than_anyone_reads) {
  const std::string thirds = of_books("F('price') / 3");
  EXPECT_EQ(thirds.find(R"([{"$decimal": "0.3333333333)"), 0U) << thirds;
  const std::string sum = db_.eval("Book.objects.aggregate(x=Sum(F('price') / 3))");
  EXPECT_EQ(sum.find(R"({"x": {"$decimal": "1.333333333)"), 0U) << sum;
  const std::string mean = db_.eval("Book.objects.aggregate(x=Avg('price'))");
  EXPECT_EQ(mean.find(R"({"x": {"$decimal": "1.3333333333)"), 0U) << mean;
}

TEST_F(values, in_a_frame_are_counted_from_the_row) {
  EXPECT_EQ(of_books("Window(Sum('pages'), order_by='id', frame=RowRange(start=-1, end=0))"), "[10, 17, 8]");
  EXPECT_EQ(of_books("Window(Sum('pages'), order_by='id', frame=RowRange(start=1, end=2))"), "[8, 1, null]");
  EXPECT_EQ(of_books("Window(Count('id'), order_by='id', frame=RowRange(start=-2**62, end=2**62))"), "[3, 3, 3]");
}

TEST_F(values, of_bits_keep_their_sign) {
  EXPECT_EQ(of_books("(F('pages') - 8).bitrightshift(1)"), "[1, -1, -4]");
  EXPECT_EQ(of_books("(F('pages') - 8).bitleftshift(2)"), "[8, -4, -28]");
}

// Some databases take a name in ORDER BY for that of a value that is made of the column.
TEST_F(values, sort_by_the_column_that_another_value_is_made_of) {
  db_.eval("Shelf.objects.create(id=10, name='b'); Shelf.objects.create(id=3, name='B')");
  EXPECT_EQ(db_.eval("Shelf.objects.annotate(x=Cast('id', CharField())).order_by('id').values_list('x', flat=True)"),
            R"(["1", "2", "3", "10"])");
  EXPECT_EQ(db_.eval("Shelf.objects.annotate(x=Case(When(id=1, then=Value('z')), default=F('name')))"
                     ".order_by('-name').values_list('x', flat=True)"),
            R"(["z", "empty", "b", "B"])");
}

TEST_F(values, that_a_subquery_gives_are_sorted_and_distinct) {
  EXPECT_EQ(
      db_.eval("Shelf.objects.annotate(e=Exists(Book.objects.filter(shelf=OuterRef('pk')))).values('e').distinct()"
               ".order_by('e')"),
      R"([{"e": false}, {"e": true}])");
}

TEST_F(values, that_a_subquery_gives_group) {
  const std::string has_books = "Shelf.objects.annotate(e=Exists(Book.objects.filter(shelf=OuterRef('pk'))))";
  EXPECT_EQ(db_.eval(has_books + ".values('e').annotate(n=Count('id')).order_by('e')"),
            R"([{"e": false, "n": 1}, {"e": true, "n": 1}])");
  EXPECT_EQ(db_.eval("Shelf.objects.annotate(t=Subquery(Book.objects.filter(shelf=OuterRef('pk')).order_by('id')"
                     ".values('title')[:1])).values('t').annotate(n=Count('id')).filter(n__gt=0).order_by('t')"),
            R"([{"t": null, "n": 1}, {"t": "12 days", "n": 1}])");
}

TEST_F(values, of_keys_add_up_to_integers) {
  EXPECT_EQ(db_.eval("Book.objects.aggregate(x=Sum('id'), y=Sum('shelf'))"), R"({"x": 6, "y": 2})");
  EXPECT_EQ(of_books("F('id') / 2"), "[0, 1, 1]");
}

// Django makes integers of what a database computes of integers, but not of keys.
TEST_F(native_values, of_keys_are_what_the_database_makes_of_them) {
  const ir::facts& known = db_.core()->facts();
  const bool decimals = known.has(ir::fact::decimal_sums);
  EXPECT_EQ(db_.eval("Book.objects.aggregate(x=Sum('id'), y=Sum('shelf'), z=Sum('pages'))"),
            decimals ? R"({"x": {"$decimal": "6"}, "y": {"$decimal": "2"}, "z": 18})" : R"({"x": 6, "y": 2, "z": 18})");
  const bool exact =
      static_cast<ir::integer_division>(known[ir::fact::integer_division]) == ir::integer_division::exact;
  const std::string half = of_books("F('id') / 2");
  EXPECT_EQ(half.substr(0, 21), exact ? R"([{"$decimal": "0.5000)" : "[0, 1, 1]");
  EXPECT_EQ(of_books("ExpressionWrapper(F('pages') / 4, output_field=FloatField())"),
            exact ? "[2.5, 1.75, 0.25]" : "[2.0, 1.0, 0.0]");
}

TEST_F(native_values, are_written_as_texts_by_the_database) {
  EXPECT_EQ(of_books("Cast('lent', CharField())"),
            scheme() == "postgresql" ? R"(["true", "false", "false"])" : R"(["1", "0", "0"])");
  EXPECT_EQ(of_books("Cast('opens', CharField())"),
            scheme() == "mariadb" ? R"(["09:30:00.000000", null, null])" : R"(["09:30:00", null, null])");
}

}  // namespace
}  // namespace quarry::test
