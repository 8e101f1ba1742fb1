// SELECT on the wire: how each statement reads, what it shows, its order, its pages and their tokens, what it costs.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/partiql_fixture.h"

namespace basalt::server {
namespace {

// "Music": key (artist S, year N), a local index by title, global ones by genre and by several attributes. "Simple":
// key pk S.
class PartiqlSelectTest : public PartiqlTest {
 protected:
  void SetUp() override {
    const std::string created = Send("CreateTable", R"({
      'TableName':'Music','BillingMode':'PAY_PER_REQUEST',
      'AttributeDefinitions':[{'AttributeName':'artist','AttributeType':'S'},
        {'AttributeName':'year','AttributeType':'N'},
        {'AttributeName':'title','AttributeType':'S'},{'AttributeName':'genre','AttributeType':'S'}],
      'KeySchema':[{'AttributeName':'artist','KeyType':'HASH'},{'AttributeName':'year','KeyType':'RANGE'}],
      'LocalSecondaryIndexes':[
        {'IndexName':'titles','Projection':{'ProjectionType':'KEYS_ONLY'},
         'KeySchema':[{'AttributeName':'artist','KeyType':'HASH'},{'AttributeName':'title','KeyType':'RANGE'}]}],
      'GlobalSecondaryIndexes':[
        {'IndexName':'genres','Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['stars']},
         'KeySchema':[{'AttributeName':'genre','KeyType':'HASH'},{'AttributeName':'title','KeyType':'RANGE'}]},
        {'IndexName':'several','Projection':{'ProjectionType':'KEYS_ONLY'},
         'KeySchema':[{'AttributeName':'genre','KeyType':'HASH'},{'AttributeName':'artist','KeyType':'HASH'},
           {'AttributeName':'title','KeyType':'RANGE'},{'AttributeName':'year','KeyType':'RANGE'}]}]})");
    ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
    AwaitDescription("Music", "\"TableStatus\":\"ACTIVE\"");
    CreateTable("Simple", "S");
  }

  void Put(std::string_view artist, int year, std::string_view more = "") {
    EXPECT_EQ(Send("PutItem", fmt::format("{{'TableName':'Music','Item':{}}}", Song(artist, year, more))), "{}");
  }
  static std::string Song(std::string_view artist, int year, std::string_view more = "") {
    return fmt::format("{{'artist':{{'S':'{}'}}{},'year':{{'N':'{}'}}}}", artist,
                       more.empty() ? "" : "," + std::string(more), year);
  }
  // a: 1 to 4, b: 1 to 3, c: 2 and 5.
  void PutSongs() {
    for (const auto& [artist, years] :
         std::vector<std::pair<std::string, std::vector<int>>>{{"a", {1, 2, 3, 4}}, {"b", {1, 2, 3}}, {"c", {2, 5}}}) {
      for (const int year : years) {
        Put(artist, year);
      }
    }
  }
  // "a1 a2 b1" of items that are songs.
  static std::string Names(std::string_view items) {
    std::string names;
    for (size_t at = items.find("\"artist\""); at != std::string_view::npos; at = items.find("\"artist\"", at + 1)) {
      const size_t year = items.find("\"year\":{\"N\":\"", at) + 13;
      names += names.empty() ? "" : " ";
      names += items.substr(at + 15, items.find('"', at + 15) - at - 15);
      names += items.substr(year, items.find('"', year) - year);
    }
    return names;
  }
  std::string Selected(std::string_view text, std::string_view parameters = "", std::string_view members = "") {
    const std::string answer = Execute(text, parameters, members);
    return answer.starts_with("{\"Items\":") ? Names(MemberOf(answer, "Items")) : answer;
  }
};

TEST_F(PartiqlSelectTest, ReadsOneItemByItsWholeKey) {
  Put("a", 1, "'stars':{'N':'5'}");
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist = 'a' AND year = 1"),
            Items("{'artist':{'S':'a'},'stars':{'N':'5'},'year':{'N':'1'}}"));
  EXPECT_EQ(Execute("select stars from \"Music\" where year = ? and artist = ?", "{'N':'1.0'},{'S':'a'}"),
            Items("{'stars':{'N':'5'}}"));
  EXPECT_EQ(Execute("SELECT nothing FROM Music WHERE artist = 'a' AND year = 1"), Items("{}"));
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist = 'a' AND year = 2"), Items(""));
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist = 'a' AND year = 1 AND stars > 5"), Items(""));
  EXPECT_EQ(Execute("SELECT year FROM Music WHERE artist = 'a' AND year = 1 AND stars = 5;"),
            Items("{'year':{'N':'1'}}"));
  // One item is one page, whatever the limit.
  EXPECT_EQ(Execute("SELECT year FROM Music WHERE artist = 'a' AND year = 1", "", "'Limit':1"),
            Items("{'year':{'N':'1'}}"));
}

