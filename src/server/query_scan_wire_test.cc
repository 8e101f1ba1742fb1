// Query and Scan on the wire: key conditions, Select, starting keys, pages, segments, the order of keys of every type.
#include <set>
#include <string>
#include <utility>

#include "base/base64.h"
#include "json/node.h"
#include "model/limits.h"
#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

constexpr std::string_view kInvalidStart = "The provided starting key is invalid";

// A Query or Scan answer, taken apart.
struct PageOfItems {
  std::vector<std::string> keys;  // of each item, the text of "sk" or, if it has none, of "pk"
  int64_t count = -1;
  int64_t scanned_count = -1;
  std::string last_evaluated_key;  // JSON; empty: none
};

class QueryScanTest : public WireTest {
 protected:
  void Put(const std::string& table, const std::string& partition, const std::string& sort,
           std::string_view rest = "") {
    const std::string sort_key = sort.empty() ? "" : ",'sk':" + sort;
    ASSERT_EQ(
        Send("PutItem", "{'TableName':'" + table + "','Item':{'pk':" + partition + sort_key + std::string(rest) + "}}"),
        "{}");
  }

  PageOfItems Read(const std::string& operation, const std::string& request) {
    const std::string body = Send(operation, request);
    PageOfItems page;
    Arena arena;
    const Result<json::Node> node = json::Parse(body, arena);
    EXPECT_TRUE(node.ok() && node->Find("Count") != nullptr) << body;
    if (!node.ok() || node->Find("Count") == nullptr) {
      return page;
    }
    page.count = node->Find("Count")->integer;
    page.scanned_count = node->Find("ScannedCount")->integer;
    if (const json::Node* items = node->Find("Items")) {
      for (const json::Node& item : items->elements) {
        const json::Node* key = item.Find("sk") == nullptr ? item.Find("pk") : item.Find("sk");
        page.keys.emplace_back(key->members.front().value.string);
      }
    }
    const size_t at = body.find(R"("LastEvaluatedKey":)");
    if (at != std::string::npos) {
      const size_t begin = at + std::string_view(R"("LastEvaluatedKey":)").size();
      page.last_evaluated_key = body.substr(begin, body.find("}}", begin) + 2 - begin);
    }
    return page;
  }

  // The sort keys a condition on "sk" selects in partition a, first to last.
  std::vector<std::string> Select(const std::string& table, const std::string& condition, const std::string& values,
                                  bool forward = true) {
    return Read("Query", "{'TableName':'" + table + "','KeyConditionExpression':'pk = :p" +
                             (condition.empty() ? "" : " AND " + condition) + "','ScanIndexForward':" +
                             (forward ? "true" : "false") + ",'ExpressionAttributeValues':{':p':{'S':'a'}" +
                             (values.empty() ? "" : "," + values) + "}}")
        .keys;
  }

  // All pages, one after another.
  std::vector<std::string> ReadAll(const std::string& operation, const std::string& members, size_t* pages = nullptr) {
    std::vector<std::string> keys;
    std::string start;
    for (size_t i = 0; i < 1000; ++i) {
      const PageOfItems page = Read(operation, "{" + members + start + "}");
      keys.insert(keys.end(), page.keys.begin(), page.keys.end());
      if (pages != nullptr) {
        *pages = i + 1;
      }
      if (page.last_evaluated_key.empty()) {
        return keys;
      }
      start = ",'ExclusiveStartKey':" + page.last_evaluated_key;
    }
    ADD_FAILURE() << "pages without end";
    return keys;
  }
};

