// Arbitrary bytes in place of a sealed blob, and good blobs changed where the input says: opening never crashes, and
// never yields bytes that were not sealed.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "os/simulated_file_system.h"
#include "sealed/sealed_blob.h"

namespace basalt::sealed {
namespace {

constexpr std::string_view kBytes = "what a table shall hold";

struct World {
  std::unique_ptr<os::SimulatedFileSystem> files = os::NewSimulatedFileSystem();
  std::shared_ptr<const Keyring> keyring;
  std::string good;

  World() {
    BASALT_CHECK(files->CreateDirectories("/d").ok());
    keyring = Keyring::Create(*files, "/d", "fuzz", SecretBytes(std::string(32, 'k'))).value();
    good = SealBlob(*keyring, "fuzz", kBytes);
  }

  void Try(const std::string& blob) {
    const auto opened = OpenBlob(*keyring, "fuzz", blob);
    if (opened.ok()) {
      BASALT_CHECK(blob == good && *opened == kBytes);
      return;
    }
    BASALT_CHECK(opened.error().reason == Reason::kCorruption);
  }
};

}  // namespace
}  // namespace basalt::sealed

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static basalt::sealed::World world;
  world.Try(std::string(reinterpret_cast<const char*>(data), size));
  std::string changed = world.good;
  for (size_t i = 0; i + 1 < size; i += 2) {
    changed[data[i] % changed.size()] = static_cast<char>(data[i + 1]);
  }
  world.Try(changed);
  return 0;
}
