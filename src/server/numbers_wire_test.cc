// Numbers on the wire: what is one, what it may hold, how it comes back.
#include <string>
#include <utility>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

const std::string kNotNumeric = "The parameter cannot be converted to a numeric value";
const std::string kTooManyDigits = "Attempting to store more than 38 significant digits in a Number";
const std::string kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
const std::string kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";

class NumbersTest : public WireTest {
 protected:
  void SetUp() override { CreateTable("Numbers", "N"); }

  std::string Put(const std::string& number) {
    return Send("PutItem", "{'TableName':'Numbers','Item':{'pk':{'N':'1'},'v':{'N':'" + number + "'}}}");
  }
  std::string Get() {
    return Send("GetItem", "{'TableName':'Numbers','Key':{'pk':{'N':'1'}},'ProjectionExpression':'v'}");
  }
};

const std::vector<std::pair<std::string, std::string>>& Accepted() {
  static const std::string nines(38, '9');
  static const std::vector<std::pair<std::string, std::string>> kNumbers = {
      {"0", "0"},
      {"-0", "0"},
      {"+0", "0"},
      {"0.0", "0"},
      {"0E999", "0"},
      {"-0.00E-500", "0"},
      {"1", "1"},
      {"+1", "1"},
      {"-1", "-1"},
      {"00042", "42"},
      {"-007", "-7"},
      {"1.0", "1"},
      {"1.50", "1.5"},
      {"5.", "5"},
      {".5", "0.5"},
      {"+.5", "0.5"},
      {"-.5", "-0.5"},
      {"1.5E2", "150"},
      {"1.5e2", "150"},
      {"1.5E+2", "150"},
      {"15E-1", "1.5"},
      {"1E-5", "0.00001"},
      {"1e0", "1"},
      {"5.E1", "50"},
      {".5e1", "5"},
      {"1E000000000000000000002", "100"},
      {"100000000000000000000000000000000000000000", "100000000000000000000000000000000000000000"},
      {nines, nines},
      {"-" + nines, "-" + nines},
      {"0." + nines, "0." + nines},
      {"000" + nines + "000", nines + "000"},
      {"9." + nines.substr(1) + "E125", nines + std::string(88, '0')},
      {"1E125", "1" + std::string(125, '0')},
      {"-1E125", "-1" + std::string(125, '0')},
      {"1E-130", "0." + std::string(129, '0') + "1"},
      {"-1E-130", "-0." + std::string(129, '0') + "1"},
      {"10E-131", "0." + std::string(129, '0') + "1"},
      {"0.1E126", "1" + std::string(125, '0')},
  };
  return kNumbers;
}

TEST_F(NumbersTest, ComeBackAsPlainDecimals) {
  for (const auto& [sent, returned] : Accepted()) {
    ASSERT_EQ(Put(sent), "{}") << sent;
    EXPECT_EQ(Get(), Quoted("{'Item':{'v':{'N':'" + returned + "'}}}")) << sent;
  }
}

TEST_F(NumbersTest, AreCanonicalInKeysAndSetsToo) {
  for (const auto& [sent, returned] : Accepted()) {
    ASSERT_EQ(Send("PutItem", "{'TableName':'Numbers','Item':{'pk':{'N':'" + sent + "'},'v':{'NS':['" + sent +
                                  "']},'l':{'L':[{'N':'" + sent + "'}]}}}"),
              "{}");
    EXPECT_EQ(
        Send("DeleteItem", "{'TableName':'Numbers','Key':{'pk':{'N':'" + returned + "'}},'ReturnValues':'ALL_OLD'}"),
        Quoted("{'Attributes':{'l':{'L':[{'N':'" + returned + "'}]},'pk':{'N':'" + returned + "'},'v':{'NS':['" +
               returned + "']}}}"))
        << sent;
  }
}

TEST_F(NumbersTest, WhatIsNoneIsRefusedWithItsText) {
  EXPECT_EQ(Put(""), Invalid(kNotNumeric));
  for (const std::string text : {" ",
                                 " 1",
                                 "1 ",
                                 "1 2",
                                 "x",
                                 "1x",
                                 "0x10",
                                 "1_000",
                                 "1,000",
                                 "NaN",
                                 "nan",
                                 "Infinity",
                                 "-Infinity",
                                 "inf",
                                 ".",
                                 "-",
                                 "+",
                                 "--1",
                                 "+-1",
                                 "1.2.3",
                                 "e5",
                                 ".e5",
                                 "1ee2",
                                 "1e2e3",
                                 "1e1.5",
                                 "\xc2\xa0"
                                 "1",
                                 "\xd9\xa1",
                                 "1f",
                                 "1d",
                                 "\\u00001",
                                 "\\t1",
                                 "\\n",
                                 "1\\n",
                                 "\xe2\x88\x92"
                                 "1"}) {
    const std::string body = Put(text);
    const std::string expected =
        ErrorBody("com.amazon.coral.validate#ValidationException", "message", kNotNumeric + ": ");
    // The text as sent, with its escapes.
    EXPECT_EQ(body, expected.substr(0, expected.size() - 2) + text + "\"}") << text;
  }
  for (const std::string value : {"{'NS':['1','x']}", "{'L':[{'N':'x'}]}", "{'M':{'a':{'M':{'b':{'N':'x'}}}}}"}) {
    EXPECT_EQ(Send("PutItem", "{'TableName':'Numbers','Item':{'pk':{'N':'1'},'v':" + value + "}}"),
              Invalid(kNotNumeric + ": x"));
  }
}

