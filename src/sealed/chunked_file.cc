#include "sealed/chunked_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace basalt::sealed {
namespace {

constexpr size_t kStride = kChunkBytes + crypto::kGcmTagBytes;
constexpr size_t kBatchChunks = 16;  // sealed or opened between two calls of the operating system

uint64_t PhysicalOffset(uint64_t index) { return kHeaderBytes + index * kStride; }

// Seals and opens the chunks of one file; no state but the key.
class ChunkCodec {
 public:
  explicit ChunkCodec(const FileKey& key) : key_(key) {}

  void Seal(uint64_t index, bool final, std::string_view plaintext, char* out) const {
    const auto nonce = MakeNonce(key_.salt, index);
    const AssociatedData data = Describe(index, final, plaintext.size());
    key_.cipher->Seal({nonce.data(), nonce.size()}, {data.data(), data.size()}, plaintext, out);
  }

  [[nodiscard]] bool Open(uint64_t index, bool final, std::string_view sealed, char* out) const {
    if (sealed.size() < crypto::kGcmTagBytes) {
      return false;
    }
    const auto nonce = MakeNonce(key_.salt, index);
    const AssociatedData data = Describe(index, final, sealed.size() - crypto::kGcmTagBytes);
    return key_.cipher->Open({nonce.data(), nonce.size()}, {data.data(), data.size()}, sealed, out);
  }

 private:
  using AssociatedData = std::array<char, kFileIdBytes + 1 + 8 + 1 + 4>;  // file id, layout, index, final, length

  AssociatedData Describe(uint64_t index, bool final, size_t length) const {
    AssociatedData data;
    std::memcpy(data.data(), key_.file_id.data(), kFileIdBytes);
    data[kFileIdBytes] = static_cast<char>(Layout::kChunked);
    PutBigEndian64(data.data() + kFileIdBytes + 1, index);
    data[kFileIdBytes + 9] = final ? 1 : 0;
    PutBigEndian32(data.data() + kFileIdBytes + 10, static_cast<uint32_t>(length));
    return data;
  }

  const FileKey& key_;
};

class ChunkedWriter final : public SealedWriter {
 public:
  ChunkedWriter(std::unique_ptr<os::WritableFile> file, std::string path, FileKey key, std::string header)
      : file_(std::move(file)), path_(std::move(path)), key_(std::move(key)), codec_(key_), out_bytes_(header.size()) {
    BASALT_CHECK(header.size() <= kHeaderBytes);
    std::copy(header.begin(), header.end(), out_.get());
    chunk_.reserve(kChunkBytes);
  }

  Status Append(std::string_view bytes) override {
    TRY(CheckUsable());
    if (bytes.empty()) {
      return {};
    }
    BASALT_CHECK(!finished_);  // the final chunk is sealed: its nonce must never seal another one
    if (bytes.size() > kLogicalBytesMax - logical_size_) {
      return Error(Reason::kInternal, path_ + ": larger than one data key may seal");
    }
    logical_size_ += bytes.size();
    while (!bytes.empty()) {
      // A full chunk is sealed only once more bytes follow it, since the last one is sealed differently.
      if (chunk_.size() == kChunkBytes) {
        TRY(SealChunk(chunk_, false));
        chunk_.clear();
      }
      if (chunk_.empty() && bytes.size() > kChunkBytes) {
        TRY(SealChunk(bytes.substr(0, kChunkBytes), false));
        bytes.remove_prefix(kChunkBytes);
        continue;
      }
      const size_t count = std::min(bytes.size(), kChunkBytes - chunk_.size());
      chunk_.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
    }
    return {};
  }

  Status Flush() override {
    TRY(CheckUsable());
    return WriteOut();
  }

  Status Sync() override {
    TRY(SealFinal());
    if (!synced_) {
      TRY(Noting(file_->Sync()));
      synced_ = true;
    }
    return {};
  }

  Status Finish() override { return Sync(); }

