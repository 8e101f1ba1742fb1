#include "sealed/plaintext_file.h"

#include <utility>

#include "base/check.h"
#include "sealed/file_header.h"

namespace basalt::sealed {
namespace {

// Keeps what SealedWriter promises about failures and about the end of a file, so that the engine above does the same
// work in both builds.
class PlaintextWriter final : public SealedWriter {
 public:
  PlaintextWriter(std::unique_ptr<os::WritableFile> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Status Append(std::string_view bytes) override {
    TRY(CheckUsable());
    return Noting(file_->Append(bytes));
  }
  Status Flush() override { return CheckUsable(); }
  Status Sync() override {
    TRY(CheckUsable());
    return Noting(file_->Sync());
  }
  Status Finish() override { return Sync(); }
  Status Close() override {
    if (closed_) {
      return {};
    }
    Status usable = CheckUsable();
    closed_ = true;
    Status closed = file_->Close();
    return usable.ok() ? std::move(closed) : std::move(usable);
  }

  uint64_t logical_size() const override { return file_->size_bytes(); }
  const std::string& file_id() const override { return file_id_; }

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

  const std::unique_ptr<os::WritableFile> file_;
  const std::string path_;
  const std::string file_id_ = std::string(kFileIdBytes, '\0');
  bool closed_ = false;
  bool failed_ = false;
};

class PlaintextReader final : public SealedReader {
 public:
  PlaintextReader(std::unique_ptr<os::RandomFile> file, uint64_t size_bytes)
      : file_(std::move(file)), size_bytes_(size_bytes) {}

  Result<size_t> Read(uint64_t offset, size_t count, char* out) const override {
    return file_->Read(offset, count, out);
  }
  uint64_t logical_size() const override { return size_bytes_; }
  const std::string& file_id() const override { return file_id_; }
  bool closed() const override { return true; }

 private:
  const std::unique_ptr<os::RandomFile> file_;
  const uint64_t size_bytes_;
  const std::string file_id_;
};

}  // namespace

Result<std::unique_ptr<SealedWriter>> NewPlaintextWriter(os::FileSystem& files, const std::string& path) {
  TRY_ASSIGN(auto file, files.NewWritableFile(path));
  return std::unique_ptr<SealedWriter>(std::make_unique<PlaintextWriter>(std::move(file), path));
}

Result<std::unique_ptr<SealedReader>> NewPlaintextReader(os::FileSystem& files, const std::string& path) {
  TRY_ASSIGN(auto file, files.NewRandomFile(path));
  TRY_ASSIGN(const uint64_t size_bytes, file->Size());
  return std::unique_ptr<SealedReader>(std::make_unique<PlaintextReader>(std::move(file), size_bytes));
}

}  // namespace basalt::sealed
