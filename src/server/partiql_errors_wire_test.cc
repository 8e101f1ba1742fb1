// What requests with statements are refused for before any table is read, and statements made to hurt.
#include <string>
#include <string_view>
#include <vector>

#include "server/partiql_fixture.h"

namespace basalt::server {
namespace {

class PartiqlErrorsTest : public PartiqlTest {
 protected:
  PartiqlErrorsTest() { CreateTable("Tab", "S"); }
};

std::string NotWellFormed(std::string_view detail) {
  return Invalid(fmt::format("Statement wasn't well formed, can't be processed: {}", detail));
}

TEST_F(PartiqlErrorsTest, RequestsFitTheirShape) {
  EXPECT_EQ(SendRaw("ExecuteStatement", "{}").body,
            OneConstraint("Value null at 'statement' failed to satisfy constraint: Member must not be null"));
  EXPECT_EQ(Execute(""), OneConstraint("Value '' at 'statement' failed to satisfy constraint: Member must have length "
                                       "greater than or equal to 1"));
  EXPECT_EQ(Execute(std::string(8193, ' ')),
            OneConstraint("Value '" + std::string(8193, ' ') +
                          "' at 'statement' failed to satisfy constraint: Member must have length less than or equal "
                          "to 8192"));
  EXPECT_EQ(Execute("SELECT * FROM Tab", "", "'Parameters':[]"),
            OneConstraint("Value '[]' at 'parameters' failed to satisfy constraint: Member must have length greater "
                          "than or equal to 1"));
  EXPECT_EQ(Execute("SELECT * FROM Tab", "", "'Limit':0"),
            OneConstraint("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or "
                          "equal to 1"));
  EXPECT_EQ(Execute("SELECT * FROM Tab", "", "'ReturnConsumedCapacity':'ALL'"),
            OneConstraint("Value 'ALL' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy "
                          "enum value set: [INDEXES, TOTAL, NONE]"));
  EXPECT_EQ(Execute("SELECT * FROM Tab", "", "'ReturnValuesOnConditionCheckFailure':'ALL_NEW'"),
            OneConstraint("Value 'ALL_NEW' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: "
                          "Member must satisfy enum value set: [ALL_OLD, NONE]"));
  EXPECT_EQ(Send("ExecuteStatement", "{'Statement':1}"), Misfit("NUMBER_VALUE cannot be converted to String"));
  EXPECT_EQ(Send("ExecuteStatement", "{'Statement':'SELECT * FROM Tab','Parameters':{}}"),
            Misfit("Start of structure or map found where not expected"));
}

TEST_F(PartiqlErrorsTest, SyntaxErrorsSayThatTheStatementIsNotWellFormed) {
  for (const auto& [statement, detail] : std::vector<std::pair<std::string, std::string>>{
           {"UPDATE Payment-x SET v = 1 WHERE pk = 'a'", "Expected data manipulation"},
           {"INSERT INTO Tab (pk) VALUES ('a')", "Unexpected keyword"},
           {"INSERT INTO Tab VALUES {'pk':'a'}", "Unexpected keyword"},
           {"DROP TABLE Tab", "Expected data manipulation"},
           {" ", "Expected data manipulation"},
           {"SELECT * FROM Tab WHERE pk = 'a", "Unterminated quotation"},
           {"SELECT * FROM Tab WHERE pk =", "Unexpected end of statement"},
           {"SELECT * FROM Tab LIMIT 1", "Unexpected keyword"},
           {"SELECT *, pk FROM Tab", "Unexpected token"},
           {"SELECT COUNT(*) FROM Tab", "Unexpected token"},
           {"SELECT DISTINCT pk FROM Tab", "Unexpected keyword"},
           {"SELECT * FROM Tab AS x", "Unexpected keyword"},
           {"SELECT * FROM Tab, S", "Unexpected token"},
           {"SELECT * FROM Tab; SELECT * FROM Tab", "Unexpected keyword"},
           {"SELECT * FROM Tab;;", "Unexpected token"},
           {"SELECT * FROM Tab -- all of it", "Unexpected token"},
           {"SELECT * /* all of it */ FROM Tab", "Unexpected token"},
           {"UPDATE Tab.I SET v = 1 WHERE pk = 'a'", "Expected data manipulation"},
           {"INSERT INTO Tab.I VALUE {'pk':'a'}", "Unexpected token"},
           {"DELETE FROM Tab.I WHERE pk = 'a'", "Unexpected token"},
           {"SELECT * FROM Tab WHERE pk = `x`", "Unexpected token"},
           {"SELECT * FROM Tab WHERE v = 1 + 1", "Unexpected token"},
           {"INSERT INTO Tab VALUE {'pk':'a'} RETURNING ALL OLD *", "Unexpected keyword"},
           {"DELETE FROM Tab WHERE pk = 'a' RETURNING ALL NEW *", "Unexpected token"}}) {
    EXPECT_EQ(Execute(statement), NotWellFormed(detail)) << statement;
  }
}

TEST_F(PartiqlErrorsTest, ParametersAreAsManyAsTheStatementHas) {
  const std::string refused = Invalid("Number of parameters in request and statement don't match.");
  EXPECT_EQ(Execute("SELECT * FROM Tab WHERE pk = ?"), refused);
  EXPECT_EQ(Execute("SELECT * FROM Tab WHERE pk = ?", "{'S':'a'},{'S':'b'}"), refused);
  EXPECT_EQ(Execute("SELECT * FROM Tab WHERE pk = '?'", "{'S':'a'}"), refused);
  EXPECT_EQ(Execute("SELECT * FROM Tab WHERE pk = '?'"), Items(""));
}

TEST_F(PartiqlErrorsTest, ParametersAreAttributeValues) {
  for (const auto& [parameter, text] : std::vector<std::pair<std::string, std::string>>{
           {"{}", "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
           {"null", "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
           {"{'S':'a','N':'1'}",
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
            "datatypes"},
           {"{'N':'x'}", "The parameter cannot be converted to a numeric value: x"},
           {"{'SS':[]}", "One or more parameter values were invalid: An string set  may not be empty"}}) {
    EXPECT_EQ(Execute("SELECT * FROM Tab WHERE pk = ?", parameter), Invalid(text)) << parameter;
  }
  EXPECT_EQ(Execute("SELECT * FROM Tab WHERE pk = ?", "'a'"), Misfit("Unexpected value type in payload"));
}

TEST_F(PartiqlErrorsTest, TheWordOfAnAccessThatIsDeniedIsTheStatements) {
  const std::string arn = "arn:aws:dynamodb:us-east-1:222222222222:table/Tab";
  for (const auto& [statement, action, resource] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"SELECT * FROM \"" + arn + "\"", "PartiQLSelect", arn},
           {"SELECT * FROM \"" + arn + "\".\"I\"", "PartiQLSelect", arn + "/index/I"},
           {"INSERT INTO \"" + arn + "\" VALUE {'pk':'a'}", "PartiQLInsert", arn},
           {"UPDATE \"" + arn + "\" SET v = 1 WHERE pk = 'a'", "PartiQLUpdate", arn},
           {"DELETE FROM \"" + arn + "\" WHERE pk = 'a'", "PartiQLDelete", arn}}) {
    EXPECT_EQ(Execute(statement),
              ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message",
                        fmt::format("User: arn:aws:iam::111111111111:root is not authorized to perform: dynamodb:{0} "
                                    "on resource: {1} because no resource-based policy allows the dynamodb:{0} action",
                                    action, resource)))
        << statement;
  }
}

TEST_F(PartiqlErrorsTest, StatementsMadeToHurtAreRefusedLikeAnyOther) {
  const auto repeated = [](std::string_view text, size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) {
      out += text;
    }
    return out;
  };
  const std::string select = "SELECT * FROM Tab WHERE ";
  EXPECT_EQ(Execute(select + repeated("(", 1000) + "v = 1" + repeated(")", 1000)),
            NotWellFormed("Nesting is too deep"));
  EXPECT_EQ(Execute(select + repeated("(", 8192 - select.size())), NotWellFormed("Nesting is too deep"));
  EXPECT_EQ(Execute(select + repeated("NOT ", 1000) + "v = 1"), NotWellFormed("Nesting is too deep"));
  EXPECT_EQ(Execute(select + "v = " + repeated("[", 1000)),
            Invalid("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
                    "supported limit"));
  EXPECT_EQ(Execute("INSERT INTO Tab VALUE " + repeated("{'a':", 1000) + "1" + repeated("}", 1000)),
            Invalid("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
                    "supported limit"));
  EXPECT_EQ(Execute("UPDATE Tab SET v = " + repeated("(", 1000) + "1"), NotWellFormed("Nesting is too deep"));
  EXPECT_EQ(Execute("SELECT " + repeated("a.", 1000) + "a FROM Tab"),
            Invalid("Invalid ProjectionExpression: The document path has too many nesting elements; nesting levels: "
                    "1000"));
  EXPECT_EQ(Execute(select + "v = 1" + repeated(" OR v = 1", 800)),
            Invalid("Invalid FilterExpression: The expression contains too many operators; operator count: 1601"));
  for (const char c : std::string_view("()[]{}<>'\"?;,.:*+-=!`\\\x01")) {
    const std::string answer = Execute(std::string(8192, c));
    EXPECT_EQ(answer, NotWellFormed("Expected data manipulation")) << c;
  }
  EXPECT_EQ(Execute("SELECT * FROM Tab"), Items(""));
}

}  // namespace
}  // namespace basalt::server