TEST_F(PartiqlSelectTest, ReadsATableByItsArn) {
  Put("a", 1);
  EXPECT_EQ(Selected("SELECT * FROM \"arn:aws:dynamodb:us-east-1:111111111111:table/Music\" WHERE artist = 'a'"), "a1");
  EXPECT_EQ(Execute("SELECT * FROM \"arn:aws:dynamodb:us-east-1:111111111111:table/Music\" WHERE artist = 'a' AND year "
                    "= 1",
                    "", "'ReturnConsumedCapacity':'TOTAL'"),
            Quoted("{'Items':[" + Song("a", 1) +
                   "],'ConsumedCapacity':{'TableName':'arn:aws:dynamodb:us-east-1:111111111111:table/Music',"
                   "'CapacityUnits':0.5}}"));
  EXPECT_EQ(Execute("SELECT * FROM \"arn:aws:dynamodb:eu-west-1:111111111111:table/Music\""),
            OneConstraint("Invalid AWS region in 'arn:aws:dynamodb:eu-west-1:111111111111:table/Music'"));
}

TEST_F(PartiqlSelectTest, QueriesAPartitionInTheOrderOfItsSortKey) {
  PutSongs();
  for (const auto& [where, names] : std::vector<std::pair<std::string, std::string>>{
           {"artist = 'a'", "a1 a2 a3 a4"},
           {"artist = 'a' AND year < 3", "a1 a2"},
           {"artist = 'a' AND year <= 3", "a1 a2 a3"},
           {"artist = 'a' AND year > 3", "a4"},
           {"artist = 'a' AND 3 <= year", "a3 a4"},
           {"artist = 'a' AND year BETWEEN 2 AND 3", "a2 a3"},
           {"artist = 'a' AND year IN [1, 4]", "a1 a4"},
           {"artist = 'a' AND year <> 2", "a1 a3 a4"},
           {"artist = 'a' ORDER BY year", "a1 a2 a3 a4"},
           {"artist = 'a' ORDER BY year DESC", "a4 a3 a2 a1"},
           {"artist = 'a' AND year > 1 ORDER BY artist, year DESC", "a4 a3 a2"},
           {"artist = 'none'", ""}}) {
    EXPECT_EQ(Selected("SELECT * FROM Music WHERE " + where), names) << where;
  }
}

TEST_F(PartiqlSelectTest, ReadsSeveralPartitionsOneAfterTheOtherEachOnce) {
  PutSongs();
  for (const auto& [where, names] : std::vector<std::pair<std::string, std::string>>{
           {"artist IN ['c', 'a', 'c']", "c2 c5 a1 a2 a3 a4"},
           {"artist IN ('b')", "b1 b2 b3"},
           {"artist = 'b' OR 'c' = artist", "b1 b2 b3 c2 c5"},
           {"artist IN ['b', 'none', 'c'] AND year = 2", "b2 c2"},
           {"artist IN ['b', 'a'] AND year > 2 ORDER BY artist", "a3 a4 b3"},
           {"artist IN ['b', 'c'] ORDER BY artist DESC, year DESC", "c5 c2 b3 b2 b1"},
           {"artist IN ['b', 'a', 'c'] ORDER BY year", "b1 a1 b2 a2 c2 b3 a3 a4 c5"},
           {"artist IN ['b', 'a', 'c'] AND year > 1 ORDER BY year DESC, artist", "c5 a4 a3 b3 a2 b2 c2"}}) {
    EXPECT_EQ(Selected("SELECT * FROM Music WHERE " + where), names) << where;
  }
}

TEST_F(PartiqlSelectTest, ScansWhatNoKeyChooses) {
  PutSongs();
  const auto count = [&](std::string_view rest) {
    const std::string names = Selected("SELECT * FROM Music " + std::string(rest));
    return names.empty() ? 0 : 1 + std::count(names.begin(), names.end(), ' ');
  };
  EXPECT_EQ(count(""), 9);
  EXPECT_EQ(count("WHERE year = 2"), 3);
  EXPECT_EQ(count("WHERE year > 1 AND NOT artist = 'a'"), 4);
  EXPECT_EQ(count("WHERE artist = 'a' OR year = 5"), 5);
  EXPECT_EQ(count("WHERE begins_with(artist, 'b')"), 3);
  EXPECT_EQ(count("WHERE stars IS MISSING"), 9);
  EXPECT_EQ(count("WHERE stars IS NOT MISSING"), 0);
}

