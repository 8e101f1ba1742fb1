// JSON out: text appended to a string, no tree. The caller keeps the grammar; Object and Array put the commas.
//
//   std::string out;
//   json::Writer writer(out);
//   writer.BeginObject();
//   writer.Key("TableNames");
//   writer.BeginArray(); writer.String("Music"); writer.EndArray();
//   writer.EndObject();                                     // {"TableNames":["Music"]}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace basalt::json {

// Appends `text` with quotes, escaping what JSON demands and nothing else.
void AppendString(std::string& out, std::string_view text);
// The length of the longest prefix that AppendString copies as it is: up to a quote, backslash or control character.
size_t PlainPrefix(std::string_view text);

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void BeginObject() { Open('{'); }
  void EndObject() { Close('}'); }
  void BeginArray() { Open('['); }
  void EndArray() { Close(']'); }
  void Key(std::string_view name);
  void String(std::string_view text);
  void Integer(int64_t value);
  // Shortest form that reads back, always with a fraction or exponent: 1.0, 0.5. Not a number and infinity: null.
  void Double(double value);
  void Seconds(int64_t milliseconds);  // epoch seconds, always with three digits of fraction: 1700000000.123
  void Bool(bool value);
  void Null();
  void Raw(std::string_view json);  // a finished value

 private:
  void Open(char bracket);
  void Close(char bracket);
  void BeforeValue();

  std::string& out_;
  bool comma_ = false;  // a sibling stands before the next value or key
};

}  // namespace basalt::json
