// BatchGetItem and BatchWriteItem on the wire: answers, what is left over, limits, duplicates, order of checks.
#include <string>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

class BatchTest : public WireTest {
 protected:
  BatchTest() {
    CreateTable("one", "S");
    CreateTable("two", "S", "N");
  }

  // `count` times "{element}" with # replaced by the number.
  static std::string Repeat(int count, const std::string& element) {
    std::string out;
    for (int i = 0; i < count; ++i) {
      std::string copy = element;
      copy.replace(copy.find('#'), 1, std::to_string(i));
      out += (i == 0 ? "" : ",") + copy;
    }
    return out;
  }
};

TEST_F(BatchTest, WritesAndReadsOverSeveralTables) {
  Check({
      {"BatchWriteItem",
       "{'RequestItems':{'one':[{'PutRequest':{'Item':{'pk':{'S':'a'},'v':{'N':'1'}}}},"
       "{'PutRequest':{'Item':{'pk':{'S':'b'}}}}],'two':[{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'N':'1.0'}}}}]},"
       "'ReturnConsumedCapacity':'TOTAL'}",
       Quoted("{'UnprocessedItems':{},'ConsumedCapacity':[{'TableName':'one','CapacityUnits':2.0},"
              "{'TableName':'two','CapacityUnits':1.0}]}")},
      {"BatchGetItem",
       "{'RequestItems':{'one':{'Keys':[{'pk':{'S':'a'}},{'pk':{'S':'none'}}],'ConsistentRead':true},"
       "'two':{'Keys':[{'pk':{'S':'a'},'sk':{'N':'1'}}],'ProjectionExpression':'#s',"
       "'ExpressionAttributeNames':{'#s':'sk'}}},'ReturnConsumedCapacity':'INDEXES'}",
       Quoted("{'Responses':{'one':[{'pk':{'S':'a'},'v':{'N':'1'}}],'two':[{'sk':{'N':'1'}}]},'UnprocessedKeys':{},"
              "'ConsumedCapacity':[{'TableName':'one','CapacityUnits':2.0,'Table':{'CapacityUnits':2.0}},"
              "{'TableName':'two','CapacityUnits':0.5,'Table':{'CapacityUnits':0.5}}]}")},
      {"BatchWriteItem",
       "{'RequestItems':{'one':[{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}},"
       "{'DeleteRequest':{'Key':{'pk':{'S':'none'}}}}]}}",
       Quoted("{'UnprocessedItems':{}}")},
      {"Scan", "{'TableName':'one'}", Quoted("{'Items':[{'pk':{'S':'b'}}],'Count':1,'ScannedCount':1}")},
      {"BatchGetItem",
       "{'RequestItems':{'arn:aws:dynamodb:us-east-1:111111111111:table/one':{'Keys':[{'pk':{'S':'b'}}]}}}",
       Quoted("{'Responses':{'arn:aws:dynamodb:us-east-1:111111111111:table/one':[{'pk':{'S':'b'}}]},"
              "'UnprocessedKeys':{}}")},
  });
}

TEST_F(BatchTest, LeavesOverWhatPassesSixteenMegabytes) {
  const std::string large(400'000, 'x');
  for (int i = 0; i < 45; ++i) {
    ASSERT_EQ(Send("PutItem",
                   "{'TableName':'one','Item':{'pk':{'S':'" + std::to_string(i) + "'},'v':{'S':'" + large + "'}}}"),
              "{}");
  }
  const std::string answer = Send("BatchGetItem", "{'RequestItems':{'one':{'ConsistentRead':false,'Keys':[" +
                                                      Repeat(45, "{'pk':{'S':'#'}}") + "]}}}");
  // 16 MiB hold 41 of them.
  EXPECT_TRUE(
      answer.ends_with(Quoted("'UnprocessedKeys':{'one':{'Keys':[{'pk':{'S':'41'}},{'pk':{'S':'42'}},"
                              "{'pk':{'S':'43'}},{'pk':{'S':'44'}}],'ConsistentRead':false}}}")))
      << answer.substr(answer.size() - 300);
}

TEST_F(BatchTest, LimitsAreThoseOfTheService) {
  const std::string put = "{'PutRequest':{'Item':{'pk':{'S':'#'}}}}";
  const std::string answer = Send("BatchWriteItem", "{'RequestItems':{'one':[" + Repeat(26, put) + "]}}");
  EXPECT_TRUE(
      answer.starts_with(Quoted("{'__type':'com.amazon.coral.validate#ValidationException','message':'1 "
                                "validation error detected: Value ")))
      << answer;
  EXPECT_TRUE(answer.ends_with(
      "' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length "
      "less than or equal to 25, Member must have length greater than or equal to 1]\"}"))
      << answer;
  Check({
      {"BatchWriteItem", "{'RequestItems':{'one':[" + Repeat(20, put) + "],'two':[" + Repeat(6, put) + "]}}",
       Invalid("Too many items requested for the BatchWriteItem call")},
      {"BatchWriteItem", "{'RequestItems':{'one':[]}}",
       OneConstraint("Value '{one=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy "
                     "constraint: [Member must have length less than or equal to 25, Member must have length greater "
                     "than or equal to 1]")},
      {"BatchWriteItem", "{'RequestItems':{}}",
       OneConstraint("Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than "
                     "or equal to 1")},
      {"BatchGetItem", "{}",
       OneConstraint("Value null at 'requestItems' failed to satisfy constraint: Member must not be null")},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':[]}}}",
       OneConstraint("Value '[]' at 'requestItems.one.member.keys' failed to satisfy constraint: Member must have "
                     "length greater than or equal to 1")},
      {"BatchGetItem", "{'RequestItems':{'one':{}}}",
       OneConstraint("Value null at 'requestItems.one.member.keys' failed to satisfy constraint: Member must not be "
                     "null")},
      {"BatchGetItem",
       "{'RequestItems':{'one':{'Keys':[" + Repeat(60, "{'pk':{'S':'#'}}") + "]},'two':{'Keys':[" +
           Repeat(41, "{'pk':{'S':'#'}}") + "]}}}",
       Invalid("Too many items requested for the BatchGetItem call")},
  });
  EXPECT_NE(Send("BatchGetItem", "{'RequestItems':{'a!':{'Keys':[{'pk':{'S':'a'}}]}}}")
                .find("at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: [Member must "
                      "have length less than or equal to 255, Member must have length greater than or equal to 3, "
                      "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"),
            std::string::npos);
}