TEST_F(PartiqlSelectTest, FiltersByWhatOperatorsAndFunctionsSay) {
  const std::vector<std::pair<std::string, std::string>> items = {
      {"s", "'v':{'S':'text'}"},
      {"n", "'v':{'N':'5'}"},
      {"l", "'v':{'L':[{'S':'x'}]}"},
      {"ss", "'v':{'SS':['x','y']}"},
      {"null", "'v':{'NULL':true}"},
      {"m", "'v':{'M':{'a.b':{'M':{'c':{'N':'1'}}}}}"},
      {"none", ""},
      {"b", "'v':{'BOOL':true}"},
  };
  for (const auto& [pk, value] : items) {
    Send("PutItem",
         fmt::format("{{'TableName':'Simple','Item':{{'pk':{{'S':'{}'}}{}{}}}}}", pk, value.empty() ? "" : ",", value));
  }
  const auto found = [&](std::string_view where, std::string_view parameters = "") {
    const std::string answer = Execute("SELECT pk FROM Simple WHERE " + std::string(where), parameters);
    if (!answer.starts_with("{\"Items\":")) {
      return answer;
    }
    std::set<std::string> names;
    constexpr std::string_view kBefore = R"("pk":{"S":")";
    for (size_t at = answer.find(kBefore); at != std::string::npos; at = answer.find(kBefore, at + 1)) {
      names.insert(answer.substr(at + kBefore.size(), answer.find('"', at + kBefore.size()) - at - kBefore.size()));
    }
    return fmt::format("{}", fmt::join(names, " "));
  };
  EXPECT_EQ(found("v = 'text'"), "s");
  EXPECT_EQ(found("v = ?", "{'N':'5.0'}"), "n");
  EXPECT_EQ(found("v = '?'"), "");
  EXPECT_EQ(found("begins_with(v, 'te')"), "s");
  EXPECT_EQ(found("contains(v, 'x')"), "l s ss");
  EXPECT_EQ(found("contains(v, 'y')"), "ss");
  EXPECT_EQ(found("size(v) = 1"), "l m");
  EXPECT_EQ(found("size(v) < ?", "{'N':'3'}"), "l m ss");
  EXPECT_EQ(found("attribute_type(v, 'SS')"), "ss");
  EXPECT_EQ(found("attribute_type(v, ?)", "{'S':'L'}"), "l");
  EXPECT_EQ(found("v IS MISSING"), "none");
  EXPECT_EQ(found("v IS NULL"), "null");
  EXPECT_EQ(found("v IS NOT NULL AND v IS NOT MISSING"), "b l m n s ss");
  EXPECT_EQ(found("v IS BOOLEAN"), "b");
  EXPECT_EQ(found("v.\"a.b\".c = 1"), "m");
  EXPECT_EQ(found("v[0] = 'x'"), "l");
  EXPECT_EQ(found("v IN ['text', 5, true]"), "b n s");
  EXPECT_EQ(found("v IN [?, ?]", "{'SS':['y','x']},{'N':'6'}"), "ss");
  EXPECT_EQ(found("v BETWEEN ? AND 5", "{'N':'4'}"), "n");
  EXPECT_EQ(found("NOT v = 'text' AND v IS NOT MISSING"), "b l m n null ss");
  EXPECT_EQ(found("v = 'text' OR v = 5 AND pk = 'none'"), "s");
  EXPECT_EQ(found("(v = 'text' OR v = 5) AND pk <> 's'"), "n");
}

TEST_F(PartiqlSelectTest, ShowsWhatTheProjectionNames) {
  Put("a", 1, "'m':{'M':{'x':{'N':'1'},'y':{'L':[{'S':'p'},{'S':'q'}]}}},'stars':{'N':'5'}");
  const std::string where = " FROM Music WHERE artist = 'a'";
  EXPECT_EQ(Execute("SELECT stars, artist" + where), Items("{'artist':{'S':'a'},'stars':{'N':'5'}}"));
  EXPECT_EQ(Execute("SELECT m.x, m.y[1]" + where), Items("{'m':{'M':{'x':{'N':'1'},'y':{'L':[{'S':'q'}]}}}}"));
  EXPECT_EQ(Execute("SELECT stars, stars" + where),
            Invalid("Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite "
                    "one of these paths; path one: [stars], path two: [stars]"));
  EXPECT_EQ(Execute("SELECT year.x" + where),
            Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: "
                    "year"));
}

