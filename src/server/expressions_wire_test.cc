// Expressions as requests use them: parameters and limits, syntax and static errors, conditions, updates, projections.
#include <string>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

class ExpressionsWireTest : public WireTest {
 protected:
  // One request with the expression in the place of its kind; the table does not exist, so that what comes back is
  // about the request alone.
  std::string Filter(std::string_view expression, std::string_view maps = "") {
    return Send("Scan", fmt::format("{{'TableName':'None','FilterExpression':'{}'{}}}", expression, maps));
  }
  std::string Condition(std::string_view expression, std::string_view maps = "") {
    return Send("DeleteItem",
                fmt::format("{{'TableName':'None','Key':{{'pk':{{'S':'a'}}}},'ConditionExpression':'{}'{}}}",
                            expression, maps));
  }
  std::string Update(std::string_view expression, std::string_view maps = "") {
    return Send("UpdateItem", fmt::format("{{'TableName':'None','Key':{{'pk':{{'S':'a'}}}},'UpdateExpression':'{}'{}}}",
                                          expression, maps));
  }
  std::string Projection(std::string_view expression, std::string_view maps = "") {
    return Send("GetItem",
                fmt::format("{{'TableName':'None','Key':{{'pk':{{'S':'a'}}}},'ProjectionExpression':'{}'{}}}",
                            expression, maps));
  }

  // An item changed and read back: what the update answered, or the item's attributes but its key.
  std::string Updated(std::string_view item, std::string_view expression, std::string_view values = "{}") {
    const std::string rest = item.empty() ? "" : "," + std::string(item);
    EXPECT_EQ(Send("PutItem", "{'TableName':'Items','Item':{'pk':{'S':'a'}" + rest + "}}"), "{}");
    const std::string maps = values == "{}" ? "" : ",'ExpressionAttributeValues':" + std::string(values);
    const std::string answer = Send("UpdateItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}},'UpdateExpression':'" +
                                                      std::string(expression) + "'" + maps + "}");
    if (answer != "{}") {
      return answer;
    }
    std::string whole = Send("GetItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}}}");
    std::replace(whole.begin(), whole.end(), '"', '\'');
    const std::string head = "{'Item':";
    return whole.substr(head.size(), whole.size() - head.size() - 1);
  }
};

