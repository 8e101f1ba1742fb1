#include "sealed/framed_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "base/bytes.h"
#include "base/check.h"
#include "base/mutex.h"

namespace basalt::sealed {
namespace {

constexpr std::string_view kDataMagic("\xb5\x5f\x46\x01", 4);
constexpr std::string_view kFinalMagic("\xb5\x5f\x46\x02", 4);
constexpr size_t kMagicBytes = 4;
constexpr size_t kHeadBytes = kMagicBytes + 4 + 8 + 8;
constexpr size_t kFrameOverheadBytes = kHeadBytes + crypto::kGcmTagBytes;
constexpr size_t kFrameBytesMax = 16U << 20;   // plaintext of one frame
constexpr size_t kWindowBytes = 256U << 10;    // read ahead while walking
constexpr size_t kKeptBufferBytes = 1U << 20;  // a larger buffer is given back after use

struct FrameHead {
  bool final = false;
  uint32_t length = 0;
  uint64_t sequence = 0;
  uint64_t synced = 0;  // frames durable before this one was written

  uint64_t physical_bytes() const { return length + kFrameOverheadBytes; }
};

void PutHead(const FrameHead& head, char* at) {
  std::memcpy(at, (head.final ? kFinalMagic : kDataMagic).data(), kMagicBytes);
  PutBigEndian32(at + kMagicBytes, head.length);
  PutBigEndian64(at + kMagicBytes + 4, head.sequence);
  PutBigEndian64(at + kMagicBytes + 12, head.synced);
}

// Reads a head that could be one; whether it is, only opening the frame tells.
std::optional<FrameHead> ParseHead(std::string_view bytes) {
  if (bytes.size() < kHeadBytes) {
    return std::nullopt;
  }
  const std::string_view magic = bytes.substr(0, kMagicBytes);
  if (magic != kDataMagic && magic != kFinalMagic) {
    return std::nullopt;
  }
  FrameHead head;
  head.final = magic == kFinalMagic;
  head.length = ReadBigEndian32(bytes.data() + kMagicBytes);
  head.sequence = ReadBigEndian64(bytes.data() + kMagicBytes + 4);
  head.synced = ReadBigEndian64(bytes.data() + kMagicBytes + 12);
  if (head.length > kFrameBytesMax || head.final != (head.length == 0) || head.synced > head.sequence) {
    return std::nullopt;
  }
  return head;
}

using AssociatedData = std::array<char, kFileIdBytes + 1 + kHeadBytes>;  // file id, layout, head

AssociatedData Describe(const FileKey& key, const char* head) {
  AssociatedData data;
  std::memcpy(data.data(), key.file_id.data(), kFileIdBytes);
  data[kFileIdBytes] = static_cast<char>(Layout::kFramed);
  std::memcpy(data.data() + kFileIdBytes + 1, head, kHeadBytes);
  return data;
}

// `frame` = head, ciphertext, tag.
bool OpenFrame(const FileKey& key, uint64_t sequence, std::string_view frame, char* out) {
  const AssociatedData data = Describe(key, frame.data());
  const auto nonce = MakeNonce(key.salt, sequence);
  return key.cipher->Open({nonce.data(), nonce.size()}, {data.data(), data.size()}, frame.substr(kHeadBytes), out);
}

class FramedWriter final : public SealedWriter {
 public:
  FramedWriter(std::unique_ptr<os::WritableFile> file, std::string path, FileKey key, std::string header)
      : file_(std::move(file)), path_(std::move(path)), key_(std::move(key)), header_(std::move(header)) {}

  Status Append(std::string_view bytes) override {
    TRY(CheckUsable());
    if (bytes.empty()) {
      return {};
    }
    BASALT_CHECK(!finished_);
    if (bytes.size() > kLogicalBytesMax - logical_size_ ||
        next_sequence_ + bytes.size() / kFrameBytesMax + 2 > kSealsMax) {
      return Error(Reason::kInternal, path_ + ": larger than one data key may seal");
    }
    if (!header_written_) {
      // Durable before any frame: a bad header in front of frames is then always damage, never a crash.
      TRY(Noting(file_->Append(header_)));
      TRY(Noting(file_->Sync()));
      header_written_ = true;
    }
    while (!bytes.empty()) {
      const size_t count = std::min(bytes.size(), kFrameBytesMax);
      TRY(WriteFrame(bytes.substr(0, count), false, ""));
      logical_size_ += count;
      bytes.remove_prefix(count);
    }
    return {};
  }

