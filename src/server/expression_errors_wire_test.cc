// Every text about an expression, in every place where an expression stands: what is wrong with the text itself, with
// its names and values, with its functions and operands, with its paths.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

// One value of each type: ":S" is a string, ":SS" a string set, and so on; none of them is the name of a type.
struct TypedValue {
  std::string_view type;
  std::string_view json;
  std::string_view long_name;  // as ADD and DELETE name it
};
constexpr std::array<TypedValue, 10> kTypedValues = {{
    {"S", "{'S':'a'}", "STRING"},
    {"N", "{'N':'1'}", "NUMBER"},
    {"B", "{'B':'YQ=='}", "BINARY"},
    {"BOOL", "{'BOOL':true}", "BOOLEAN"},
    {"NULL", "{'NULL':true}", "NULL"},
    {"SS", "{'SS':['a']}", "SS"},
    {"NS", "{'NS':['1']}", "NS"},
    {"BS", "{'BS':['YQ==']}", "BS"},
    {"L", "{'L':[]}", "LIST"},
    {"M", "{'M':{}}", "MAP"},
}};
bool IsOneOf(std::string_view type, std::initializer_list<std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

// A member that holds an expression. The table does not exist: an expression without a defect is answered NotFound().
struct Place {
  std::string_view operation;
  std::string_view kind;
  std::string_view head;            // of the request, up to the expression
  std::string_view tail;            // "]}" and the like
  std::string_view own_value = "";  // of ExpressionAttributeValues, needed by another expression of the request
};
constexpr std::string_view kKeyOfA = "{'TableName':'None','Key':{'pk':{'S':'a'}},";
constexpr std::array<Place, 5> kConditions = {{
    {"PutItem", "ConditionExpression", "{'TableName':'None','Item':{'pk':{'S':'a'}},", "}"},
    {"UpdateItem", "ConditionExpression", kKeyOfA, "}"},
    {"DeleteItem", "ConditionExpression", kKeyOfA, "}"},
    {"Query", "FilterExpression", "{'TableName':'None','KeyConditionExpression':'pk = :own',", "}", "':own':{'S':'a'}"},
    {"Scan", "FilterExpression", "{'TableName':'None',", "}"},
}};
constexpr Place kKeyCondition = {"Query", "KeyConditionExpression", "{'TableName':'None',", "}"};
constexpr std::array<Place, 4> kProjections = {{
    {"GetItem", "ProjectionExpression", kKeyOfA, "}"},
    {"BatchGetItem", "ProjectionExpression", "{'RequestItems':{'None':{'Keys':[{'pk':{'S':'a'}}],", "}}}"},
    {"Query", "ProjectionExpression", "{'TableName':'None','KeyConditionExpression':'pk = :own',", "}",
     "':own':{'S':'a'}"},
    {"Scan", "ProjectionExpression", "{'TableName':'None',", "}"},
}};
constexpr Place kUpdate = {"UpdateItem", "UpdateExpression", kKeyOfA, "}"};

std::vector<Place> EveryCondition() {
  std::vector<Place> places(kConditions.begin(), kConditions.end());
  places.push_back(kKeyCondition);
  return places;
}
std::vector<Place> EveryPlace() {
  std::vector<Place> places = EveryCondition();
  places.insert(places.end(), kProjections.begin(), kProjections.end());
  places.push_back(kUpdate);
  return places;
}

std::string JoinMembers(std::string_view a, std::string_view b) {
  return std::string(a) + (a.empty() || b.empty() ? "" : ",") + std::string(b);
}

class ExpressionErrorsTest : public WireTest {
 protected:
  // `expression` as JSON has it; `names` and `values` are members of the two maps.
  std::string Ask(const Place& place, std::string_view expression, std::string_view values = "",
                  std::string_view names = "") {
    std::string request(place.head);
    request += fmt::format("'{}':'{}'", place.kind, expression);
    const std::string all_values = JoinMembers(place.own_value, values);
    if (!all_values.empty()) {
      request += ",'ExpressionAttributeValues':{" + all_values + "}";
    }
    if (!names.empty()) {
      request += fmt::format(",'ExpressionAttributeNames':{{{}}}", names);
    }
    return Send(std::string(place.operation), request + std::string(place.tail));
  }
  static std::string Refused(const Place& place, std::string_view text) {
    return Invalid(fmt::format("Invalid {}: {}", place.kind, text));
  }

  void ExpectEverywhere(const std::vector<Place>& places, std::string_view expression, std::string_view text,
                        std::string_view values = "", std::string_view names = "") {
    for (const Place& place : places) {
      EXPECT_EQ(Ask(place, expression, values, names), text.empty() ? NotFound() : Refused(place, text))
          << place.operation << " " << place.kind << " " << expression.substr(0, 200);
    }
  }
  void ExpectOfConditions(std::string_view expression, std::string_view text, std::string_view values = "",
                          std::string_view names = "") {
    ExpectEverywhere({kConditions.begin(), kConditions.end()}, expression, text, values, names);
  }
  void ExpectOfUpdate(std::string_view expression, std::string_view text, std::string_view values = "") {
    ExpectEverywhere({kUpdate}, expression, text, values);
  }
};

std::string Typed(std::string_view type) {
  for (const TypedValue& value : kTypedValues) {
    if (value.type == type) {
      return fmt::format("':{}':{}", type, value.json);
    }
  }
  return "";
}
std::string OperandType(std::string_view function, std::string_view type) {
  return fmt::format("Incorrect operand type for operator or function; operator or function: {}, operand type: {}",
                     function, type);
}
std::string OperandCount(std::string_view function, int count) {
  return fmt::format(
      "Incorrect number of operands for operator or function; operator or function: {}, number of operands: {}",
      function, count);
}
std::string Syntax(std::string_view token, std::string_view near) {
  return fmt::format("Syntax error; token: \"{}\", near: \"{}\"", token, near);
}
std::string Repeated(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += text;
  }
  return out;
}

TEST_F(ExpressionErrorsTest, TheEmptyExpressionIsRefusedEverywhere) {
  ExpectEverywhere(EveryPlace(), "", "The expression can not be empty;");
  ExpectEverywhere(EveryPlace(), " ", Syntax("<EOF>", ""));
  ExpectEverywhere(EveryPlace(), "\\r\\n\\t ", Syntax("<EOF>", ""));
}

