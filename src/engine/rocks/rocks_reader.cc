#include "engine/rocks/rocks_reader.h"

#include <utility>

#include "engine/contract.h"
#include "engine/rocks/database.h"
#include "sealed/keyring.h"

namespace basalt::engine {
namespace {

constexpr size_t kBlockCacheBytes = size_t{8} << 20;
constexpr size_t kWriteBufferBytes = size_t{256} << 20;  // the log is replayed into memory, whatever its size

class Reader final : public RocksReader {
 public:
  explicit Reader(std::unique_ptr<rocks::Database> database) : database_(std::move(database)) {}

  Status ForEach(uint16_t space, UniqueFunction<Status(std::string_view key, std::string_view value)> visit) override {
    TRY(CheckSpace(space));
    Range range{.space = space};
    bool more = true;
    while (more) {
      Page page;
      TRY(database_->Scan(range, Direction::kForward, ScanLimits(), rocks::ReadTier::kDisk, page));
      for (const Entry& entry : page.entries) {
        TRY(visit(entry.key, entry.value));
      }
      more = page.more;
      if (more) {
        range.begin = page.entries.back().key + '\0';
      }
    }
    return {};
  }

 private:
  const std::unique_ptr<rocks::Database> database_;
};

}  // namespace

Result<std::unique_ptr<RocksReader>> RocksReader::Open(os::FileSystem& files, const std::string& directory,
                                                       const std::string& directory_id,
                                                       const SecretBytes& wrapping_key) {
  rocks::DatabaseOptions options;
  options.files = &files;
  options.directory = directory;
  options.memory = std::make_shared<rocks::MemoryPool>(kBlockCacheBytes, kWriteBufferBytes);
  TRY_ASSIGN(options.keyring, sealed::Keyring::Load(files, directory, directory_id, wrapping_key));
  TRY_ASSIGN(std::unique_ptr<rocks::Database> database, rocks::Database::OpenReadOnly(options));
  return std::unique_ptr<RocksReader>(std::make_unique<Reader>(std::move(database)));
}

}  // namespace basalt::engine