  Status Close() override {
    if (closed_) {
      return {};
    }
    Status sealed = SealFinal();
    closed_ = true;
    Status closed = file_->Close();
    return sealed.ok() ? std::move(closed) : std::move(sealed);
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

  Status SealFinal() {
    TRY(CheckUsable());
    if (!finished_) {
      finished_ = true;
      TRY(SealChunk(chunk_, true));
      TRY(WriteOut());
    }
    return {};
  }

  Status SealChunk(std::string_view plaintext, bool final) {
    codec_.Seal(next_index_++, final, plaintext, out_.get() + out_bytes_);
    out_bytes_ += plaintext.size() + crypto::kGcmTagBytes;
    return out_bytes_ >= kBatchChunks * kStride ? WriteOut() : Status();
  }

  Status WriteOut() {
    if (out_bytes_ == 0) {
      return {};
    }
    return Noting(file_->Append({out_.get(), std::exchange(out_bytes_, 0)}));
  }

  const std::unique_ptr<os::WritableFile> file_;
  const std::string path_;
  const FileKey key_;
  const ChunkCodec codec_;
  std::string chunk_;  // plaintext of the chunk being filled
  // Sealed and not yet handed on; begins with the header. Never zeroed: every byte of it is written by Seal.
  const std::unique_ptr<char[]> out_{new char[kHeaderBytes + kBatchChunks * kStride]};
  size_t out_bytes_;
  uint64_t next_index_ = 0;
  uint64_t logical_size_ = 0;
  bool finished_ = false;
  bool synced_ = false;
  bool closed_ = false;
  bool failed_ = false;
};

struct Geometry {
  uint64_t chunk_count = 0;
  uint64_t last_bytes = 0;  // plaintext of the last chunk
  uint64_t logical_bytes() const { return (chunk_count - 1) * kChunkBytes + last_bytes; }
};

Result<Geometry> Measure(const std::string& path, uint64_t physical_bytes) {
  const uint64_t body = physical_bytes - kHeaderBytes;
  const uint64_t count = (body + kStride - 1) / kStride;
  const uint64_t last = count == 0 ? 0 : body - (count - 1) * kStride;
  if (last < crypto::kGcmTagBytes) {
    return Damage(path, "ends inside a chunk");
  }
  const Geometry geometry{count, last - crypto::kGcmTagBytes};
  if (count > kSealsMax || geometry.logical_bytes() > kLogicalBytesMax) {
    return Damage(path, "larger than one data key may seal");
  }
  return geometry;
}

// Sealed chunks on their way from the file: one buffer a thread, so that no read allocates.
char* Buffer() {
  thread_local const std::unique_ptr<char[]> buffer(new char[kBatchChunks * kStride]);
  return buffer.get();
}

// Reads and opens runs of chunks.
class ChunkSource {
 public:
  ChunkSource(const os::RandomFile& file, const std::string& path, const FileKey& key, const Geometry& geometry)
      : file_(file), path_(path), codec_(key), geometry_(geometry) {}

  // Opens the chunks [first, first + count), at most kBatchChunks of them, and hands each one's index and sealed
  // bytes to `open`, which says whether it is genuine.
  template <class OpenChunk>
  Status ForEach(uint64_t first, size_t count, OpenChunk open) const {
    char* const buffer = Buffer();
    const bool to_end = first + count == geometry_.chunk_count;
    const size_t bytes = to_end ? (count - 1) * kStride + geometry_.last_bytes + crypto::kGcmTagBytes : count * kStride;
    TRY_ASSIGN(const size_t read, file_.Read(PhysicalOffset(first), bytes, buffer));
    if (read < bytes) {
      return Damage(path_, "became shorter after it was opened");
    }
    const std::string_view sealed(buffer, bytes);
    for (size_t i = 0; i < count; ++i) {
      const uint64_t index = first + i;
      if (!open(index, sealed.substr(i * kStride, kStride))) {
        return Damage(path_, "chunk " + std::to_string(index) + " of " + std::to_string(geometry_.chunk_count) +
                                 " fails authentication");
      }
    }
    return {};
  }

  [[nodiscard]] bool Open(uint64_t index, std::string_view sealed, char* out) const {
    return codec_.Open(index, index + 1 == geometry_.chunk_count, sealed, out);
  }

