// What a server does with requests. One Handler a loop; every call and every Responder call happens on that loop.
#pragma once

#include <memory>
#include <variant>

#include "base/unique_function.h"
#include "http/message.h"

namespace basalt::http {

// Held by the connection from the moment a request is admitted until its response is written or the server goes down;
// its destructor gives back what was reserved.
class Ticket {
 public:
  Ticket() = default;
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  virtual ~Ticket() = default;

  // The body of a chunked request has grown to `body_bytes`; false refuses to read more (the connection answers
  // with what RefuseBody says, and closes).
  virtual bool Grow(uint64_t body_bytes) = 0;
};

using Responder = UniqueFunction<void(Response)>;

class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;

  // The head has arrived, the body has not been read; its views live during the call. A Response is sent at once and
  // the connection closed.
  virtual std::variant<std::unique_ptr<Ticket>, Response> Admit(const RequestHead& head) = 0;
  virtual Response RefuseBody() = 0;
  // The whole request is there. `respond` is called once, now or later, on this loop; the connection may be gone by
  // then, which it finds out by itself. Dropped without a call, it answers 500.
  virtual void Handle(const Request& request, Responder respond) = 0;
};

}  // namespace basalt::http
