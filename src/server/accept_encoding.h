// The Accept-Encoding header (RFC 9110, 12.5.3), as far as it decides whether an answer may be compressed.
#pragma once

#include <span>

#include "http/message.h"

namespace basalt::server {

// Whether gzip is named, with a weight above zero and not below that of identity. What cannot be understood is a no: an
// answer as it is suits everybody. `*` alone asks for nothing.
bool AcceptsGzip(std::span<const http::Header> headers);

}  // namespace basalt::server