TEST_F(BatchTest, WholeCallsFailBeforeAnythingIsWritten) {
  const std::string good = "{'PutRequest':{'Item':{'pk':{'S':'good'}}}}";
  const std::string duplicates = Invalid("Provided list of item keys contains duplicates");
  Check({
      {"BatchWriteItem", "{'RequestItems':{'one':[" + good + "],'none':[" + good + "]}}", NotFound()},
      {"BatchWriteItem", "{'RequestItems':{'one':[" + good + "],'two':[" + good + "]}}", Invalid(kSchemaMismatch)},
      {"BatchWriteItem", "{'RequestItems':{'one':[" + good + ",{'DeleteRequest':{'Key':{'pk':{'S':'good'}}}}]}}",
       duplicates},
      {"BatchWriteItem",
       "{'RequestItems':{'two':[{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'N':'1'}}}},"
       "{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'N':'1.0'}}}}]}}",
       duplicates},
      {"BatchWriteItem",
       "{'RequestItems':{'one':[" + good + "],'arn:aws:dynamodb:us-east-1:111111111111:table/one':[" + good + "]}}",
       duplicates},
      {"BatchWriteItem", "{'RequestItems':{'one':[" + good + ",{}]}}",
       Invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
               "datatypes")},
      {"BatchWriteItem", "{'RequestItems':{'one':[" + good + ",{'PutRequest':{'Item':{'pk':{'N':'x'}}}}]}}",
       Invalid("The parameter cannot be converted to a numeric value: x")},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':[{'pk':{'S':'a'}},{'pk':{'S':'a'}}]}}}", duplicates},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':[{'pk':{'N':'1'}}]}}}", Invalid(kSchemaMismatch)},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':[{'pk':{'S':'a'}}],'ExpressionAttributeNames':{'#a':'a'}}}}",
       Invalid("ExpressionAttributeNames can only be specified when using expressions")},
      {"BatchGetItem", "{'RequestItems':{'none':{'Keys':[{'pk':{'S':'a'}}]}}}", NotFound()},
      {"Scan", "{'TableName':'one'}", Quoted("{'Items':[],'Count':0,'ScannedCount':0}")},
  });
  const std::string large = "{'PutRequest':{'Item':{'pk':{'S':'" + std::string(1000, 'x') + "'},'v':{'S':'" +
                            std::string(409'600, 'x') + "'}}}}";
  EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{'none':[" + large + "]}}"),
            Invalid("Item size has exceeded the maximum allowed size"));
}

TEST_F(BatchTest, TypesThatDoNotFitAreSerializationErrors) {
  const std::string generic =
      "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
      "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of "
      "loader 'bootstrap')";
  Check({
      {"BatchGetItem", "{'RequestItems':'x'}", Misfit("Unexpected field type")},
      {"BatchGetItem", "{'RequestItems':{'one':'x'}}", Misfit("Unexpected value type in payload")},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':['x']}}}", Misfit(generic)},
      {"BatchWriteItem", "{'RequestItems':{'one':'x'}}", Misfit(generic)},
      {"BatchWriteItem", "{'RequestItems':{'one':['x']}}", Misfit("Unexpected value type in payload")},
      {"BatchWriteItem", "{'RequestItems':{'one':[{'PutRequest':'x'}]}}", Misfit("Unexpected field type")},
  });
}

}  // namespace
}  // namespace basalt::server
