// TlsStream: a stream that speaks TLS, as the server, over one that does not.
#pragma once

#include <memory>

#include "http/stream.h"
#include "http/tls_context.h"

namespace basalt::http {

// Null if there is no memory for it. The context may go before the stream.
std::unique_ptr<Stream> NewTlsStream(std::unique_ptr<Stream> transport, const TlsContext& context);

}  // namespace basalt::http
