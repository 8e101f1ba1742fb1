#include "sealed/sealed_file.h"

#include "sealed/chunked_file.h"
#include "sealed/file_header.h"
#include "sealed/framed_file.h"
#include "sealed/plaintext_file.h"

namespace basalt::sealed {
namespace {

// A file whose header was never finished: nothing was promised about it.
class EmptyReader final : public SealedReader {
 public:
  Result<size_t> Read(uint64_t /*offset*/, size_t /*count*/, char* /*out*/) const override { return size_t{0}; }
  uint64_t logical_size() const override { return 0; }
  const std::string& file_id() const override { return file_id_; }
  bool closed() const override { return false; }

 private:
  const std::string file_id_;
};

Result<FileVerdict> Verify(os::FileSystem& files, const std::string& path, const Keyring& keyring) {
  if constexpr (kFilesArePlaintext) {
    TRY(NewPlaintextReader(files, path));  // nothing in it could be checked
    FileVerdict unchecked;
    unchecked.closed = true;
    return unchecked;
  }
  TRY_ASSIGN(const auto file, files.NewRandomFile(path));
  TRY_ASSIGN(const FileStart start, ReadFileStart(*file, path, keyring));
  FileVerdict verdict;
  if (!start.key) {
    verdict.torn_bytes = start.physical_bytes;
    return verdict;
  }
  verdict.root = start.key->root;
  if (start.key->layout == Layout::kChunked) {
    TRY(VerifyChunks(*file, path, *start.key, start.physical_bytes));
    verdict.closed = true;
    return verdict;
  }
  TRY_ASSIGN(const FrameIndex index, WalkFrames(*file, path, *start.key, start.physical_bytes));
  verdict.closed = index.closed;
  verdict.torn_bytes = index.torn_bytes;
  return verdict;
}

}  // namespace

Result<std::unique_ptr<SealedWriter>> NewSealedWriter(os::FileSystem& files, const std::string& path, Layout layout,
                                                      std::shared_ptr<const Keyring> keyring) {
  if constexpr (kFilesArePlaintext) {
    return NewPlaintextWriter(files, path);
  }
  TRY_ASSIGN(auto file, files.NewWritableFile(path));
  std::string header;
  FileKey key = NewFileKey(layout, *keyring, header);
  return layout == Layout::kChunked ? NewChunkedWriter(std::move(file), path, std::move(key), std::move(header))
                                    : NewFramedWriter(std::move(file), path, std::move(key), std::move(header));
}

Result<std::unique_ptr<SealedReader>> NewSealedReader(os::FileSystem& files, const std::string& path,
                                                      std::shared_ptr<const Keyring> keyring) {
  if constexpr (kFilesArePlaintext) {
    return NewPlaintextReader(files, path);
  }
  TRY_ASSIGN(auto file, files.NewRandomFile(path));
  TRY_ASSIGN(FileStart start, ReadFileStart(*file, path, *keyring));
  if (!start.key) {
    return std::unique_ptr<SealedReader>(std::make_unique<EmptyReader>());
  }
  if (start.key->layout == Layout::kChunked) {
    return NewChunkedReader(std::move(file), path, std::move(*start.key), start.physical_bytes);
  }
  TRY_ASSIGN(FrameIndex index, WalkFrames(*file, path, *start.key, start.physical_bytes));
  return NewFramedReader(std::move(file), path, std::move(*start.key), std::move(index));
}

Result<uint64_t> LogicalSize(os::FileSystem& files, const std::string& path, const Keyring& keyring) {
  if constexpr (kFilesArePlaintext) {
    return files.FileSize(path);
  }
  TRY_ASSIGN(auto file, files.NewRandomFile(path));
  TRY_ASSIGN(FileStart start, ReadFileStart(*file, path, keyring));
  if (!start.key) {
    return uint64_t{0};
  }
  if (start.key->layout == Layout::kChunked) {
    TRY_ASSIGN(const auto reader, NewChunkedReader(std::move(file), path, std::move(*start.key), start.physical_bytes));
    return reader->logical_size();
  }
  TRY_ASSIGN(const FrameIndex index, WalkFrames(*file, path, *start.key, start.physical_bytes));
  return index.logical_bytes;
}

FileVerdict VerifySealedFile(os::FileSystem& files, const std::string& path, const Keyring& keyring) {
  Result<FileVerdict> verdict = Verify(files, path, keyring);
  if (verdict.ok()) {
    return std::move(verdict).value();
  }
  FileVerdict bad;
  bad.ok = false;
  bad.reason = verdict.error().text;
  return bad;
}

}  // namespace basalt::sealed
