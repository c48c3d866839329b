// JSON documents: keys, containment, null, and documents beside other values.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

class a_document : public evaluated {
 protected:
  a_document() {
    unwrap(text->run(R"(
e1 = Entry.objects.get(id=1)
e2 = Entry.objects.get(id=2)
e3 = Entry.objects.get(id=3)
Detail.objects.create(entry=e1, note={"owner": {"name": "Bob", "pets": ["rex", "tom"]}, "age": 7, "good": True, "tags": ["a", "b", {"c": 1}], "1": "one"})
Detail.objects.create(entry=e2, note={"owner": None, "age": 3.5, "good": False, "name": "New Lennon biography", "tags": []})
Detail.objects.create(entry=e3, note=None)
)"));
  }
  std::string found(const std::string& condition) {
    return eval("Detail.objects.filter(" + condition + ").order_by('id').values_list('id', flat=True)");
  }
};

TEST_F(a_document, holds_a_part) {
  EXPECT_EQ(found("note__contains={'age': 7}"), "[1]");
  EXPECT_EQ(found("note__contains={'owner': {'name': 'Bob'}}"), "[1]");
  EXPECT_EQ(found("note__contains={'owner': {'pets': ['tom']}}"), "[1]") << "elements in any order";
  EXPECT_EQ(found("note__contains={'tags': ['b', 'a']}"), "[1]");
  EXPECT_EQ(found("note__contains={'tags': [{'c': 1}]}"), "[1]");
  EXPECT_EQ(found("note__contains={'tags': []}"), "[1, 2]");
  EXPECT_EQ(found("note__contains={'owner': None}"), "[2]") << "None is null";
  EXPECT_EQ(found("note__contains={'owner': {'name': 'bob'}}"), "[]");
  EXPECT_EQ(found("note__contains={}"), "[1, 2]");
  EXPECT_EQ(found("note__tags__contains='a'"), "[1]") << "an array holds each of its elements";
  EXPECT_EQ(found("note__tags__contains=['a', {'c': 1}]"), "[1]");
  EXPECT_EQ(found("note__owner__contains={'name': 'Bob'}"), "[1]");
  EXPECT_EQ(found("~Q(note__contains={'age': 7})"), "[2, 3]") << "a row without a document does not hold it";
  EXPECT_EQ(found("note__contains=F('note')"), "[1, 2]");
  EXPECT_EQ(eval("Detail.objects.filter(note__contains=None)"), R"({"$error": "ValueError"})");
}

TEST_F(a_document, with_a_key_that_is_named_as_a_lookup_is_asked_by_contains) {
  EXPECT_EQ(eval("d = Detail.objects.get(id=3); d.note = {'contains': 'a', 'gt': [1]}; d.save();"
                 "Detail.objects.filter(note__contains={'contains': 'a'}).values_list('id', flat=True)"),
            "[3]");
  EXPECT_EQ(found("note__contains={'gt': [1]}"), "[3]");
  EXPECT_EQ(found("note__gt=1"), "[]") << "the lookup, not the key";
}

TEST_F(a_document, is_a_part_of_another) {
  EXPECT_EQ(found("note__owner__contained_by={'name': 'Bob', 'pets': ['tom', 'rex', 'pip'], 'x': 1}"), "[1]");
  EXPECT_EQ(found("note__tags__contained_by=['a', 'b', {'c': 1, 'd': 2}]"), "[1, 2]");
  EXPECT_EQ(found("note__age__contained_by=[7, 8]"), "[1]");
  EXPECT_EQ(eval("Entry.objects.filter(headline__contained_by={})"), R"({"$error": "FieldError"})");
}

TEST_F(a_document, is_asked_for_its_keys) {
  EXPECT_EQ(found("note__has_key='owner'"), "[1, 2]") << "null is a value";
  EXPECT_EQ(found("note__has_key=1"), "[1]") << "the name of a member, not a place";
  EXPECT_EQ(found("note__has_keys=['age', 1]"), "[1]");
  EXPECT_EQ(found("note__has_any_keys=['name', 1]"), "[1, 2]");
  EXPECT_EQ(found("note__owner__has_key='pets'"), "[1]");
  EXPECT_EQ(found("note__has_key=Value('name')"), "[2]");
  EXPECT_EQ(found("note__has_keys=['age', Value('name')]"), "[2]");
  EXPECT_EQ(eval("Detail.objects.filter(note__has_key=None)"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Detail.objects.filter(note__has_keys='age')"), R"({"$error": "TypeError"})");
}

TEST_F(a_document, has_places_from_the_end) {
  EXPECT_EQ(found("**{'note__owner__pets__-1': 'tom'}"), "[1]");
  EXPECT_EQ(found("**{'note__tags__-1__c': 1}"), "[1]");
  EXPECT_EQ(eval("Detail.objects.annotate(x=KT('note__owner__pets__-2')).get(id=1).x"), R"("rex")");
}

TEST_F(a_document, knows_null_from_nothing) {
  EXPECT_EQ(found("note=None"), "[]") << "None means the document null";
  EXPECT_EQ(found("note=Value(None, JSONField())"), "[]");
  EXPECT_EQ(found("note__isnull=True"), "[3]");
  EXPECT_EQ(found("note__owner=None"), "[2]");
  EXPECT_EQ(found("note__owner__iexact=None"), "[2]");
  EXPECT_EQ(found("note__owner=Value(None)"), "[2]");
  EXPECT_EQ(found("note__owner__isnull=True"), "[3]");
  EXPECT_EQ(found("note__name__isnull=True"), "[1, 3]");
  EXPECT_EQ(found("note__owner__in=[None, 'x']"), "[]");
  EXPECT_EQ(found("~Q(note__owner=None)"), "[1]") << "no document is neither null nor another value";
  EXPECT_EQ(found("~Q(note=None)"), "[1, 2]");
}

TEST_F(a_document, compares_as_a_value) {
  EXPECT_EQ(found("note__age__range=(3, 5)"), "[2]");
  EXPECT_EQ(found("note__age__range=(Value(1), F('id'))"), "[]");
  EXPECT_EQ(found("note__age__gt=F('id')"), "[1, 2]") << "a number of the row beside a number of the document";
  EXPECT_EQ(found("note__name=F('entry__headline')"), "[2]");
  EXPECT_EQ(found("entry__headline=F('note__name')"), "[2]");
  EXPECT_EQ(found("note__name__in=Entry.objects.values('headline')"), "[2]");
  EXPECT_EQ(found("note__age__in=Entry.objects.values('rating').filter(rating=5)"), "[]");
  EXPECT_EQ(found("Q(note__owner__pets=['rex', 'tom'])"), "[1]") << "a list in a Q is a document too";
  EXPECT_EQ(found("Q(note__tags=['a', 'b', {'c': 1}])"), "[1]");
  EXPECT_EQ(found("note__owner__pets__in=[['x'], ['rex', 'tom']]"), "[1]");
  EXPECT_EQ(found("note__good=True"), "[1]");
  EXPECT_EQ(found("note__icontains='LENNON'"), "[2]") << "the text of the whole document";
  EXPECT_EQ(found("note__name__regex='^New.*y$'"), "[2]");
  EXPECT_EQ(found("note__name__iendswith='BIOGRAPHY'"), "[2]");
  EXPECT_EQ(
      eval("Detail.objects.annotate(x=Cast('note__age', IntegerField())).order_by('id').values_list('x', flat=True)"),
      "[7, 3, null]");
}

TEST_F(a_document, may_be_made_of_values) {
  EXPECT_EQ(eval("Entry.objects.annotate(x=JSONObject(name='headline', n=Length('headline'), up=Value(True), "
                 "none=Value(None)))"
                 ".get(id=1).x"),
            R"({"$json": {"name": "What would John do?", "n": 19, "up": true, "none": null}})");
  EXPECT_EQ(eval("Detail.objects.annotate(x=JSONArray('id', 'note__owner', JSONObject(a='note__age'))).get(id=2).x"),
            R"({"$json": [2, null, {"a": 3.5}]})");
  EXPECT_EQ(eval("Entry.objects.annotate(x=JSONObject()).get(id=1).x"), R"({"$json": {}})");
  EXPECT_EQ(eval("Entry.objects.annotate(x=JSONObject(a=JSONArray(1, 'x')))"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Entry.objects.filter(id=1).annotate(x=JSONObject(a='rating')).filter(x__a=5).count()"), "1");
}

TEST_F(a_document, sorts_and_groups_by_its_keys) {
  EXPECT_EQ(eval("Detail.objects.order_by('-note__age').values_list('id', flat=True)"), "[1, 2, 3]");
  EXPECT_EQ(eval("Detail.objects.values('note__good').annotate(n=Count('id')).order_by('note__good').values_list('n', "
                 "flat=True)"),
            "[1, 1, 1]");
  EXPECT_EQ(eval("Detail.objects.aggregate(a=Min('note__age'), b=Max('note__age'), c=Max('note__nothing'))"),
            R"({"a": {"$json": 3.5}, "b": {"$json": 7}, "c": null})");
  EXPECT_EQ(eval("Detail.objects.aggregate(n=Count('note__owner'), m=Max(KT('note__owner__name')))"),
            R"({"n": 2, "m": "Bob"})");
}

}  // namespace
}  // namespace quarry::text::tests
