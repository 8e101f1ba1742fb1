#include "telemetry/counters.h"

#include <map>

#include "base/mutex.h"

namespace basalt::telemetry {
namespace {

struct Registry {
  Mutex mutex;
  std::map<std::string, Counter, std::less<>> counters GUARDED_BY(mutex);
};

Registry& TheRegistry() {
  static Registry* const registry = new Registry();  // never destroyed: threads may count until the very end
  return *registry;
}

}  // namespace

Counter& GetCounter(std::string_view name) {
  Registry& registry = TheRegistry();
  const MutexLock lock(registry.mutex);
  const auto found = registry.counters.find(name);
  return found != registry.counters.end() ? found->second : registry.counters[std::string(name)];
}

std::vector<CounterReading> ReadCounters() {
  Registry& registry = TheRegistry();
  const MutexLock lock(registry.mutex);
  std::vector<CounterReading> readings;
  readings.reserve(registry.counters.size());
  for (const auto& [name, counter] : registry.counters) {
    readings.push_back({name, counter.value()});
  }
  return readings;
}

}  // namespace basalt::telemetry