  Status Flush() override { return CheckUsable(); }

  Status Sync() override {
    TRY(CheckUsable());
    if (!dirty_ && ever_synced_) {
      return {};
    }
    TRY(Noting(file_->Sync()));
    dirty_ = false;
    ever_synced_ = true;
    synced_frames_ = next_sequence_;
    return {};
  }

  Status Finish() override {
    TRY(WriteFinal());
    return Sync();
  }

  Status Close() override {
    if (closed_) {
      return {};
    }
    Status finished = WriteFinal();
    closed_ = true;
    Status closed = file_->Close();
    return finished.ok() ? std::move(closed) : std::move(finished);
  }

  uint64_t logical_size() const override { return logical_size_; }
  const std::string& file_id() const override { return key_.file_id; }

 private:
  Status CheckUsable() const {
    BASALT_CHECK(!closed_);
    if (failed_) {
      return Error(Reason::kIo, path_ + ": refused after an earlier failure");
    }
    return {};
  }

  Status Noting(Status status) {
    failed_ = failed_ || !status.ok();
    return status;
  }

  // A final frame must never be durable before a frame in front of it, so what is not yet synced is synced first.
  Status WriteFinal() {
    TRY(CheckUsable());
    if (finished_) {
      return {};
    }
    if (header_written_) {
      if (dirty_) {
        TRY(Sync());
      }
      TRY(WriteFrame("", true, ""));
    } else {
      // Nothing was appended. One write within one sector: a torn one is a short header or an incomplete frame.
      TRY(WriteFrame("", true, header_));
      header_written_ = true;
    }
    finished_ = true;
    return {};
  }

  // One write of `before`, then the frame.
  Status WriteFrame(std::string_view plaintext, bool final, std::string_view before) {
    const FrameHead head{final, static_cast<uint32_t>(plaintext.size()), next_sequence_, synced_frames_};
    const size_t bytes = before.size() + kFrameOverheadBytes + plaintext.size();
    if (bytes > buffer_bytes_) {
      buffer_bytes_ = std::max(bytes, 2 * buffer_bytes_);
      buffer_.reset(new char[buffer_bytes_]);
    }
    std::copy(before.begin(), before.end(), buffer_.get());
    char* const at = buffer_.get() + before.size();
    PutHead(head, at);
    const AssociatedData data = Describe(key_, at);
    const auto nonce = MakeNonce(key_.salt, next_sequence_);
    key_.cipher->Seal({nonce.data(), nonce.size()}, {data.data(), data.size()}, plaintext, at + kHeadBytes);
    ++next_sequence_;  // used up, whatever becomes of the write
    dirty_ = true;
    Status written = Noting(file_->Append({buffer_.get(), bytes}));
    if (buffer_bytes_ > kKeptBufferBytes) {
      buffer_.reset();
      buffer_bytes_ = 0;
    }
    return written;
  }

  const std::unique_ptr<os::WritableFile> file_;
  const std::string path_;
  const FileKey key_;
  const std::string header_;
  std::unique_ptr<char[]> buffer_;  // never zeroed: every byte that is used of it is written
  size_t buffer_bytes_ = 0;
  uint64_t next_sequence_ = 0;
  uint64_t synced_frames_ = 0;
  uint64_t logical_size_ = 0;
  bool header_written_ = false;
  bool dirty_ = false;
  bool ever_synced_ = false;
  bool finished_ = false;
  bool closed_ = false;
  bool failed_ = false;
};

// A view into a file that moves forward, reading ahead.
class Window {
 public:
  Window(const os::RandomFile& file, uint64_t size_bytes) : file_(file), size_bytes_(size_bytes) {}

  // Bytes [offset, offset + count), fewer at the end of the file; good until the next call.
  Result<std::string_view> Peek(uint64_t offset, size_t count) {
    if (offset >= size_bytes_) {
      return std::string_view();
    }
    count = std::min<uint64_t>(count, size_bytes_ - offset);
    if (offset < begin_ || offset + count > begin_ + buffer_.size()) {
      const uint64_t wanted = std::min<uint64_t>(std::max(count, kWindowBytes), size_bytes_ - offset);
      buffer_.resize(wanted);
      begin_ = offset;
      TRY_ASSIGN(const size_t read, file_.Read(offset, buffer_.size(), buffer_.data()));
      buffer_.resize(read);
    }
    return std::string_view(buffer_).substr(offset - begin_, count);
  }