// ---- indexes

TEST_F(PartiqlSelectTest, ReadsIndexesByTheirKeys) {
  Put("a", 1, "'genre':{'S':'jazz'},'title':{'S':'t2'},'stars':{'N':'5'},'label':{'S':'l'}");
  Put("b", 2, "'genre':{'S':'jazz'},'title':{'S':'t1'},'label':{'S':'l'}");
  Put("a", 3, "'title':{'S':'t1'},'label':{'S':'l'}");
  const std::string one =
      "{'artist':{'S':'a'},'genre':{'S':'jazz'},'stars':{'N':'5'},'title':{'S':'t2'},'year':{'N':'1'}}";
  const std::string two = "{'artist':{'S':'b'},'genre':{'S':'jazz'},'title':{'S':'t1'},'year':{'N':'2'}}";
  // A global index has what it projects, and nothing else of an item.
  EXPECT_EQ(Execute("SELECT * FROM \"Music\".\"genres\" WHERE genre = 'jazz'"), Items(two + "," + one));
  EXPECT_EQ(Execute("SELECT * FROM \"Music\".\"genres\" WHERE genre = 'jazz' ORDER BY title DESC"),
            Items(one + "," + two));
  EXPECT_EQ(Execute("SELECT * FROM Music.genres WHERE genre = 'jazz' AND title = 't2'"), Items(one));
  EXPECT_EQ(Execute("SELECT label, year FROM Music.genres WHERE genre = 'jazz' AND title = 't2'"),
            Items("{'year':{'N':'1'}}"));
  EXPECT_EQ(Execute("SELECT * FROM Music.genres WHERE genre = 'jazz' AND label = 'l'"), Items(""));
  EXPECT_EQ(Execute("SELECT stars FROM Music.genres WHERE stars = 5"), Items("{'stars':{'N':'5'}}"));
  EXPECT_EQ(
      Execute("SELECT year FROM Music.several WHERE genre = 'jazz' AND artist = 'b' AND title = 't1' AND year > 1"),
      Items("{'year':{'N':'2'}}"));
  EXPECT_EQ(Execute("SELECT year FROM Music.several WHERE genre = 'jazz' AND artist IN ['a', 'b'] ORDER BY title"),
            Items("{'year':{'N':'2'}},{'year':{'N':'1'}}"));
  // A local index shows what it holds, and fetches what else is named.
  EXPECT_EQ(Execute("SELECT * FROM Music.titles WHERE artist = 'a'"),
            Items("{'artist':{'S':'a'},'title':{'S':'t1'},'year':{'N':'3'}},"
                  "{'artist':{'S':'a'},'title':{'S':'t2'},'year':{'N':'1'}}"));
  EXPECT_EQ(Execute("SELECT label, year FROM Music.titles WHERE artist = 'a' AND begins_with(title, 't')"),
            Items("{'label':{'S':'l'},'year':{'N':'3'}},{'label':{'S':'l'},'year':{'N':'1'}}"));
  EXPECT_EQ(Execute("SELECT year FROM Music.titles WHERE artist = 'a' AND stars = 5"), Items("{'year':{'N':'1'}}"));
  // The table's whole key chooses no single entry of an index.
  EXPECT_EQ(Execute("SELECT year FROM Music.titles WHERE artist = 'a' AND year = 3"), Items("{'year':{'N':'3'}}"));
}

TEST_F(PartiqlSelectTest, RefusesIndexesThatCannotBeReadSo) {
  EXPECT_EQ(Execute("SELECT * FROM Music.none"), Invalid("The table does not have the specified index: none"));
  EXPECT_EQ(Execute("SELECT * FROM Music.genres", "", "'ConsistentRead':true"),
            Invalid("Consistent reads are not supported on global secondary indexes"));
  EXPECT_EQ(Execute("SELECT * FROM Music.titles WHERE artist = 'a'", "", "'ConsistentRead':true"), Items(""));
}

// ---- pages