TEST_F(QueryScanTest, KeyConditionsAreChecked) {
  CreateTable("Pair", "S", "N");
  CreateTable("Single", "S");
  const auto query = [](std::string_view condition, std::string_view table = "Pair") {
    return fmt::format(
        "{{'TableName':'{}','KeyConditionExpression':'{}','ExpressionAttributeValues':{{':s':{{'S':'a'}},"
        "':t':{{'S':'b'}},':n':{{'N':'1'}},':m':{{'N':'2'}},':e':{{'S':''}}}}}}",
        table, condition);
  };
  // Every value is used by the last, impossible part of the condition, unless an error comes first.
  const auto only = [](std::string_view condition, std::string_view values, std::string_view table = "Pair") {
    return fmt::format("{{'TableName':'{}','KeyConditionExpression':'{}','ExpressionAttributeValues':{{{}}}}}", table,
                       condition, values);
  };
  const std::string s = "':s':{'S':'a'}";
  const std::string n = "':n':{'N':'1'}";
  const std::string sn = s + "," + n;
  const std::string empty = Quoted("{'Items':[],'Count':0,'ScannedCount':0}");
  const std::string use = "Invalid operator used in KeyConditionExpression: ";
  const std::string bad = "Invalid condition in KeyConditionExpression: ";
  const std::string value_text =
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ";
  Check({
      {"Query", "{'TableName':'Pair'}",
       Invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")},
      {"Query", query("pk = :s OR sk = :n"), Invalid(use + "OR")},
      {"Query", query("pk = :s AND NOT sk = :n"), Invalid(use + "NOT")},
      {"Query", query("pk IN (:s)"), Invalid(use + "IN")},
      {"Query", query("pk <> :s"), Invalid(use + "<>")},
      {"Query", query("pk = :s AND attribute_exists(sk)"), Invalid(use + "attribute_exists")},
      {"Query", query("attribute_not_exists(sk)"), Invalid(use + "attribute_not_exists")},
      {"Query", query("attribute_type(sk, :s)"),
       Invalid("Invalid KeyConditionExpression: Invalid attribute type name found; type: a, valid types: "
               "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}")},
      {"Query", query("contains(pk, :s)"), Invalid(use + "contains")},
      {"Query", query("size(pk) = :n"), Invalid("KeyConditionExpressions cannot contain nested operations")},
      {"Query", query("pk.a = :s"), Invalid("KeyConditionExpressions cannot have conditions on nested attributes")},
      {"Query", query("pk[0] = :s"), Invalid("KeyConditionExpressions cannot have conditions on nested attributes")},
      {"Query", query("pk = sk"), Invalid(bad + "Multiple attribute names used in one condition")},
      {"Query", query(":s = :t"), Invalid(bad + "No key attribute specified")},
      {"Query", query(":n BETWEEN sk AND :m"),
       Invalid(bad + "BETWEEN operator must have the key attribute as its first operand")},
      {"Query", query("begins_with(:s, pk)"),
       Invalid(bad + "begins_with operator must have the key attribute as its first operand")},
      {"Query", query("pk = :s AND pk = :t"),
       Invalid("KeyConditionExpressions must only contain one condition per key")},
      {"Query", query("pk = :s AND sk = :n AND x = :m"), Invalid("Conditions can be of length 1 or 2 only")},
      {"Query", query("begins_with(sk, :n)"),
       Invalid("Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: "
               "begins_with, operand type: N")},
      {"Query", query("pk = :s"),
       Invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {:e, :m, :n, :t}")},
      {"Query", only("sk = :n", n), Invalid("Query condition missed key schema element: pk")},
      {"Query", only("x = :s", s), Invalid("Query condition missed key schema element: pk")},
      {"Query", only("pk = :s AND x = :n", sn), Invalid("Query condition missed key schema element: sk")},
      {"Query", only("pk > :s", s), Invalid("Query key condition not supported")},
      {"Query", only("pk > :s AND sk = :n", sn), Invalid("Query key condition not supported")},
      {"Query", only("pk = :s AND sk = :n", sn, "Single"), Invalid("Query key condition not supported")},
      {"Query", only("pk = :n", n), InvalidParameter("Condition parameter type does not match schema type")},
      {"Query", only("pk = :s AND sk = :s", s),
       InvalidParameter("Condition parameter type does not match schema type")},
      {"Query", only("pk = :e", "':e':{'S':''}"), Invalid(value_text + "string value. Key: pk")},
      {"Query", only("pk = :s", s), empty},
      {"Query", only("(:s = pk) and (:n < sk)", sn), empty},
      {"Query", only("pk = :s AND sk BETWEEN :n AND :n", sn), empty},
      {"Query",
       "{'TableName':'Pair','IndexName':'nope','KeyConditionExpression':'pk = :s',"
       "'ExpressionAttributeValues':{':s':{'S':'a'}}}",
       Invalid("The table does not have the specified index: nope")},
      {"Scan", "{'TableName':'Pair','IndexName':'nope'}", Invalid("The table does not have the specified index: nope")},
      {"Query",
       "{'TableName':'Pair','KeyConditionExpression':'pk = :s','FilterExpression':'x = :s OR sk = :n',"
       "'ExpressionAttributeValues':{':s':{'S':'a'},':n':{'N':'1'}}}",
       Invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: sk")},
      {"Query",
       "{'TableName':'Pair','KeyConditionExpression':'pk = :s','Limit':0,"
       "'ExpressionAttributeValues':{':s':{'S':'a'}}}",
       OneConstraint("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal "
                     "to 1")},
  });
}

TEST_F(QueryScanTest, KeyConditionsThatSelectNoRangeAreNamed) {
  CreateTable("Pair", "S", "N");
  struct Refusal {
    std::string_view condition;
    std::string_view text;
  };
  const std::string_view nested = "KeyConditionExpressions cannot have conditions on nested attributes";
  const std::string_view operation = "KeyConditionExpressions cannot contain nested operations";
  const std::string_view several = "Multiple attribute names used in one condition";
  const std::string_view nothing = "No key attribute specified";
  const auto query = [this](std::string_view condition) {
    // Only what the condition uses is defined.
    std::string values;
    for (const auto& [name, value] : {std::pair<std::string_view, std::string_view>{":s", "{'S':'a'}"},
                                      {":t", "{'S':'N'}"},
                                      {":n", "{'N':'1'}"},
                                      {":m", "{'N':'2'}"},
                                      {":b", "{'B':'AA=='}"},
                                      {":l", "{'L':[]}"}}) {
      if (condition.find(name) != std::string_view::npos) {
        values += fmt::format("{}'{}':{}", values.empty() ? "" : ",", name, value);
      }
    }
    return Send("Query", fmt::format("{{'TableName':'Pair','KeyConditionExpression':'{}'{}}}", condition,
                                     values.empty() ? "" : ",'ExpressionAttributeValues':{" + values + "}"));
  };
  for (const Refusal& refusal : std::vector<Refusal>{
           {"pk = :s or sk = :n", "OR"},
           {"(pk = :s) OR (pk = :s AND sk = :n)", "OR"},
           {"pk = :s AND (sk = :n OR sk = :m)", "OR"},
           {"not pk = :s", "NOT"},
           {"pk = :s AND not sk = :n", "NOT"},
           {"pk = :s AND sk in (:n, :m)", "IN"},
           {":s IN (pk)", "IN"},
           {"pk <> :s", "<>"},
           {"pk = :s AND :n <> sk", "<>"},
           {"attribute_exists(pk)", "attribute_exists"},
           {"pk = :s AND attribute_not_exists(sk)", "attribute_not_exists"},
           {"pk = :s AND attribute_type(sk, :t)", "attribute_type"},
           {"contains(pk, :s)", "contains"},
       }) {
    EXPECT_EQ(query(refusal.condition),
              Invalid(fmt::format("Invalid operator used in KeyConditionExpression: {}", refusal.text)))
        << refusal.condition;
  }
  for (const Refusal& refusal : std::vector<Refusal>{
           {"size(pk) = :n", operation},
           {":n <= size(pk)", operation},
           {"pk = :s AND sk BETWEEN :n AND size(x)", operation},
           {"begins_with(pk, :s) AND size(sk) > :n", operation},
           {"pk.x = :s", nested},
           {"pk = :s AND sk[0] = :n", nested},
           {"pk = :s AND begins_with(x.y, :s)", nested},
           {"pk = :s AND sk BETWEEN sk.a AND :n", nested},
       }) {
    EXPECT_EQ(query(refusal.condition), Invalid(refusal.text)) << refusal.condition;
  }
  for (const Refusal& refusal : std::vector<Refusal>{
           {"pk = sk", several},
           {"pk = :s AND sk < x", several},
           {"sk BETWEEN pk AND :n", several},
           {"begins_with(pk, sk)", several},
           {":s = :t", nothing},
           {"pk = :s AND :n = :m", nothing},
           {":n BETWEEN :n AND :m", nothing},
           {"begins_with(:s, :t)", nothing},
           {":n BETWEEN sk AND :m", "BETWEEN operator must have the key attribute as its first operand"},
           {":n BETWEEN :n AND sk", "BETWEEN operator must have the key attribute as its first operand"},
           {"begins_with(:s, pk)", "begins_with operator must have the key attribute as its first operand"},
       }) {
    EXPECT_EQ(query(refusal.condition),
              Invalid(fmt::format("Invalid condition in KeyConditionExpression: {}", refusal.text)))
        << refusal.condition;
  }
  const std::string unsupported = Invalid("Query key condition not supported");
  const std::string mismatch = InvalidParameter("Condition parameter type does not match schema type");
  for (const std::string_view op : {"<", "<=", ">", ">="}) {
    EXPECT_EQ(query(fmt::format("pk {} :s", op)), unsupported);
    EXPECT_EQ(query(fmt::format(":s {} pk AND sk = :n", op)), unsupported);
    EXPECT_EQ(query(fmt::format("pk = :s AND sk {} :s", op)), mismatch);
  }
  EXPECT_EQ(query("begins_with(pk, :s)"), unsupported);
  EXPECT_EQ(query("pk BETWEEN :s AND :s AND sk = :n"), unsupported);
  EXPECT_EQ(query("pk = :b"), mismatch);
  EXPECT_EQ(query("pk = :l"), mismatch);
  EXPECT_EQ(query("pk = :s AND sk = :b"), mismatch);
  EXPECT_EQ(query("pk = :s AND sk BETWEEN :s AND :t"), Invalid("Invalid KeyConditionExpression: The BETWEEN operator "
                                                               "requires upper bound to be greater than or equal to "
                                                               "lower bound; lower bound operand: AttributeValue: "
                                                               "{S:a}, upper bound operand: AttributeValue: {S:N}"));
  EXPECT_EQ(query("pk = :s AND sk BETWEEN :t AND :s"), mismatch);
  EXPECT_EQ(query("pk = :s AND begins_with(sk, :s)"), mismatch);
  EXPECT_EQ(query("pk = :s AND begins_with(sk, :b)"), mismatch);
  EXPECT_EQ(query("pk = :s AND sk BETWEEN :m AND :n"),
            Invalid("Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or "
                    "equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: "
                    "AttributeValue: {N:1}"));
}

TEST_F(QueryScanTest, AFilterOfAQueryUsesNoKeyWhereverItHides) {
  CreateTable("Pair", "S", "N");
  const auto query = [this](std::string_view filter, std::string_view more = "") {
    return Send("Query", fmt::format("{{'TableName':'Pair','KeyConditionExpression':'pk = :p','FilterExpression':'{}',"
                                     "'ExpressionAttributeValues':{{':p':{{'S':'a'}}}}{}}}",
                                     filter, more));
  };
  const auto refused = [](std::string_view name) {
    return Invalid(
        fmt::format("Filter Expression can only contain non-primary key attributes: Primary key attribute: {}", name));
  };
  const std::string empty = Quoted("{'Items':[],'Count':0,'ScannedCount':0}");
  EXPECT_EQ(query("pk = :p"), refused("pk"));
  EXPECT_EQ(query("x = :p OR NOT contains(y, sk)"), refused("sk"));
  EXPECT_EQ(query("size(sk) = x"), refused("sk"));
  EXPECT_EQ(query("x IN (:p, sk, pk)"), refused("sk"));
  EXPECT_EQ(query("attribute_exists(#k)", ",'ExpressionAttributeNames':{'#k':'pk'}"), refused("pk"));
  EXPECT_EQ(query("attribute_exists(pk.x) AND sk = :p"),
            Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: "
                    "pk"));
  EXPECT_EQ(query("attribute_exists(x.pk) AND PK = :p"), empty);  // other attributes
  EXPECT_EQ(Send("Scan",
                 "{'TableName':'Pair','FilterExpression':'pk = :p AND sk <> :p','ExpressionAttributeValues':{':p':{'S':"
                 "'a'}}}"),
            empty);
}

TEST_F(QueryScanTest, SelectMustAgreeWithTheProjection) {
  CreateTable("Single", "S");
  Put("Single", "{'S':'a'}", "", ",'v':{'N':'1'}");
  const std::string must =
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES";
  for (const std::string operation : {"Query", "Scan"}) {
    const std::string head = operation == "Scan" ? "{'TableName':'Single',"
                                                 : "{'TableName':'Single','KeyConditionExpression':'pk = :p',"
                                                   "'ExpressionAttributeValues':{':p':{'S':'a'}},";
    const std::string whole = Quoted("{'Items':[{'pk':{'S':'a'},'v':{'N':'1'}}],'Count':1,'ScannedCount':1}");
    Check({
        {operation, head + "'Select':'SPECIFIC_ATTRIBUTES'}", Invalid(must)},
        {operation, head + "'Select':'ALL_ATTRIBUTES','ProjectionExpression':'v'}",
         Invalid("Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES")},
        {operation, head + "'Select':'COUNT','ProjectionExpression':'v'}",
         Invalid("Cannot specify the ProjectionExpression when choosing to get only the Count")},
        {operation, head + "'Select':'ALL_PROJECTED_ATTRIBUTES'}",
         Invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")},
        {operation, head + "'Select':'SOME'}",
         OneConstraint("Value 'SOME' at 'select' failed to satisfy constraint: Member must satisfy enum value set: "
                       "[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]")},
        {operation, head + "'Select':'SPECIFIC_ATTRIBUTES','ProjectionExpression':'v'}",
         Quoted("{'Items':[{'v':{'N':'1'}}],'Count':1,'ScannedCount':1}")},
        {operation, head + "'ProjectionExpression':'absent'}", Quoted("{'Items':[{}],'Count':1,'ScannedCount':1}")},
        {operation, head + "'Select':'ALL_ATTRIBUTES'}", whole},
        {operation, head + "'Select':'COUNT'}", Quoted("{'Count':1,'ScannedCount':1}")},
    });
  }
}

TEST_F(QueryScanTest, StartingKeysMustFitTheQuery) {
  CreateTable("Pair", "S", "N");
  const auto query = [](std::string_view start, std::string_view sort = "") {
    return fmt::format(
        "{{'TableName':'Pair','KeyConditionExpression':'pk = :p{}','ExpressionAttributeValues':"
        "{{':p':{{'S':'a'}}{}}},'ExclusiveStartKey':{}}}",
        sort, sort.empty() ? "" : ",':s':{'N':'5'}", start);
  };
  const auto scan = [](std::string_view start, std::string_view rest = "") {
    return fmt::format("{{'TableName':'Pair','ExclusiveStartKey':{}{}}}", start, rest);
  };
  const std::string mismatch = fmt::format("{}: {}", kInvalidStart, kSchemaMismatch);
  const std::string empty = Quoted("{'Items':[],'Count':0,'ScannedCount':0}");
  const std::string outside = "The provided starting key is outside query boundaries based on provided conditions";
  const std::string once = "The query can return at most one row and cannot be restarted";
  const std::string predicate = "The provided starting key does not match the range key predicate";
  Check({
      {"Query", query("{}"), Invalid(kInvalidStart)},
      {"Query", query("{'pk':{'S':'a'}}"), Invalid(kInvalidStart)},
      {"Query", query("{'pk':{'S':'a'},'x':{'N':'1'}}"), Invalid(kInvalidStart)},
      {"Query", query("{'pk':{'S':'a'},'sk':{'N':'1'},'x':{'N':'1'}}"), Invalid(kInvalidStart)},
      {"Query", query("{'pk':{'N':'1'},'sk':{'N':'1'}}"), Invalid(mismatch)},
      {"Query", query("{'pk':{'S':'a'},'sk':{'S':'1'}}"), Invalid(mismatch)},
      {"Query", query("{'pk':{'S':'b'},'sk':{'N':'1'}}"), Invalid(outside)},
      {"Query", query("{'pk':{'S':'a'},'sk':{'N':'1'}}"), empty},
      {"Query", query("{'pk':{'S':'a'},'sk':{'N':'6'}}", " AND sk <= :s"), Invalid(predicate)},
      {"Query", query("{'pk':{'S':'a'},'sk':{'N':'5'}}", " AND sk < :s"), Invalid(predicate)},
      {"Query", query("{'pk':{'S':'a'},'sk':{'N':'5'}}", " AND sk <= :s"), empty},
      {"Query", query("{'pk':{'S':'b'},'sk':{'N':'5'}}", " AND sk = :s"), Invalid(once)},
      {"Query", query("{'pk':{'S':'b'},'sk':{'N':'6'}}", " AND sk = :s"), Invalid(outside)},
      {"Scan", scan("{}"), Invalid(mismatch)},
      {"Scan", scan("{'pk':{'S':'a'}}"), Invalid(mismatch)},
      {"Scan", scan("{'pk':{'S':'a'},'sk':{'B':'AA=='}}"), Invalid(mismatch)},
      {"Scan", scan("{'pk':{'S':'a'},'sk':{'N':'1'}}"), empty},
      // In another partition with a sort key that satisfies the condition, whatever its operator.
      {"Query", query("{'pk':{'S':'b'},'sk':{'N':'6'}}", " AND sk > :s"), Invalid(once)},
      {"Query", query("{'pk':{'S':'b'},'sk':{'N':'5'}}", " AND sk BETWEEN :s AND :s"), Invalid(once)},
      {"Query", query("{'pk':{'S':'a'},'sk':{'N':'5'}}", " AND sk = :s"), empty},
      {"Query", query("{'pk':{'S':'a'},'sk':{'N':'6'}}", " AND sk = :s"), Invalid(predicate)},
      {"Query", query("{'pk':{'S':'a'},'sk':{'N':'4'}}", " AND sk BETWEEN :s AND :s"), Invalid(predicate)},
      // Key values are those of any key.
      {"Query", query("{'pk':{'S':''},'sk':{'N':'1'}}"),
       Invalid("The provided starting key is invalid: One or more parameter values are not valid. The AttributeValue "
               "for a key attribute cannot contain an empty string value. Key: pk")},
      {"Scan", scan("{'pk':{'S':'" + std::string(2049, 'x') + "'},'sk':{'N':'1'}}"),
       Invalid("The provided starting key is invalid: One or more parameter values were invalid: Size of hashkey has "
               "exceeded the maximum size limit of2048 bytes")},
      {"Scan", scan("{'pk':{'S':'a'},'sk':{'N':'1'},'x':{'N':'1'}}"), Invalid(mismatch)},
      {"Scan", scan("{'pk':{'L':[]},'sk':{'N':'1'}}"), Invalid(mismatch)},
  });
  // One of two segments does not hold the key.
  size_t refused = 0;
  for (const std::string segment : {"0", "1"}) {
    const std::string answer =
        Send("Scan", scan("{'pk':{'S':'a'},'sk':{'N':'1'}}", ",'TotalSegments':2,'Segment':" + segment));
    const bool is_outside = answer == Invalid(
                                          "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                                          "ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: " +
                                          segment);
    EXPECT_TRUE(is_outside || answer == empty) << answer;
    refused += is_outside ? 1U : 0U;
  }
  EXPECT_EQ(refused, 1U);
}

TEST_F(QueryScanTest, SegmentsAreCheckedInOrder) {
  const auto scan = [](std::string_view members) { return fmt::format("{{'TableName':'None',{}}}", members); };
  const auto constraint = [](std::string_view value, std::string_view member, std::string_view rule) {
    return OneConstraint(
        fmt::format("Value '{}' at '{}' failed to satisfy constraint: Member must have value {}", value, member, rule));
  };
  Check({
      {"Scan", scan("'Segment':0"),
       Invalid("The TotalSegments parameter is required but was not present in the request when Segment parameter is "
               "present")},
      {"Scan", scan("'TotalSegments':4"),
       Invalid("The Segment parameter is required but was not present in the request when parameter TotalSegments is "
               "present")},
      {"Scan", scan("'Segment':4,'TotalSegments':4"),
       Invalid("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 4 is not "
               "less than TotalSegments: 4")},
      {"Scan", scan("'Segment':0,'TotalSegments':0"), constraint("0", "totalSegments", "greater than or equal to 1")},
      {"Scan", scan("'Segment':0,'TotalSegments':1000001"),
       constraint("1000001", "totalSegments", "less than or equal to 1000000")},
      {"Scan", scan("'Segment':-1,'TotalSegments':2"), constraint("-1", "segment", "greater than or equal to 0")},
      {"Scan", scan("'Segment':1000000,'TotalSegments':2"),
       constraint("1000000", "segment", "less than or equal to 999999")},
      {"Scan", scan("'Segment':999999,'TotalSegments':1000000"), NotFound()},
  });
}

TEST_F(QueryScanTest, LimitCountsWhatIsEvaluatedBeforeTheFilter) {
  CreateTable("Pair", "S", "N");
  for (int i = 1; i <= 10; ++i) {
    Put("Pair", "{'S':'a'}", fmt::format("{{'N':'{}'}}", i), fmt::format(",'even':{{'BOOL':{}}}", i % 2 == 0));
  }
  const std::string query =
      "'TableName':'Pair','KeyConditionExpression':'pk = :p','ExpressionAttributeValues':"
      "{':p':{'S':'a'}}";
  const std::string filtered =
      "'TableName':'Pair','KeyConditionExpression':'pk = :p','FilterExpression':'even = :t',"
      "'ExpressionAttributeValues':{':p':{'S':'a'},':t':{'BOOL':true}}";
  const PageOfItems first = Read("Query", "{" + filtered + ",'Limit':3}");
  EXPECT_EQ(first.keys, std::vector<std::string>{"2"});
  EXPECT_EQ(first.count, 1);
  EXPECT_EQ(first.scanned_count, 3);
  EXPECT_EQ(first.last_evaluated_key, Quoted("{'pk':{'S':'a'},'sk':{'N':'3'}}"));
  // An empty page may have a successor.
  const PageOfItems empty = Read("Query", "{" + filtered + ",'Limit':1}");
  EXPECT_EQ(empty.count, 0);
  EXPECT_FALSE(empty.last_evaluated_key.empty());
  // A page that ends with the last item by its limit says that more may follow.
  const PageOfItems exact = Read("Query", "{" + query + ",'Limit':10}");
  EXPECT_EQ(exact.count, 10);
  EXPECT_EQ(exact.last_evaluated_key, Quoted("{'pk':{'S':'a'},'sk':{'N':'10'}}"));
  EXPECT_EQ(Read("Query", "{" + query + ",'ExclusiveStartKey':" + exact.last_evaluated_key + "}").count, 0);
  EXPECT_TRUE(Read("Query", "{" + query + ",'Limit':11}").last_evaluated_key.empty());

  const std::vector<std::string> up = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
  const std::vector<std::string> down(up.rbegin(), up.rend());
  for (int limit = 1; limit <= 11; ++limit) {
    const std::string limited = fmt::format(",'Limit':{}", limit);
    EXPECT_EQ(ReadAll("Query", query + limited), up) << limit;
    EXPECT_EQ(ReadAll("Query", query + limited + ",'ScanIndexForward':false"), down) << limit;
    EXPECT_EQ(ReadAll("Scan", "'TableName':'Pair'" + limited), up) << limit;
  }
  const PageOfItems count = Read("Query", "{" + filtered + ",'Select':'COUNT','Limit':5}");
  EXPECT_TRUE(count.keys.empty());
  EXPECT_EQ(count.count, 2);
  EXPECT_EQ(count.scanned_count, 5);
  // The item a page starts after need not exist.
  EXPECT_EQ(Read("Query", "{" + query + ",'ExclusiveStartKey':{'pk':{'S':'a'},'sk':{'N':'7.5'}}}").keys,
            (std::vector<std::string>{"8", "9", "10"}));
  EXPECT_EQ(
      Read("Query", "{" + query + ",'ScanIndexForward':false,'ExclusiveStartKey':{'pk':{'S':'a'},'sk':{'N':'2.5'}}}")
          .keys,
      (std::vector<std::string>{"2", "1"}));
}

TEST_F(QueryScanTest, PagesEndBeforeOneMegabyteIsExceeded) {
  CreateTable("Pair", "S", "N");
  // Items of 262,144 bytes: pk + a + sk + 2 + v + text.
  const std::string text(262'144 - 8, 'x');
  for (int i = 1; i <= 9; ++i) {
    Put("Pair", "{'S':'a'}", fmt::format("{{'N':'{}'}}", i), ",'v':{'S':'" + text + "'}");
  }
  const std::string query =
      "'TableName':'Pair','ProjectionExpression':'pk, sk','KeyConditionExpression':'pk = :p',"
      "'ExpressionAttributeValues':{':p':{'S':'a'}}";
  EXPECT_EQ(Read("Query", "{" + query + "}").keys, (std::vector<std::string>{"1", "2", "3", "4"}));
  size_t pages = 0;
  EXPECT_EQ(ReadAll("Query", query, &pages).size(), 9U);
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(ReadAll("Query", query + ",'ScanIndexForward':false", &pages).front(), "9");
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(ReadAll("Scan", "'TableName':'Pair','ProjectionExpression':'pk, sk'", &pages).size(), 9U);
  EXPECT_EQ(pages, 3U);
  // Neither filter nor COUNT changes where a page ends, nor what it costs.
  EXPECT_EQ(Send("Scan",
                 "{'TableName':'Pair','Select':'COUNT','FilterExpression':'attribute_not_exists(v)',"
                 "'ReturnConsumedCapacity':'TOTAL'}"),
            Quoted("{'Count':0,'ScannedCount':4,'LastEvaluatedKey':{'pk':{'S':'a'},'sk':{'N':'4'}},'ConsumedCapacity':"
                   "{'TableName':'Pair','CapacityUnits':128.0}}"));
  EXPECT_EQ(Send("Scan",
                 "{'TableName':'Pair','Select':'COUNT','ConsistentRead':true,'Limit':1,"
                 "'ReturnConsumedCapacity':'INDEXES'}"),
            Quoted("{'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'pk':{'S':'a'},'sk':{'N':'1'}},'ConsumedCapacity':"
                   "{'TableName':'Pair','CapacityUnits':64.0,'Table':{'CapacityUnits':64.0}}}"));
}

TEST_F(QueryScanTest, OneByteDecidesWhereAPageEnds) {
  CreateTable("Pair", "S", "N");
  const auto put = [this](int sort, size_t size_bytes) {
    Put("Pair", "{'S':'a'}", fmt::format("{{'N':'{}'}}", sort),
        ",'v':{'S':'" + std::string(size_bytes - 8, 'x') + "'}");
  };
  for (int i = 1; i <= 4; ++i) {
    put(i, 262'144);
  }
  const std::string query =
      "{'TableName':'Pair','ProjectionExpression':'pk, sk','KeyConditionExpression':'pk = :p',"
      "'ExpressionAttributeValues':{':p':{'S':'a'}}";
  const PageOfItems whole = Read("Query", query + "}");
  EXPECT_EQ(whole.scanned_count, 4) << "1,048,576 bytes are one page";
  EXPECT_EQ(whole.last_evaluated_key, "") << "and nothing follows";
  put(2, 262'145);
  const PageOfItems first = Read("Query", query + "}");
  EXPECT_EQ(first.keys, (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(first.last_evaluated_key, Quoted("{'pk':{'S':'a'},'sk':{'N':'3'}}"));
  const PageOfItems backward = Read("Query", query + ",'ScanIndexForward':false}");
  EXPECT_EQ(backward.keys, (std::vector<std::string>{"4", "3", "2"}));
  EXPECT_EQ(backward.last_evaluated_key, Quoted("{'pk':{'S':'a'},'sk':{'N':'2'}}"));
  // A limit and the megabyte end a page together.
  EXPECT_EQ(Read("Query", query + ",'Limit':3}").last_evaluated_key, first.last_evaluated_key);
  EXPECT_EQ(Read("Query", query + ",'Limit':4}").keys, first.keys);
  EXPECT_EQ(Read("Scan", "{'TableName':'Pair','Select':'COUNT','Limit':4}").count, 3);
}

TEST_F(QueryScanTest, TheKeyAPageEndsWithIsCanonicalAndLeadsOn) {
  CreateTable("Pair", "N", "N");
  for (const std::string_view sort : {"00.10", "1E2", "-0", "-5e-1"}) {
    ASSERT_EQ(
        Send("PutItem", fmt::format("{{'TableName':'Pair','Item':{{'pk':{{'N':'1.50'}},'sk':{{'N':'{}'}}}}}}", sort)),
        "{}");
  }
  const auto page = [this](std::string_view more) {
    return Read("Query", fmt::format("{{'TableName':'Pair','KeyConditionExpression':'pk = :p','Limit':1,"
                                     "'ExpressionAttributeValues':{{':p':{{'N':'15E-1'}}}}{}}}",
                                     more));
  };
  std::string start;
  for (const std::string sort : {"-0.5", "0", "0.1", "100"}) {
    const PageOfItems found = page(start.empty() ? "" : ",'ExclusiveStartKey':" + start);
    EXPECT_EQ(found.keys, std::vector<std::string>{sort});
    EXPECT_EQ(found.last_evaluated_key, Quoted("{'pk':{'N':'1.5'},'sk':{'N':'" + sort + "'}}"));
    start = found.last_evaluated_key;
  }
  EXPECT_EQ(page(",'ExclusiveStartKey':" + start).count, 0);
  EXPECT_EQ(page(",'ExclusiveStartKey':" + start).last_evaluated_key, "");
  // Sent back in another writing it is the same key, forward and backward.
  EXPECT_EQ(page(",'ExclusiveStartKey':{'sk':{'N':'1E-1'},'pk':{'N':'+1.5'}}").keys, std::vector<std::string>{"100"});
  EXPECT_EQ(page(",'ScanIndexForward':false,'ExclusiveStartKey':{'sk':{'N':'1E-1'},'pk':{'N':'+1.5'}}").keys,
            std::vector<std::string>{"0"});
}

TEST_F(QueryScanTest, SegmentsAreDisjointAndComplete) {
  CreateTable("Single", "S");
  std::set<std::string> all;
  for (int i = 0; i < 60; ++i) {
    all.insert(fmt::format("key{}", i));
    Put("Single", fmt::format("{{'S':'key{}'}}", i), "");
  }
  for (const int total : {1, 2, 3, 7, 1000}) {
    std::vector<std::string> found;
    for (int segment = 0; segment < total; ++segment) {
      const std::vector<std::string> part =
          total < 100
              ? ReadAll("Scan",
                        fmt::format("'TableName':'Single','Limit':4,'TotalSegments':{},'Segment':{}", total, segment))
              : Read("Scan", fmt::format("{{'TableName':'Single','TotalSegments':{},'Segment':{}}}", total, segment))
                    .keys;
      found.insert(found.end(), part.begin(), part.end());
    }
    EXPECT_EQ(found.size(), all.size()) << total;
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), all) << total;
    EXPECT_EQ(found, ReadAll("Scan", "'TableName':'Single'")) << total;  // in the order of the whole
  }
}

TEST_F(QueryScanTest, StringsAndBinariesAreOrderedByTheirBytes) {
  // Prefixes, zero bytes and the highest bytes.
  const std::vector<std::string> bytes = {std::string(1, '\0'),
                                          std::string(2, '\0'),
                                          std::string("\0\x01", 2),
                                          std::string("\0\xff", 2),
                                          "\x01",
                                          "a",
                                          std::string("a\0", 2),
                                          std::string("a\0b", 3),
                                          "aa",
                                          "ab",
                                          "b",
                                          "\xfe\xff",
                                          "\xff",
                                          std::string("\xff\0", 2),
                                          "\xff\xff",
                                          "\xff\xff\xff"};
  CreateTable("Bytes", "S", "B");
  std::vector<std::string> encoded;
  for (const std::string& key : bytes) {
    std::string base64;
    AppendBase64(base64, key);
    encoded.push_back(base64);
  }
  for (size_t i = encoded.size(); i > 0; --i) {
    Put("Bytes", "{'S':'a'}", "{'B':'" + encoded[i - 1] + "'}");
  }
  EXPECT_EQ(Select("Bytes", "", ""), encoded);
  EXPECT_EQ(Select("Bytes", "", "", false), std::vector<std::string>(encoded.rbegin(), encoded.rend()));
  const auto where = [&](const auto& holds) {
    std::vector<std::string> keys;
    for (size_t i = 0; i < bytes.size(); ++i) {
      if (holds(bytes[i])) {
        keys.push_back(encoded[i]);
      }
    }
    return keys;
  };
  for (size_t i = 0; i < bytes.size(); ++i) {
    const std::string& x = bytes[i];
    const std::string low = "':x':{'B':'" + encoded[i] + "'}";
    EXPECT_EQ(Select("Bytes", "sk = :x", low), where([&](const std::string& k) { return k == x; }));
    EXPECT_EQ(Select("Bytes", "sk < :x", low), where([&](const std::string& k) { return k < x; }));
    EXPECT_EQ(Select("Bytes", "sk <= :x", low), where([&](const std::string& k) { return k <= x; }));
    EXPECT_EQ(Select("Bytes", "sk > :x", low), where([&](const std::string& k) { return k > x; }));
    EXPECT_EQ(Select("Bytes", "sk >= :x", low), where([&](const std::string& k) { return k >= x; }));
    EXPECT_EQ(Select("Bytes", "begins_with(sk, :x)", low),
              where([&](const std::string& k) { return k.substr(0, x.size()) == x; }))
        << encoded[i];
    for (size_t j = i; j < bytes.size(); j += 3) {
      EXPECT_EQ(Select("Bytes", "sk BETWEEN :x AND :y", low + ",':y':{'B':'" + encoded[j] + "'}"),
                where([&](const std::string& k) { return x <= k && k <= bytes[j]; }));
    }
  }
  CreateTable("Texts", "S", "S");
  const std::vector<std::string> texts = {
      "\\u0000",  "\\u0000\\u0000", "\\u0001",         "A", "a", "a\\u0000", "aa", "z",
      "\xc3\xa9", "\xef\xbf\xbf",   "\xf0\x9f\x98\x80"};
  for (size_t i = texts.size(); i > 0; --i) {
    Put("Texts", "{'S':'a'}", "{'S':'" + texts[i - 1] + "'}");
  }
  EXPECT_EQ(Select("Texts", "", "").size(), texts.size());
  EXPECT_EQ(Select("Texts", "sk > :x", "':x':{'S':'z'}"),
            (std::vector<std::string>{"\xc3\xa9", "\xef\xbf\xbf", "\xf0\x9f\x98\x80"}));
  EXPECT_EQ(Select("Texts", "begins_with(sk, :x)", "':x':{'S':'a'}").size(), 3U);
}

TEST_F(QueryScanTest, NumbersAreOrderedByTheirValue) {
  CreateTable("Pair", "S", "N");
  std::vector<std::string> numbers;
  for (const char* exponent : {"125", "100", "38", "37", "1", "0", "-1", "-2", "-37", "-129"}) {
    numbers.push_back(std::string("-9.5E") + exponent);
    numbers.push_back(std::string("-1.01E") + exponent);
    numbers.push_back(std::string("-1E") + exponent);
  }
  numbers.emplace_back("-1E-130");
  std::vector<std::string> positive;
  for (size_t i = numbers.size(); i > 0; --i) {
    positive.push_back(numbers[i - 1].substr(1));
  }
  numbers.emplace_back("0");
  numbers.insert(numbers.end(), positive.begin(), positive.end());
  std::vector<std::string> shuffled;  // every seventh, again and again
  for (size_t i = 0; i < 7; ++i) {
    for (size_t j = i; j < numbers.size(); j += 7) {
      shuffled.push_back(numbers[j]);
    }
  }
  for (const std::string& number : shuffled) {
    Put("Pair", "{'S':'a'}", "{'N':'" + number + "'}", ",'as':{'S':'" + number + "'}");
  }
  EXPECT_EQ(Select("Pair", "", "").size(), numbers.size());
  const auto below = [&](const std::string& number) {
    return Read("Query",
                "{'TableName':'Pair','Select':'COUNT','KeyConditionExpression':'pk = :p AND sk < :n',"
                "'ExpressionAttributeValues':{':p':{'S':'a'},':n':{'N':'" +
                    number + "'}}}")
        .count;
  };
  for (size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(below(numbers[i]), static_cast<int64_t>(i)) << numbers[i];
  }
}

TEST_F(QueryScanTest, APartitionIsReadWithItsSortKeysInOrderByAScanToo) {
  CreateTable("Pair", "S", "N");
  for (const std::string partition : {"a", "b", "c"}) {
    for (const std::string sort : {"3", "1", "2"}) {
      Put("Pair", "{'S':'" + partition + "'}", "{'N':'" + sort + "'}");
    }
  }
  EXPECT_EQ(ReadAll("Scan", "'TableName':'Pair'"),
            (std::vector<std::string>{"1", "2", "3", "1", "2", "3", "1", "2", "3"}));
  EXPECT_EQ(Select("Pair", "sk >= :s", "':s':{'N':'2'}", false), (std::vector<std::string>{"3", "2"}));
}

}  // namespace
}  // namespace basalt::server
