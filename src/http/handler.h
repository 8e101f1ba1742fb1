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

  // The connection is about to hold `bytes` of memory for this request, more or less than before: its buffer while
  // the request arrives and is handled, and what remains of the answer while a client is slow to read it. False: it
  // must not (it answers what RefuseBody says, or drops the answer, and closes).
  virtual bool Hold(uint64_t bytes) = 0;
};

// What the connections of a loop can do for a handler that has no room left.
class Relief {
 public:
  Relief() = default;
  Relief(const Relief&) = delete;
  Relief& operator=(const Relief&) = delete;
  virtual ~Relief() = default;

  // Ends the transfer that has made no progress for the longest time, so that its ticket goes; false if none has
  // stalled. Never the one that is asking.
  virtual bool EndSlowest() = 0;
};

using Responder = UniqueFunction<void(Response)>;

class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;

  // The head has arrived, the body has not been read; its views live during the call, `relief` as long as the ticket.
  // A Response is sent at once and the connection closed.
  virtual std::variant<std::unique_ptr<Ticket>, Response> Admit(const RequestHead& head, Relief& relief) = 0;
  virtual Response RefuseBody() = 0;
  // The whole request is there. `respond` is called once, now or later, on this loop; the connection may be gone by
  // then, which it finds out by itself. Dropped without a call, it answers 500.
  virtual void Handle(const Request& request, Responder respond) = 0;
};

}  // namespace basalt::http