TEST_F(ExpressionsWireTest, MapsMustBeNeededWellFormedAndUsed) {
  const std::string key = "'TableName':'None','Key':{'pk':{'S':'a'}}";
  const std::string names = ",'ExpressionAttributeNames':{'#a':'a'}";
  const std::string values = ",'ExpressionAttributeValues':{':a':{'S':'a'}}";
  const std::string only = "ExpressionAttributeValues can only be specified when using expressions: ";
  const std::string names_only = "ExpressionAttributeNames can only be specified when using expressions";
  Check({
      {"PutItem", "{'TableName':'None','Item':{}" + names + values + "}", Invalid(names_only)},
      {"PutItem", "{'TableName':'None','Item':{}" + values + "}", Invalid(only + "ConditionExpression is null")},
      {"DeleteItem", "{" + key + values + "}", Invalid(only + "ConditionExpression is null")},
      {"UpdateItem", "{" + key + values + "}", Invalid(only + "UpdateExpression and ConditionExpression are null")},
      {"Query", "{'TableName':'None','ProjectionExpression':'a'" + values + "}",
       Invalid(only + "FilterExpression and KeyConditionExpression are null")},
      {"Scan", "{'TableName':'None','ProjectionExpression':'a'" + values + "}",
       Invalid(only + "FilterExpression is null")},
      {"GetItem", "{" + key + names + "}", Invalid(names_only)},
      {"Query", "{'TableName':'None'" + names + "}", Invalid(names_only)},
      {"Scan", "{'TableName':'None'" + names + "}", Invalid(names_only)},
  });
  EXPECT_EQ(Filter("a = b", ",'ExpressionAttributeNames':{}"), Invalid("ExpressionAttributeNames must not be empty"));
  EXPECT_EQ(Filter("a = b", ",'ExpressionAttributeValues':{}"), Invalid("ExpressionAttributeValues must not be empty"));
  for (const std::string bad : {"a", "#", "#a b", "#a-b", ":a", ""}) {
    EXPECT_EQ(Filter("a = b", ",'ExpressionAttributeNames':{'" + bad + "':'a'}"),
              Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"" + bad + "\""));
  }
  for (const std::string bad : {"a", ":", ":a b", "#a", ""}) {
    EXPECT_EQ(Filter("a = b", ",'ExpressionAttributeValues':{'" + bad + "':{'S':'a'}}"),
              Invalid("ExpressionAttributeValues contains invalid key: Syntax error; key: \"" + bad + "\""));
  }
  // Names before values, a key before what it holds, all of it before the expression's syntax, what is unused last.
  EXPECT_EQ(Filter("a =", ",'ExpressionAttributeNames':{'a':'a'},'ExpressionAttributeValues':{':v':{'N':'x'}}"),
            Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\""));
  EXPECT_EQ(Filter("a =", ",'ExpressionAttributeNames':{'a':'a'},'ExpressionAttributeValues':{}"),
            Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\""));
  EXPECT_EQ(Filter("a =", ",'ExpressionAttributeValues':{'v':{'N':'x'}}"),
            Invalid("ExpressionAttributeValues contains invalid key: Syntax error; key: \"v\""));
  EXPECT_EQ(Filter("a =", ",'ExpressionAttributeValues':{':v':{'N':'x'}}"),
            Invalid("ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric "
                    "value: x for key :v"));
  EXPECT_EQ(Filter("a =", names), Invalid("Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"=\""));
  EXPECT_EQ(Filter("a = b", names + values),
            Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"));
  EXPECT_EQ(Filter("#a = b", names + values),
            Invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}"));
  EXPECT_EQ(Filter("#b = :a", names + values),
            Invalid("Invalid FilterExpression: An expression attribute name used in the document path is not defined; "
                    "attribute name: #b"));
  EXPECT_EQ(Filter("#a = :b", names + values),
            Invalid("Invalid FilterExpression: An expression attribute value used in expression is not defined; "
                    "attribute value: :b"));
  EXPECT_EQ(Filter("attribute_exists(a) OR #a = :a", names + values), NotFound());  // used, if never looked at
}

TEST_F(ExpressionsWireTest, LimitsHaveTexts) {
  const std::string size = "Expression size has exceeded the maximum allowed size; expression size: ";
  EXPECT_EQ(Filter(""), Invalid("Invalid FilterExpression: The expression can not be empty;"));
  EXPECT_EQ(Condition(""), Invalid("Invalid ConditionExpression: The expression can not be empty;"));
  EXPECT_EQ(Update(""), Invalid("Invalid UpdateExpression: The expression can not be empty;"));
  EXPECT_EQ(Projection(""), Invalid("Invalid ProjectionExpression: The expression can not be empty;"));
  const std::string longest = "attribute_exists(" + std::string(4096 - 18, 'a') + ")";
  EXPECT_EQ(Filter(longest), NotFound());
  EXPECT_EQ(Filter(longest + " "), Invalid("Invalid FilterExpression: " + size + "4097"));
  EXPECT_EQ(Projection(std::string(4097, 'a')), Invalid("Invalid ProjectionExpression: " + size + "4097"));
  std::string operators = "a<b";
  for (int i = 1; i < 150; ++i) {
    operators += " OR a<b";
  }
  EXPECT_EQ(Filter(operators), NotFound());  // 299
  EXPECT_EQ(Filter("NOT " + operators), NotFound());
  EXPECT_EQ(Filter("NOT NOT " + operators),
            Invalid("Invalid FilterExpression: The expression contains too many operators; operator count: 301"));
  std::string operands = "b";
  for (int i = 1; i < 100; ++i) {
    operands += ",b";
  }
  EXPECT_EQ(Filter("a IN (" + operands + ")"), NotFound());
  EXPECT_EQ(Filter("a IN (" + operands + ",b)"),
            Invalid("Invalid FilterExpression: The IN operator is provided with too many operands; number of "
                    "operands: 101"));
  std::string path = "a";
  for (int i = 0; i < 32; ++i) {
    path += i % 2 == 0 ? ".b" : "[1]";
  }
  EXPECT_EQ(Projection(path), NotFound());
  EXPECT_EQ(
      Projection(path + ".c"),
      Invalid("Invalid ProjectionExpression: The document path has too many nesting elements; nesting levels: 33"));
}