 private:
  const os::RandomFile& file_;
  const uint64_t size_bytes_;
  uint64_t begin_ = 0;
  std::string buffer_;
};

class Walk {
 public:
  Walk(const os::RandomFile& file, const std::string& path, const FileKey& key, uint64_t physical_bytes)
      : path_(path), key_(key), physical_bytes_(physical_bytes), window_(file, physical_bytes) {}

  Result<FrameIndex> Run() {
    uint64_t at = kHeaderBytes;
    while (at < physical_bytes_) {
      TRY_ASSIGN(const std::optional<FrameHead> head, OpenAt(at));
      if (!head || head->sequence != sequence_) {
        TRY(CheckTail(at));
        index_.torn_bytes = physical_bytes_ - at;
        break;
      }
      if (head->final) {
        if (at + head->physical_bytes() != physical_bytes_) {
          return Damage(path_, "bytes after the final frame");
        }
        index_.closed = true;
        break;
      }
      if (sequence_ + 1 >= kSealsMax || head->length > kLogicalBytesMax - index_.logical_bytes) {
        return Damage(path_, "larger than one data key may seal");
      }
      index_.entries.push_back({index_.logical_bytes, at});
      index_.logical_bytes += head->length;
      at += head->physical_bytes();
      ++sequence_;
    }
    return std::move(index_);
  }

 private:
  // The head of the frame at `at` if all of it is there and genuine.
  Result<std::optional<FrameHead>> OpenAt(uint64_t at) {
    TRY_ASSIGN(const std::string_view head_bytes, window_.Peek(at, kHeadBytes));
    const std::optional<FrameHead> head = ParseHead(head_bytes);
    if (!head || head->physical_bytes() > physical_bytes_ - at) {
      return std::optional<FrameHead>();
    }
    TRY_ASSIGN(const std::string_view frame, window_.Peek(at, head->physical_bytes()));
    if (frame.size() < head->physical_bytes()) {
      return std::optional<FrameHead>();
    }
    plaintext_.resize(head->length);
    if (!OpenFrame(key_, head->sequence, frame, plaintext_.data())) {
      return std::optional<FrameHead>();
    }
    return head;
  }

  // Frame number sequence_ fails at `begin`. A crash may do that to a frame that was never synced. It is damage if
  // a genuine frame further on was written when that one was durable already; a final frame is written only then.
  Status CheckTail(uint64_t begin) {
    // Claims are cheap to forge and costly to check, so a bound: leftovers of a crash cannot claim more than they are.
    uint64_t budget = 2 * (physical_bytes_ - begin) + kWindowBytes;
    for (uint64_t at = begin; at < physical_bytes_; ++at) {
      TRY_ASSIGN(const std::string_view ahead, window_.Peek(at, kWindowBytes / 2));
      const size_t found = ahead.find(kDataMagic.substr(0, kMagicBytes - 1));
      if (found == std::string_view::npos) {
        // The last bytes may begin a magic number that continues behind this view.
        at += ahead.size() > kMagicBytes ? ahead.size() - kMagicBytes : 0;
        continue;
      }
      at += found;
      TRY_ASSIGN(const std::string_view head_bytes, window_.Peek(at, kHeadBytes));
      const std::optional<FrameHead> claim = ParseHead(head_bytes);
      if (!claim || claim->physical_bytes() > physical_bytes_ - at ||
          !(claim->synced > sequence_ || (claim->final && claim->sequence >= sequence_))) {
        continue;
      }
      if (claim->physical_bytes() > budget) {
        return Damage(path_, "forged frames after frame " + std::to_string(sequence_));
      }
      budget -= claim->physical_bytes();
      TRY_ASSIGN(const std::optional<FrameHead> genuine, OpenAt(at));
      if (genuine) {
        return Damage(path_, "frame " + std::to_string(sequence_) + " fails authentication, yet frame " +
                                 std::to_string(genuine->sequence) + " shows that it was durable");
      }
    }
    return {};
  }

