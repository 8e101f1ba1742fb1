// What sealing costs a point read (4 KiB out of a chunked file), a scan (256 KiB) and a log write (1 KiB frames), on
// files in memory, so that only our own work is measured.
#include <benchmark/benchmark.h>

#include <string>

#include "base/check.h"
#include "crypto/random.h"
#include "os/file_system.h"
#include "sealed/sealed_file.h"

namespace basalt::sealed {
namespace {

// The least a file system can do.
class NullFile final : public os::WritableFile {
 public:
  Status Append(std::string_view bytes) override {
    size_bytes_ += bytes.size();
    return {};
  }
  Status Sync() override { return {}; }
  Status Close() override { return {}; }
  uint64_t size_bytes() const override { return size_bytes_; }

 private:
  uint64_t size_bytes_ = 0;
};

struct Place {
  os::FileSystem& files = os::RealFileSystem();
  std::string directory = "/dev/shm/basalt_sealed_bench_" + crypto::RandomUuid();
  std::shared_ptr<const Keyring> keyring;

  Place() {
    BASALT_CHECK(files.CreateDirectory(directory).ok());
    keyring = Keyring::Create(files, directory, "bench", crypto::RandomSecret(32)).value();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { BASALT_CHECK(files.RemoveTree(directory).ok()); }

  std::string WriteFile(Layout layout, size_t appends, size_t append_bytes) {
    const std::string path = os::JoinPath(directory, "file");
    auto writer = NewSealedWriter(files, path, layout, keyring);
    const std::string bytes = crypto::RandomBytes(append_bytes);
    for (size_t i = 0; i < appends; ++i) {
      BASALT_CHECK(writer.value()->Append(bytes).ok());
    }
    BASALT_CHECK(writer.value()->Close().ok());
    return path;
  }
};

void ReadChunked(benchmark::State& state) {
  Place place;
  const std::string path = place.WriteFile(Layout::kChunked, 64, 1U << 16);
  const auto reader = NewSealedReader(place.files, path, place.keyring);
  const auto bytes = static_cast<size_t>(state.range(0));
  const auto skew = static_cast<uint64_t>(state.range(1));
  std::string out(bytes, '\0');
  uint64_t offset = 0;
  for (auto _ : state) {
    BASALT_CHECK(reader.value()->Read(offset + skew, bytes, out.data()).ok());
    offset = (offset + 37 * 4096) % ((4U << 20) - bytes - skew);
    offset -= offset % 4096;
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes));
}
BENCHMARK(ReadChunked)->Args({4096, 0})->Args({4096, 100})->Args({16384, 100})->Args({262144, 0});

// The same reads without sealing, to subtract.
void ReadPlain(benchmark::State& state) {
  Place place;
  const std::string path = place.WriteFile(Layout::kChunked, 64, 1U << 16);
  const auto file = place.files.NewRandomFile(path);
  const auto bytes = static_cast<size_t>(state.range(0));
  std::string out(bytes, '\0');
  uint64_t offset = 0;
  for (auto _ : state) {
    BASALT_CHECK(file.value()->Read(offset, bytes, out.data()).ok());
    offset = (offset + 37 * 4096) % ((4U << 20) - bytes);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes));
}
BENCHMARK(ReadPlain)->Arg(4096)->Arg(16384)->Arg(262144);

void AppendFrames(benchmark::State& state) {
  // A file system whose files swallow everything.
  class Swallowing final : public os::FileSystem {
   public:
    Result<std::unique_ptr<os::WritableFile>> NewWritableFile(const std::string& /*path*/) override {
      return std::unique_ptr<os::WritableFile>(std::make_unique<NullFile>());
    }
    Result<std::unique_ptr<os::RandomFile>> NewRandomFile(const std::string& /*path*/) override { return Refuse(); }
    Result<bool> FileExists(const std::string& /*path*/) override { return Refuse(); }
    Result<uint64_t> FileSize(const std::string& /*path*/) override { return Refuse(); }
    Result<int64_t> ModificationTimeMs(const std::string& /*path*/) override { return Refuse(); }
    Result<std::vector<os::DirectoryEntry>> ListDirectory(const std::string& /*path*/) override { return Refuse(); }
    Status CreateDirectory(const std::string& /*path*/) override { return Refuse(); }
    Status RemoveFile(const std::string& /*path*/) override { return Refuse(); }
    Status RemoveDirectory(const std::string& /*path*/) override { return Refuse(); }
    Status Rename(const std::string& /*from*/, const std::string& /*to*/) override { return Refuse(); }
    Status HardLink(const std::string& /*from*/, const std::string& /*to*/) override { return Refuse(); }
    Status SyncDirectory(const std::string& /*path*/) override { return Refuse(); }
    Result<std::unique_ptr<os::FileLock>> LockFile(const std::string& /*path*/) override { return Refuse(); }

   private:
    static Error Refuse() { return {Reason::kIo, "only writes"}; }
  };
  Place place;
  Swallowing swallowing;
  const auto layout = static_cast<Layout>(state.range(1));
  const std::string bytes = crypto::RandomBytes(static_cast<size_t>(state.range(0)));
  auto writer = NewSealedWriter(swallowing, "file", layout, place.keyring);
  for (auto _ : state) {
    if (writer.value()->logical_size() > (uint64_t{60} << 30)) {
      writer = NewSealedWriter(swallowing, "file", layout, place.keyring);
    }
    BASALT_CHECK(writer.value()->Append(bytes).ok());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes.size()));
}
BENCHMARK(AppendFrames)->Args({256, 2})->Args({1024, 2})->Args({1 << 20, 2})->Args({4096, 1})->Args({1 << 20, 1});

void OpenFramed(benchmark::State& state) {
  Place place;
  const std::string path = place.WriteFile(Layout::kFramed, static_cast<size_t>(state.range(0)), 1024);
  for (auto _ : state) {
    benchmark::DoNotOptimize(NewSealedReader(place.files, path, place.keyring).value()->logical_size());
  }
}
BENCHMARK(OpenFramed)->Arg(1)->Arg(1000);

}  // namespace
}  // namespace basalt::sealed