TEST_F(ExpressionsWireTest, SyntaxErrorsQuoteTheTokenAndItsNeighbours) {
  const auto syntax = [](std::string_view kind, std::string_view token, std::string_view near) {
    return Invalid(fmt::format("Invalid {}: Syntax error; token: \"{}\", near: \"{}\"", kind, token, near));
  };
  EXPECT_EQ(Projection("a-b"), syntax("ProjectionExpression", "-", "a-b"));
  EXPECT_EQ(Update("ADD hits : incr"), syntax("UpdateExpression", ":", "hits : incr"));
  EXPECT_EQ(Update("SET a = b, #, c = d"), syntax("UpdateExpression", "#", ", #,"));
  EXPECT_EQ(Condition("attribute_exists(car_id) AND NOT #has"), syntax("ConditionExpression", "<EOF>", "#has"));
  EXPECT_EQ(Filter("_type = :x"), syntax("FilterExpression", "_", "_type"));
  EXPECT_EQ(Filter("a = b c"), syntax("FilterExpression", "c", "b c"));
  EXPECT_EQ(Filter("a == b"), syntax("FilterExpression", "=", "== b"));
  EXPECT_EQ(Filter("(a = b"), syntax("FilterExpression", "<EOF>", "b"));
  EXPECT_EQ(Filter(")"), syntax("FilterExpression", ")", ")"));
  EXPECT_EQ(Filter("a BETWEEN b OR c"), syntax("FilterExpression", "OR", "b OR c"));
  EXPECT_EQ(Filter("a IN b"), syntax("FilterExpression", "b", "IN b"));
  EXPECT_EQ(Filter("a[-1] = b"), syntax("FilterExpression", "-", "[-1"));
  EXPECT_EQ(Filter("a[b] = b"), syntax("FilterExpression", "b", "[b]"));
  EXPECT_EQ(Filter("a.:b = b"), syntax("FilterExpression", ":b", ".:b ="));
  EXPECT_EQ(Projection("a,"), syntax("ProjectionExpression", "<EOF>", ","));
  EXPECT_EQ(Projection(":a"), syntax("ProjectionExpression", ":a", ":a"));
  EXPECT_EQ(Update("a = b"), syntax("UpdateExpression", "a", "a ="));
  EXPECT_EQ(Update("SET a"), syntax("UpdateExpression", "<EOF>", "a"));
  EXPECT_EQ(Update("REMOVE"), syntax("UpdateExpression", "<EOF>", "REMOVE"));
  EXPECT_EQ(Update("ADD a b"), syntax("UpdateExpression", "b", "a b"));
  EXPECT_EQ(Update("SET a = b + c + d"), syntax("UpdateExpression", "+", "c + d"));
  EXPECT_EQ(Update("SET a = :b < :c"), syntax("UpdateExpression", "<", ":b < :c"));
}