TEST_F(PartiqlSelectTest, PagesOfOneItemEachTogetherAreTheWholeResult) {
  PutSongs();
  for (const std::string statement :
       {"SELECT * FROM Music", "SELECT * FROM Music WHERE year > 1", "SELECT * FROM Music WHERE artist = 'a'",
        "SELECT * FROM Music WHERE artist = 'a' ORDER BY year DESC",
        "SELECT * FROM Music WHERE artist = 'a' AND year >= 2 AND year <> 3",
        "SELECT * FROM Music WHERE artist IN ['c', 'none', 'a']",
        "SELECT * FROM Music WHERE artist IN ['c', 'b'] ORDER BY artist, year DESC",
        "SELECT * FROM Music WHERE artist IN ['c', 'b', 'a', 'none'] ORDER BY year",
        "SELECT * FROM Music WHERE artist IN ['c', 'b', 'a'] AND year < 4 ORDER BY year DESC",
        "SELECT * FROM Music WHERE artist IN ['c', 'b', 'a'] AND year <> 2 ORDER BY year DESC"}) {
    const std::string whole = Joined(Pages(statement, "", 0));
    EXPECT_FALSE(whole.empty());
    for (const int limit : {1, 2, 3, 4, 100}) {
      EXPECT_EQ(Joined(Pages(statement, "", limit)), whole) << statement << " by " << limit;
    }
  }
}

TEST_F(PartiqlSelectTest, PagesOfAnIndexTellEqualKeysApart) {
  for (int i = 0; i < 4; ++i) {
    Put("a", i, "'genre':{'S':'jazz'},'title':{'S':'t'}");
    Put("b", i, "'genre':{'S':'jazz'},'title':{'S':'t'}");
    Put("b", 9 - i, "'genre':{'S':'rock'},'title':{'S':'t'}");
  }
  for (const auto& [statement, names] : std::vector<std::pair<std::string, std::string>>{
           {"SELECT * FROM Music.genres WHERE genre = 'jazz'", "a0 a1 a2 a3 b0 b1 b2 b3"},
           {"SELECT * FROM Music.genres WHERE genre IN ['rock', 'jazz'] ORDER BY title",
            "b6 b7 b8 b9 a0 a1 a2 a3 b0 b1 b2 b3"},
           {"SELECT * FROM Music.genres WHERE genre IN ['rock', 'jazz'] ORDER BY title DESC",
            "b9 b8 b7 b6 b3 b2 b1 b0 a3 a2 a1 a0"}}) {
    for (const int limit : {1, 3, 5, 0}) {
      EXPECT_EQ(Names(Joined(Pages(statement, "", limit))), names) << statement << " by " << limit;
    }
  }
}

TEST_F(PartiqlSelectTest, LimitCountsItemsThatTheFilterDrops) {
  PutSongs();
  const std::string statement = "SELECT * FROM Music WHERE artist = 'a' AND stars = 1";
  const std::vector<Page> pages = Pages(statement, "", 1);
  ASSERT_EQ(pages.size(), 5U);
  EXPECT_EQ(Joined(pages), "");
  EXPECT_EQ(MemberOf(pages[0].answer, "LastEvaluatedKey"), Quoted(Song("a", 1)));
  EXPECT_EQ(MemberOf(pages[3].answer, "LastEvaluatedKey"), Quoted(Song("a", 4)));
  EXPECT_EQ(pages[4].answer, Items(""));
}

TEST_F(PartiqlSelectTest, APageOfSeveralPartitionsHasAtMostTenItems) {
  for (int i = 0; i < 8; ++i) {
    Put("a", i);
    Put("b", i);
  }
  const std::vector<Page> pages = Pages("SELECT * FROM Music WHERE artist IN ['a', 'b']", "", 0);
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(Names(pages[0].items), "a0 a1 a2 a3 a4 a5 a6 a7 b0 b1");
  EXPECT_EQ(Names(pages[1].items), "b2 b3 b4 b5 b6 b7");
  EXPECT_EQ(Pages("SELECT * FROM Music WHERE artist = 'a'", "", 0).size(), 1U);
}

