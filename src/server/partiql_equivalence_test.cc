// A property of statements: random ones do, answer and cost what the classic calls of the same meaning do on the same
// items, indexes included.
#include <array>
#include <cctype>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "server/partiql_fixture.h"

namespace basalt::server {
namespace {

// Tables "One" and "Two" of one schema: key (pk S, sk N), a local index by a (keys only), a global one by (b N, a S).
class PartiqlEquivalenceTest : public PartiqlTest {
 protected:
  // As a statement writes it and as an expression does.
  struct Twin {
    std::string statement;
    std::string classic;
  };

  void SetUp() override {
    for (const char* name : {"One", "Two"}) {
      const std::string created = Send("CreateTable", fmt::format(R"({{
        'TableName':'{}','BillingMode':'PAY_PER_REQUEST',
        'AttributeDefinitions':[{{'AttributeName':'pk','AttributeType':'S'}},
          {{'AttributeName':'sk','AttributeType':'N'}},
          {{'AttributeName':'a','AttributeType':'S'}},{{'AttributeName':'b','AttributeType':'N'}}],
        'KeySchema':[{{'AttributeName':'pk','KeyType':'HASH'}},{{'AttributeName':'sk','KeyType':'RANGE'}}],
        'LocalSecondaryIndexes':[{{'IndexName':'local','Projection':{{'ProjectionType':'KEYS_ONLY'}},
          'KeySchema':[{{'AttributeName':'pk','KeyType':'HASH'}},{{'AttributeName':'a','KeyType':'RANGE'}}]}}],
        'GlobalSecondaryIndexes':[{{'IndexName':'global','Projection':{{'ProjectionType':'ALL'}},
          'KeySchema':[{{'AttributeName':'b','KeyType':'HASH'}},{{'AttributeName':'a','KeyType':'RANGE'}}]}}]}})",
                                                                  name));
      ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
      AwaitDescription(name, "\"TableStatus\":\"ACTIVE\"");
    }
  }

  size_t Below(size_t bound) { return random_() % bound; }
  bool Chance(size_t one_in) { return Below(one_in) == 0; }
  std::string AnyOf(std::initializer_list<std::string_view> choices) {
    return std::string(choices.begin()[Below(choices.size())]);
  }

  // A value in its place: a literal or a parameter in the statement, a placeholder in the expression.
  Twin Place(const std::string& literal, const std::string& json) {
    const std::string name = fmt::format(":v{}", value_count_++);
    values_ += fmt::format("{}'{}':{}", values_.empty() ? "" : ",", name, json);
    if (Chance(2)) {
      return {literal, name};
    }
    parameters_ += (parameters_.empty() ? "" : ",") + json;
    return {"?", name};
  }
  Twin Number() {
    const size_t number = Below(4);
    return Place(std::to_string(number), fmt::format("{{'N':'{}'}}", number));
  }
  Twin Text() {
    const std::string text = AnyOf({"x", "xy", "y"});
    return Place("'" + text + "'", "{'S':'" + text + "'}");
  }
  Twin Partition() {
    const std::string text = AnyOf({"p", "q", "r"});
    return Place("'" + text + "'", "{'S':'" + text + "'}");
  }

  Twin Filter(int depth = 2) {
    if (depth > 0 && Chance(3)) {
      const Twin one = Filter(depth - 1);
      if (Chance(3)) {
        return {"NOT (" + one.statement + ")", "NOT (" + one.classic + ")"};
      }
      const Twin other = Filter(depth - 1);
      const std::string word = AnyOf({" AND ", " OR "});
      return {"(" + one.statement + ")" + word + "(" + other.statement + ")",
              "(" + one.classic + ")" + word + "(" + other.classic + ")"};
    }
    switch (Below(7)) {
      case 0: {
        const Twin value = Number();
        return {"v <> " + value.statement, "attribute_exists(v) AND v <> " + value.classic};
      }
      case 1: {
        const Twin one = Number();
        const Twin other = Text();
        return {fmt::format("v IN [{}, {}]", one.statement, other.statement),
                fmt::format("v IN ({}, {})", one.classic, other.classic)};
      }
      case 2:
        return Chance(2) ? Twin{"v IS MISSING", "attribute_not_exists(v)"}
                         : Twin{"s IS NOT MISSING", "attribute_exists(s)"};
      case 3: {
        const Twin value = Text();
        const std::string function = AnyOf({"begins_with", "contains"});
        return {fmt::format("{}(w, {})", function, value.statement), fmt::format("{}(w, {})", function, value.classic)};
      }
      case 4: {
        const Twin value = Number();
        return {"size(w) > " + value.statement, "size(w) > " + value.classic};
      }
      case 5: {
        const Twin type = Place("'N'", "{'S':'N'}");
        return {fmt::format("attribute_type(v, {})", type.statement),
                fmt::format("attribute_type(v, {})", type.classic)};
      }
      default: {
        const Twin value = Number();
        const std::string comparator = AnyOf({"=", "<", "<=", ">", ">="});
        return {fmt::format("v {} {}", comparator, value.statement), fmt::format("v {} {}", comparator, value.classic)};
      }
    }
  }

  Twin SortCondition() {
    switch (Below(3)) {
      case 0: {
        const Twin value = Number();
        const std::string comparator = AnyOf({"=", "<", "<=", ">", ">="});
        return {fmt::format("sk {} {}", comparator, value.statement),
                fmt::format("sk {} {}", comparator, value.classic)};
      }
      case 1: {
        const Twin low = Place("1", "{'N':'1'}");
        const Twin high = Place("2", "{'N':'2'}");
        return {fmt::format("sk BETWEEN {} AND {}", low.statement, high.statement),
                fmt::format("sk BETWEEN {} AND {}", low.classic, high.classic)};
      }
      default:
        return {};
    }
  }

  void Begin() {
    values_.clear();
    parameters_.clear();
    value_count_ = 0;
  }
  std::string Values() const { return values_.empty() ? "" : ",'ExpressionAttributeValues':{" + values_ + "}"; }

  std::string AnyAttributes() {
    std::string out;
    const auto add = [&](std::string_view name, const std::string& value) {
      out += fmt::format(",'{}':{}", name, value);
    };
    if (!Chance(3)) {
      add("a", "{'S':'" + AnyOf({"x", "xy", "y"}) + "'}");
    }
    if (!Chance(3)) {
      add("b", fmt::format("{{'N':'{}'}}", Below(3)));
    }
    if (!Chance(3)) {
      add("v", Chance(3) ? "{'S':'x'}" : fmt::format("{{'N':'{}'}}", Below(4)));
    }
    add("w", "{'S':'" + AnyOf({"x", "y"}) + std::string(Chance(3) ? 5000 : Below(3), 'y') + "'}");
    return out;
  }

  // ---- selects

  // What a SELECT of "One" and the classic calls disagree about, or "".
  std::string CompareSelect() {
    Begin();
    const bool consistent = Chance(2);
    const bool descending = Chance(3);
    const std::string projection = AnyOf({"*", "sk, v", "w"});
    const std::string projected = projection == "*" ? "" : ",'ProjectionExpression':'" + projection + "'";
    const std::string members =
        fmt::format("'ReturnConsumedCapacity':'INDEXES'{}", consistent ? ",'ConsistentRead':true" : "");
    std::vector<std::string> requests;  // classic ones, one after the other
    std::string operation = "Query";
    std::string from = "One";
    std::vector<std::string> wheres;
    std::vector<std::string> conditions(1);
    std::string index;
    std::string order;
    switch (Below(6)) {
      case 0: {  // one item
        const Twin pk = Partition();
        const Twin sk = Number();
        wheres = {"pk = " + pk.statement, "sk = " + sk.statement};
        conditions = {fmt::format("pk = {} AND sk = {}", pk.classic, sk.classic)};
        break;
      }
      case 1: {  // one partition
        const Twin pk = Partition();
        const Twin sort = SortCondition();
        wheres = {"pk = " + pk.statement};
        conditions = {"pk = " + pk.classic};
        if (!sort.statement.empty()) {
          wheres.push_back(sort.statement);
          conditions[0] += " AND " + sort.classic;
        }
        order = descending ? " ORDER BY sk DESC" : "";
        break;
      }
      case 2: {  // several partitions
        const Twin sort = SortCondition();
        const std::string tail = sort.classic.empty() ? "" : " AND " + sort.classic;
        const bool as_list = Chance(2);
        std::string values;
        conditions.clear();
        for (const char* name : {"q", "p", "r"}) {
          const Twin pk = Place(fmt::format("'{}'", name), fmt::format("{{'S':'{}'}}", name));
          values += values.empty() ? "" : as_list ? ", " : " OR ";
          values += as_list ? pk.statement : "pk = " + pk.statement;
          conditions.push_back("pk = " + pk.classic + tail);
        }
        // Parameters stand in the order of the text.
        wheres = sort.statement.empty() ? std::vector<std::string>() : std::vector<std::string>{sort.statement};
        wheres.push_back(as_list ? "pk IN [" + values + "]" : "(" + values + ")");
        break;
      }
      case 3:  // all of it
        operation = "Scan";
        break;
      case 4: {  // a global index
        index = "global";
        from = "\"One\".\"global\"";
        if (consistent) {
          return "";
        }
        const Twin b = Number();
        wheres = {"b = " + b.statement};
        conditions = {"b = " + b.classic};
        order = descending ? " ORDER BY a DESC" : "";
        break;
      }
      default: {  // a local index
        index = "local";
        from = "One.local";
        const Twin pk = Partition();
        const Twin a = Text();
        wheres = {"pk = " + pk.statement, fmt::format("begins_with(a, {})", a.statement)};
        conditions = {fmt::format("pk = {} AND begins_with(a, {})", pk.classic, a.classic)};
        order = descending ? " ORDER BY a DESC" : "";
        break;
      }
    }
    std::string filtered;
    if (Chance(2)) {
      const Twin filter = Filter();
      wheres.push_back("(" + filter.statement + ")");
      filtered = fmt::format(",'FilterExpression':'{}'", filter.classic);
    }
    const std::string statement = fmt::format("SELECT {} FROM {}{}{}{}", projection, from,
                                              wheres.empty() ? "" : " WHERE ", fmt::join(wheres, " AND "), order);
    const std::string answer = Execute(statement, parameters_, members);

    std::string items;
    std::string capacity;
    double units = 0;
    for (const std::string& condition : conditions) {
      const std::string request =
          fmt::format("{{'TableName':'One'{}{}{}{}{}{},{}}}", index.empty() ? "" : ",'IndexName':'" + index + "'",
                      condition.empty() ? "" : ",'KeyConditionExpression':'" + condition + "'", filtered, projected,
                      order.empty() ? "" : ",'ScanIndexForward':false", UsedValues(condition + filtered), members);
      const std::string classic = Send(operation, request);
      const std::string part = MemberOf(classic, "Items");
      if (part.size() < 2) {
        return statement + "\n" + request + "\n" + classic;
      }
      items += (items.empty() || part == "[]" ? "" : ",") + part.substr(1, part.size() - 2);
      capacity = MemberOf(classic, "ConsumedCapacity");
      units += std::atof(MemberOf(classic, "CapacityUnits").c_str());
    }
    const bool same_capacity = conditions.size() == 1 ? MemberOf(answer, "ConsumedCapacity") == capacity
                                                      : std::atof(MemberOf(answer, "CapacityUnits").c_str()) == units;
    if (MemberOf(answer, "Items") == "[" + items + "]" && same_capacity && TokenOf(answer).empty()) {
      items_ += items.empty() ? 0U : 1U;
      return "";
    }
    return fmt::format("{} with {}\n{}\nbut {} {} {}", statement, parameters_, answer, items, capacity, units);
  }

  // Of the placeholders those that these expressions use.
  std::string UsedValues(const std::string& expressions) const {
    std::string used;
    for (size_t i = 0; i < value_count_; ++i) {
      const std::string name = fmt::format(":v{}", i);
      size_t at = expressions.find(name);
      while (at != std::string::npos && std::isdigit(expressions[at + name.size()]) != 0) {
        at = expressions.find(name, at + 1);
      }
      if (at == std::string::npos) {
        continue;
      }
      const std::string entry = "'" + name + "':";
      const size_t begin = values_.find(entry);
      const size_t end = values_.find('}', begin) + 1;
      used += (used.empty() ? "" : ",") + values_.substr(begin, end - begin);
    }
    return used.empty() ? "" : ",'ExpressionAttributeValues':{" + used + "}";
  }

  // ---- writes

  // What a write of "One" by a statement and one of "Two" by a classic call disagree about, or "".
  std::string CompareWrite() {
    Begin();
    const std::string pk = AnyOf({"p", "q", "r"});
    const std::string sk = std::to_string(Below(3));
    const std::string key = fmt::format("'pk':{{'S':'{}'}},'sk':{{'N':'{}'}}", pk, sk);
    const std::string where = fmt::format(" WHERE pk = '{}' AND sk = {}", pk, sk);
    const std::string members = "'ReturnConsumedCapacity':'INDEXES'";
    std::string statement;
    std::string operation;
    std::string request;
    switch (Below(4)) {
      case 0: {
        const std::string item = "{" + key + AnyAttributes() + "}";
        statement = "INSERT INTO One VALUE ?";
        parameters_ = "{'M':" + item + "}";
        operation = "PutItem";
        request = fmt::format("{{'TableName':'Two','Item':{},'ConditionExpression':'attribute_not_exists(pk)',{}}}",
                              item, members);
        break;
      }
      case 1: {
        const bool returns = Chance(2);
        Twin condition;
        if (Chance(2)) {
          condition = Filter();
        }
        statement = "DELETE FROM One" + where +
                    (condition.statement.empty() ? "" : " AND (" + condition.statement + ")") +
                    (returns ? " RETURNING ALL OLD *" : "");
        operation = "DeleteItem";
        request = fmt::format("{{'TableName':'Two','Key':{{{}}}{}{}{},{}}}", key,
                              condition.classic.empty()
                                  ? ""
                                  : ",'ConditionExpression':'attribute_not_exists(pk) OR (" + condition.classic + ")'",
                              Values(), returns ? ",'ReturnValues':'ALL_OLD'" : "", members);
        break;
      }
      default: {
        static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kReturning = {{
            {"", "NONE"},
            {" RETURNING ALL OLD *", "ALL_OLD"},
            {" RETURNING MODIFIED OLD *", "UPDATED_OLD"},
            {" RETURNING ALL NEW *", "ALL_NEW"},
            {" RETURNING MODIFIED NEW *", "UPDATED_NEW"},
        }};
        const auto& [returning, return_values] = kReturning[Below(kReturning.size())];
        const Twin changes = AnyChanges();
        Twin condition;
        if (Chance(3)) {
          condition = Filter();
        }
        statement = "UPDATE One " + changes.statement + where +
                    (condition.statement.empty() ? "" : " AND (" + condition.statement + ")") + std::string(returning);
        operation = "UpdateItem";
        request = fmt::format(
            "{{'TableName':'Two','Key':{{{}}},'UpdateExpression':'{}','ConditionExpression':"
            "'attribute_exists(pk){}'{},'ReturnValues':'{}',{}}}",
            key, changes.classic, condition.classic.empty() ? "" : " AND (" + condition.classic + ")", Values(),
            return_values, members);
        break;
      }
    }
    const std::string answer = Execute(statement, parameters_, members);
    const std::string classic = Send(operation, request);
    const std::string failure = fmt::format("{} with {}\n{}\n{}\n{}", statement, parameters_, answer, request, classic);
    if (classic.find("__type") != std::string::npos) {
      ++refused_;
      const bool is_duplicate = answer.find("DuplicateItemException") != std::string::npos;
      const bool same = operation == "PutItem" ? is_duplicate && classic == ConditionFailed() : answer == classic;
      return same ? "" : failure;
    }
    std::string capacity = MemberOf(classic, "ConsumedCapacity");
    capacity.replace(capacity.find("Two"), 3, "One");
    return MemberOf(answer, "Items") == "[" + MemberOf(classic, "Attributes") + "]" &&
                   MemberOf(answer, "ConsumedCapacity") == capacity
               ? ""
               : failure;
  }

  Twin AnyChanges() {
    const Twin number = Number();
    switch (Below(5)) {
      case 0:
        return {fmt::format("SET v = {}, w = a", number.statement), fmt::format("SET v = {}, w = a", number.classic)};
      case 1:
        return {"SET v = v + " + number.statement, "SET v = v + " + number.classic};
      case 2: {
        const Twin text = Text();
        return {fmt::format("SET b = {} SET a = {}", number.statement, text.statement),
                fmt::format("SET b = {}, a = {}", number.classic, text.classic)};
      }
      case 3:
        return {fmt::format("REMOVE a SET s = set_add(s, {})", SetOf(number).statement),
                fmt::format("REMOVE a ADD s {}", SetOf(number).classic)};
      default:
        return {fmt::format("REMOVE b, v SET l = [{}]", number.statement),
                fmt::format("REMOVE b, v SET l = {}", ListOf(number).classic)};
    }
  }
  // The last value that was placed, as the only member of a set or list.
  Twin SetOf(const Twin& number) {
    Wrap("{'NS':['", "']}");
    return {number.statement == "?" ? "?" : "<<" + number.statement + ">>", number.classic};
  }
  Twin ListOf(const Twin& number) {
    const size_t at = values_.rfind("{'N':");
    values_ = values_.substr(0, at) + "{'L':[" + values_.substr(at) + "]}";
    return number;
  }
  // Makes the last number, here and among the parameters, something else.
  void Wrap(std::string_view before, std::string_view after) {
    for (std::string* text : {&values_, &parameters_}) {
      const size_t at = text->rfind("{'N':'");
      if (at != std::string::npos) {
        const char digit = (*text)[at + 6];
        *text = text->substr(0, at) + std::string(before) + digit + std::string(after);
      }
    }
  }

  std::string ContentOf(const std::string& table) {
    std::string out;
    for (const char* pk : {"p", "q", "r"}) {
      out += Send("Query", fmt::format("{{'TableName':'{}','KeyConditionExpression':'pk = :p',"
                                       "'ExpressionAttributeValues':{{':p':{{'S':'{}'}}}}}}",
                                       table, pk));
    }
    for (int b = 0; b < 4; ++b) {
      out += Send("Query", fmt::format("{{'TableName':'{}','IndexName':'global','KeyConditionExpression':'b = :b',"
                                       "'ExpressionAttributeValues':{{':b':{{'N':'{}'}}}}}}",
                                       table, b));
    }
    return out;
  }

  std::mt19937 random_{20'120'810};  // NOLINT(cert-msc51-cpp): the same choices each time
  std::string values_;
  std::string parameters_;
  size_t value_count_ = 0;
  size_t items_ = 0;
  size_t refused_ = 0;
};

TEST_F(PartiqlEquivalenceTest, SelectsReadAndCostWhatClassicReadsDo) {
  for (const char* pk : {"p", "q", "r"}) {
    for (int sk = 0; sk < 3; ++sk) {
      const std::string item = fmt::format("{{'pk':{{'S':'{}'}},'sk':{{'N':'{}'}}{}}}", pk, sk, AnyAttributes());
      ASSERT_EQ(Send("PutItem", "{'TableName':'One','Item':" + item + "}"), "{}");
    }
  }
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(CompareSelect(), "") << i;
  }
  // Neither side may win by finding nothing.
  EXPECT_GT(items_, 1000U);
  EXPECT_LT(items_, 2800U);
}

TEST_F(PartiqlEquivalenceTest, WritesDoAnswerAndCostWhatClassicWritesDo) {
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(CompareWrite(), "") << i;
    if (i % 100 == 0) {
      ASSERT_EQ(ContentOf("One"), ContentOf("Two")) << i;
    }
  }
  EXPECT_EQ(ContentOf("One"), ContentOf("Two"));
  EXPECT_GT(refused_, 300U);
  EXPECT_LT(refused_, 2500U);
}

}  // namespace
}  // namespace basalt::server