TEST_F(ExpressionsWireTest, StaticChecksComeInTheirOrder) {
  const auto filter = [](std::string_view text) { return Invalid(fmt::format("Invalid FilterExpression: {}", text)); };
  const auto update = [](std::string_view text) { return Invalid(fmt::format("Invalid UpdateExpression: {}", text)); };
  const auto projection = [](std::string_view text) {
    return Invalid(fmt::format("Invalid ProjectionExpression: {}", text));
  };
  const std::string values =
      ",'ExpressionAttributeValues':{':n':{'N':'1'},':m':{'N':'0'},':s':{'S':'a'},':t':{'BOOL':true},"
      "':l':{'L':[]},':ss':{'SS':['a']},':z':{'NULL':true}}";
  // Undefined placeholders show how far the checks got; unused ones come last.
  EXPECT_EQ(Filter("((a = b)) AND nope(size) AND size(a)"), filter("The expression has redundant parentheses;"));
  EXPECT_EQ(Filter("nope(size) AND size(a)"), filter("Invalid function name; function: nope"));
  EXPECT_EQ(Filter("Size(a) = b"), filter("Invalid function name; function: Size"));
  EXPECT_EQ(Filter("if_not_exists(a, b) = c"), filter("Invalid function name; function: if_not_exists"));
  EXPECT_EQ(Filter("size(a) AND size = b"),
            filter("The function is not allowed to be used this way in an expression; function: size"));
  EXPECT_EQ(Filter("a = begins_with(b, c)"),
            filter("The function is not allowed to be used this way in an expression; function: begins_with"));
  EXPECT_EQ(Filter("Size = :undefined"), filter("Attribute name is a reserved keyword; reserved keyword: Size"));
  EXPECT_EQ(Filter("a.b.zone = :undefined"), filter("Attribute name is a reserved keyword; reserved keyword: zone"));
  EXPECT_EQ(Filter("#s = b", ",'ExpressionAttributeNames':{'#s':'size'}"), NotFound());
  EXPECT_EQ(Filter("attribute_exists(a, b)"), filter("Incorrect number of operands for operator or function; operator "
                                                     "or function: attribute_exists, number of operands: 2"));
  EXPECT_EQ(Filter("attribute_exists(:n)", values),
            filter("Operator or function requires a document path; operator or function: attribute_exists"));
  for (const std::string op : {"=", "<>", "<", "<=", ">", ">="}) {
    EXPECT_EQ(Filter("a.b[1] " + op + " a.b[1]"),
              filter("The first operand must be distinct from the remaining operands for this operator or function; "
                     "operator: " +
                     op + ", first operand: [a, b, [1]]"));
  }
  EXPECT_EQ(Filter("begins_with(a, a)"),
            filter("The first operand must be distinct from the remaining operands for this operator or function; "
                   "operator: begins_with, first operand: [a]"));
  const auto type = [](std::string_view function, std::string_view name) {
    return fmt::format("Incorrect operand type for operator or function; operator or function: {}, operand type: {}",
                       function, name);
  };
  EXPECT_EQ(Filter("begins_with(a, :n)", values), filter(type("begins_with", "N")));
  EXPECT_EQ(Filter("size(:n) = a", values), filter(type("size", "N")));
  EXPECT_EQ(Filter("a < :t", values), filter(type("<", "BOOL")));
  EXPECT_EQ(Filter("a >= :l", values), filter(type(">=", "L")));
  EXPECT_EQ(Filter("attribute_type(a, :n)", values), filter(type("attribute_type", "N")));
  EXPECT_EQ(Filter("attribute_type(a, b)"), filter(type("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}")));
  EXPECT_EQ(Filter("attribute_type(a, :s)", values),
            filter("Invalid attribute type name found; type: a, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"));
  EXPECT_EQ(Filter("a BETWEEN :n AND :s", values),
            filter("The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: "
                   "AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}"));
  EXPECT_EQ(Filter("a BETWEEN :n AND :m", values),
            filter("The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
                   "operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {N:0}"));

  EXPECT_EQ(Update("SET a.size = nope(b) SET b = :x"),
            update("Attribute name is a reserved keyword; reserved keyword: size"));
  EXPECT_EQ(Update("SET a = nope(b) SET b = :x"), update("Invalid function name; function: nope"));
  EXPECT_EQ(Update("SET a = begins_with(b, c)"), update("Invalid function name; function: begins_with"));
  EXPECT_EQ(Update("SET a = :x SET b = #x"),
            update("The \"SET\" section can only be used once in an update expression;"));
  EXPECT_EQ(Update("SET a = :x, b = #x"),
            update("An expression attribute name used in the document path is not defined; attribute name: #x"));
  EXPECT_EQ(Update("SET a = :x REMOVE a"),
            update("An expression attribute value used in expression is not defined; attribute value: :x"));
  const std::string resolve = "must remove or rewrite one of these paths; path one: ";
  EXPECT_EQ(Update("SET a.b = c REMOVE a, x.y, x[1]"),
            update("Two document paths overlap with each other; " + resolve + "[a, b], path two: [a]"));
  EXPECT_EQ(Update("SET a.b = c REMOVE a[1] ADD n :s", values),
            update("Two document paths conflict with each other; " + resolve + "[a, b], path two: [a, [1]]"));
  const auto action = [](std::string_view section, std::string_view name) {
    return fmt::format("Incorrect operand type for operator or function; operator: {}, operand type: {}", section,
                       name);
  };
  EXPECT_EQ(Update("SET x = y + :s ADD n :s", values), update(action("ADD", "STRING")));
  EXPECT_EQ(Update("ADD n :l", values), update(action("ADD", "LIST")));
  EXPECT_EQ(Update("ADD n :t", values), update(action("ADD", "BOOLEAN")));
  EXPECT_EQ(Update("DELETE n :n", values), update(action("DELETE", "NUMBER")));
  EXPECT_EQ(Update("SET x = y + :s", values), update(type("+", "S")));
  EXPECT_EQ(Update("SET x = list_append(y, :n)", values), update(type("list_append", "N")));
  EXPECT_EQ(Update("SET x = if_not_exists(:n, y)", values),
            update("Operator or function requires a document path; operator or function: if_not_exists"));

  EXPECT_EQ(Projection("a.size, #x, a"), projection("Attribute name is a reserved keyword; reserved keyword: size"));
  EXPECT_EQ(Projection("a.b, #x, a"),
            projection("An expression attribute name used in the document path is not defined; attribute name: #x"));
  EXPECT_EQ(Projection("a.b, a"),
            projection("Two document paths overlap with each other; " + resolve + "[a, b], path two: [a]"));
  EXPECT_EQ(Projection("a, a"),
            projection("Two document paths overlap with each other; " + resolve + "[a], path two: [a]"));
  EXPECT_EQ(Projection("a.b, a[0]"),
            projection("Two document paths conflict with each other; " + resolve + "[a, b], path two: [a, [0]]"));
}

