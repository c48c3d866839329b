// Frames of windows that leave rows out, and years and days of lists and ranges: the same rows on every database, or the same refusal.
#include <string>

#include <gtest/gtest.h>

#include "servers/every/text_database.hpp"
#include "servers/server.hpp"

namespace quarry::test {
namespace {

constexpr std::string_view models = R"(
class Sale(models.Model):
    day = models.DateField()
    at = models.DateTimeField(null=True)
    amount = models.IntegerField()
)";

class sales : public testing::Test {
 protected:
  sales() {
    server_connection().run("DROP TABLE IF EXISTS till_sale");
    db.create_tables();
    db.eval(
        "Sale.objects.create(day=date(2006, 12, 31), at=datetime(2006, 12, 31, 23, 59, 59, 999999), amount=1);"
        "Sale.objects.create(day=date(2007, 1, 1), at=datetime(2007, 1, 1), amount=2);"
        "Sale.objects.create(day=date(2008, 12, 29), at=None, amount=2);"
        "Sale.objects.create(day=date(2009, 1, 1), at=datetime(2009, 1, 1, 12), amount=4)");
  }
  std::string over(const std::string& window) {
    return db.eval("Sale.objects.annotate(x=Window(" + window + ")).order_by('id').values_list('x', flat=True)");
  }
  std::string ids(const std::string& condition) {
    return db.eval("Sale.objects.filter(" + condition + ").order_by('id').values_list('id', flat=True)");
  }
  text_database db{models, "till"};
};

TEST_F(sales, are_added_up_without_some_where_the_database_can) {
  const std::string rows = "Sum('amount'), order_by='id', frame=RowRange(-1, 1, WindowFrameExclusion.";
  const std::string values = "Count('*'), order_by='amount', frame=ValueRange(None, None, WindowFrameExclusion.";
  EXPECT_EQ(over(values + "NO_OTHERS)"), "[4, 4, 4, 4]");
  if (scheme() == "mariadb") {
    for (const char* rest : {"CURRENT_ROW)", "GROUP)", "TIES)"})
      EXPECT_EQ(over(values + rest), R"({"$error": "NotSupportedError"})");
    return;
  }
  EXPECT_EQ(over(rows + "CURRENT_ROW)"), "[2, 3, 6, 2]");
  EXPECT_EQ(over(values + "GROUP)"), "[3, 2, 2, 3]");
  EXPECT_EQ(over(values + "TIES)"), "[4, 3, 3, 4]");
}

TEST_F(sales, are_found_by_several_years_and_days) {
  EXPECT_EQ(ids("day__year__in=[2006, 2009, None]"), "[1, 4]");
  EXPECT_EQ(ids("day__year__range=(2007, 2008)"), "[2, 3]");
  EXPECT_EQ(ids("day__iso_year__in=[2009]"), "[3, 4]") << "the Monday of the first week";
  EXPECT_EQ(ids("at__date__in=[date(2006, 12, 31), date(2009, 1, 1), date(2009, 1, 1)]"), "[1, 4]");
  EXPECT_EQ(ids("at__date__range=(date(2006, 12, 31), date(2007, 1, 1))"), "[1, 2]");
  EXPECT_EQ(db.statements().find("EXTRACT"), std::string::npos) << "each is a range of its column";
  EXPECT_EQ(ids("~Q(at__year__in=[2006, 2007])"), "[3, 4]");
  EXPECT_EQ(ids("day__year__in=[2006, 99999]"), "[1]");
}

}  // namespace
}  // namespace quarry::test