  Status OpenOne(uint64_t index, char* out) const {
    return ForEach(index, 1, [&](uint64_t at, std::string_view sealed) { return Open(at, sealed, out); });
  }

 private:
  const os::RandomFile& file_;
  const std::string& path_;
  const ChunkCodec codec_;
  const Geometry geometry_;
};

class ChunkedReader final : public SealedReader {
 public:
  ChunkedReader(std::unique_ptr<os::RandomFile> file, std::string path, FileKey key, const Geometry& geometry)
      : file_(std::move(file)),
        path_(std::move(path)),
        key_(std::move(key)),
        geometry_(geometry),
        source_(*file_, path_, key_, geometry) {}

  Status CheckFinalChunk() const {
    std::array<char, kChunkBytes> plaintext;
    return source_.OpenOne(geometry_.chunk_count - 1, plaintext.data());
  }

  Result<size_t> Read(uint64_t offset, size_t count, char* out) const override {
    const uint64_t size = logical_size();
    if (offset >= size || count == 0) {
      return size_t{0};
    }
    const size_t wanted = std::min<uint64_t>(count, size - offset);
    const uint64_t end = offset + wanted;
    const uint64_t last = (end - 1) / kChunkBytes;
    for (uint64_t first = offset / kChunkBytes; first <= last; first += kBatchChunks) {
      const size_t batch = std::min<uint64_t>(kBatchChunks, last - first + 1);
      TRY(source_.ForEach(first, batch, [&](uint64_t index, std::string_view sealed) {
        const uint64_t begin = index * kChunkBytes;
        const size_t length = sealed.size() - crypto::kGcmTagBytes;
        if (begin >= offset && begin + length <= end) {
          return source_.Open(index, sealed, out + (begin - offset));
        }
        std::array<char, kChunkBytes> plaintext;
        if (!source_.Open(index, sealed, plaintext.data())) {
          return false;
        }
        const uint64_t from = std::max(begin, offset);
        const uint64_t to = std::min(begin + length, end);
        std::memcpy(out + (from - offset), plaintext.data() + (from - begin), to - from);
        return true;
      }));
    }
    return wanted;
  }

  uint64_t logical_size() const override { return geometry_.logical_bytes(); }
  const std::string& file_id() const override { return key_.file_id; }
  bool closed() const override { return true; }

 private:
  const std::unique_ptr<os::RandomFile> file_;
  const std::string path_;
  const FileKey key_;
  const Geometry geometry_;
  const ChunkSource source_;
};

}  // namespace

std::unique_ptr<SealedWriter> NewChunkedWriter(std::unique_ptr<os::WritableFile> file, const std::string& path,
                                               FileKey key, std::string header) {
  return std::make_unique<ChunkedWriter>(std::move(file), path, std::move(key), std::move(header));
}

Result<std::unique_ptr<SealedReader>> NewChunkedReader(std::unique_ptr<os::RandomFile> file, const std::string& path,
                                                       FileKey key, uint64_t physical_bytes) {
  TRY_ASSIGN(const Geometry geometry, Measure(path, physical_bytes));
  auto reader = std::make_unique<ChunkedReader>(std::move(file), path, std::move(key), geometry);
  TRY(reader->CheckFinalChunk());
  return std::unique_ptr<SealedReader>(std::move(reader));
}

Status VerifyChunks(const os::RandomFile& file, const std::string& path, const FileKey& key, uint64_t physical_bytes) {
  TRY_ASSIGN(const Geometry geometry, Measure(path, physical_bytes));
  const ChunkSource source(file, path, key, geometry);
  std::array<char, kChunkBytes> plaintext;
  for (uint64_t first = 0; first < geometry.chunk_count; first += kBatchChunks) {
    const size_t batch = std::min<uint64_t>(kBatchChunks, geometry.chunk_count - first);
    TRY(source.ForEach(first, batch, [&](uint64_t index, std::string_view sealed) {
      return source.Open(index, sealed, plaintext.data());
    }));
  }
  return {};
}

}  // namespace basalt::sealed