TEST_F(ExpressionsWireTest, KeysAreWholeScalarsAndNotUpdated) {
  CreateTable("Items", "S");
  const auto part_of_key = InvalidParameter("Cannot update attribute pk. This attribute is part of the key");
  const auto scalar =
      Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk");
  const auto update = [](std::string_view expression) {
    return fmt::format("{{'TableName':'Items','Key':{{'pk':{{'S':'a'}}}},'UpdateExpression':'{}'}}", expression);
  };
  Check({
      {"UpdateItem", update("SET pk = a"), part_of_key},
      {"UpdateItem", update("REMOVE pk"), part_of_key},
      {"UpdateItem", update("REMOVE a, pk.b"), part_of_key},
      {"UpdateItem", update("SET a = pk[0]"), scalar},
      {"GetItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}},'ProjectionExpression':'pk.a'}", scalar},
      {"DeleteItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}},'ConditionExpression':'attribute_exists(pk[1])'}",
       scalar},
      {"Scan", "{'TableName':'Items','FilterExpression':'attribute_exists(pk.a)'}", scalar},
      {"Scan", "{'TableName':'Items','FilterExpression':'attribute_exists(pk)'}",
       Quoted("{'Items':[],'Count':0,'ScannedCount':0}")},
  });
}

TEST_F(ExpressionsWireTest, ConditionsDecide) {
  CreateTable("Items", "S");
  ASSERT_EQ(Send("PutItem",
                 "{'TableName':'Items','Item':{'pk':{'S':'a'},'n':{'N':'5'},'s':{'S':'caf\\u00e9'},"
                 "'b':{'B':'AP8='},'z':{'NULL':true},'ss':{'SS':['a','b']},'ns':{'NS':['1','2']},"
                 "'l':{'L':[{'N':'1'},{'M':{'k':{'SS':['y','x']}}}]},'m':{'M':{'k':{'S':'v'}}}}}"),
            "{}");
  struct Decision {
    std::string condition;
    std::string value;  // of :v; empty: none
    bool holds;
  };
  const std::vector<Decision> decisions = {
      {"n = :v", "{'N':'5.0'}", true},
      {"n = :v", "{'S':'5'}", false},
      {"n <> :v", "{'S':'5'}", true},
      {"absent = :v", "{'S':'5'}", false},
      {"absent <> :v", "{'S':'5'}", true},
      {"NOT absent < :v", "{'N':'1'}", true},
      {"n < :v", "{'S':'9'}", false},
      {"n > :v", "{'N':'-7'}", true},
      {"n BETWEEN :v AND n", "{'N':'5'}", true},
      {"n BETWEEN n AND :v", "{'N':'4'}", false},
      {"n IN (absent, :v)", "{'N':'5E0'}", true},
      {"absent IN (:v)", "{'NULL':true}", false},
      {"z = :v", "{'NULL':true}", true},
      {"attribute_exists(z) AND attribute_exists(m.k) AND attribute_exists(l[1].k)", "", true},
      {"attribute_not_exists(m.k.x) AND attribute_not_exists(l[9]) AND attribute_not_exists(s[0])", "", true},
      {"attribute_type(ss, :v)", "{'S':'SS'}", true},
      {"attribute_type(absent, :v)", "{'S':'S'}", false},
      {"begins_with(s, :v)", "{'S':'caf'}", true},
      {"begins_with(b, :v)", "{'B':'AA=='}", true},
      {"begins_with(n, :v)", "{'S':'5'}", false},
      {"contains(s, :v)", "{'S':'af'}", true},
      {"contains(b, :v)", "{'B':'/w=='}", true},
      {"contains(ss, :v)", "{'S':'b'}", true},
      {"contains(ns, :v)", "{'N':'2.0'}", true},
      {"contains(ns, :v)", "{'S':'2'}", false},
      {"contains(l, :v)", "{'N':'1.0'}", true},
      {"contains(l, :v)", "{'M':{'k':{'SS':['x','y']}}}", true},
      {"size(s) = :v", "{'N':'5'}", true},
      {"size(b) = :v", "{'N':'2'}", true},
      {"size(ss) = :v", "{'N':'2'}", true},
      {"size(l) = :v", "{'N':'2'}", true},
      {"size(m) = :v", "{'N':'1'}", true},
      {"size(n) = :v", "{'N':'1'}", false},
      {"size(absent) < :v", "{'N':'1'}", false},
      {"ss = :v", "{'SS':['b','a']}", true},
      {"l[1].k = :v", "{'SS':['x','y']}", true},
      {"m = :v", "{'M':{'k':{'S':'v'}}}", true},
      {"n = :v OR absent = :v AND absent = :v", "{'N':'5'}", true},
      {"NOT n = :v OR n = :v", "{'N':'5'}", true},
      {"not (n = :v) and (absent = :v)", "{'N':'6'}", false},
      {"pk = :v", "{'S':'a'}", true},
  };
  for (const Decision& decision : decisions) {
    const std::string values =
        decision.value.empty() ? "" : ",'ExpressionAttributeValues':{':v':" + decision.value + "}";
    EXPECT_EQ(Send("UpdateItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}},'ConditionExpression':'" +
                                     decision.condition + "'" + values + "}"),
              decision.holds ? "{}" : ConditionFailed())
        << decision.condition << " " << decision.value;
    EXPECT_EQ(Send("Scan", "{'TableName':'Items','Select':'COUNT','FilterExpression':'" + decision.condition + "'" +
                               values + "}"),
              fmt::format(R"({{"Count":{},"ScannedCount":1}})", decision.holds ? 1 : 0))
        << decision.condition << " " << decision.value;
  }
  // A missing item is an empty one.
  Check({
      {"PutItem", "{'TableName':'Items','Item':{'pk':{'S':'new'}},'ConditionExpression':'attribute_not_exists(pk)'}",
       "{}"},
      {"PutItem", "{'TableName':'Items','Item':{'pk':{'S':'new'}},'ConditionExpression':'attribute_not_exists(pk)'}",
       ConditionFailed()},
      {"DeleteItem",
       "{'TableName':'Items','Key':{'pk':{'S':'none'}},'ConditionExpression':'attribute_exists(pk)',"
       "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}",
       ConditionFailed()},
  });
}