TEST_F(ExpressionErrorsTest, TheSizeIsThatOfTheBytesAsSent) {
  const std::string e_acute = "\xc3\xa9";
  const auto size = [](int bytes) {
    return fmt::format("Expression size has exceeded the maximum allowed size; expression size: {}", bytes);
  };
  ExpectEverywhere(EveryPlace(), Repeated(e_acute, 2048), Syntax(e_acute, e_acute + e_acute));
  ExpectEverywhere(EveryPlace(), Repeated(e_acute, 2048) + "a", size(4097));
  ExpectEverywhere(EveryPlace(), Repeated(e_acute, 4096), size(8192));
  ExpectEverywhere(EveryPlace(), Repeated("\\u00e9", 2048),
                   Syntax(e_acute, e_acute + e_acute));  // as JSON unescapes it
  ExpectEverywhere(EveryPlace(), Repeated(" ", 4097), size(4097));
  ExpectOfConditions("attribute_exists(a)" + Repeated(" ", 4096 - 19), "");
  ExpectOfConditions("attribute_exists(a)" + Repeated(" ", 4097 - 19), size(4097));
  ExpectOfUpdate("REMOVE a" + Repeated(" ", 4096 - 8), "");
  ExpectOfUpdate("REMOVE a" + Repeated(" ", 4097 - 8), size(4097));
}

