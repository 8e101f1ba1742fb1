// Tests of conditions and filters: static checks, then evaluation.
#include "expression/condition.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "expression/request_fixture.h"

namespace basalt::expression {
namespace {

constexpr std::string_view kLiterals =
    "{':s':{'S':'a'},':t':{'S':'b'},':n':{'N':'1'},':m':{'N':'2'},':b':{'B':'YQ=='},':c':{'B':'Yg=='},"
    "':true':{'BOOL':true},':null':{'NULL':true},':ss':{'SS':['a']},':ns':{'NS':['1']},':bs':{'BS':['YQ==']},"
    "':l':{'L':[]},':map':{'M':{}}}";

std::string CheckError(std::string_view text) {
  Request request(kLiterals);
  const std::string error = request.ConditionError(text);
  constexpr std::string_view kPrefix = "Invalid ConditionExpression: ";
  return error.starts_with(kPrefix) ? error.substr(kPrefix.size()) : error;
}

std::string TypeError(std::string_view function, std::string_view type) {
  return "Incorrect operand type for operator or function; operator or function: " + std::string(function) +
         ", operand type: " + std::string(type);
}

// As at the head of expression.h.
bool HeaderExample(std::span<const NameEntry> names, model::Item values, model::Item item) {
  const auto run = [&]() -> Result<bool> {
    Arena arena;
    expression::Placeholders placeholders(names, values);
    TRY_ASSIGN(const auto* condition, expression::ParseCondition(Kind::kCondition, "#a = :v", placeholders, arena));
    TRY(placeholders.CheckAllUsed());
    return expression::Evaluate(*condition, item);
  };
  return run().ValueOr(false);
}

TEST(Condition, WorksAsTheHeaderShows) {
  Arena arena;
  const NameEntry name{"#a", "x"};
  const model::Item values = ItemOf("{':v':{'N':'1'}}", arena);
  EXPECT_TRUE(HeaderExample({&name, 1}, values, ItemOf("{'x':{'N':'1.0'}}", arena)));
  EXPECT_FALSE(HeaderExample({&name, 1}, values, ItemOf("{'x':{'N':'2'}}", arena)));
}

TEST(ConditionCheck, RefusesUnknownFunctions) {
  EXPECT_EQ(CheckError("foo(a)"), "Invalid function name; function: foo");
  EXPECT_EQ(CheckError("SIZE(a) = :n"), "Invalid function name; function: SIZE");
  EXPECT_EQ(CheckError("if_not_exists(a, :n) = :n"), "Invalid function name; function: if_not_exists");
  EXPECT_EQ(CheckError("list_append(a, :l) = :l"), "Invalid function name; function: list_append");
}

TEST(ConditionCheck, RefusesMisusedFunctions) {
  const std::string text = "The function is not allowed to be used this way in an expression; function: ";
  EXPECT_EQ(CheckError("size(a)"), text + "size");
  EXPECT_EQ(CheckError("NOT size(a)"), text + "size");
  EXPECT_EQ(CheckError("(size(a)) AND b = :n"), text + "size");
  EXPECT_EQ(CheckError("attribute_exists(a) = :true"), text + "attribute_exists");
  EXPECT_EQ(CheckError("a = contains(b, :s)"), text + "contains");
  EXPECT_EQ(CheckError("a IN (:s, begins_with(b, :s))"), text + "begins_with");
  EXPECT_EQ(CheckError("size(attribute_exists(a)) = :n"), text + "attribute_exists");
}

TEST(ConditionCheck, RefusesUndefinedPlaceholders) {
  EXPECT_EQ(CheckError("#x = :s"),
            "An expression attribute name used in the document path is not defined; attribute name: #x");
  EXPECT_EQ(CheckError("a.#x[1] = :s"),
            "An expression attribute name used in the document path is not defined; attribute name: #x");
  EXPECT_EQ(CheckError("a = :x"),
            "An expression attribute value used in expression is not defined; attribute value: :x");
  EXPECT_EQ(CheckError("size(#y) = :x"),
            "An expression attribute name used in the document path is not defined; attribute name: #y");
}

TEST(ConditionCheck, NamesTheKindOfExpression) {
  Request request;
  EXPECT_EQ(request.ErrorOf(Kind::kFilter, "a = :x"),
            "Invalid FilterExpression: An expression attribute value used in expression is not defined; attribute "
            "value: :x");
}

TEST(ConditionCheck, CountsOperands) {
  const auto error = [](std::string_view function, int count) {
    return "Incorrect number of operands for operator or function; operator or function: " + std::string(function) +
           ", number of operands: " + std::to_string(count);
  };
  EXPECT_EQ(CheckError("attribute_exists(a, b)"), error("attribute_exists", 2));
  EXPECT_EQ(CheckError("attribute_not_exists(a, b)"), error("attribute_not_exists", 2));
  EXPECT_EQ(CheckError("attribute_type(a)"), error("attribute_type", 1));
  EXPECT_EQ(CheckError("begins_with(a)"), error("begins_with", 1));
  EXPECT_EQ(CheckError("contains(a, :s, :s)"), error("contains", 3));
  EXPECT_EQ(CheckError("size(a, b) = :n"), error("size", 2));
}

TEST(ConditionCheck, RequiresPaths) {
  const std::string text = "Operator or function requires a document path; operator or function: ";
  EXPECT_EQ(CheckError("attribute_exists(:s)"), text + "attribute_exists");
  EXPECT_EQ(CheckError("attribute_not_exists(size(a))"), text + "attribute_not_exists");
}

TEST(ConditionCheck, RequiresDistinctOperands) {
  const auto error = [](std::string_view name, std::string_view path) {
    return "The first operand must be distinct from the remaining operands for this operator or function; operator: " +
           std::string(name) + ", first operand: " + std::string(path);
  };
  EXPECT_EQ(CheckError("a = a"), error("=", "[a]"));
  EXPECT_EQ(CheckError("a <> (a)"), error("<>", "[a]"));
  EXPECT_EQ(CheckError("a.b[2] >= a.b[2]"), error(">=", "[a, b, [2]]"));
  EXPECT_EQ(CheckError("contains(a, a)"), error("contains", "[a]"));
  EXPECT_EQ(CheckError("begins_with(a, a)"), error("begins_with", "[a]"));
  EXPECT_EQ(CheckError("a = a.b"), "");
  EXPECT_EQ(CheckError("a[1] = a[2]"), "");
  EXPECT_EQ(CheckError("size(a) = size(a)"), "");
  Request request("{}", {{"#a", "a"}});
  EXPECT_EQ(request.ConditionError("a = #a"), "Invalid ConditionExpression: " + error("=", "[a]"));
}

TEST(ConditionCheck, RefusesLiteralsOfWrongTypes) {
  EXPECT_EQ(CheckError("begins_with(a, :n)"), TypeError("begins_with", "N"));
  EXPECT_EQ(CheckError("begins_with(:ss, a)"), TypeError("begins_with", "SS"));
  EXPECT_EQ(CheckError("begins_with(a, size(b))"), TypeError("begins_with", "N"));
  EXPECT_EQ(CheckError("contains(:true, a)"), TypeError("contains", "BOOL"));
  EXPECT_EQ(CheckError("contains(:map, a)"), TypeError("contains", "M"));
  EXPECT_EQ(CheckError("size(:n) = :n"), TypeError("size", "N"));
  EXPECT_EQ(CheckError("size(:null) = :n"), TypeError("size", "NULL"));
  EXPECT_EQ(CheckError("size(:true) = :n"), TypeError("size", "BOOL"));
  EXPECT_EQ(CheckError("size(size(a)) = :n"), TypeError("size", "N"));
  EXPECT_EQ(CheckError("a < :true"), TypeError("<", "BOOL"));
  EXPECT_EQ(CheckError("a <= :null"), TypeError("<=", "NULL"));
  EXPECT_EQ(CheckError(":ss > a"), TypeError(">", "SS"));
  EXPECT_EQ(CheckError("a >= :l"), TypeError(">=", "L"));
  EXPECT_EQ(CheckError("a BETWEEN :map AND b"), TypeError("BETWEEN", "M"));
  EXPECT_EQ(CheckError("a = :map AND b <> :l"), "");
  EXPECT_EQ(CheckError("a < :s AND b > :n AND c <= :b"), "");
}

TEST(ConditionCheck, RequiresATypeNameForAttributeType) {
  EXPECT_EQ(CheckError("attribute_type(a, :n)"), TypeError("attribute_type", "N"));
  EXPECT_EQ(CheckError("attribute_type(a, b)"), TypeError("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"));
  EXPECT_EQ(CheckError("attribute_type(a, :s)"),
            "Invalid attribute type name found; type: a, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
}

TEST(ConditionCheck, ComparesTheBoundsOfBetween) {
  const auto error = [](std::string_view defect, std::string_view low, std::string_view high) {
    return "The BETWEEN operator requires " + std::string(defect) +
           " lower and upper bounds; lower bound operand: AttributeValue: " + std::string(low) +
           ", upper bound operand: AttributeValue: " + std::string(high);
  };
  EXPECT_EQ(CheckError("a BETWEEN :s AND :n"), error("same data type for", "{S:a}", "{N:1}"));
  EXPECT_EQ(CheckError("a BETWEEN :c AND :n"), error("same data type for", "{B:Yg==}", "{N:1}"));
  EXPECT_EQ(CheckError("a BETWEEN :m AND :n"),
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
            "operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}");
  EXPECT_EQ(CheckError("a BETWEEN :n AND :n"), "");
  EXPECT_EQ(CheckError("a BETWEEN b AND b"), "");
}

TEST(ConditionCheck, ReportsDefectsInTheServicesOrder) {
  EXPECT_EQ(CheckError("((foo(status) = :x)) AND"), "Syntax error; token: \"<EOF>\", near: \"AND\"");
  EXPECT_EQ(CheckError("((foo(status) = :x))"), "The expression has redundant parentheses;");
  EXPECT_EQ(CheckError("size(a) AND foo(status) = :x"), "Invalid function name; function: foo");
  EXPECT_EQ(CheckError("status = :x AND size(a)"),
            "The function is not allowed to be used this way in an expression; function: size");
  EXPECT_EQ(CheckError("a = :x AND status = :s"), "Attribute name is a reserved keyword; reserved keyword: status");
  EXPECT_EQ(CheckError("attribute_exists(:s, :x)"),
            "An expression attribute value used in expression is not defined; attribute value: :x");
  EXPECT_EQ(CheckError("a < :true AND a = :x"), TypeError("<", "BOOL"));
}

// Evaluation.

constexpr std::string_view kItem =
    "{'n':{'N':'5'},'s':{'S':'banana'},'b':{'B':'YWJj'},'t':{'BOOL':true},'z':{'NULL':true},'ss':{'SS':['x','y']},"
    "'ns':{'NS':['1','2.5']},'bs':{'BS':['YQ==','Yg==']},'l':{'L':[{'N':'1'},{'S':'x'},{'M':{'k':{'S':'v'}}},"
    "{'L':[{'N':'7'}]}]},'m':{'M':{'k':{'N':'1'},'deep':{'M':{'leaf':{'S':'v'}}}}},'six':{'S':'6'},'e':{'S':''},"
    "'lo':{'N':'9'},'hi':{'N':'1'}}";

std::string Eval(std::string_view text, std::string_view values = "{}", std::string_view item = kItem) {
  Request request(values);
  return request.Evaluated(text, item);
}

TEST(ConditionEvaluate, ComparesEqualityByTypeAndValue) {
  EXPECT_EQ(Eval("n = :v", "{':v':{'N':'5.0'}}"), "true");
  EXPECT_EQ(Eval("n = :v", "{':v':{'S':'5'}}"), "false");
  EXPECT_EQ(Eval("n <> :v", "{':v':{'S':'5'}}"), "true");
  EXPECT_EQ(Eval("six = :v", "{':v':{'N':'6'}}"), "false");
  EXPECT_EQ(Eval("s = :v", "{':v':{'S':'banana'}}"), "true");
  EXPECT_EQ(Eval("t = :v", "{':v':{'BOOL':true}}"), "true");
  EXPECT_EQ(Eval("t = :v", "{':v':{'BOOL':false}}"), "false");
  EXPECT_EQ(Eval("z = :v", "{':v':{'NULL':true}}"), "true");
  EXPECT_EQ(Eval(":v = n", "{':v':{'N':'5'}}"), "true");
  EXPECT_EQ(Eval(":v = :w", "{':v':{'N':'1'},':w':{'N':'1'}}"), "true");
}

TEST(ConditionEvaluate, ComparesContainersDeeply) {
  EXPECT_EQ(Eval("ss = :v", "{':v':{'SS':['y','x']}}"), "true");
  EXPECT_EQ(Eval("ss = :v", "{':v':{'SS':['y']}}"), "false");
  EXPECT_EQ(Eval("ns = :v", "{':v':{'NS':['2.50','1']}}"), "true");
  EXPECT_EQ(Eval("m = :v", "{':v':{'M':{'deep':{'M':{'leaf':{'S':'v'}}},'k':{'N':'1'}}}}"), "true");
  EXPECT_EQ(Eval("m.deep = :v", "{':v':{'M':{'leaf':{'S':'w'}}}}"), "false");
  EXPECT_EQ(Eval("l[3] = :v", "{':v':{'L':[{'N':'7'}]}}"), "true");
  EXPECT_EQ(Eval("l[3] = :v", "{':v':{'L':[{'N':'7'},{'N':'7'}]}}"), "false");
}

TEST(ConditionEvaluate, OrdersOnlyScalarsOfOneType) {
  const std::string_view four = "{':v':{'N':'4'}}";
  EXPECT_EQ(Eval("n > :v", four), "true");
  EXPECT_EQ(Eval("n >= :v", four), "true");
  EXPECT_EQ(Eval("n < :v", four), "false");
  EXPECT_EQ(Eval("n <= :v", four), "false");
  EXPECT_EQ(Eval("n <= :v", "{':v':{'N':'5'}}"), "true");
  EXPECT_EQ(Eval("n < :v", "{':v':{'N':'10'}}"), "true");
  EXPECT_EQ(Eval("n > :v", "{':v':{'N':'-10'}}"), "true");
  EXPECT_EQ(Eval("s < :v", "{':v':{'S':'bananas'}}"), "true");
  EXPECT_EQ(Eval("s > :v", "{':v':{'S':'Zebra'}}"), "true");
  EXPECT_EQ(Eval("b > :v", "{':v':{'B':'YWI='}}"), "true");
  for (const std::string_view comparison : {"<", "<=", ">", ">="}) {
    EXPECT_EQ(Eval("n " + std::string(comparison) + " :v", "{':v':{'S':'4'}}"), "false");
    EXPECT_EQ(Eval("t " + std::string(comparison) + " z"), "false");
    EXPECT_EQ(Eval("ss " + std::string(comparison) + " ns"), "false");
    EXPECT_EQ(Eval("l " + std::string(comparison) + " m"), "false");
  }
}

TEST(ConditionEvaluate, ComparesBytesAsUnsigned) {
  EXPECT_EQ(Eval("x > :v", "{':v':{'B':'fw=='}}", "{'x':{'B':'gA=='}}"), "true");
  EXPECT_EQ(Eval("x > :v", "{':v':{'S':'z'}}", "{'x':{'S':'\xC3\xA9'}}"), "true");
}

TEST(ConditionEvaluate, TreatsAnAbsentOperandAsUnequalAndUnordered) {
  const std::string_view one = "{':v':{'N':'1'}}";
  for (const std::string_view comparison : {"=", "<", "<=", ">", ">="}) {
    EXPECT_EQ(Eval("absent " + std::string(comparison) + " :v", one), "false");
    EXPECT_EQ(Eval(":v " + std::string(comparison) + " absent", one), "false");
    EXPECT_EQ(Eval("absent " + std::string(comparison) + " nothing"), "false");
    EXPECT_EQ(Eval("NOT absent " + std::string(comparison) + " :v", one), "true");
  }
  EXPECT_EQ(Eval("absent <> :v", one), "true");
  EXPECT_EQ(Eval("absent <> nothing"), "true");
  EXPECT_EQ(Eval("absent BETWEEN :v AND :v", one), "false");
  EXPECT_EQ(Eval("n BETWEEN absent AND nothing"), "false");
  EXPECT_EQ(Eval("absent IN (:v, nothing)", one), "false");
  EXPECT_EQ(Eval("size(absent) >= :v", one), "false");
}

TEST(ConditionEvaluate, IncludesBothBoundsOfBetween) {
  EXPECT_EQ(Eval("n BETWEEN :a AND :b", "{':a':{'N':'5'},':b':{'N':'6'}}"), "true");
  EXPECT_EQ(Eval("n BETWEEN :a AND :b", "{':a':{'N':'4'},':b':{'N':'5'}}"), "true");
  EXPECT_EQ(Eval("n BETWEEN :a AND :b", "{':a':{'N':'6'},':b':{'N':'7'}}"), "false");
  EXPECT_EQ(Eval("n BETWEEN :a AND :b", "{':a':{'S':'4'},':b':{'S':'6'}}"), "false");
  EXPECT_EQ(Eval("n BETWEEN lo AND hi"), "false");
  EXPECT_EQ(Eval("n BETWEEN hi AND lo"), "true");
  EXPECT_EQ(Eval(":a BETWEEN hi AND lo", "{':a':{'N':'9'}}"), "true");
  EXPECT_EQ(Eval("size(s) BETWEEN hi AND lo"), "true");
}

TEST(ConditionEvaluate, FindsAnEqualOperandOfIn) {
  const std::string_view values = "{':a':{'N':'1'},':b':{'S':'5'},':c':{'N':'5'}}";
  EXPECT_EQ(Eval("n IN (:a, :b, :c)", values), "true");
  EXPECT_EQ(Eval("n IN (:a, :b)", values), "false");
  EXPECT_EQ(Eval("n IN (six, n2, m.k)"), "false");
  EXPECT_EQ(Eval("m.k IN (six, hi)"), "true");
  EXPECT_EQ(Eval(":a IN (six, hi)", "{':a':{'N':'1'}}"), "true");
}

TEST(ConditionEvaluate, TellsPresenceFromNull) {
  EXPECT_EQ(Eval("attribute_exists(z)"), "true");
  EXPECT_EQ(Eval("attribute_not_exists(z)"), "false");
  EXPECT_EQ(Eval("attribute_exists(m.deep.leaf)"), "true");
  EXPECT_EQ(Eval("attribute_exists(m.deep.absent)"), "false");
  EXPECT_EQ(Eval("attribute_not_exists(absent)"), "true");
  EXPECT_EQ(Eval("attribute_exists(l[3][0])"), "true");
  EXPECT_EQ(Eval("attribute_not_exists(pk)", "{}", "{}"), "true");
}

TEST(ConditionEvaluate, FindsNothingBehindAWrongContainer) {
  EXPECT_EQ(Eval("attribute_exists(n.k)"), "false");
  EXPECT_EQ(Eval("attribute_exists(n[0])"), "false");
  EXPECT_EQ(Eval("attribute_exists(m[0])"), "false");
  EXPECT_EQ(Eval("attribute_exists(l.k)"), "false");
  EXPECT_EQ(Eval("attribute_exists(ss[0])"), "false");
  EXPECT_EQ(Eval("attribute_exists(l[4])"), "false");
  EXPECT_EQ(Eval("attribute_exists(l[4294967294])"), "false");
  EXPECT_EQ(Eval("attribute_exists(absent.k.k[1])"), "false");
}

TEST(ConditionEvaluate, TakesDotsOfASubstitutedNameLiterally) {
  Request request("{}", {{"#a", "m.k"}});
  EXPECT_EQ(request.Evaluated("attribute_exists(#a)", kItem), "false");
  EXPECT_EQ(request.Evaluated("attribute_exists(#a)", "{'m.k':{'N':'1'}}"), "true");
}

TEST(ConditionEvaluate, TellsEveryType) {
  const std::vector<std::pair<std::string, std::string>> types = {
      {"n", "N"},   {"s", "S"},   {"b", "B"},   {"t", "BOOL"}, {"z", "NULL"},
      {"ss", "SS"}, {"ns", "NS"}, {"bs", "BS"}, {"l", "L"},    {"m", "M"}};
  for (const auto& [attribute, type] : types) {
    for (const auto& other : types) {
      EXPECT_EQ(Eval("attribute_type(" + attribute + ", :t)", "{':t':{'S':'" + other.second + "'}}"),
                type == other.second ? "true" : "false");
    }
  }
  EXPECT_EQ(Eval("attribute_type(absent, :t)", "{':t':{'S':'NULL'}}"), "false");
}

TEST(ConditionEvaluate, ComparesPrefixes) {
  EXPECT_EQ(Eval("begins_with(s, :v)", "{':v':{'S':'ban'}}"), "true");
  EXPECT_EQ(Eval("begins_with(s, :v)", "{':v':{'S':''}}"), "true");
  EXPECT_EQ(Eval("begins_with(s, :v)", "{':v':{'S':'an'}}"), "false");
  EXPECT_EQ(Eval("begins_with(s, :v)", "{':v':{'S':'bananas'}}"), "false");
  EXPECT_EQ(Eval("begins_with(b, :v)", "{':v':{'B':'YWI='}}"), "true");
  EXPECT_EQ(Eval("begins_with(b, :v)", "{':v':{'S':'ab'}}"), "false");
  EXPECT_EQ(Eval("begins_with(n, s)"), "false");
  EXPECT_EQ(Eval("begins_with(absent, :v)", "{':v':{'S':''}}"), "false");
  EXPECT_EQ(Eval("begins_with(s, absent)"), "false");
}

TEST(ConditionEvaluate, FindsPartsAndMembers) {
  EXPECT_EQ(Eval("contains(s, :v)", "{':v':{'S':'nan'}}"), "true");
  EXPECT_EQ(Eval("contains(s, :v)", "{':v':{'S':''}}"), "true");
  EXPECT_EQ(Eval("contains(e, :v)", "{':v':{'S':''}}"), "true");
  EXPECT_EQ(Eval("contains(e, :v)", "{':v':{'S':'a'}}"), "false");
  EXPECT_EQ(Eval("contains(s, :v)", "{':v':{'S':'nab'}}"), "false");
  EXPECT_EQ(Eval("contains(s, :v)", "{':v':{'B':'YmFu'}}"), "false");
  EXPECT_EQ(Eval("contains(b, :v)", "{':v':{'B':'YmM='}}"), "true");
  EXPECT_EQ(Eval("contains(ss, :v)", "{':v':{'S':'y'}}"), "true");
  EXPECT_EQ(Eval("contains(ss, :v)", "{':v':{'S':'z'}}"), "false");
  EXPECT_EQ(Eval("contains(ns, :v)", "{':v':{'N':'2.50'}}"), "true");
  EXPECT_EQ(Eval("contains(ns, :v)", "{':v':{'S':'1'}}"), "false");
  EXPECT_EQ(Eval("contains(bs, :v)", "{':v':{'B':'Yg=='}}"), "true");
  EXPECT_EQ(Eval("contains(ss, :v)", "{':v':{'SS':['x']}}"), "false");
  EXPECT_EQ(Eval("contains(l, :v)", "{':v':{'N':'1.0'}}"), "true");
  EXPECT_EQ(Eval("contains(l, :v)", "{':v':{'M':{'k':{'S':'v'}}}}"), "true");
  EXPECT_EQ(Eval("contains(l, :v)", "{':v':{'S':'1'}}"), "false");
  EXPECT_EQ(Eval("contains(m, :v)", "{':v':{'S':'k'}}"), "false");
  EXPECT_EQ(Eval("contains(n, :v)", "{':v':{'S':'5'}}"), "false");
  EXPECT_EQ(Eval("contains(s, absent)"), "false");
  EXPECT_EQ(Eval("contains(:v, six)", "{':v':{'SS':['6']}}"), "true");
}

TEST(ConditionEvaluate, MeasuresSizes) {
  const auto size_is = [](std::string_view path, int size) {
    return Eval("size(" + std::string(path) + ") = :v", "{':v':{'N':'" + std::to_string(size) + "'}}");
  };
  EXPECT_EQ(size_is("s", 6), "true");
  EXPECT_EQ(size_is("e", 0), "true");
  EXPECT_EQ(size_is("b", 3), "true");
  EXPECT_EQ(size_is("ss", 2), "true");
  EXPECT_EQ(size_is("ns", 2), "true");
  EXPECT_EQ(size_is("bs", 2), "true");
  EXPECT_EQ(size_is("l", 4), "true");
  EXPECT_EQ(size_is("m", 2), "true");
  EXPECT_EQ(size_is("m.deep", 1), "true");
  EXPECT_EQ(size_is("s", 5), "false");
  EXPECT_EQ(Eval("size(x) = :v", "{':v':{'N':'2'}}", "{'x':{'S':'\xC3\xA9'}}"), "true");
  EXPECT_EQ(Eval("size(:w) = :v", "{':v':{'N':'2'},':w':{'S':'ab'}}"), "true");
  EXPECT_EQ(Eval("size(ss) = size(ns)"), "true");
  EXPECT_EQ(Eval("size(s) > n"), "true");
  for (const std::string_view path : {"n", "t", "z", "absent"}) {
    for (const std::string_view comparison : {"=", "<", ">"}) {
      EXPECT_EQ(Eval("size(" + std::string(path) + ") " + std::string(comparison) + " :v", "{':v':{'N':'1'}}"),
                "false");
    }
  }
}

TEST(ConditionEvaluate, CombinesByPrecedence) {
  // T and F stand for conditions that hold and fail.
  const auto truth = [](std::string_view text) {
    std::string full;
    for (const char c : text) {
      full += c == 'T' ? "attribute_exists(n)" : c == 'F' ? "attribute_exists(absent)" : std::string(1, c);
    }
    return Eval(full);
  };
  EXPECT_EQ(truth("T and T"), "true");
  EXPECT_EQ(truth("T and F"), "false");
  EXPECT_EQ(truth("F and T"), "false");
  EXPECT_EQ(truth("F and F"), "false");
  EXPECT_EQ(truth("T or F"), "true");
  EXPECT_EQ(truth("F or T"), "true");
  EXPECT_EQ(truth("F or F"), "false");
  EXPECT_EQ(truth("T or T and F"), "true");
  EXPECT_EQ(truth("(T or T) and F"), "false");
  EXPECT_EQ(truth("F and F or T"), "true");
  EXPECT_EQ(truth("F and (F or T)"), "false");
  EXPECT_EQ(truth("not F and F"), "false");
  EXPECT_EQ(truth("not (F and F)"), "true");
  EXPECT_EQ(truth("not not T"), "true");
  EXPECT_EQ(truth("not F or T and F"), "true");
  EXPECT_EQ(truth("F or F or F or T"), "true");
  EXPECT_EQ(truth("T and T and T and F"), "false");
  EXPECT_EQ(truth("not (T or F) or not (T and F)"), "true");
}

TEST(ConditionEvaluate, BindsTheAndOfBetweenToIt) {
  EXPECT_EQ(Eval("n BETWEEN :a AND :b AND attribute_exists(s)", "{':a':{'N':'1'},':b':{'N':'9'}}"), "true");
  EXPECT_EQ(Eval("NOT n BETWEEN :a AND :b OR attribute_exists(absent)", "{':a':{'N':'1'},':b':{'N':'9'}}"), "false");
}

TEST(Condition, ListsItsPathsInTheOrderOfTheText) {
  Request request(kLiterals, {{"#c", "see"}});
  const Result<const Condition*> condition = ParseCondition(
      Kind::kFilter, "b.x[3] = :n AND (size(a) > :n OR contains(#c, b))", request.placeholders(), request.arena());
  ASSERT_TRUE(condition.ok());
  const std::span<const Path> paths = PathsOf(**condition);
  ASSERT_EQ(paths.size(), 4U);
  EXPECT_EQ(paths[0].size(), 3U);
  EXPECT_EQ(paths[0][0].name, "b");
  EXPECT_TRUE(paths[0][2].is_index);
  EXPECT_EQ(paths[0][2].index, 3U);
  EXPECT_EQ(paths[1][0].name, "a");
  EXPECT_EQ(paths[2][0].name, "see");
  EXPECT_EQ(paths[3][0].name, "b");
}

TEST(ConditionEvaluate, SearchesInLinearTime) {
  Arena arena;
  const std::string haystack(400'000, 'a');
  const std::string needle = std::string(200'000, 'a') + "b";
  const model::Attribute attribute{"s", model::Value::String(haystack)};
  const model::Attribute value{":v", model::Value::String(needle)};
  Placeholders placeholders({}, {&value, 1});
  const Result<const Condition*> condition = ParseCondition(Kind::kFilter, "contains(s, :v)", placeholders, arena);
  ASSERT_TRUE(condition.ok());
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(Evaluate(**condition, {&attribute, 1}));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

}  // namespace
}  // namespace basalt::expression
