// Arbitrary bytes in place of a sealed file, and sealed files damaged at will. A reader and the verifier must neither
// crash nor hang; where they accept a file, they agree, and a reader never answers bytes that were not written.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "os/simulated_file_system.h"
#include "sealed/sealed_file.h"

namespace basalt::sealed {
namespace {

constexpr char kPath[] = "/d/f";

struct World {
  std::unique_ptr<os::SimulatedFileSystem> files = os::NewSimulatedFileSystem();
  std::shared_ptr<const Keyring> keyring;

  World() {
    BASALT_CHECK(files->CreateDirectories("/d").ok());
    keyring = Keyring::Create(*files, "/d", "fuzz", SecretBytes(std::string(32, 'k'))).value();
    Write("");
  }
  void Write(const std::string& content) {
    BASALT_CHECK(files->NewWritableFile(kPath).ok());
    files->Overwrite(kPath, content);
  }
};

// What reader and verifier say of the file; its content if they accept it.
std::optional<std::string> Inspect(World& world) {
  const FileVerdict verdict = VerifySealedFile(*world.files, kPath, *world.keyring);
  BASALT_CHECK(verdict.ok == verdict.reason.empty());
  const auto size = LogicalSize(*world.files, kPath, *world.keyring);
  const auto reader = NewSealedReader(*world.files, kPath, world.keyring);
  BASALT_CHECK(size.ok() == reader.ok());
  if (!reader.ok()) {
    BASALT_CHECK(!verdict.ok && reader.error().reason == Reason::kCorruption);
    BASALT_CHECK(reader.error().text.find(kPath) != std::string::npos);
    return std::nullopt;
  }
  BASALT_CHECK(reader.value()->logical_size() == size.value());
  std::string content(size.value(), '\0');
  const auto read = reader.value()->Read(0, content.size() + 5, content.data());
  BASALT_CHECK(read.ok() == verdict.ok);
  // In pieces it is the same, and a damaged chunk does not spoil its neighbours.
  for (size_t at = 0; at < content.size(); at += 1000) {
    std::string piece(1000, '\0');
    const auto part = reader.value()->Read(at, piece.size(), piece.data());
    BASALT_CHECK(part.ok() || !verdict.ok);
    BASALT_CHECK(!read.ok() || content.compare(at, part.value(), piece, 0, part.value()) == 0);
  }
  if (!verdict.ok) {
    return std::nullopt;
  }
  BASALT_CHECK(verdict.closed == reader.value()->closed());
  return content;
}

void FuzzRawBytes(World& world, std::string_view input) {
  world.Write(std::string(input));
  const auto content = Inspect(world);
  BASALT_CHECK(!content || content->empty());  // nobody can forge a byte without the key
}

// The input is a script: first what is written, then how it is damaged.
void FuzzDamage(World& world, std::string_view input, Layout layout) {
  ByteReader script(input);
  std::string written;
  {
    auto writer = NewSealedWriter(*world.files, kPath, layout, world.keyring);
    BASALT_CHECK(writer.ok());
    const size_t steps = script.Read8().value_or(0) % 16;
    for (size_t i = 0; i < steps; ++i) {
      const size_t length = script.Read16().value_or(0) % 5000;
      if (length % 4 == 0 && layout == Layout::kFramed) {
        BASALT_CHECK(writer.value()->Sync().ok());
      }
      const std::string part(length, static_cast<char>('a' + i));
      written += part;
      BASALT_CHECK(writer.value()->Append(part).ok());
    }
    if (script.Read8().value_or(0) % 2 == 0) {
      BASALT_CHECK(writer.value()->Close().ok());
    }
  }
  std::string raw = world.files->ReadFile(kPath).value();
  const std::string good = raw;
  for (auto what = script.Read8(); what; what = script.Read8()) {
    const size_t at = raw.empty() ? 0 : script.Read16().value_or(0) % raw.size();
    const size_t count = script.Read16().value_or(0) % 6000;
    const std::string_view taken = std::string_view(good).substr(std::min(at, good.size()), count);
    switch (*what % 6) {
      case 0:
        if (!raw.empty()) {
          raw[at] = static_cast<char>(raw[at] ^ static_cast<char>(count % 255 + 1));
        }
        break;
      case 1:
        raw.resize(at);
        break;
      case 2:
        raw.erase(at, count);
        break;
      case 3:
        raw.append(taken);
        break;
      case 4:
        raw.insert(script.Read16().value_or(0) % (raw.size() + 1), taken);
        break;
      default:
        raw.insert(at, script.ReadBytes(count % 64).value_or(""));
    }
    if (raw.size() > 1000000) {
      break;
    }
  }
  world.Write(raw);
  const auto content = Inspect(world);
  if (!content) {
    BASALT_CHECK(raw != good || layout == Layout::kChunked);  // an unclosed chunked file is damage by itself
    return;
  }
  BASALT_CHECK(written.compare(0, content->size(), *content) == 0);
  if (raw == good || layout == Layout::kChunked) {
    BASALT_CHECK(*content == written || raw.size() <= 96);
  }
}

}  // namespace
}  // namespace basalt::sealed

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::sealed;
  static World world;
  if (size == 0) {
    return 0;
  }
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      FuzzRawBytes(world, input);
      break;
    case 1:
      FuzzDamage(world, input, Layout::kFramed);
      break;
    default:
      FuzzDamage(world, input, Layout::kChunked);
  }
  return 0;
}
