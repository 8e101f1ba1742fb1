// The inside of a query service's answer: elements, in order. Texts are escaped; names are not looked at.
//
//   XmlWriter xml;
//   xml.Open("User"); xml.Text("UserName", name); xml.Close("User");
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "operations/errors.h"

namespace basalt::operations {

class XmlWriter {
 public:
  void Open(std::string_view name) {
    out_ += '<';
    out_ += name;
    out_ += '>';
  }
  void Close(std::string_view name) {
    out_ += "</";
    out_ += name;
    out_ += '>';
  }
  void Text(std::string_view name, std::string_view text) {
    Open(name);
    AppendXmlText(out_, text);
    Close(name);
  }
  void Number(std::string_view name, int64_t number) { Text(name, std::to_string(number)); }
  void Bool(std::string_view name, bool value) { Text(name, value ? "true" : "false"); }
  void Time(std::string_view name, int64_t wall_ms);  // to the second: 2026-11-22T08:15:00Z
  // RFC 3986: all but letters, digits and -._~ as %XX.
  void Encoded(std::string_view name, std::string_view text);

  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace basalt::operations
