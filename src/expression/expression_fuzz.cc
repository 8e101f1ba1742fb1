// Fuzzer of expressions. Input: a byte that selects the kind of expression, a byte that selects the item, then the
// text. What is parsed is also evaluated, applied or projected, and what comes out is measured and walked.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>

#include "expression/request_fixture.h"

namespace {

using namespace basalt;              // NOLINT(google-build-using-namespace)
using namespace basalt::expression;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kValues =
    "{':n':{'N':'1'},':m':{'N':'9.5'},':s':{'S':'ab'},':t':{'S':'SS'},':b':{'B':'YWI='},':e':{'S':''},"
    "':o':{'BOOL':true},':u':{'NULL':true},':ss':{'SS':['x','y']},':ns':{'NS':['1','2']},':bs':{'BS':['YQ==']},"
    "':l':{'L':[{'N':'1'},{'L':[]}]},':p':{'M':{'a':{'N':'1'}}}}";

constexpr std::string_view kItems[] = {
    "{}",
    "{'a':{'N':'1'},'b':{'S':'abc'},'c':{'SS':['x','z']},'d':{'L':[{'N':'1'},{'M':{'a':{'L':[{'N':'2'}]}}},{'N':'3'}]},"
    "'e':{'M':{'a':{'N':'5'},'b':{'L':[]},'c':{'M':{'a':{'NS':['1']}}}}},'f':{'NULL':true},'g':{'B':'YWJj'}}",
    "{'a':{'L':[{'L':[{'L':[{'S':'x'}]}]}]},'b':{'M':{'b':{'M':{'b':{'M':{}}}}}},'c':{'NS':['1','2','3']}}",
};

void CheckItem(model::Item item);

void CheckValue(const model::Value& value) {
  if (value.type == model::Type::kM) {
    CheckItem(value.attributes);
  } else if (value.type == model::Type::kL) {
    for (const model::Value& element : value.elements) {
      CheckValue(element);
    }
  } else if (value.IsSet()) {
    BASALT_CHECK(!value.members.empty());
    for (size_t i = 1; i < value.members.size(); ++i) {
      BASALT_CHECK(value.members[i - 1] < value.members[i]);
    }
  }
}

void CheckItem(model::Item item) {
  for (size_t i = 0; i < item.size(); ++i) {
    BASALT_CHECK(i == 0 || item[i - 1].name < item[i].name);
    CheckValue(item[i].value);
  }
}

void Run(Kind kind, std::string_view text, model::Item item, Request& request) {
  Placeholders& placeholders = request.placeholders();
  Arena& arena = request.arena();
  switch (kind) {
    case Kind::kCondition:
    case Kind::kFilter: {
      const Result<const Condition*> condition = ParseCondition(kind, text, placeholders, arena);
      if (condition.ok()) {
        Evaluate(**condition, item);
      }
      return;
    }
    case Kind::kKeyCondition: {
      const Result<const KeyCondition*> condition = ParseKeyCondition(text, placeholders, arena, true);
      if (condition.ok()) {
        const std::array<KeyAttribute, 4> schema = {
            {{"a", model::Type::kS}, {"b", model::Type::kN}, {"c", model::Type::kB}, {"d", model::Type::kS}}};
        for (size_t partition_size = 1; partition_size < schema.size(); ++partition_size) {
          const Result<KeyRange> range = BindKeyCondition(**condition, std::span(schema).first(partition_size),
                                                          std::span(schema).subspan(partition_size), arena);
          BASALT_CHECK(!range.ok() || range->partition.type == model::Type::kS);
          BASALT_CHECK(!range.ok() || range->more_partition.size() + 1 == partition_size);
        }
      }
      return;
    }
    case Kind::kUpdate: {
      const Result<const Update*> update = ParseUpdate(text, placeholders, arena);
      if (update.ok()) {
        const Result<model::Item> result = Apply(**update, item, arena);
        if (result.ok()) {
          CheckItem(*result);
          CheckItem(ProjectTargets(**update, *result, arena));
        }
      }
      return;
    }
    case Kind::kProjection: {
      const Result<const Projection*> projection = ParseProjection(text, placeholders, arena);
      if (projection.ok()) {
        const model::Item projected = Project(**projection, item, arena);
        CheckItem(projected);
        BASALT_CHECK(model::SizeBytes(projected) <= model::SizeBytes(item));
      }
      return;
    }
  }
}

// Texts to begin with, each with the byte that selects its kind.
constexpr std::string_view kSeeds[] = {
    "\x00\x01"
    "a = :n AND NOT (b < :s OR size(d) >= :m)",
    "\x00\x01"
    "a BETWEEN :n AND :m OR b IN (:s, :e, d[1].a[0]) AND attribute_type(c, :t)",
    "\x01\x02"
    "contains(c, :n) OR begins_with(b, :s) AND attribute_not_exists(a[0][0][0])",
    "\x02\x00"
    "a = :s AND b BETWEEN :n AND :m",
    "\x02\x00"
    "(:s = a) AND begins_with(b, :s)",
    "\x03\x01"
    "SET a = a + :n, d[1].a = list_append(d[1].a, :l), e.a = if_not_exists(z, :s) REMOVE d[0], f",
    "\x03\x02"
    "ADD c :ns DELETE a[0] :ss SET b.b.b.c = (a - :n), a[9] = :p",
    "\x04\x01"
    "a, d[2], d[1].a[0], e.c.#a, #d",
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Request request(kValues, {{"#a", "a"}, {"#d", "d.e"}, {"#s", "size"}});
  const model::Item item = request.Item(kItems[data[1] % 3]);
  Run(static_cast<Kind>(data[0] % 5), bytes.substr(2), item, request);
  return 0;
}

// Crosses an input with a seed or with another word of the language, so that the fuzzer needs no corpus and no
// dictionary beside it.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed) {
  static constexpr std::string_view kWords[] = {" AND ",
                                                " OR ",
                                                "NOT ",
                                                " BETWEEN ",
                                                " IN (",
                                                "SET ",
                                                " REMOVE ",
                                                " ADD ",
                                                " DELETE ",
                                                "attribute_exists(",
                                                "attribute_not_exists(",
                                                "attribute_type(",
                                                "begins_with(",
                                                "contains(",
                                                "size(",
                                                "if_not_exists(",
                                                "list_append(",
                                                ":n",
                                                ":m",
                                                ":s",
                                                ":t",
                                                ":b",
                                                ":ss",
                                                ":ns",
                                                ":bs",
                                                ":l",
                                                ":p",
                                                "#a",
                                                "#d",
                                                "#s",
                                                "a",
                                                "b",
                                                "c",
                                                "d",
                                                "e",
                                                "[0]",
                                                "[1]",
                                                "[4294967294]",
                                                ".",
                                                ",",
                                                "(",
                                                ")",
                                                "=",
                                                "<>",
                                                "<",
                                                "<=",
                                                ">",
                                                ">=",
                                                "+",
                                                "-",
                                                " "};
  const auto put = [&](size_t at, std::string_view text) {
    const std::string rest(reinterpret_cast<char*>(data) + at, size - at);
    std::string all(reinterpret_cast<char*>(data), at);
    all += text;
    all += rest;
    all.resize(std::min(all.size(), max_size));
    all.copy(reinterpret_cast<char*>(data), all.size());
    return all.size();
  };
  if (size < 3 || seed % 64 == 0) {
    size = 0;
    return put(0, kSeeds[(seed / 64) % std::size(kSeeds)]);
  }
  if (seed % 2 == 0) {
    return put(2 + (seed / 2) % (size - 1), kWords[(seed / 7) % std::size(kWords)]);
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
