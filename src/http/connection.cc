// Two rules keep this simple. Every change of state happens in Advance, which loops rather than recurses, so a handler
// that answers at once does not deepen the stack however many requests are pipelined. And a wait that fires in a
// state that no longer wants it is ignored.
#include "http/connection.h"

#include <unistd.h>

#include <algorithm>
#include <asio/post.hpp>
#include <cstring>
#include <utility>
#include <variant>

#include "http/loop_implementation.h"
#include "http/response_head.h"

namespace basalt::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr int64_t kLingerMs = 2000;
constexpr int kDiscardsAtOnceMax = 16;
constexpr size_t kSteepGrowthBytesMax = size_t{1} << 20;  // below, a buffer for a body grows fourfold, then twofold
constexpr size_t kChunkedRoomBytes = 4096;                // free space to read chunks into
constexpr size_t kProgressBytes = size_t{64} << 10;       // what a transfer must move so as not to count as stalled

}  // namespace

// The Responder given to the handler. If it goes without having been called, the client hears of it.
class Connection::Answer {
 public:
  explicit Answer(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  Answer(Answer&&) noexcept = default;
  Answer& operator=(Answer&&) = delete;
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() {
    if (connection_ != nullptr) {
      connection_->Abandon();
    }
  }

  void operator()(Response response) {
    const std::shared_ptr<Connection> connection = std::move(connection_);
    if (connection != nullptr) {
      connection->Respond(std::move(response));
    }
  }

 private:
  std::shared_ptr<Connection> connection_;
};

Connection::Connection(std::shared_ptr<ConnectionGroup> group, int descriptor, std::unique_ptr<Stream> stream,
                       std::unique_ptr<const PeerAddress> peer, size_t index)
    : group_(std::move(group)),
      descriptor_(descriptor),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      index_(index),
      parser_(group_->limits().head_bytes_max, group_->limits().headers_max) {}

Connection::~Connection() {
  if (state_ != State::kClosed) {
    Unwatch(watched_events_);
    ::close(descriptor_);
  }
}

void Connection::Start() { Advance(); }

void Connection::Close() {
  if (state_ == State::kClosed) {
    return;
  }
  const bool handling = state_ == State::kHandling;
  state_ = State::kClosed;
  ClearDeadline();
  Unwatch(watched_events_);
  ::close(descriptor_);
  ticket_.reset();  // also while handling, which ends so only with the server: the handler may go before its Responder
  if (!handling) {  // else the request's views live on until its Responder is called
    ReleaseBuffer();
  }
  out_head_ = {};
  out_body_ = {};
  group_->Remove(index_);
}

void Connection::CloseIfIdle() {
  if (state_ == State::kHead && available_bytes() == 0) {
    Leave();
  }
}

// Of our own accord, between requests: the client is told, if its stream has a way to say so.
void Connection::Leave() {
  stream_->ShutdownWrite();
  Close();
}

void Connection::OnTick(uint64_t tick) {
  if (tick < deadline_tick_) {
    return;
  }
  if ((state_ == State::kHead && head_begun_) || state_ == State::kBody) {
    Refuse(408, "The request did not arrive in time.");
    Advance();
  } else if (state_ == State::kHead) {
    Leave();
  } else {
    Close();
  }
}

void Connection::Advance() {
  if (advancing_) {
    return;
  }
  advancing_ = true;
  answered_ = false;
  while (Step()) {
  }
  advancing_ = false;
}

// Others first: a client that sends many requests at once has them handled one a turn.
void Connection::YieldTurn() {
  asio::post(group_->executor(), [connection = shared_from_this()] {
    if (connection->state_ == State::kHead) {
      connection->Advance();
    }
  });
}

bool Connection::Step() {
  switch (state_) {
    case State::kHead:
      return StepHead();
    case State::kBody:
      return chunked_ ? StepChunkedBody() : StepBody();
    case State::kWritingContinue:
    case State::kHandling:
    case State::kWriting:
    case State::kLingering:
    case State::kClosed:
      return false;
  }
  return false;
}

bool Connection::StepHead() {
  if (available_bytes() == 0) {
    ReleaseBuffer();
    if (group_->draining()) {
      Leave();
      return false;
    }
    group_->Stand(*this, ConnectionGroup::Row::kWaiting);
    // A stream that is not established yet owes its first request already.
    SetDeadline(stream_->established() ? group_->limits().idle_timeout_ms : group_->limits().head_timeout_ms);
    WaitReadable();
    return false;
  }
  if (answered_) {
    YieldTurn();
    return false;
  }
  switch (parser_.Parse({At(0), available_bytes()})) {
    case Progress::kNeedsMore:
      if (!head_begun_) {
        head_begun_ = true;
        group_->Stand(*this, ConnectionGroup::Row::kWaiting);
        SetDeadline(group_->limits().head_timeout_ms);
      }
      MakeRoom(available_bytes() + 1);  // without a ticket, there is nobody to deny it
      WaitReadable();
      return false;
    case Progress::kRefused:
      Refuse(parser_.refusal().status, parser_.refusal().text);
      return true;
    case Progress::kComplete:
      return BeginRequest();
  }
  return false;
}

bool Connection::BeginRequest() {
  const RequestHead& head = parser_.HeadAt(At(0));
  const ServerLimits& limits = group_->limits();
  is_head_request_ = head.method == "HEAD";
  keep_alive_ = head.keep_alive;
  content_length_ = head.content_length;
  chunked_ = head.chunked;
  if (content_length_ > limits.body_bytes_max) {
    Refuse(413, "The request body is too large.");
    return true;
  }
  std::variant<std::unique_ptr<Ticket>, Response> admitted = group_->handler().Admit(head, *group_);
  if (Response* refusal = std::get_if<Response>(&admitted); refusal != nullptr) {
    StartAnswer(std::move(*refusal), true);
    return true;
  }
  ticket_ = std::get<std::unique_ptr<Ticket>>(std::move(admitted));
  request_size_bytes_ = parser_.head_size_bytes();
  if (chunked_) {
    decoder_ = ChunkedDecoder(limits.body_bytes_max, limits.head_bytes_max);
  }
  BeginTransfer();
  const bool body_follows = chunked_ || content_length_ > 0;
  if (head.expect_continue && body_follows && available_bytes() == request_size_bytes_) {
    state_ = State::kWritingContinue;
    out_head_ = kContinue;
    out_body_.clear();
    out_written_ = 0;
    return Flush();
  }
  state_ = State::kBody;
  return true;
}

bool Connection::StepBody() {
  const size_t head_bytes = parser_.head_size_bytes();
  const size_t request_bytes = head_bytes + content_length_;
  if (available_bytes() >= request_bytes) {
    Dispatch({At(head_bytes), content_length_}, request_bytes);
    return true;
  }
  return WaitForBody(request_bytes);
}

bool Connection::WaitForBody(size_t request_bytes) {
  if (!MakeRoom(request_bytes)) {
    RefuseBody();
    return true;
  }
  if (place_.row != ConnectionGroup::Row::kMoving) {
    group_->Stand(*this, ConnectionGroup::Row::kMoving);
  }
  WaitReadable();
  return false;
}

bool Connection::StepChunkedBody() {
  const size_t head_bytes = parser_.head_size_bytes();
  const size_t body_bytes = decoder_.body_bytes();
  // The buffer holds the head, the decoded body, and raw bytes from `request_size_bytes_` on.
  const ChunkedDecoder::Step step =
      decoder_.Decode({At(request_size_bytes_), available_bytes() - request_size_bytes_}, At(head_bytes + body_bytes));
  request_size_bytes_ += step.consumed;
  if (step.progress == Progress::kRefused) {
    Refuse(decoder_.refusal().status, decoder_.refusal().text);
    return true;
  }
  if (step.progress == Progress::kComplete) {
    Dispatch({At(head_bytes), decoder_.body_bytes()}, request_size_bytes_);
    return true;
  }
  // All raw bytes are used up, so the next ones go right behind what is decoded.
  request_size_bytes_ = head_bytes + decoder_.body_bytes();
  filled_ = begin_ + request_size_bytes_;
  return WaitForBody(request_size_bytes_ + kChunkedRoomBytes);
}

void Connection::Dispatch(std::string_view body, size_t request_size_bytes) {
  request_size_bytes_ = request_size_bytes;
  state_ = State::kHandling;
  if (place_.row != ConnectionGroup::Row::kBusy) {
    group_->Stand(*this, ConnectionGroup::Row::kBusy);
  }
  ClearDeadline();
  request_.head = parser_.HeadAt(At(0));  // again: reading the body may have moved the buffer
  request_.body = body;
  request_.peer = peer_.get();
  request_.relief = group_.get();
  group_->handler().Handle(request_, Answer(shared_from_this()));
}

void Connection::Respond(Response response) {
  if (state_ != State::kHandling) {  // closed meanwhile: nobody is left to tell
    ticket_.reset();
    ReleaseBuffer();
    return;
  }
  StartAnswer(std::move(response), !keep_alive_);
  Advance();
}

void Connection::Abandon() {
  // On another thread only if the loop is being torn down with requests under way.
  if (CurrentLoop() != group_->loop()) {
    return;
  }
  Response response;
  response.status = 500;
  response.close = true;
  Respond(std::move(response));
}

void Connection::Refuse(int status, std::string_view text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body.reserve(text.size() + 1);
  response.body.append(text).push_back('\n');
  StartAnswer(std::move(response), true);
}

void Connection::RefuseBody() {
  ticket_.reset();
  ReleaseBuffer();
  StartAnswer(group_->handler().RefuseBody(), true);
}

void Connection::EndTransfer() {
  if (state_ == State::kBody) {
    RefuseBody();
  } else {
    Close();
  }
}

void Connection::StartAnswer(Response response, bool close) {
  state_ = State::kWriting;
  close_after_answer_ = close || response.close || group_->draining();
  std::string& head = group_->head_scratch();
  head.clear();
  AppendResponseHead(head, response, group_->HttpDate(), !close_after_answer_);
  const bool has_body = !is_head_request_ && StatusAllowsBody(response.status);
  const std::string_view body = has_body ? std::string_view(response.body) : std::string_view();

  // Almost always the socket takes everything at once; only otherwise is anything kept.
  const StreamResult result = stream_->Write(head, body);
  if (result.kind == StreamResult::Kind::kFailed || result.kind == StreamResult::Kind::kEnd) {
    Close();
    return;
  }
  if (result.kind == StreamResult::Kind::kBytes && result.size_bytes == head.size() + body.size()) {
    OnFlushed();
    return;
  }
  out_head_ = head;
  out_body_ = has_body ? std::move(response.body) : std::string();
  out_written_ = result.kind == StreamResult::Kind::kBytes ? result.size_bytes : 0;
  if (close_after_answer_) {
    ReleaseBuffer();
  } else {
    Consume(request_size_bytes_);
  }
  if (ticket_ != nullptr && !ticket_->Hold(buffer_.capacity_bytes + out_body_.capacity())) {
    Close();
    return;
  }
  group_->Stand(*this, ConnectionGroup::Row::kMoving);
  BeginTransfer();
  if (result.kind == StreamResult::Kind::kWantsRead) {
    WaitReadable();
  } else {
    WaitWritable();
  }
}

bool Connection::Flush() {
  const size_t total = out_head_.size() + out_body_.size();
  while (out_written_ < total) {
    const size_t head_written = std::min(out_written_, out_head_.size());
    std::string_view first = std::string_view(out_head_).substr(head_written);
    std::string_view second = std::string_view(out_body_).substr(out_written_ - head_written);
    if (first.empty()) {
      first = std::exchange(second, std::string_view());
    }
    const StreamResult result = stream_->Write(first, second);
    switch (result.kind) {
      case StreamResult::Kind::kBytes:
        out_written_ += result.size_bytes;
        NoteTransfer(result.size_bytes);
        break;
      case StreamResult::Kind::kWantsWrite:
      case StreamResult::Kind::kWantsRead:
        if (place_.row != ConnectionGroup::Row::kMoving) {
          group_->Stand(*this, ConnectionGroup::Row::kMoving);
        }
        if (result.kind == StreamResult::Kind::kWantsRead) {
          WaitReadable();
        } else {
          WaitWritable();
        }
        return false;
      case StreamResult::Kind::kEnd:
      case StreamResult::Kind::kFailed:
        Close();
        return false;
    }
  }
  OnFlushed();
  return true;
}

void Connection::OnFlushed() {
  if (out_written_ > 0) {
    out_head_ = {};
    out_body_ = {};
    out_written_ = 0;
  }
  if (state_ == State::kWritingContinue) {
    state_ = State::kBody;
    BeginTransfer();
    return;
  }
  ticket_.reset();
  if (close_after_answer_) {
    Linger();
    return;
  }
  Consume(request_size_bytes_);
  state_ = State::kHead;
  answered_ = true;
}

// A socket closed with unread bytes in it is reset, and the reset may reach the client before it has read the answer.
void Connection::Linger() {
  state_ = State::kLingering;
  group_->Stand(*this, ConnectionGroup::Row::kBusy);
  ReleaseBuffer();
  stream_->ShutdownWrite();
  SetDeadline(kLingerMs);
  WaitReadable();
}

void Connection::BeginTransfer() {
  transfer_begin_tick_ = group_->tick();
  transferred_bytes_ = 0;
  progress_bytes_ = 0;
  NoteTransfer(0);
}

// A byte now and then is no progress: it would hold a ticket for as long as somebody cares to send another.
void Connection::NoteTransfer(size_t bytes) {
  const ServerLimits& limits = group_->limits();
  transferred_bytes_ += bytes;
  if (transferred_bytes_ - progress_bytes_ >= kProgressBytes && place_.row == ConnectionGroup::Row::kMoving) {
    progress_bytes_ = transferred_bytes_;
    group_->Stand(*this, ConnectionGroup::Row::kMoving);
  }
  deadline_tick_ = group_->TickAfter(limits.body_timeout_ms);
  if (limits.bytes_per_s_min > 0) {
    const auto earned_ms = static_cast<int64_t>(transferred_bytes_ * 1000 / limits.bytes_per_s_min);
    deadline_tick_ =
        std::min(deadline_tick_, group_->TickAfter(transfer_begin_tick_, limits.body_timeout_ms + earned_ms));
  }
}

void Connection::WaitReadable() {
  if (read_awaited_) {
    return;
  }
  read_awaited_ = true;
  if (stream_->holds_bytes()) {
    asio::post(group_->executor(), [connection = shared_from_this()] {
      connection->read_awaited_ = false;
      connection->OnReadable();
    });
    return;
  }
  Watch(EPOLLIN);
}

void Connection::WaitWritable() {
  write_awaited_ = true;
  Watch(EPOLLOUT);
}

// Stays until Unwatch, so that who reads one request after another is registered once.
void Connection::Watch(uint32_t events) {
  const uint32_t watched = watched_events_ | events;
  if (watched == watched_events_) {
    return;
  }
  ReadinessSet& readiness = group_->readiness();
  const bool done =
      watched_events_ == 0 ? readiness.Add(descriptor_, watched, *this) : readiness.Change(descriptor_, watched, *this);
  if (done) {
    watched_events_ = watched;
    return;
  }
  asio::post(group_->executor(), [connection = shared_from_this()] { connection->Close(); });  // no memory
}

void Connection::Unwatch(uint32_t events) {
  const uint32_t watched = watched_events_ & ~events;
  if (watched == watched_events_) {
    return;
  }
  if (watched == 0 || !group_->readiness().Change(descriptor_, watched, *this)) {
    group_->readiness().Remove(descriptor_, *this);
    watched_events_ = 0;
    return;
  }
  watched_events_ = watched;
}

void Connection::OnReady(uint32_t events) {
  const std::shared_ptr<Connection> alive = shared_from_this();
  const bool broken = (events & (EPOLLHUP | EPOLLERR)) != 0;
  const bool readable = broken || (events & EPOLLIN) != 0;
  const bool writable = broken || (events & EPOLLOUT) != 0;
  // It would be told again and again. Of what is broken even who asks for nothing is told: it leaves the set.
  if (readable && !read_awaited_) {
    Unwatch(EPOLLIN);
  }
  if (writable) {
    Unwatch(EPOLLOUT);
  }
  if (readable && std::exchange(read_awaited_, false)) {
    OnReadable();
  }
  if (writable && std::exchange(write_awaited_, false)) {
    OnWritable();
  }
}

void Connection::OnReadable() {
  switch (state_) {
    case State::kHead:
    case State::kBody:
      ReadMore();
      return;
    case State::kWritingContinue:
    case State::kWriting:
      OnWritable();  // a stream that encrypts may need to read in order to write
      return;
    case State::kLingering:
      Discard();
      return;
    case State::kHandling:
    case State::kClosed:
      return;
  }
}

void Connection::OnWritable() {
  switch (state_) {
    case State::kHead:
    case State::kBody:
      ReadMore();  // and may need to write in order to read
      return;
    case State::kWritingContinue:
    case State::kWriting:
      if (Flush()) {
        Advance();
      }
      return;
    case State::kHandling:
    case State::kLingering:
    case State::kClosed:
      return;
  }
}

void Connection::ReadMore() {
  if (buffer_.bytes == nullptr) {
    buffer_ = group_->TakeBuffer();
    begin_ = filled_ = 0;
  }
  const bool was_established = stream_->established();
  const StreamResult result = stream_->Read(buffer_.bytes.get() + filled_, buffer_.capacity_bytes - filled_);
  switch (result.kind) {
    case StreamResult::Kind::kBytes:
      filled_ += result.size_bytes;
      if (state_ == State::kBody) {
        NoteTransfer(result.size_bytes);
      }
      Advance();
      return;
    case StreamResult::Kind::kWantsRead:
    case StreamResult::Kind::kWantsWrite:
      if (available_bytes() == 0) {
        ReleaseBuffer();
      }
      if (!was_established && stream_->established()) {
        SetDeadline(group_->limits().idle_timeout_ms);
      }
      if (result.kind == StreamResult::Kind::kWantsRead) {
        WaitReadable();
      } else {
        WaitWritable();
      }
      return;
    case StreamResult::Kind::kFailed:
      if (!was_established) {
        Linger();  // what did not fit is left unread, and the stream may have said why
        return;
      }
      [[fallthrough]];
    case StreamResult::Kind::kEnd:  // every whole request before it has been answered
      Close();
      return;
  }
}

void Connection::Discard() {
  // A client in the middle of a body that is refused gets to send it, up to a bound.
  const uint64_t lingered_bytes_max = 2 * group_->limits().body_bytes_max + kBufferBytes;
  for (int i = 0; i < kDiscardsAtOnceMax; ++i) {
    const StreamResult result = stream_->Read(group_->discarded_bytes(), ConnectionGroup::kDiscardedBytesMax);
    if (result.kind == StreamResult::Kind::kWantsRead) {
      break;
    }
    lingered_bytes_ += result.size_bytes;
    if (result.kind != StreamResult::Kind::kBytes || lingered_bytes_ > lingered_bytes_max) {
      Close();
      return;
    }
  }
  WaitReadable();
}

size_t Connection::CapacityFor(size_t request_bytes) const {
  const size_t capacity = buffer_.capacity_bytes;
  if (request_bytes <= capacity) {
    return capacity;
  }
  if (state_ == State::kHead || chunked_) {
    return std::max(request_bytes, 2 * capacity);
  }
  // Only what is full grows, so that memory follows what was sent rather than what was announced.
  if (available_bytes() < capacity) {
    return capacity;
  }
  return std::min(request_bytes, capacity < kSteepGrowthBytesMax ? 4 * capacity : 2 * capacity);
}

bool Connection::MakeRoom(size_t request_bytes) {
  if (begin_ + request_bytes <= buffer_.capacity_bytes) {
    return true;
  }
  const size_t capacity = CapacityFor(request_bytes);
  if (capacity > buffer_.capacity_bytes) {
    if (ticket_ != nullptr && !ticket_->Hold(capacity)) {
      return false;
    }
    Buffer larger{std::unique_ptr<char[]>(new char[capacity]), capacity};
    std::memcpy(larger.bytes.get(), At(0), available_bytes());
    group_->GiveBuffer(std::exchange(buffer_, std::move(larger)));
  } else if (begin_ > 0) {
    std::memmove(buffer_.bytes.get(), At(0), available_bytes());
  }
  filled_ -= begin_;
  begin_ = 0;
  return true;
}

void Connection::Consume(size_t request_bytes) {
  begin_ += request_bytes;
  request_ = {};
  request_size_bytes_ = 0;
  is_head_request_ = false;
  head_begun_ = false;
  chunked_ = false;
  content_length_ = 0;
  parser_.Reset();
  if (begin_ == filled_) {
    begin_ = filled_ = 0;
  }
  if (buffer_.capacity_bytes > kBufferBytes && available_bytes() > 0 && available_bytes() <= kBufferBytes) {
    Buffer usual = group_->TakeBuffer();
    std::memcpy(usual.bytes.get(), At(0), available_bytes());
    buffer_ = std::move(usual);
    filled_ -= begin_;
    begin_ = 0;
  }
}

void Connection::ReleaseBuffer() {
  if (buffer_.bytes != nullptr) {
    group_->GiveBuffer(std::exchange(buffer_, {}));
  }
  begin_ = filled_ = 0;
}

}  // namespace basalt::http