TEST_F(ExpressionsWireTest, UpdatesReadTheOldItem) {
  CreateTable("Items", "S");
  const std::string path_text = "The document path provided in the update expression is invalid for update";
  const std::string absent_text = "The provided expression refers to an attribute that does not exist in the item";
  const std::string type_text = "An operand in the update expression has an incorrect data type";
  struct Change {
    std::string item;
    std::string expression;
    std::string values;
    std::string answer;
  };
  const std::string pk = "'pk':{'S':'a'}";
  const auto list = [](std::string_view elements) {
    std::string text = "'l':{'L':[";
    for (size_t i = 0; i < elements.size(); ++i) {
      text += fmt::format("{}{{'S':'{}'}}", i == 0 ? "" : ",", elements[i]);
    }
    return text + "]}";
  };
  const std::string n1 = "{':n':{'N':'1'}}";
  const std::vector<Change> changes = {
      {"'a':{'N':'1'},'b':{'N':'2'}", "SET a = b, b = a", "{}", "{'a':{'N':'2'},'b':{'N':'1'}," + pk + "}"},
      {"'a':{'N':'1'}", "REMOVE a SET b = a", "{}", "{'b':{'N':'1'}," + pk + "}"},
      {"", "SET a = b", "{}", Invalid(absent_text)},
      {"", "SET a = if_not_exists(a, :n) + :n", n1, "{'a':{'N':'2'}," + pk + "}"},
      {"'a':{'N':'0.1'}", "SET a = a - :n", n1, "{'a':{'N':'-0.9'}," + pk + "}"},
      {"'a':{'S':'x'}", "SET a = a + :n", n1, Invalid(type_text)},
      {"'a':{'N':'1E37'}", "SET a = a + :n", "{':n':{'N':'0.1'}}",
       Invalid("Attempting to store more than 38 significant digits in a Number")},
      {"'a':{'N':'9E125'}", "ADD a :n", "{':n':{'N':'9E125'}}",
       Invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")},
      {"'a':{'S':'x'}", "SET b = list_append(a, :l)", "{':l':{'L':[]}}", Invalid(type_text)},
      {list("ab"), "SET l = list_append(:l, l)", "{':l':{'L':[{'S':'z'}]}}", "{" + list("zab") + "," + pk + "}"},
      {list("abc"), "SET l[1] = :v", "{':v':{'S':'X'}}", "{" + list("aXc") + "," + pk + "}"},
      {list("abc"), "SET l[9] = :v, l[5] = :w", "{':v':{'S':'9'},':w':{'S':'5'}}",
       "{" + list("abc59") + "," + pk + "}"},
      {list("abcd"), "REMOVE l[0], l[2]", "{}", "{" + list("bd") + "," + pk + "}"},
      {list("abcd"), "REMOVE l[0] SET l[1] = :v", "{':v':{'S':'X'}}", "{" + list("Xcd") + "," + pk + "}"},
      {list("ab"), "REMOVE l[7], absent", "{}", "{" + list("ab") + "," + pk + "}"},
      {"", "REMOVE a.b", "{}", Invalid(path_text)},
      {"", "SET a.b = :n", n1, Invalid(path_text)},
      {"'a':{'S':'x'}", "SET a.b = :n", n1, Invalid(path_text)},
      {"'a':{'M':{}}", "SET a[0] = :n", n1, Invalid(path_text)},
      {"'a':{'M':{}}", "SET a.b = :n", n1, "{'a':{'M':{'b':{'N':'1'}}}," + pk + "}"},
      {"'a':{'M':{'b':{'L':[{'M':{}}]}}}", "ADD a.b[0].c :n", n1,
       "{'a':{'M':{'b':{'L':[{'M':{'c':{'N':'1'}}}]}}}," + pk + "}"},
      {"", "ADD a :s", "{':s':{'SS':['x']}}", "{'a':{'SS':['x']}," + pk + "}"},
      {"'a':{'SS':['y']}", "ADD a :s", "{':s':{'SS':['x','y']}}", "{'a':{'SS':['x','y']}," + pk + "}"},
      {"'a':{'NS':['1']}", "ADD a :s", "{':s':{'SS':['x']}}", Invalid(type_text)},
      {"'a':{'L':[]}", "ADD a :n", n1, Invalid(type_text)},
      {"'a':{'SS':['x','y']}", "DELETE a :s", "{':s':{'SS':['x','q']}}", "{'a':{'SS':['y']}," + pk + "}"},
      {"'a':{'SS':['x']}", "DELETE a :s", "{':s':{'SS':['x','q']}}", "{" + pk + "}"},
      {"", "DELETE a :s", "{':s':{'SS':['x']}}", "{" + pk + "}"},
      {"'a':{'N':'1'}", "DELETE a :s", "{':s':{'SS':['x']}}", Invalid(type_text)},
  };
  for (const Change& change : changes) {
    EXPECT_EQ(Updated(change.item, change.expression, change.values), change.answer)
        << change.item << " " << change.expression << " " << change.values;
  }
}

TEST_F(ExpressionsWireTest, UpdatesOfMissingItemsStartFromTheKey) {
  CreateTable("Items", "S");
  const auto update = [](std::string_view key, std::string_view rest) {
    return fmt::format("{{'TableName':'Items','Key':{{'pk':{{'S':'{}'}}}}{}}}", key, rest);
  };
  Check({
      {"UpdateItem", update("r", ",'UpdateExpression':'REMOVE a','ReturnValues':'ALL_NEW'"), "{}"},
      {"UpdateItem", update("r", ",'UpdateExpression':'REMOVE a.b'"),
       Invalid("The document path provided in the update expression is invalid for update")},
      {"UpdateItem", update("d", ",'UpdateExpression':'DELETE a :s','ExpressionAttributeValues':{':s':{'SS':['x']}}"),
       "{}"},
      {"Scan", "{'TableName':'Items'}", Quoted("{'Items':[],'Count':0,'ScannedCount':0}")},
      {"UpdateItem", update("k", ",'ReturnValues':'ALL_NEW'"), Quoted("{'Attributes':{'pk':{'S':'k'}}}")},
      {"Scan", "{'TableName':'Items'}", Quoted("{'Items':[{'pk':{'S':'k'}}],'Count':1,'ScannedCount':1}")},
      {"UpdateItem", update("s", ",'UpdateExpression':'SET a = pk','ReturnValues':'ALL_NEW'"),
       Quoted("{'Attributes':{'a':{'S':'s'},'pk':{'S':'s'}}}")},
  });
}

TEST_F(ExpressionsWireTest, ProjectionsKeepTheirNesting) {
  CreateTable("Items", "S");
  ASSERT_EQ(Send("PutItem",
                 "{'TableName':'Items','Item':{'pk':{'S':'a'},'m':{'M':{'x':{'N':'1'},'y':{'N':'2'},"
                 "'l':{'L':[{'S':'0'},{'S':'1'},{'M':{'c':{'S':'deep'}}}]}}},'a.b':{'S':'dotted'}}}"),
            "{}");
  const std::vector<std::pair<std::string, std::string>> projections = {
      {"pk", "{'pk':{'S':'a'}}"},
      {"m.x, m.y", "{'m':{'M':{'x':{'N':'1'},'y':{'N':'2'}}}}"},
      {"m.l[2].c", "{'m':{'M':{'l':{'L':[{'M':{'c':{'S':'deep'}}}]}}}}"},
      {"m.l[2], m.l[0], m.x", "{'m':{'M':{'l':{'L':[{'S':'0'},{'M':{'c':{'S':'deep'}}}]},'x':{'N':'1'}}}}"},
      {"absent, m.absent, m.x.y, pk2[1], m.l[9]", "{}"},
      {"m.l.c", "{}"},
  };
  for (const auto& [projection, item] : projections) {
    EXPECT_EQ(
        Send("GetItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}},'ProjectionExpression':'" + projection + "'}"),
        "{\"Item\":" + Quoted(item) + "}");
    EXPECT_EQ(Send("Scan", "{'TableName':'Items','ProjectionExpression':'" + projection + "'}"),
              "{\"Items\":[" + Quoted(item) + "],\"Count\":1,\"ScannedCount\":1}");
  }
  EXPECT_EQ(Send("GetItem",
                 "{'TableName':'Items','Key':{'pk':{'S':'a'}},'ProjectionExpression':'#d',"
                 "'ExpressionAttributeNames':{'#d':'a.b'}}"),
            Quoted("{'Item':{'a.b':{'S':'dotted'}}}"));
}

}  // namespace
}  // namespace basalt::server
