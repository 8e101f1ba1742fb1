// Values that have a form of their own.
#include "operations/xml_writer.h"

#include "os/clock.h"

namespace basalt::operations {

void XmlWriter::Time(std::string_view name, int64_t wall_ms) {
  std::string text = os::FormatIso8601(wall_ms);
  text.resize(text.find('.'));
  text += 'Z';
  Text(name, text);
}

void XmlWriter::Encoded(std::string_view name, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  Open(name);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '.' || c == '_' || c == '~';
    if (is_plain) {
      out_ += c;
    } else {
      out_ += '%';
      out_ += kHex[byte >> 4];
      out_ += kHex[byte & 15];
    }
  }
  Close(name);
}

}  // namespace basalt::operations