TEST_F(NumbersTest, RangeComesBeforePrecision) {
  const std::string digits(39, '9');
  const std::vector<std::pair<std::string, std::string>> refused = {
      {digits, kTooManyDigits},
      {"-" + digits, kTooManyDigits},
      {"0." + digits, kTooManyDigits},
      {"1" + std::string(37, '0') + "1", kTooManyDigits},
      {digits + "E50", kTooManyDigits},
      {"1E126", kOverflow},
      {"-1E126", kOverflow},
      {"10E125", kOverflow},
      {"0.01E128", kOverflow},
      {"1E99999999999999999999", kOverflow},
      {"1" + std::string(126, '0'), kOverflow},
      {digits + "E88", kOverflow},
      {"1E-131", kUnderflow},
      {"-1E-131", kUnderflow},
      {"0.1E-130", kUnderflow},
      {"1E-99999999999999999999", kUnderflow},
      {"0." + std::string(130, '0') + "1", kUnderflow},
      {digits + "E-180", kUnderflow},
  };
  for (const auto& [number, text] : refused) {
    EXPECT_EQ(Put(number), Invalid(text)) << number;
    EXPECT_EQ(Send("GetItem", "{'TableName':'Numbers','Key':{'pk':{'N':'" + number + "'}}}"), Invalid(text)) << number;
    EXPECT_EQ(Send("PutItem", "{'TableName':'Numbers','Item':{'v':{'NS':['1','" + number + "']}}}"), Invalid(text));
    EXPECT_EQ(Send("UpdateItem",
                   "{'TableName':'Numbers','Key':{'pk':{'N':'1'}},'UpdateExpression':'SET v = :v',"
                   "'ExpressionAttributeValues':{':v':{'N':'" +
                       number + "'}}}"),
              Invalid("ExpressionAttributeValues contains invalid value: " + text + " for key :v"));
  }
}

TEST_F(NumbersTest, ArithmeticIsExactOrFails) {
  const auto update = [&](const std::string& expression, const std::string& number) {
    return Send("UpdateItem", "{'TableName':'Numbers','Key':{'pk':{'N':'1'}},'UpdateExpression':'" + expression +
                                  "','ReturnValues':'UPDATED_NEW','ExpressionAttributeValues':{':v':{'N':'" + number +
                                  "'}}}");
  };
  const auto is = [](const std::string& number) { return Quoted("{'Attributes':{'v':{'N':'" + number + "'}}}"); };
  const std::string nines(38, '9');
  ASSERT_EQ(Put("0.1"), "{}");
  EXPECT_EQ(update("SET v = v + :v", "0.2"), is("0.3"));
  EXPECT_EQ(update("ADD v :v", "-0.30"), is("0"));
  EXPECT_EQ(update("SET v = :v - v", "1E-5"), is("0.00001"));
  ASSERT_EQ(Put(nines), "{}");
  EXPECT_EQ(update("ADD v :v", "1"), is("1" + std::string(38, '0')));
  ASSERT_EQ(Put("1" + std::string(37, '0')), "{}");
  for (const std::string expression : {"ADD v :v", "SET v = v + :v", "SET v = v - :v"}) {
    EXPECT_EQ(update(expression, "0.1"), Invalid(kTooManyDigits)) << expression;
  }
  ASSERT_EQ(Put(nines + "E88"), "{}");
  for (const std::string expression : {"ADD v :v", "SET v = v + :v"}) {
    EXPECT_EQ(update(expression, nines + "E88"), Invalid(kOverflow)) << expression;
  }
  ASSERT_EQ(Put("1.1E-130"), "{}");
  EXPECT_EQ(update("SET v = v - :v", "1E-130"), Invalid(kUnderflow));
}

TEST_F(NumbersTest, EqualNumbersAreOneMemberAndOneKey) {
  Check({
      {"PutItem", "{'TableName':'Numbers','Item':{'pk':{'N':'1'},'v':{'NS':['1E2','100.0']}}}",
       Invalid("Input collection contains duplicates")},
      {"PutItem", "{'TableName':'Numbers','Item':{'pk':{'N':'10'}}}", "{}"},
      {"GetItem", "{'TableName':'Numbers','Key':{'pk':{'N':'1.0E1'}}}", Quoted("{'Item':{'pk':{'N':'10'}}}")},
      {"BatchGetItem", "{'RequestItems':{'Numbers':{'Keys':[{'pk':{'N':'10'}},{'pk':{'N':'1E1'}}]}}}",
       Invalid("Provided list of item keys contains duplicates")},
  });
}

}  // namespace
}  // namespace basalt::server