  const std::string& path_;
  const FileKey& key_;
  const uint64_t physical_bytes_;
  Window window_;
  std::string plaintext_;
  uint64_t sequence_ = 0;
  FrameIndex index_;
};

class FramedReader final : public SealedReader {
 public:
  FramedReader(std::unique_ptr<os::RandomFile> file, std::string path, FileKey key, FrameIndex index)
      : file_(std::move(file)), path_(std::move(path)), key_(std::move(key)), index_(std::move(index)) {}

  Result<size_t> Read(uint64_t offset, size_t count, char* out) const override {
    if (offset >= index_.logical_bytes || count == 0) {
      return size_t{0};
    }
    const size_t wanted = std::min<uint64_t>(count, index_.logical_bytes - offset);
    const auto& entries = index_.entries;
    const auto after = std::upper_bound(entries.begin(), entries.end(), offset,
                                        [](uint64_t at, const auto& entry) { return at < entry.logical_offset; });
    auto number = static_cast<size_t>(after - entries.begin()) - 1;
    for (size_t done = 0; done < wanted; ++number) {
      const size_t length = Length(number);
      const size_t skip = offset + done - entries[number].logical_offset;
      const size_t count_here = std::min(length - skip, wanted - done);
      if (count_here == length) {
        TRY(OpenInto(number, out + done));
      } else {
        TRY_ASSIGN(const auto frame, OpenKept(number));
        std::memcpy(out + done, frame->plaintext.data() + skip, count_here);
      }
      done += count_here;
    }
    return wanted;
  }

  uint64_t logical_size() const override { return index_.logical_bytes; }
  const std::string& file_id() const override { return key_.file_id; }
  bool closed() const override { return index_.closed; }

 private:
  struct OpenedFrame {
    size_t number = 0;
    std::string plaintext;
  };

  size_t Length(size_t number) const {
    const auto& entries = index_.entries;
    const uint64_t end = number + 1 < entries.size() ? entries[number + 1].logical_offset : index_.logical_bytes;
    return end - entries[number].logical_offset;
  }

  Status OpenInto(size_t number, char* out) const {
    thread_local std::string buffer;
    const size_t length = Length(number);
    buffer.resize(length + kFrameOverheadBytes);
    TRY_ASSIGN(const size_t read, file_->Read(index_.entries[number].physical_offset, buffer.size(), buffer.data()));
    const std::optional<FrameHead> head = ParseHead(std::string_view(buffer).substr(0, read));
    const bool genuine =
        read == buffer.size() && head && head->length == length && OpenFrame(key_, number, buffer, out);
    if (buffer.capacity() > kKeptBufferBytes) {
      std::string().swap(buffer);
    }
    if (!genuine) {
      return Damage(path_, "frame " + std::to_string(number) + " changed after the file was opened");
    }
    return {};
  }

  // A frame read in parts is kept until another one is: logs are read in pieces smaller than their frames.
  Result<std::shared_ptr<const OpenedFrame>> OpenKept(size_t number) const {
    {
      const MutexLock lock(mutex_);
      if (kept_ != nullptr && kept_->number == number) {
        return kept_;
      }
    }
    auto frame = std::make_shared<OpenedFrame>();
    frame->number = number;
    frame->plaintext.resize(Length(number));
    TRY(OpenInto(number, frame->plaintext.data()));
    const std::shared_ptr<const OpenedFrame> kept = std::move(frame);
    const MutexLock lock(mutex_);
    kept_ = kept;
    return kept;
  }

  const std::unique_ptr<os::RandomFile> file_;
  const std::string path_;
  const FileKey key_;
  const FrameIndex index_;
  mutable Mutex mutex_;
  mutable std::shared_ptr<const OpenedFrame> kept_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<SealedWriter> NewFramedWriter(std::unique_ptr<os::WritableFile> file, const std::string& path,
                                              FileKey key, std::string header) {
  return std::make_unique<FramedWriter>(std::move(file), path, std::move(key), std::move(header));
}

Result<FrameIndex> WalkFrames(const os::RandomFile& file, const std::string& path, const FileKey& key,
                              uint64_t physical_bytes) {
  return Walk(file, path, key, physical_bytes).Run();
}

std::unique_ptr<SealedReader> NewFramedReader(std::unique_ptr<os::RandomFile> file, const std::string& path,
                                              FileKey key, FrameIndex index) {
  return std::make_unique<FramedReader>(std::move(file), path, std::move(key), std::move(index));
}

}  // namespace basalt::sealed
