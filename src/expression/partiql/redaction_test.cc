#include "expression/partiql/redaction.h"

#include <gtest/gtest.h>

#include <array>

namespace basalt::expression::partiql {
namespace {

std::string Redacted(std::string_view statement) {
  constexpr std::array<std::string_view, 2> kKey = {"Artist", "SongTitle"};
  return Redact(statement, kKey).text;
}

TEST(Redaction, KeepsWhatKeysAreComparedWithAndNoOtherLiteral) {
  EXPECT_EQ(Redacted("SELECT * FROM Music WHERE Artist = 'No One You Know' AND SongTitle = 'Call Me Today' AND "
                     "nonKeyAttr = 'x'"),
            "SELECT * FROM Music WHERE Artist = 'No One You Know' AND SongTitle = 'Call Me Today' AND "
            "nonKeyAttr = ***(Redacted)");
  EXPECT_EQ(Redacted("SELECT a FROM \"Music\" WHERE \"Artist\"='x' AND (SongTitle > 7 OR b < 8)"),
            "SELECT a FROM \"Music\" WHERE \"Artist\"='x' AND (SongTitle > 7 OR b < ***(Redacted))");
}

TEST(Redaction, HidesEveryValueOfAnInsert) {
  EXPECT_EQ(Redacted("INSERT INTO Music VALUE {'Artist' : 'a', 'SongTitle' : 'b', 'Album' : {'x': ['y', 1]}}"),
            "INSERT INTO Music VALUE {'Artist' : ***(Redacted), 'SongTitle' : ***(Redacted), 'Album' : "
            "***(Redacted)}");
  EXPECT_EQ(Redacted("INSERT INTO Music VALUE {'Artist':?,'n':<<1,2>>,'t':true}"),
            "INSERT INTO Music VALUE {'Artist':?,'n':***(Redacted),'t':***(Redacted)}");
}

TEST(Redaction, HidesWhatIsSet) {
  EXPECT_EQ(Redacted("UPDATE Music SET a = 'x' SET b.c[3] = {'k': 'v'} SET l=list_append(l,['y']) REMOVE d "
                     "WHERE Artist='k' AND SongTitle='s'"),
            "UPDATE Music SET a = ***(Redacted) SET b.c[***(Redacted)] = ***(Redacted) "
            "SET l=list_append(l,***(Redacted)) REMOVE d WHERE Artist='k' AND SongTitle='s'");
}

TEST(Redaction, HidesWhatOnlyLooksLikeAKey) {
  EXPECT_EQ(Redacted("SELECT * FROM Music WHERE m.Artist = 'x'"), "SELECT * FROM Music WHERE m.Artist = ***(Redacted)");
  EXPECT_EQ(Redacted("SELECT * FROM Music WHERE contains(Artist, 'x') AND Artist <> 'y'"),
            "SELECT * FROM Music WHERE contains(Artist, ***(Redacted)) AND Artist <> ***(Redacted)");
  EXPECT_EQ(Redacted("UPDATE Music SET Artist = 'x'"), "UPDATE Music SET Artist = ***(Redacted)");
  EXPECT_EQ(Redacted("SELECT * FROM Music WHERE Artist IN ['x', 'y']"),
            "SELECT * FROM Music WHERE Artist IN ***(Redacted)");
}

TEST(Redaction, TellsWhatItHides) {
  const Redaction redaction = Redact("SELECT * FROM T WHERE a = 'it''s' AND b = 5 AND c = {'d': 'e'}", {});
  EXPECT_EQ(redaction.hidden, (std::vector<std::string_view>{"it''s", "5", "d", "e"}));
}

TEST(Redaction, DoesNotTripOverWhatIsNoStatement) {
  EXPECT_EQ(Redacted(""), "");
  EXPECT_EQ(Redacted("{'a': "), "***(Redacted)");
  EXPECT_EQ(Redacted("] } >> 'open"), "] } >> ***(Redacted)");
  EXPECT_EQ(Redacted("VALUE {'a' 'b':"), "VALUE {***(Redacted) ***(Redacted):");
}

}  // namespace
}  // namespace basalt::expression::partiql