TEST_F(ExpressionErrorsTest, SyntaxErrorsQuoteTheTokenAndItsNeighboursEverywhere) {
  struct Quote {
    std::string_view expression;
    std::string_view token;
    std::string_view near;
  };
  // At the start there is nothing before, at the end nothing after; white space between is kept.
  for (const Quote& quote : std::vector<Quote>{
           {"!", "!", "!"},
           {"! a", "!", "! a"},
           {"$$", "$", "$$"},
           {" \\t ? \\n x", "?", "? \n x"},
           {"\xe2\x82\xac", "\xe2\x82\xac", "\xe2\x82\xac"},
           {"\\ud83d\\ude00 x", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80 x"},
           {"_a", "_", "_a"},
           {"#", "#", "#"},
           {"# a", "#", "# a"},
           {":", ":", ":"},
           {"1", "1", "1"},
           {"=", "=", "="},
           {"]", "]", "]"},
           {"\\\\", "\\", "\\"},
       }) {
    ExpectEverywhere(EveryPlace(), quote.expression, Syntax(quote.token, quote.near));
  }
  for (const Quote& quote : std::vector<Quote>{
           {"a", "<EOF>", "a"},
           {":v", "<EOF>", ":v"},
           {"a  <  \\n", "<EOF>", "<"},
           {"a = :v AND", "<EOF>", "AND"},
           {"a = :v and\\t\\tor b = :v", "or", "and\t\tor b"},
           {"a  =\\n\\r  = b", "=", "=\n\r  = b"},
           {"a=:v%", "%", ":v%"},
           {"a = :v \xc3\xa9 b", "\xc3\xa9", ":v \xc3\xa9 b"},
           {"a-b = :v", "-", "a-b"},
           {"a = 'x'", "\"", "= \"x"},  // written with the quote of JSON below
           {"a.b. = :v", "=", ". = :v"},
           {"a[1.5] = :v", ".", "1.5"},
           {"a[+1] = :v", "+", "[+1"},
           {"a[ 1 ", "<EOF>", "1"},
           {"attribute_exists a", "a", "attribute_exists a"},
           {"attribute_exists(a", "<EOF>", "a"},
           {"attribute_exists()", ")", "()"},
           {"attribute_exists(,a)", ",", "(,a"},
           {"attribute_type(a,)", ")", ",)"},
           {"size(a) size(b)", "size", ") size("},
           {"contains(a b)", "b", "a b)"},
           {"()", ")", "()"},
           {"(a = :v))", ")", "))"},
           {"a BETWEEN :v , :w", ",", ":v , :w"},
           {"a BETWEEN :v AND", "<EOF>", "AND"},
           {"a NOT IN (:v)", "NOT", "a NOT IN"},
           {"a IN ()", ")", "()"},
           {"a IN (:v :w)", ":w", ":v :w)"},
           {"a IN :v", ":v", "IN :v"},
           {"NOT", "<EOF>", "NOT"},
           {"a <> = :v", "=", "<> = :v"},
           {"a == :v", "=", "== :v"},
           {"a && b", "&", "a &&"},
           {"a LIKE :v", "LIKE", "a LIKE :v"},
           {"a IS NULL", "IS", "a IS NULL"},
       }) {
    std::string expression(quote.expression);
    if (quote.token == "\"") {
      expression = "a = \\'x\\'";
    }
    ExpectEverywhere(EveryCondition(), expression, Syntax(quote.token, quote.near));
  }
  for (const Quote& quote : std::vector<Quote>{
           {"a,", "<EOF>", ","},         {",a", ",", ",a"},
           {"a,,b", ",", ",,b"},         {"a b", "b", "a b"},
           {"a  \\t b", "b", "a  \t b"}, {"*", "*", "*"},
           {"a.*", "*", ".*"},           {"a[*]", "*", "[*]"},
           {"a[]", "]", "[]"},           {"a[0", "<EOF>", "0"},
           {"a[0]]", "]", "]]"},         {"a.[0]", "[", ".[0"},
           {"a.", "<EOF>", "."},         {".a", ".", ".a"},
           {"(a)", "(", "(a"},           {"size(a)", "(", "size(a"},
           {"a = b", "=", "a = b"},      {"and", "and", "and"},
           {"a, :v", ":v", ", :v"},      {"a-b", "-", "a-b"},
           {"#a-b", "-", "#a-b"},        {"a\xc3\xa9", "\xc3\xa9", "a\xc3\xa9"},
       }) {
    ExpectEverywhere({kProjections.begin(), kProjections.end()}, quote.expression, Syntax(quote.token, quote.near));
  }
  for (const Quote& quote : std::vector<Quote>{
           {"SET", "<EOF>", "SET"},
           {"SETa = :v", "SETa", "SETa ="},
           {"SET a", "<EOF>", "a"},
           {"SET a =", "<EOF>", "="},
           {"SET a = :v,", "<EOF>", ","},
           {"SET a = :v REMOVE", "<EOF>", "REMOVE"},
           {"SET a = :v, REMOVE b", "REMOVE", ", REMOVE b"},
           {"SET a : :v", ":", "a : :v"},
           {"SET a := :v", ":", "a :="},
           {"SET a += :v", "+", "a +="},
           {"SET a = a * :v", "*", "a * :v"},
           {"SET a = a++", "+", "++"},
           {"SET a = -:v", "-", "= -:v"},
           {"SET a = b - c - d", "-", "c - d"},
           {"SET a = :v AND b = :v", "AND", ":v AND b"},
           {"SET a = if_not_exists(b)\\n c", "c", ")\n c"},
           {"SET a = list_append()", ")", "()"},
           {"SET a = list_append(b, c, )", ")", ", )"},
           {"SET a = (b + c", "<EOF>", "c"},
           {"SET :v = a", ":v", "SET :v ="},
           {"SET a = :v; SET b = :v", ";", ":v; SET"},
           {"REMOVE a = :v", "=", "a = :v"},
           {"REMOVE a :v", ":v", "a :v"},
           {"ADD a", "<EOF>", "a"},
           {"ADD a = :v", "=", "a = :v"},
           {"ADD a 5", "5", "a 5"},
           {"ADD a #v", "#v", "a #v"},
           {"ADD a :v b :v", "b", ":v b :v"},
           {"DELETE a", "<EOF>", "a"},
           {"DELETE a (:v)", "(", "a (:v"},
           {"UPDATE a = :v", "UPDATE", "UPDATE a"},
           {"a = :v", "a", "a ="},
       }) {
    ExpectOfUpdate(quote.expression, Syntax(quote.token, quote.near));
  }
}

TEST_F(ExpressionErrorsTest, ReservedWordsAreNamedAsTypedEverywhere) {
  const auto reserved = [](std::string_view word) {
    return fmt::format("Attribute name is a reserved keyword; reserved keyword: {}", word);
  };
  for (const std::string_view word : {"name", "Name", "STATUS", "zone", "abort", "Hash"}) {
    const std::string text = reserved(word);
    const std::string w(word);
    ExpectEverywhere(EveryCondition(), w + " = :v", text);
    ExpectEverywhere(EveryCondition(), "a." + w + "[0] = :v", text);
    ExpectEverywhere(EveryCondition(), "x = :v AND begins_with(" + w + ", date)", text);
    ExpectEverywhere({kProjections.begin(), kProjections.end()}, "a, b." + w + ", date", text);
    ExpectOfUpdate("SET " + w + " = :v", text);
    ExpectOfUpdate("SET a = " + w, text);
    ExpectOfUpdate("REMOVE a[1]." + w + ", date", text);
    ExpectOfUpdate("ADD " + w + " :v DELETE date :v", text);
    // As what a placeholder stands for it is a name like any other.
    const std::string names = "'#w':'" + w + "'";
    ExpectOfConditions("attribute_exists(#w)", "", "", names);
    ExpectEverywhere({kProjections.begin(), kProjections.end()}, "#w.#w", "", "", names);
  }
}

TEST_F(ExpressionErrorsTest, UndefinedPlaceholdersAreNamedEverywhere) {
  const std::string name = "An expression attribute name used in the document path is not defined; attribute name: ";
  const std::string value = "An expression attribute value used in expression is not defined; attribute value: ";
  ExpectEverywhere(EveryCondition(), "#n = :v", name + "#n");
  ExpectEverywhere(EveryCondition(), "a.#N[2] = :v", name + "#N");
  ExpectEverywhere(EveryCondition(), "a = :v", value + ":v");
  ExpectEverywhere(EveryCondition(), ":v = #n", value + ":v");  // in the order of the text
  ExpectEverywhere(EveryCondition(), "a BETWEEN :S AND :W", value + ":W", Typed("S"));
  ExpectEverywhere({kProjections.begin(), kProjections.end()}, "a, #n", name + "#n");
  ExpectEverywhere({kProjections.begin(), kProjections.end()}, "#n.#m", name + "#m", "", "'#n':'n'");
  ExpectOfUpdate("SET a = :v, #n = :w", name + "#n");  // names before values
  ExpectOfUpdate("SET a = :v", value + ":v");
  ExpectOfUpdate("REMOVE #n", name + "#n");
  ExpectOfUpdate("ADD a :v", value + ":v");
  ExpectOfUpdate("DELETE a :v", value + ":v");
  ExpectOfUpdate("SET a = if_not_exists(b, :v)", value + ":v");
}

TEST_F(ExpressionErrorsTest, PlaceholdersMayBe255BytesLong) {
  const std::string longest(254, 'x');
  ExpectOfConditions("attribute_exists(#" + longest + ")", "", "", "'#" + longest + "':'a'");
  ExpectOfConditions("a = :" + longest, "", "':" + longest + "':{'S':'a'}");
  for (const Place& place : kConditions) {
    EXPECT_EQ(Ask(place, "attribute_exists(#x" + longest + ")", "", "'#x" + longest + "':'a'"),
              Invalid("ExpressionAttributeNames contains invalid key: Key is longer than 255 bytes; key: \"#x" +
                      longest + "\""));
    EXPECT_EQ(Ask(place, "a = :x" + longest, "':x" + longest + "':{'S':'a'}"),
              Invalid("ExpressionAttributeValues contains invalid key: Key is longer than 255 bytes; key: \":x" +
                      longest + "\""));
  }
}

TEST_F(ExpressionErrorsTest, UnusedPlaceholdersAreListedWithoutAKind) {
  const std::string names = "Value provided in ExpressionAttributeNames unused in expressions: keys: ";
  const std::string values = "Value provided in ExpressionAttributeValues unused in expressions: keys: ";
  for (const Place& place : kConditions) {
    EXPECT_EQ(Ask(place, "attribute_exists(a)", "", "'#a':'a','#b':'b'"), Invalid(names + "{#a, #b}"));
    EXPECT_EQ(Ask(place, "attribute_exists(#b)", Typed("S"), "'#a':'a','#b':'b'"), Invalid(names + "{#a}"));
    EXPECT_EQ(Ask(place, "attribute_exists(#b)", Typed("S"), "'#b':'b'"), Invalid(values + "{:S}"));
    EXPECT_EQ(Ask(place, "attribute_exists(a) OR a = :N", Typed("S") + "," + Typed("B") + "," + Typed("N")),
              Invalid(values + "{:B, :S}"));
    // Told apart by the case of their letters.
    EXPECT_EQ(Ask(place, "attribute_exists(#a)", "", "'#a':'a','#A':'b'"), Invalid(names + "{#A}"));
  }
  for (const Place& place : kProjections) {
    EXPECT_EQ(Ask(place, "a", "", "'#a':'a','#b':'b'"), Invalid(names + "{#a, #b}"));
  }
  EXPECT_EQ(Ask(kUpdate, "REMOVE a", "", "'#a':'a'"), Invalid(names + "{#a}"));
  EXPECT_EQ(Ask(kUpdate, "REMOVE a", Typed("S")), Invalid(values + "{:S}"));
  // What one expression of the request uses, the others need not.
  Check({
      {"UpdateItem",
       "{'TableName':'None','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET #u = :u','ConditionExpression':'#c = :c',"
       "'ExpressionAttributeNames':{'#u':'a','#c':'b'},'ExpressionAttributeValues':{':u':{'S':'a'},':c':{'S':'a'}}}",
       NotFound()},
      {"Query",
       "{'TableName':'None','KeyConditionExpression':'#k = :k','FilterExpression':'#f = :f',"
       "'ProjectionExpression':'#p','ExpressionAttributeNames':{'#k':'a','#f':'b','#p':'c'},"
       "'ExpressionAttributeValues':{':k':{'S':'a'},':f':{'S':'a'}}}",
       NotFound()},
      {"Scan",
       "{'TableName':'None','FilterExpression':'#f = :f','ProjectionExpression':'#p',"
       "'ExpressionAttributeNames':{'#f':'b','#p':'c'},'ExpressionAttributeValues':{':f':{'S':'a'}}}",
       NotFound()},
  });
}

TEST_F(ExpressionErrorsTest, ParenthesesAroundParenthesesAreRedundantEverywhere) {
  const std::string redundant = "The expression has redundant parentheses;";
  for (const std::string_view text :
       {"((a = :S))", "((a)) = :S", "a = ((:S))", "(((a = :S)))", "( ( a = :S ) )", "NOT ((a = :S))",
        "a = :S AND ((b = :S))", "((a = :S AND b = :S))", "((attribute_exists(a)))", "attribute_exists(((a)))",
        "((size(a))) = :S", "a IN (((:S)))", "a BETWEEN ((:S)) AND :S", "(((a = :S) AND (b = :S)))"}) {
    ExpectEverywhere(EveryCondition(), text, redundant, Typed("S"));
  }
  for (const std::string_view text :
       {"(a = :S)", "(a) = (:S)", "((a = :S) AND (b = :S))", "((a) = (:S))", "(((a = :S) AND b = :S) AND c = :S)",
        "NOT (NOT (a = :S))", "attribute_exists((a)) OR a = :S", "(contains((a), (:S)))", "a IN ((:S))"}) {
    ExpectOfConditions(text, "", Typed("S"));
  }
  for (const std::string_view text :
       {"SET a = ((:N))", "SET a = ((b + :N))", "SET a = ((b)) + :N", "SET a = if_not_exists(((b)), :N)"}) {
    ExpectOfUpdate(text, redundant, Typed("N"));
  }
  for (const std::string_view text :
       {"SET a = (:N)", "SET a = (b + :N)", "SET a = ((b) + (:N))", "SET a = (if_not_exists((b), (:N)))"}) {
    ExpectOfUpdate(text, "", Typed("N"));
  }
}

TEST_F(ExpressionErrorsTest, OperatorsAreCountedUpTo300) {
  const auto too_many = [](int count) {
    return fmt::format("The expression contains too many operators; operator count: {}", count);
  };
  // Each of these counts as the given number of operators.
  struct Term {
    std::string_view text;
    int operators;
  };
  for (const Term& term : std::vector<Term>{{"a=b", 1},
                                            {"a<>b", 1},
                                            {"a<b", 1},
                                            {"a<=b", 1},
                                            {"a>b", 1},
                                            {"a>=b", 1},
                                            {"a IN(b)", 1},
                                            {"a BETWEEN b AND c", 1},
                                            {"contains(a,b)", 1},
                                            {"NOT a=b", 2},
                                            {"size(a)=b", 2}}) {
    std::string expression(term.text);
    int count = term.operators;
    while (count + 2 <= 300) {
      expression += " OR a=b";
      count += 2;
    }
    ExpectOfConditions(count == 300 ? expression : "NOT " + expression, "");
    ExpectOfConditions(count == 300 ? "NOT " + expression : "NOT NOT " + expression, too_many(301));
  }
  std::string both = "a=b";
  for (int i = 0; i < 150; ++i) {
    both += i % 2 == 0 ? " AND a=b" : " OR a=b";
  }
  ExpectEverywhere(EveryCondition(), both, too_many(301));
  std::string sums = "SET a=b+c";
  for (int i = 1; i < 300; ++i) {
    sums += fmt::format(",a{}=b{}c", i, i % 2 == 0 ? '+' : '-');
  }
  ExpectOfUpdate(sums, "");
  ExpectOfUpdate(sums + ",x=b-c", too_many(301));
}

TEST_F(ExpressionErrorsTest, InTakes100Operands) {
  const std::string hundred = Repeated("b,", 99) + "b";
  ExpectOfConditions("a IN (" + hundred + ")", "");
  ExpectOfConditions("NOT (a IN (" + hundred + ")) OR a IN (b)", "");
  for (const int more : {1, 2, 100}) {
    ExpectEverywhere(
        EveryCondition(), "a IN (" + hundred + Repeated(",b", more) + ")",
        fmt::format("The IN operator is provided with too many operands; number of operands: {}", 100 + more));
  }
}

TEST_F(ExpressionErrorsTest, PathsHave32DereferencesAtMost) {
  const auto text = [](int levels) {
    return fmt::format("The document path has too many nesting elements; nesting levels: {}", levels);
  };
  for (const std::string_view element : {".b", "[0]", ".#b"}) {
    const std::string most = "a" + Repeated(element, 32);
    const std::string more = most + std::string(element);
    const std::string names = element == ".#b" ? "'#b':'b'" : "";
    ExpectOfConditions("attribute_exists(" + most + ")", "", "", names);
    ExpectOfConditions("attribute_exists(" + more + ")", text(33), "", names);
    ExpectOfConditions("size(" + most + "[7][8]) = x", text(34), "", names);
    ExpectEverywhere({kProjections.begin(), kProjections.end()}, most, "", "", names);
    ExpectEverywhere({kProjections.begin(), kProjections.end()}, "x, " + more, text(33), "", names);
    ExpectEverywhere({kUpdate}, "REMOVE " + most, "", "", names);
    ExpectEverywhere({kUpdate}, "SET x = " + more, text(33), "", names);
  }
}

TEST_F(ExpressionErrorsTest, FunctionNamesAreKnownByTheKindOfExpression) {
  const auto unknown = [](std::string_view name) { return fmt::format("Invalid function name; function: {}", name); };
  for (const std::string_view name : {"nope", "Size", "SIZE", "Attribute_exists", "begins_With", "list_append",
                                      "if_not_exists", "attribute_exist", "length"}) {
    ExpectEverywhere(EveryCondition(), fmt::format("{}(a, b)", name), unknown(name));
    ExpectEverywhere(EveryCondition(), fmt::format("a = {}(b)", name), unknown(name));
    ExpectEverywhere(EveryCondition(), fmt::format("attribute_exists({}(b))", name), unknown(name));
  }
  for (const std::string_view name : {"nope", "attribute_exists", "attribute_not_exists", "attribute_type",
                                      "begins_with", "contains", "size", "List_append", "IF_NOT_EXISTS"}) {
    ExpectOfUpdate(fmt::format("SET a = {}(b, c)", name), unknown(name));
    ExpectOfUpdate(fmt::format("SET a = b + {}(c)", name), unknown(name));
    ExpectOfUpdate(fmt::format("SET a = if_not_exists(b, {}(c))", name), unknown(name));
  }
}

TEST_F(ExpressionErrorsTest, FunctionsMustStandWhereTheyBelong) {
  for (const std::string_view name :
       {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"}) {
    const std::string text =
        fmt::format("The function is not allowed to be used this way in an expression; function: {}", name);
    for (const std::string_view expression :
         {"{}(a) = b", "a <> {}(b)", "a BETWEEN {}(b) AND c", "a BETWEEN b AND {}(c)", "{}(a) IN (b)",
          "a IN (b, {}(c))", "size({}(a)) = b", "contains({}(a), b)", "begins_with(a, {}(b))",
          "attribute_exists({}(a))", "({}(a)) = b"}) {
      ExpectEverywhere(EveryCondition(), fmt::format(fmt::runtime(expression), name), text);
    }
  }
  for (const std::string_view expression :
       {"size(a)", "NOT size(a)", "(size(a))", "a = b AND size(a)", "size(a) OR a = b", "size(a, b, c)"}) {
    ExpectEverywhere(EveryCondition(), expression,
                     "The function is not allowed to be used this way in an expression; function: size");
  }
}

TEST_F(ExpressionErrorsTest, FunctionsCountTheirOperands) {
  struct Arity {
    std::string_view name;
    int operands;
  };
  for (const Arity& function : {Arity{"attribute_exists", 1}, Arity{"attribute_not_exists", 1},
                                Arity{"attribute_type", 2}, Arity{"begins_with", 2}, Arity{"contains", 2}}) {
    ExpectEverywhere(EveryCondition(), fmt::format("{}()", function.name), Syntax(")", "()"));
    for (int count = 1; count <= 3; ++count) {
      const std::string operands = std::string("a, b, c").substr(0, static_cast<size_t>(count) * 3 - 2);
      if (count != function.operands) {
        ExpectEverywhere(EveryCondition(), fmt::format("{}({})", function.name, operands),
                         OperandCount(function.name, count));
        ExpectEverywhere(EveryCondition(), fmt::format("NOT {}({})", function.name, operands),
                         OperandCount(function.name, count));
      } else if (function.name != "attribute_type") {
        ExpectOfConditions(fmt::format("{}({})", function.name, operands), "");
      }
    }
  }
  ExpectEverywhere(EveryCondition(), "size() = x", Syntax(")", "() ="));
  ExpectOfConditions("size(a) = x", "");
  ExpectEverywhere(EveryCondition(), "size(a, b) = x", OperandCount("size", 2));
  ExpectEverywhere(EveryCondition(), "x IN (size(a, b, c))", OperandCount("size", 3));
  for (const std::string_view name : {"if_not_exists", "list_append"}) {
    ExpectOfUpdate(fmt::format("SET x = {}()", name), Syntax(")", "()"));
    ExpectOfUpdate(fmt::format("SET x = {}(a)", name), OperandCount(name, 1));
    ExpectOfUpdate(fmt::format("SET x = {}(a, b)", name), "");
    ExpectOfUpdate(fmt::format("SET x = {}(a, b, c)", name), OperandCount(name, 3));
    ExpectOfUpdate(fmt::format("SET x = y - {}(a, b, c)", name), OperandCount(name, 3));
  }
}

TEST_F(ExpressionErrorsTest, SomeFunctionsNeedAPath) {
  for (const std::string_view name : {"attribute_exists", "attribute_not_exists"}) {
    const std::string text =
        fmt::format("Operator or function requires a document path; operator or function: {}", name);
    for (const TypedValue& value : kTypedValues) {
      ExpectEverywhere(EveryCondition(), fmt::format("{}(:{})", name, value.type), text, Typed(value.type));
    }
    ExpectEverywhere(EveryCondition(), fmt::format("{}(size(a))", name), text);
  }
  const std::string text = "Operator or function requires a document path; operator or function: if_not_exists";
  for (const TypedValue& value : kTypedValues) {
    ExpectOfUpdate(fmt::format("SET x = if_not_exists(:{}, a)", value.type), text, Typed(value.type));
  }
  ExpectOfUpdate("SET x = if_not_exists(list_append(a, b), c)", text);
  ExpectOfUpdate("SET x = if_not_exists(if_not_exists(a, b), c)", text);
}

TEST_F(ExpressionErrorsTest, OperandsMustBeDistinctPaths) {
  const auto text = [](std::string_view name, std::string_view path) {
    return fmt::format(
        "The first operand must be distinct from the remaining operands for this operator or function; operator: {}, "
        "first operand: {}",
        name, path);
  };
  for (const std::string_view name : {"=", "<>", "<", "<=", ">", ">="}) {
    ExpectEverywhere(EveryCondition(), fmt::format("a {} a", name), text(name, "[a]"));
    ExpectEverywhere(EveryCondition(), fmt::format("(a.b[2].c) {} a.b[2].c", name), text(name, "[a, b, [2], c]"));
    ExpectEverywhere(EveryCondition(), fmt::format("#a {} a", name), text(name, "[a]"), "", "'#a':'a'");
    ExpectOfConditions(fmt::format("a[1] {} a[2]", name), "");
    ExpectOfConditions(fmt::format("a.b {} a", name), "");
    ExpectOfConditions(fmt::format("size(a) {} size(a)", name), "");
  }
  for (const std::string_view name : {"begins_with", "contains"}) {
    ExpectEverywhere(EveryCondition(), fmt::format("{}(a, a)", name), text(name, "[a]"));
    ExpectEverywhere(EveryCondition(), fmt::format("{}(a[0], #a[0])", name), text(name, "[a, [0]]"), "", "'#a':'a'");
    ExpectOfConditions(fmt::format("{}(a, a.b)", name), "");
  }
}

TEST_F(ExpressionErrorsTest, LiteralsMustHaveATypeTheFunctionCanUse) {
  for (const TypedValue& value : kTypedValues) {
    const std::string_view type = value.type;
    const std::string typed = Typed(type);
    const auto expect = [&](std::string_view expression, std::string_view function, bool allowed) {
      const std::string text = fmt::format(fmt::runtime(expression), type);
      if (allowed) {
        ExpectOfConditions(text, "", typed);
      } else {
        ExpectEverywhere(EveryCondition(), text, OperandType(function, type), typed);
      }
    };
    expect("begins_with(a, :{})", "begins_with", IsOneOf(type, {"S", "B"}));
    expect("begins_with(:{}, a)", "begins_with", IsOneOf(type, {"S", "B"}));
    expect("contains(a, :{})", "contains", true);
    expect("contains(:{}, a)", "contains", !IsOneOf(type, {"N", "BOOL", "NULL", "M"}));
    expect("size(:{}) = a", "size", !IsOneOf(type, {"N", "BOOL", "NULL"}));
    expect("a = :{}", "=", true);
    expect("a <> :{}", "<>", true);
    expect("a IN (:{})", "IN", true);
    for (const std::string op : {"<", "<=", ">", ">="}) {
      expect("a " + op + " :{}", op, IsOneOf(type, {"S", "N", "B"}));
      expect(":{} " + op + " a", op, IsOneOf(type, {"S", "N", "B"}));
    }
    expect("a BETWEEN :{} AND b", "BETWEEN", IsOneOf(type, {"S", "N", "B"}));
    expect("a BETWEEN b AND :{}", "BETWEEN", IsOneOf(type, {"S", "N", "B"}));
    expect(":{} BETWEEN a AND b", "BETWEEN", IsOneOf(type, {"S", "N", "B"}));
    if (type != "S") {
      expect("attribute_type(a, :{})", "attribute_type", false);
    }

    for (const std::string_view op : {"+", "-"}) {
      for (const std::string_view expression : {"SET x = y {} :{}", "SET x = :{1} {0} y"}) {
        ExpectOfUpdate(fmt::format(fmt::runtime(expression), op, type), type == "N" ? "" : OperandType(op, type),
                       typed);
      }
    }
    for (const std::string_view expression : {"SET x = list_append(y, :{})", "SET x = list_append(:{}, y)"}) {
      ExpectOfUpdate(fmt::format(fmt::runtime(expression), type), type == "L" ? "" : OperandType("list_append", type),
                     typed);
    }
    ExpectOfUpdate(fmt::format("SET x = if_not_exists(y, :{})", type), "", typed);
    const auto action = [&](std::string_view section) {
      return fmt::format("Incorrect operand type for operator or function; operator: {}, operand type: {}", section,
                         value.long_name);
    };
    const bool is_set = IsOneOf(type, {"SS", "NS", "BS"});
    ExpectOfUpdate(fmt::format("ADD x :{}", type), is_set || type == "N" ? "" : action("ADD"), typed);
    ExpectOfUpdate(fmt::format("DELETE x :{}", type), is_set ? "" : action("DELETE"), typed);
  }
  ExpectEverywhere(EveryCondition(), "attribute_type(a, b)",
                   OperandType("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"));
  ExpectEverywhere(EveryCondition(), "attribute_type(a, size(b))", OperandType("attribute_type", "N"));
  ExpectEverywhere(EveryCondition(), "size(size(a)) = b", OperandType("size", "N"));
  ExpectEverywhere(EveryCondition(), "begins_with(size(a), b)", OperandType("begins_with", "N"));
  ExpectOfUpdate("SET x = list_append(a, b) + c", OperandType("+", "L"));
}

TEST_F(ExpressionErrorsTest, AttributeTypeKnowsTenTypes) {
  for (const std::string_view type : {"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"}) {
    ExpectOfConditions("attribute_type(a, :t)", "", fmt::format("':t':{{'S':'{}'}}", type));
  }
  for (const std::string_view type : {"", "s", "STRING", "Null", " S", "SSS"}) {
    ExpectEverywhere(EveryCondition(), "attribute_type(a, :t)",
                     fmt::format("Invalid attribute type name found; type: {}, valid types: "
                                 "{{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}",
                                 type),
                     fmt::format("':t':{{'S':'{}'}}", type));
  }
}

TEST_F(ExpressionErrorsTest, TheBoundsOfBetweenAreCompared) {
  struct Bounds {
    std::string_view low;  // type and value
    std::string_view high;
    bool ordered = false;
  };
  const auto value = [](std::string_view bound) {
    const size_t colon = bound.find(':');
    return fmt::format("{{'{}':'{}'}}", bound.substr(0, colon), bound.substr(colon + 1));
  };
  const auto texts = [](const Bounds& bounds, std::string_view what) {
    return fmt::format(
        "The BETWEEN operator requires {}; lower bound operand: AttributeValue: {{{}}}, upper bound operand: "
        "AttributeValue: {{{}}}",
        what, bounds.low, bounds.high);
  };
  for (const Bounds& bounds : std::vector<Bounds>{{"S:a", "N:1"},
                                                  {"S:a", "B:YQ=="},
                                                  {"N:1", "S:1"},
                                                  {"N:1", "B:YQ=="},
                                                  {"B:YQ==", "S:a"},
                                                  {"B:YQ==", "N:1"},
                                                  {"S:z", "N:1"}}) {
    ExpectEverywhere(EveryCondition(), "a BETWEEN :l AND :h",
                     texts(bounds, "same data type for lower and upper bounds"),
                     fmt::format("':l':{},':h':{}", value(bounds.low), value(bounds.high)));
  }
  for (const Bounds& bounds : std::vector<Bounds>{{"S:b", "S:a"},
                                                  {"S:aa", "S:a"},
                                                  {"S:\xc3\xa9", "S:z"},
                                                  {"N:1", "N:-1"},
                                                  {"N:10", "N:9"},
                                                  {"B:YQ==", "B:"},
                                                  {"B:/w==", "B:fw=="}}) {
    ExpectEverywhere(EveryCondition(), "a BETWEEN :l AND :h",
                     texts(bounds, "upper bound to be greater than or equal to lower bound"),
                     fmt::format("':l':{},':h':{}", value(bounds.low), value(bounds.high)));
  }
  for (const Bounds& bounds : std::vector<Bounds>{{"S:a", "S:a"},
                                                  {"S:", "S:a"},
                                                  {"N:9", "N:10"},
                                                  {"N:1", "N:1.0"},
                                                  {"N:-1E125", "N:1E-130"},
                                                  {"B:", "B:"},
                                                  {"B:fw==", "B:/w=="}}) {
    ExpectOfConditions("a BETWEEN :l AND :h", "",
                       fmt::format("':l':{},':h':{}", value(bounds.low), value(bounds.high)));
  }
}

TEST_F(ExpressionErrorsTest, PathsMayNeitherOverlapNorConflict) {
  struct Clash {
    std::string_view one;
    std::string_view two;
    std::string_view verb;  // empty: none
    std::string_view shown_one = "";
    std::string_view shown_two = "";
  };
  const std::string names = "'#a':'a','#d':'a.b'";
  for (const Clash& clash : std::vector<Clash>{
           {"a", "a", "overlap", "[a]", "[a]"},
           {"a", "#a", "overlap", "[a]", "[a]"},
           {"a", "a.b", "overlap", "[a]", "[a, b]"},
           {"a.b", "a", "overlap", "[a, b]", "[a]"},
           {"a", "a[0]", "overlap", "[a]", "[a, [0]]"},
           {"a[0]", "a", "overlap", "[a, [0]]", "[a]"},
           {"a[0]", "a[0]", "overlap", "[a, [0]]", "[a, [0]]"},
           {"a[10].b", "a[10]", "overlap", "[a, [10], b]", "[a, [10]]"},
           {"a.b.c.d", "a.b", "overlap", "[a, b, c, d]", "[a, b]"},
           {"#a.b[2]", "a.b[2].c", "overlap", "[a, b, [2]]", "[a, b, [2], c]"},
           {"a.b", "a[1]", "conflict", "[a, b]", "[a, [1]]"},
           {"a[1]", "a.b", "conflict", "[a, [1]]", "[a, b]"},
           {"a.b[0].c", "a.b.c[0]", "conflict", "[a, b, [0], c]", "[a, b, c, [0]]"},
           {"a[0].b", "a[0][1].c", "conflict", "[a, [0], b]", "[a, [0], [1], c]"},
           {"a.b", "a.c", ""},
           {"a[0]", "a[1]", ""},
           {"a.b", "#d", ""},  // a dot of a substituted name is part of the name
           {"a.a", "b.a", ""},
           {"ab", "a", ""},
       }) {
    std::string text;
    if (!clash.verb.empty()) {
      text = fmt::format(
          "Two document paths {} with each other; must remove or rewrite one of these paths; path one: {}, path two: "
          "{}",
          clash.verb, clash.shown_one, clash.shown_two);
    }
    // Every name is used, so that it is not what is refused.
    ExpectEverywhere({kProjections.begin(), kProjections.end()},
                     fmt::format("{}, {}, z.#a, z.#d", clash.one, clash.two), text, "", names);
    for (const std::string_view update :
         {"SET {0} = :n, {1} = :n, z.#a = :n, z.#d = :n", "REMOVE {0}, {1}, z.#a, z.#d SET x = :n",
          "ADD {0} :n, {1} :n SET x = z.#a + z.#d", "SET {0} = :n REMOVE {1}, z.#a, z.#d",
          "REMOVE {0}, z.#a, z.#d ADD {1} :n", "ADD {0} :n SET {1} = z.#a + z.#d"}) {
      ExpectEverywhere({kUpdate}, fmt::format(fmt::runtime(update), clash.one, clash.two), text, "':n':{'N':'1'}",
                       names);
    }
    ExpectEverywhere({kUpdate}, fmt::format("DELETE {0} :s, {1} :s SET x = z.#a + z.#d", clash.one, clash.two), text,
                     "':s':{'SS':['a']}", names);
  }
  // What is only read may overlap with anything.
  ExpectOfUpdate("SET a = a.b, c = a, d = c.d", "");
}

TEST_F(ExpressionErrorsTest, ASectionStandsOnceInAnUpdate) {
  const std::string values = "':n':{'N':'1'},':s':{'SS':['a']}";
  struct Section {
    std::string_view name;
    std::string_view first;
    std::string_view second;
  };
  for (const Section& section :
       {Section{"SET", "SET a = :n", "set b = :n"}, Section{"REMOVE", "REMOVE a", "Remove b"},
        Section{"ADD", "ADD a :n", "add b :n"}, Section{"DELETE", "DELETE a :s", "delete b :s"}}) {
    const std::string text =
        fmt::format("The \"{}\" section can only be used once in an update expression;", section.name);
    ExpectOfUpdate(fmt::format("{} {}", section.first, section.second), text, values);
    ExpectOfUpdate(fmt::format("{} {} SET z = :n SET y = :n", section.first, section.second), text, values);
  }
  for (const std::string_view order :
       {"SET a = :n REMOVE b ADD c :n DELETE d :s", "DELETE d :s ADD c :n REMOVE b SET a = :n",
        "REMOVE b DELETE d :s SET a = :n ADD c :n"}) {
    ExpectOfUpdate(order, "", values);
  }
}

TEST_F(ExpressionErrorsTest, DefectsOfOneConditionComeInTheServicesOrder) {
  // Each has all the defects that follow it, too.
  ExpectEverywhere(EveryCondition(), "((x = x)) AND nope(a) AND size(a) AND b = name AND #x = :x",
                   "The expression has redundant parentheses;");
  ExpectEverywhere(EveryCondition(), "x = x AND size(a) AND b = name AND #x = :x AND nope(a)",
                   "Invalid function name; function: nope");
  ExpectEverywhere(EveryCondition(), "x = x AND b = name AND #x = :x AND size(a)",
                   "The function is not allowed to be used this way in an expression; function: size");
  ExpectEverywhere(EveryCondition(), "x = x AND #x = :x AND b = name",
                   "Attribute name is a reserved keyword; reserved keyword: name");
  // From here on condition by condition.
  ExpectEverywhere(EveryCondition(), "contains(#x, :x, c) AND x = x",
                   "An expression attribute name used in the document path is not defined; attribute name: #x");
  ExpectEverywhere(EveryCondition(), "contains(a, a, c) AND #x = :x", OperandCount("contains", 3));
  ExpectEverywhere(EveryCondition(), "x = x AND #x = :x",
                   "The first operand must be distinct from the remaining operands for this operator or function; "
                   "operator: =, first operand: [x]");
  ExpectEverywhere(EveryCondition(), "a < :L AND #x = :x", OperandType("<", "L"), Typed("L"));
}

TEST_F(ExpressionErrorsTest, DefectsOfAnUpdateComeInTheServicesOrder) {
  ExpectOfUpdate("SET a = nope(b), a = #x ADD c :S SET y = size",
                 "Attribute name is a reserved keyword; reserved keyword: size", Typed("S"));
  ExpectOfUpdate("SET a = nope(b), a = #x ADD c :S SET y = z", "Invalid function name; function: nope", Typed("S"));
  ExpectOfUpdate("SET a = b, a = #x ADD c :S SET y = z",
                 "The \"SET\" section can only be used once in an update expression;", Typed("S"));
  ExpectOfUpdate("SET a = b, a = :x ADD c :S REMOVE #x",
                 "An expression attribute name used in the document path is not defined; attribute name: #x",
                 Typed("S"));
  ExpectOfUpdate("SET a = b, a = :x ADD c :S",
                 "An expression attribute value used in expression is not defined; attribute value: :x", Typed("S"));
  ExpectOfUpdate("SET d.e = b, d[1] = b, a = b, a = b ADD c :S",
                 "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: "
                 "[a], path two: [a]",
                 Typed("S"));
  ExpectOfUpdate("SET d.e = b, d[1] = if_not_exists(b) ADD c :S",
                 "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: "
                 "[d, e], path two: [d, [1]]",
                 Typed("S"));
  ExpectOfUpdate("SET d = if_not_exists(b) ADD c :S",
                 "Incorrect operand type for operator or function; operator: ADD, operand type: STRING", Typed("S"));
  ExpectOfUpdate("SET d = if_not_exists(b)", OperandCount("if_not_exists", 1));
}

TEST_F(ExpressionErrorsTest, DefectsOfAProjectionComeInTheServicesOrder) {
  const std::vector<Place> places(kProjections.begin(), kProjections.end());
  ExpectEverywhere(places, "a, a, #x, size", "Attribute name is a reserved keyword; reserved keyword: size");
  ExpectEverywhere(places, "a, a, #x",
                   "An expression attribute name used in the document path is not defined; attribute name: #x");
  ExpectEverywhere(places, "b.c, b[0], a, a",
                   "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: "
                   "[a], path two: [a]");
}

TEST_F(ExpressionErrorsTest, ExpressionsAreReadInTheirOrder) {
  const auto syntax = [](std::string_view kind) {
    return Invalid(fmt::format("Invalid {}: Syntax error; token: \"<EOF>\", near: \"{}\"", kind,
                               kind == "ProjectionExpression" ? "," : "="));
  };
  Check({
      {"UpdateItem", std::string(kKeyOfA) + "'ConditionExpression':'a =','UpdateExpression':'SET a ='}",
       syntax("UpdateExpression")},
      {"UpdateItem",
       std::string(kKeyOfA) + "'ConditionExpression':'a =','UpdateExpression':'SET a = :u',"
                              "'ExpressionAttributeValues':{':u':{'S':'a'},':w':{'S':'a'}}}",
       syntax("ConditionExpression")},
      {"Query",
       "{'TableName':'None','ProjectionExpression':'a,','FilterExpression':'a =','KeyConditionExpression':'pk ='}",
       syntax("KeyConditionExpression")},
      {"Query",
       "{'TableName':'None','ProjectionExpression':'a,','FilterExpression':'a =','KeyConditionExpression':'pk = :p',"
       "'ExpressionAttributeValues':{':p':{'S':'a'}}}",
       syntax("FilterExpression")},
      {"Query",
       "{'TableName':'None','ProjectionExpression':'a,','KeyConditionExpression':'pk = :p',"
       "'ExpressionAttributeValues':{':p':{'S':'a'},':unused':{'S':'a'}}}",
       syntax("ProjectionExpression")},
      {"Scan", "{'TableName':'None','ProjectionExpression':'a,','FilterExpression':'a ='}", syntax("FilterExpression")},
  });
}

}  // namespace
}  // namespace basalt::server
