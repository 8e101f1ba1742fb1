// Arbitrary bytes in place of KEYS, as they are and with their checksum put right: loading never crashes, and never
// yields keys that were not written under the wrapping key.
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "base/checksum.h"
#include "os/simulated_file_system.h"
#include "sealed/keyring.h"

namespace basalt::sealed {
namespace {

struct World {
  std::unique_ptr<os::SimulatedFileSystem> files = os::NewSimulatedFileSystem();
  SecretBytes key{std::string(32, 'k')};
  std::string good;
  std::string root;

  World() {
    BASALT_CHECK(files->CreateDirectories("/d").ok());
    const auto keyring = Keyring::Create(*files, "/d", "fuzz", key).value();
    root = keyring->FindRoot(1)->view();
    good = files->ReadFile("/d/KEYS").value();
  }

  void Try(const std::string& content) {
    files->Overwrite("/d/KEYS", content);
    const auto loaded = Keyring::Load(*files, "/d", "fuzz", key);
    const auto version = Keyring::ReadKeyVersion(*files, "/d");
    if (loaded.ok()) {
      BASALT_CHECK(content == good && version.ok() && loaded.value()->FindRoot(1)->view() == root);
      return;
    }
    const Reason reason = loaded.error().reason;
    BASALT_CHECK(reason == Reason::kCorruption || (reason == Reason::kWrongKey && version.ok()));
    BASALT_CHECK(loaded.error().text.find("/d/KEYS") != std::string::npos);
  }
};

}  // namespace
}  // namespace basalt::sealed

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static basalt::sealed::World world;
  const std::string input(reinterpret_cast<const char*>(data), size);
  world.Try(input);

  std::string checksummed = input;
  basalt::AppendBigEndian64(checksummed, basalt::Xxh3(checksummed, 0));
  world.Try(checksummed);

  // A good file changed where the input says, its checksum put right.
  std::string changed = world.good.substr(0, world.good.size() - 8);
  for (size_t i = 0; i + 1 < size; i += 2) {
    changed[data[i] % changed.size()] = static_cast<char>(data[i + 1]);
  }
  basalt::AppendBigEndian64(changed, basalt::Xxh3(changed, 0));
  world.Try(changed);
  return 0;
}
