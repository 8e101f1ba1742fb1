// Connection: one client's socket and the request it is at. Reads a head, asks the handler to admit it, reads the
// body, hands the request over, writes the answer, and goes on to the next. While a request is handled nothing is
// read, so a client that pipelines is held back by its own socket.
//
//   head -> body -> handling -> writing -> head ...      any refusal: writing -> lingering -> closed
//
// Kept alive by its group while open and by its Responder. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/connection_group.h"
#include "http/handler.h"
#include "http/readiness_set.h"
#include "http/request_parser.h"
#include "http/stream.h"

namespace basalt::http {

class Connection final : public std::enable_shared_from_this<Connection>, private ReadinessSet::Watcher {
 public:
  // Takes the descriptor over.
  Connection(std::shared_ptr<ConnectionGroup> group, int descriptor, std::unique_ptr<Stream> stream,
             std::unique_ptr<const PeerAddress> peer, size_t index);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  void Start();
  void OnTick(uint64_t tick);
  void CloseIfIdle();
  void Close();
  // Gives up what is held for the request whose body or answer moves too slowly: a body is answered by a refusal, an
  // answer is cut off.
  void EndTransfer();
  void set_index(size_t index) { index_ = index; }  // in the group
  ConnectionGroup::Place& place() { return place_; }
  bool advancing() const { return advancing_; }

 private:
  enum class State : uint8_t {
    kHead,             // waiting for (the rest of) a head
    kWritingContinue,  // 100 Continue is on its way
    kBody,
    kHandling,
    kWriting,
    kLingering,  // answered for the last time; what the client still sends is dropped until it closes
    kClosed,
  };
  class Answer;

  // Runs from step to step until something must be waited for.
  void Advance();
  bool Step();
  void YieldTurn();
  bool StepHead();
  bool BeginRequest();
  bool StepBody();
  bool StepChunkedBody();
  bool WaitForBody(size_t request_bytes);
  void Dispatch(std::string_view body, size_t request_size_bytes);

  void Respond(Response response);
  void Abandon();
  void Refuse(int status, std::string_view text);
  void RefuseBody();
  void StartAnswer(Response response, bool close);
  // Writes what is left of the output; false: it waits, or the connection is closed.
  bool Flush();
  void OnFlushed();
  void Linger();
  void Leave();

  void WaitReadable();
  void WaitWritable();
  void Watch(uint32_t events);
  void Unwatch(uint32_t events);
  void OnReady(uint32_t events) override;
  void OnReadable();
  void OnWritable();
  void ReadMore();
  void Discard();

  char* At(size_t offset) { return buffer_.bytes.get() + begin_ + offset; }
  size_t available_bytes() const { return filled_ - begin_; }
  // Room for a request of `request_bytes`, as far as the bytes that arrived justify; false if the ticket denies it.
  bool MakeRoom(size_t request_bytes);
  size_t CapacityFor(size_t request_bytes) const;
  void Consume(size_t request_bytes);
  void ReleaseBuffer();
  void SetDeadline(int64_t delay_ms) { deadline_tick_ = group_->TickAfter(delay_ms); }
  // The deadline while a body or an answer moves: progress moves it on, but only so far as enough of it was made.
  void BeginTransfer();
  void NoteTransfer(size_t bytes);
  void ClearDeadline() { deadline_tick_ = UINT64_MAX; }

  const std::shared_ptr<ConnectionGroup> group_;
  const int descriptor_;
  const std::unique_ptr<Stream> stream_;
  const std::unique_ptr<const PeerAddress> peer_;  // settled by the stream before the first request is there
  size_t index_;
  ConnectionGroup::Place place_;

  State state_ = State::kHead;
  bool advancing_ = false;
  bool answered_ = false;  // a request, in this run of Advance
  bool read_awaited_ = false;
  bool write_awaited_ = false;
  uint32_t watched_events_ = 0;  // what the descriptor is in the group's ReadinessSet for; 0: it is not there
  bool head_begun_ = false;
  bool is_head_request_ = false;  // the method HEAD
  bool keep_alive_ = true;        // as the request asked
  bool close_after_answer_ = false;
  uint64_t deadline_tick_ = UINT64_MAX;
  uint64_t transfer_begin_tick_ = 0;
  uint64_t transferred_bytes_ = 0;
  uint64_t progress_bytes_ = 0;  // transferred when the group was last told of progress

  // [begin_, filled_) of the buffer is what arrived and is not yet answered.
  Buffer buffer_;
  size_t begin_ = 0;
  size_t filled_ = 0;
  RequestParser parser_;
  ChunkedDecoder decoder_;
  size_t request_size_bytes_ = 0;
  uint64_t content_length_ = 0;
  bool chunked_ = false;
  std::unique_ptr<Ticket> ticket_;
  Request request_;

  // What remains to be written.
  std::string out_head_;
  std::string out_body_;
  size_t out_written_ = 0;  // of both together
  uint64_t lingered_bytes_ = 0;
};

}  // namespace basalt::http