TEST_F(PartiqlSelectTest, APageEndsBeforeItsItemsPassAMebibyte) {
  const std::string large(400'000, 'x');
  for (const char* artist : {"a", "b"}) {
    for (int year = 0; year < 3; ++year) {
      Put(artist, year, "'v':{'S':'" + large + "'}");
    }
  }
  const auto sizes = [&](std::string_view statement) {
    std::string out;
    for (const Page& page : Pages(statement, "", 0)) {
      out += (out.empty() ? "" : " | ") + Names(page.items);
    }
    return out;
  };
  EXPECT_EQ(sizes("SELECT artist, year FROM Music WHERE artist = 'a'"), "a0 a1 | a2");
  // The room that one partition leaves is all that the next one has.
  EXPECT_EQ(sizes("SELECT artist, year FROM Music WHERE artist IN ['a', 'b']"), "a0 a1 | a2 b0 | b1 b2");
  EXPECT_EQ(sizes("SELECT artist, year FROM Music WHERE artist IN ['a', 'b'] AND year < 2"), "a0 a1 | b0 b1");
  EXPECT_EQ(sizes("SELECT artist, year FROM Music WHERE artist IN ['a', 'b'] AND year = 1"), "a1 b1");
  EXPECT_EQ(sizes("SELECT artist, year FROM Music WHERE artist IN ['a', 'b'] ORDER BY year"), "a0 b0 | a1 b1 | a2 b2");
  // The page that ends between two partitions names the item that it ended with.
  const std::vector<Page> pages = Pages("SELECT year FROM Music WHERE artist IN ['a', 'b'] AND year < 2", "", 0,
                                        "'ReturnConsumedCapacity':'TOTAL'");
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(MemberOf(pages[0].answer, "LastEvaluatedKey"), Quoted(Song("a", 1)));
  EXPECT_EQ(MemberOf(pages[0].answer, "CapacityUnits"), MemberOf(pages[1].answer, "CapacityUnits"));
}

// ---- tokens

TEST_F(PartiqlSelectTest, ATokenIsGoodForItsStatementAlone) {
  PutSongs();
  const std::string statement = "SELECT * FROM Music WHERE artist = ?";
  const std::string token = TokenOf(Execute(statement, "{'S':'a'}", "'Limit':2"));
  const std::string member = "'NextToken':'" + token + "'";
  EXPECT_EQ(Selected(statement, "{'S':'a'}", member), "a3 a4");
  EXPECT_EQ(Selected(statement, "{'S':'a'}", member + ",'Limit':1"), "a3");
  EXPECT_EQ(Selected(statement, "{'S':'a'}", member + ",'ConsistentRead':true"), "a3 a4");
  const std::string mismatch = Invalid("NextToken does not match request");
  EXPECT_EQ(Execute(statement, "{'S':'b'}", member), mismatch);
  EXPECT_EQ(Execute(statement + " ", "{'S':'a'}", member), mismatch);
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist = 'a'", "", member), mismatch);
  EXPECT_EQ(Execute("SELECT * FROM Music", "", member), mismatch);
  EXPECT_EQ(Execute("SELECT * FROM Simple", "", member), mismatch);
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist = 'a' AND year = 1", "", member), mismatch);
  EXPECT_EQ(Execute("INSERT INTO Simple VALUE {'pk':'a'}", "", member), mismatch);
  EXPECT_EQ(Execute("SELECT * FROM Simple"), Items(""));
}

TEST_F(PartiqlSelectTest, ATokenThatWasCutOrChangedIsRefused) {
  PutSongs();
  const std::string statement = "SELECT * FROM Music WHERE artist IN ['a', 'b']";
  const std::string token = TokenOf(Execute(statement, "", "'Limit':5"));
  ASSERT_GT(token.size(), 40U);
  const std::string mismatch = Invalid("NextToken does not match request");
  const auto send = [&](const std::string& changed) { return Execute(statement, "", "'NextToken':'" + changed + "'"); };
  EXPECT_EQ(Names(MemberOf(send(token), "Items")), "b2 b3");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(send(changed), mismatch) << i;
    if (i > 0) {
      EXPECT_EQ(send(token.substr(0, i)), mismatch) << i;
    }
  }
  EXPECT_EQ(send(token + "AAAA"), mismatch);
  EXPECT_EQ(send("x"), mismatch);
  EXPECT_EQ(send("\\u00e9\\u0000"), mismatch);
  EXPECT_EQ(send(std::string(32'768, 'A')), mismatch);
  EXPECT_EQ(send(std::string(32'769, 'A')),
            OneConstraint("Value '" + std::string(32'769, 'A') +
                          "' at 'nextToken' failed to satisfy constraint: Member must have length less than or equal "
                          "to 32768"));
  EXPECT_EQ(send(""), OneConstraint("Value '' at 'nextToken' failed to satisfy constraint: Member must have length "
                                    "greater than or equal to 1"));
}

TEST_F(PartiqlSelectTest, ATokenOfAnotherAccountsTableIsRefused) {
  const std::string other = "222222222222";
  const std::string created = SendAs(other, "CreateTable",
                                     "{'TableName':'Simple','BillingMode':'PAY_PER_REQUEST','KeySchema':["
                                     "{'AttributeName':'pk','KeyType':'HASH'}],'AttributeDefinitions':["
                                     "{'AttributeName':'pk','AttributeType':'S'}]}");
  ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
  AwaitDescription("Simple", "\"TableStatus\":\"ACTIVE\"", other);
  for (const char* pk : {"a", "b"}) {
    const std::string put = fmt::format("{{'TableName':'Simple','Item':{{'pk':{{'S':'{}'}}}}}}", pk);
    ASSERT_EQ(SendAs(other, "PutItem", put), "{}");
    ASSERT_EQ(Send("PutItem", put), "{}");
  }
  const std::string statement = "{'Statement':'SELECT * FROM Simple','Limit':1";
  const std::string token = TokenOf(SendAs(other, "ExecuteStatement", statement + "}"));
  ASSERT_FALSE(token.empty());
  const std::string resumed = statement + ",'NextToken':'" + token + "'}";
  EXPECT_EQ(Send("ExecuteStatement", resumed), Invalid("NextToken does not match request"));
  EXPECT_TRUE(SendAs(other, "ExecuteStatement", resumed).starts_with("{\"Items\":[{"));
}

TEST_F(PartiqlSelectTest, ATokenEndsWithItsTable) {
  Send("PutItem", "{'TableName':'Simple','Item':{'pk':{'S':'a'}}}");
  const std::string token = TokenOf(Execute("SELECT * FROM Simple", "", "'Limit':1"));
  ASSERT_FALSE(token.empty());
  EXPECT_EQ(Execute("SELECT * FROM Simple", "", "'NextToken':'" + token + "'"), Items(""));
  Send("DeleteTable", "{'TableName':'Simple'}");
  for (int i = 0; i < 5000 && Send("DescribeTable", "{'TableName':'Simple'}").find("\"Table\"") != std::string::npos;
       ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  CreateTable("Simple", "S");
  EXPECT_EQ(Execute("SELECT * FROM Simple", "", "'NextToken':'" + token + "'"),
            Invalid("NextToken does not match request"));
}

TEST_F(PartiqlSelectTest, ATokenEndsWithItsIndex) {
  Put("a", 1, "'genre':{'S':'jazz'},'title':{'S':'t1'}");
  Put("a", 2, "'genre':{'S':'jazz'},'title':{'S':'t2'}");
  const std::string statement = "SELECT year FROM Music.genres WHERE genre = 'jazz'";
  const std::string token = TokenOf(Execute(statement, "", "'Limit':1"));
  ASSERT_FALSE(token.empty());
  EXPECT_EQ(Execute(statement, "", "'NextToken':'" + token + "'"), Items("{'year':{'N':'2'}}"));
  const auto update = [this](std::string_view change) {
    return Send("UpdateTable", fmt::format("{{'TableName':'Music','AttributeDefinitions':[{{'AttributeName':'genre',"
                                           "'AttributeType':'S'}},{{'AttributeName':'title','AttributeType':'S'}}],"
                                           "'GlobalSecondaryIndexUpdates':[{{{}}}]}}",
                                           change));
  };
  update("'Delete':{'IndexName':'genres'}");
  for (int i = 0; i < 5000 && Send("DescribeTable", "{'TableName':'Music'}").find("genres") != std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(Execute(statement, "", "'NextToken':'" + token + "'"),
            Invalid("The table does not have the specified index: genres"));
  const std::string created = update(
      "'Create':{'IndexName':'genres','Projection':{'ProjectionType':'ALL'},'KeySchema':[{'AttributeName':"
      "'genre','KeyType':'HASH'},{'AttributeName':'title','KeyType':'RANGE'}]}");
  ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
  for (int i = 0; i < 5000 && Execute(statement).find("__type") != std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(Execute(statement, "", "'NextToken':'" + token + "'"), Invalid("NextToken does not match request"));
  EXPECT_EQ(Execute(statement), Items("{'year':{'N':'1'}},{'year':{'N':'2'}}"));
}

// ---- capacity

TEST_F(PartiqlSelectTest, CostsWhatQueriesAndScansCost) {
  const std::string kilobytes(5000, 'x');
  Put("a", 1, "'genre':{'S':'jazz'},'title':{'S':'t'},'v':{'S':'" + kilobytes + "'}");
  Put("a", 2, "'v':{'S':'" + kilobytes + "'}");
  Put("b", 1);
  const auto cost = [&](std::string_view statement, std::string_view members = "") {
    return MemberOf(Execute(statement, "",
                            "'ReturnConsumedCapacity':'INDEXES'" + (members.empty() ? "" : "," + std::string(members))),
                    "ConsumedCapacity");
  };
  const auto of_table = [](std::string_view units) {
    return Quoted(fmt::format("{{'TableName':'Music','CapacityUnits':{0},'Table':{{'CapacityUnits':{0}}}}}", units));
  };
  EXPECT_EQ(cost("SELECT year FROM Music WHERE artist = 'a' AND year = 1"), of_table("1.0"));
  EXPECT_EQ(cost("SELECT year FROM Music WHERE artist = 'a' AND year = 1", "'ConsistentRead':true"), of_table("2.0"));
  EXPECT_EQ(cost("SELECT year FROM Music WHERE artist = 'a' AND year = 1 AND v = 1"), of_table("1.0"));
  EXPECT_EQ(cost("SELECT year FROM Music WHERE artist = 'a' AND year = 7"), of_table("0.5"));
  EXPECT_EQ(cost("SELECT year FROM Music WHERE artist = 'a'"), of_table("1.5"));
  EXPECT_EQ(cost("SELECT year FROM Music WHERE artist IN ['a', 'b', 'none']"), of_table("2.5"));
  EXPECT_EQ(cost("SELECT year FROM Music WHERE artist IN ['a', 'b', 'none'] ORDER BY year"), of_table("2.0"));
  EXPECT_EQ(cost("SELECT year FROM Music WHERE artist IN ['x', 'none'] ORDER BY year"), of_table("0.5"));
  EXPECT_EQ(cost("SELECT * FROM Music", "'ConsistentRead':true"), of_table("3.0"));
  EXPECT_EQ(cost("SELECT * FROM Music.genres WHERE genre = 'jazz'"),
            Quoted("{'TableName':'Music','CapacityUnits':0.5,'Table':{'CapacityUnits':0.0},"
                   "'GlobalSecondaryIndexes':{'genres':{'CapacityUnits':0.5}}}"));
  EXPECT_EQ(cost("SELECT v FROM Music.titles WHERE artist = 'a'"),
            Quoted("{'TableName':'Music','CapacityUnits':1.5,'Table':{'CapacityUnits':1.0},"
                   "'LocalSecondaryIndexes':{'titles':{'CapacityUnits':0.5}}}"));
  EXPECT_EQ(Execute("SELECT year FROM Music WHERE artist = 'b' AND year = 1", "", "'ReturnConsumedCapacity':'TOTAL'"),
            Quoted("{'Items':[{'year':{'N':'1'}}],'ConsumedCapacity':{'TableName':'Music','CapacityUnits':0.5}}"));
  EXPECT_EQ(Execute("SELECT year FROM Music WHERE artist = 'b' AND year = 1", "", "'ReturnConsumedCapacity':'NONE'"),
            Items("{'year':{'N':'1'}}"));
}

// ---- refusals

TEST_F(PartiqlSelectTest, RefusesKeysAndOrdersThatDoNotFitTheTable) {
  constexpr std::string_view kType = "Condition parameter type does not match schema type";
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist = 1"), InvalidParameter(kType));
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist IN ['a', 1]"), InvalidParameter(kType));
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist = 'a' AND year > 'x'"), InvalidParameter(kType));
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist = 'a' AND year = 'x'"), Invalid(kSchemaMismatch));
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist = '' AND year = 1"),
            Invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
                    "an empty string value. Key: artist"));
  EXPECT_EQ(
      Execute("SELECT * FROM Music WHERE artist = 'a' AND year BETWEEN 3 AND 1"),
      Invalid("Invalid FilterExpression: The BETWEEN operator requires upper bound to be greater than or equal to "
              "lower bound; lower bound operand: AttributeValue: {N:3}, upper bound operand: AttributeValue: "
              "{N:1}"));
  EXPECT_EQ(Execute("SELECT * FROM Music ORDER BY year"),
            Invalid("Must have WHERE clause in the statement when using ORDER BY clause."));
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist = 'a' ORDER BY stars"),
            Invalid("Variable reference stars in ORDER BY clause must be part of the primary key"));
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE artist.x = 'a'"),
            Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: "
                    "artist"));
  EXPECT_EQ(Execute("SELECT * FROM Music WHERE genre[0] = 'a'"),
            Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
                    "IndexKey: genre"));
  EXPECT_EQ(Execute("SELECT * FROM None"), NotFound());
  EXPECT_EQ(Execute("SELECT * FROM \"a b\""), NotFound());
  EXPECT_EQ(Execute("EXISTS(SELECT * FROM Music WHERE artist = 'a' AND year = 1)"),
            Invalid("EXISTS can only be used in ExecuteTransaction"));
}

}  // namespace
}  // namespace basalt::server
