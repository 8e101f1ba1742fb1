// basalt dev and basalt serve: wires everything together, announces it, waits for signals, takes it down again. What
// runs when, and in which order it goes, stands here and nowhere else.
#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX names
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/await.h"
#include "base/locked_memory.h"
#include "base/published.h"
#include "chores/chore.h"
#include "chores/expiry_sweep.h"
#include "chores/index_work.h"
#include "chores/stream_work.h"
#include "engine/rocks/rocks_engine.h"
#include "http/loop.h"
#include "http/server.h"
#include "main/admin_api.h"
#include "main/audit_retention.h"
#include "main/commands.h"
#include "main/configuration.h"
#include "main/data_directory.h"
#include "main/network_files.h"
#include "main/provider_files.h"
#include "main/root_key_place.h"
#include "main/socket_path.h"
#include "main/store.h"
#include "main/test_clock.h"
#include "main/tls_files.h"
#include "operations/access_report.h"
#include "operations/actions.h"
#include "operations/services.h"
#include "os/clock.h"
#include "os/file_system.h"
#include "sealed/plaintext_file.h"
#include "server/request_path.h"
#include "table/catalogue.h"
#include "table/resource_policy.h"
#include "telemetry/log.h"

namespace basalt::main {
namespace {

constexpr int64_t kItemCacheBytes = int64_t{256} << 20;
constexpr size_t kOtherFilesMax = 256;  // listeners, the system keyspaces, tables about to close
constexpr size_t kTableFilesMax = size_t{1} << 20;
constexpr int64_t kDrainGraceMs = 5'000;
constexpr int64_t kTakeDownMsMax = 10'000;
constexpr int kDrainedSignal = SIGUSR2;  // how a loop tells the waiting thread that all connections are gone

Error Refused(std::string what, std::string_view what_to_do) {
  what.append("; ").append(what_to_do);
  return Error(Reason::kInvalidArgument, std::move(what));
}

// Flags, file and defaults together.
Result<ServerSettings> Settle(ServerSettings settings) {
  if (!settings.config_file.empty()) {
    TRY_ASSIGN(ServerSettings file, ReadConfiguration(settings.config_file, settings.mode));
    Merge(settings, std::move(file));
  }
  TRY(Complete(settings));
  return settings;
}

void SetLogLevel(const ServerSettings& settings) {
  const std::string level = settings.log_level.value_or("info");
  telemetry::Level chosen = telemetry::Level::kInfo;
  if (level == "debug") {
    chosen = telemetry::Level::kDebug;
  } else if (level == "warning") {
    chosen = telemetry::Level::kWarning;
  } else if (level == "error") {
    chosen = telemetry::Level::kError;
  }
  telemetry::SetLevel(chosen);
}

// The signals that are waited for. Blocked before the first thread starts, so that none of them ever takes one.
sigset_t WaitedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, kDrainedSignal}) {
    sigaddset(&signals, number);
  }
  return signals;
}

// To what the system allows at most.
void RaiseLimit(__rlimit_resource resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
  }
}

size_t FileLimit() {
  rlimit limit{};
  const bool unlimited = getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY;
  return unlimited ? SIZE_MAX : limit.rlim_cur;
}

// Connections take at most half of the descriptors, so that clients never keep a table from opening its files. Of the
// rest, some are for what has no share.
size_t ConnectionFilesMax() { return std::max<size_t>(1, FileLimit() / 2); }
size_t TableFilesMax() {
  const size_t limit = FileLimit();
  return std::min(limit / 2 - std::min(limit / 8, kOtherFilesMax), kTableFilesMax);
}

// As many as are wanted, or as open files allow.
size_t AtMost(size_t possible, std::string_view name, std::optional<int64_t> wanted, size_t by_default) {
  const size_t count = wanted ? static_cast<size_t>(*wanted) : by_default;
  if (wanted && count > possible) {
    Warn(std::string(name) + " is " + std::to_string(count) + ", but the limit of open files allows " +
         std::to_string(possible));
  }
  return std::min(count, possible);
}

table::OpenTablesLimits OpenTablesLimitsOf(const ServerSettings& settings) {
  table::OpenTablesLimits open;
  if (!settings.in_memory.value_or(false)) {
    open.tables_max = AtMost(std::max<size_t>(1, TableFilesMax() / engine::kKeyspaceFilesMin), "open_tables_max",
                             settings.open_tables_max, open.tables_max);
  }
  open.idle_close_ms = settings.table_idle_close_ms.value_or(open.idle_close_ms);
  return open;
}

Result<std::unique_ptr<Store>> OpenStore(const ServerSettings& settings, size_t open_tables_max, os::Clock& clock) {
  if (settings.in_memory.value_or(false)) {
    return Store::OpenInMemory(clock);
  }
  StoreOptions options;
  options.data_dir = *settings.data_dir;
  options.block_cache_bytes = settings.block_cache_bytes;
  options.write_buffer_bytes = settings.write_buffer_bytes;
  options.open_tables_max = open_tables_max;
  options.table_files_max = TableFilesMax();
  if (settings.mode == ServerMode::kDev) {
    options.root_key.path = RootKeyBeside(options.data_dir);
    options.first_start = FirstStart::kMake;
  } else {
    TRY_ASSIGN(options.root_key, keys::RootKeyProvider::Parse(*settings.root_key));
    TRY(CheckRootKeyPlace(options.root_key, options.data_dir));
  }
  TRY_ASSIGN(auto store, Store::Open(options, os::RealFileSystem(), clock));
  if (store->is_new()) {
    TRY(store->Complete());
  }
  if (settings.mode == ServerMode::kServe && OnSameFileSystem(options.root_key, options.data_dir)) {
    Warn("the root key lies on the same file system as the data it opens; keep it apart");
  }
  return store;
}

table::CatalogueSettings CatalogueSettingsOf(const ServerSettings& settings, const table::OpenTablesLimits& open) {
  table::CatalogueSettings catalogue;
  catalogue.open = open;
  catalogue.actions = &operations::Actions();
  table::Quotas& quotas = catalogue.quotas;
  quotas.table_read_units_max = settings.table_read_units_max.value_or(quotas.table_read_units_max);
  quotas.table_write_units_max = settings.table_write_units_max.value_or(quotas.table_write_units_max);
  quotas.account_read_units_max = settings.account_read_units_max.value_or(quotas.account_read_units_max);
  quotas.account_write_units_max = settings.account_write_units_max.value_or(quotas.account_write_units_max);
  quotas.tables_max = settings.tables_max.value_or(quotas.tables_max);
  quotas.tables_changing_max = settings.tables_changing_max.value_or(quotas.tables_changing_max);
  if (settings.compat_profile == "aws") {
    catalogue.delays = table::kServiceDelays;
  }
  return catalogue;
}

std::string UrlHost(const http::ListenAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

struct BoundListener {
  http::ListenAddress address;
  bool tls = false;
};

std::string ReadyLine(const BoundListener& listener, const ServerSettings& settings) {
  std::string line = listener.tls ? "basalt ready https://" : "basalt ready http://";
  line += UrlHost(listener.address) + " regions=";
  for (const std::string& region : settings.regions) {
    line += line.back() == '=' ? "" : ",";
    line += region;
  }
  return line + (settings.mode == ServerMode::kDev ? " mode=dev\n" : " mode=serve\n");
}

// Everything that runs, in the order in which it is made; it goes in the opposite one.
class RunningServer {
 public:
  RunningServer(ServerSettings settings, const table::OpenTablesLimits& open_tables, TlsCertificates certificates,
                std::shared_ptr<const server::Networks> networks,
                std::shared_ptr<const identity::ProviderKeys> provider_keys, std::unique_ptr<Store> store,
                os::AdvancedClock& clock)
      : settings_(std::move(settings)),
        open_tables_(open_tables),
        certificates_(std::move(certificates)),
        networks_(networks == nullptr ? nullptr : std::make_shared<Published<server::Networks>>(std::move(networks))),
        provider_keys_(std::move(provider_keys)),
        store_(std::move(store)),
        clock_(clock) {}
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  ~RunningServer() { TakeDown(); }

  // Answers requests when it returns.
  Status Start() {
    TRY(OpenClock());
    TRY(OpenCatalogue());
    TRY(OpenAuditLog());
    StartLoops();
    TRY(Listen());
    return ListenForOperator();
  }

  Status Announce() const {
    for (const BoundListener& listener : bound_) {
      if (std::fputs(ReadyLine(listener, settings_).c_str(), stdout) < 0) {
        return Error(Reason::kIo, "the ready line cannot be written; give basalt a stdout");
      }
    }
    if (std::fflush(stdout) != 0) {
      return Error(Reason::kIo, "the ready line cannot be written; give basalt a stdout");
    }
    return {};
  }

  void ReloadCertificates() { certificates_.Reload(); }
  // Those that there are stay if a file cannot be used.
  void ReloadProviderKeys() {
    Result<std::shared_ptr<const identity::ProviderKeys>> keys = LoadProviderKeys(settings_);
    if (!keys.ok()) {
      Warn("the keys of OIDC providers stay as they are: " + keys.error().text);
      return;
    }
    services_->provider_keys->Publish(*std::move(keys));
  }
  void ReloadEndpointPolicies() {
    if (networks_ == nullptr) {
      return;
    }
    Result<std::shared_ptr<const server::Networks>> networks = LoadNetworks(settings_);
    if (!networks.ok()) {
      Warn("the policies of endpoints stay as they are: " + networks.error().text);
      return;
    }
    networks_->Publish(*std::move(networks));
  }

  // Stops accepting and lets requests under way finish; kDrainedSignal comes when that is done.
  void Drain() {
    draining_ = admin_server_ ? 2 : 1;
    for (http::Server* server : {server_.get(), admin_server_.get()}) {
      if (server != nullptr) {
        server->Drain(kDrainGraceMs, [this] {
          if (draining_.fetch_sub(1) == 1) {
            kill(getpid(), kDrainedSignal);
          }
        });
      }
    }
  }

 private:
  Status OpenClock() {
    TRY_ASSIGN(test_clock_, TestClock::Open(*store_, clock_));
    if (test_clock_->was_moved() && !settings_.test_clock.value_or(false)) {
      return Refused("the clock of " + *settings_.data_dir + " was moved forward, and must not run backwards",
                     "start with --test-clock, or with another data directory");
    }
    return {};
  }

  Status OpenCatalogue() {
    const table::UnwrapTableKey unwrap = [&service_keys = store_->service_keys()](const table::TableRecord& record) {
      return service_keys.UnwrapTableKey(
          {record.address.account, record.address.region, record.address.name, record.table_id},
          record.wrapped_table_key);
    };
    TRY_ASSIGN(catalogue_, table::Catalogue::Open(store_->engine(), store_->system_key_source(), unwrap,
                                                  CatalogueSettingsOf(settings_, open_tables_), clock_));
    stream_periods_.shard_ms = settings_.stream_shard_ms.value_or(stream_periods_.shard_ms);
    index_work_ = std::make_unique<chores::IndexWork>(*catalogue_, clock_);
    expiry_sweep_ = std::make_unique<chores::ExpirySweep>(*catalogue_, clock_);
    stream_work_ = std::make_unique<chores::StreamWork>(store_->engine(), *catalogue_, unwrap, clock_, stream_periods_);
    if (!settings_.data_dir) {
      return {};
    }
    for (const std::string& keyspace : catalogue_->unrecorded_keyspaces()) {
      TRY(MoveToLost(os::RealFileSystem(), *settings_.data_dir, keyspace));
      Warn("the directory " + keyspace + " belongs to no table and is now in " +
           os::JoinPath(*settings_.data_dir, kLostDirectory));
    }
    return {};
  }

  Status OpenAuditLog() {
    audit::LogOptions options;
    options.retention_ms = settings_.audit_retention_ms.value_or(options.retention_ms);
    if (settings_.audit_bytes_max) {
      options.bytes_max = static_cast<uint64_t>(*settings_.audit_bytes_max);
    }
    TRY_ASSIGN(audit_log_, store_->OpenAuditLog(options, clock_));
    audit_reader_ = std::make_unique<ThreadPool>("audit-read", 1);
    audit_retention_ = std::make_unique<AuditRetention>(*audit_log_, clock_);
    chores_.emplace(std::vector<chores::Chore*>{index_work_.get(), expiry_sweep_.get(), stream_work_.get(),
                                                audit_retention_.get()});
    return {};
  }

  void StartLoops() {
    services_.emplace(operations::Services{
        settings_.mode == ServerMode::kDev ? operations::Mode::kDev : operations::Mode::kServe, settings_.regions,
        clock_, os::SystemClock(), *catalogue_, store_->directory(), store_->service_keys(), store_->managed_keys(),
        settings_.validation_dialect.value_or(operations::Dialect::kClassic)});
    services_->provider_keys->Publish(provider_keys_);
    services_->stream_periods = stream_periods_;
    if (settings_.item_collection_bytes_max) {
      services_->item_collection_bytes_max = *settings_.item_collection_bytes_max;
    }
    if (settings_.deletion_protection_cooldown_ms) {
      services_->protection_cooldown_ms = *settings_.deletion_protection_cooldown_ms;
    }
    if (settings_.time_to_live_cooldown_ms) {
      services_->time_to_live_cooldown_ms = *settings_.time_to_live_cooldown_ms;
    }
    services_->policy_update_cooldown_ms = settings_.policy_update_cooldown_ms.value_or(
        settings_.compat_profile == "aws" ? table::kServicePolicyCooldownMs : 0);
    server::RequestPathSettings path_settings;
    path_settings.networks = networks_;
    path_settings.host_names = settings_.host_names;
    path_settings.allowed_origins = settings_.allowed_origins;
    if (settings_.admitted_requests_max) {
      path_settings.admitted_requests_max = static_cast<uint64_t>(*settings_.admitted_requests_max);
    }
    if (settings_.admitted_bytes_max) {
      path_settings.admitted_bytes_max = static_cast<uint64_t>(*settings_.admitted_bytes_max);
    }
    path_settings.audit = {audit_log_.get(), settings_.audit_all_data_events.value_or(false),
                           settings_.audit_strict.value_or(false)};
    const int64_t count = settings_.loops.value_or(std::max<int64_t>(1, std::thread::hardware_concurrency()));
    path_settings.item_cache_bytes =
        static_cast<size_t>(settings_.item_cache_bytes.value_or(kItemCacheBytes) / std::max<int64_t>(count, 1));
    for (int64_t number = 0; number < count; ++number) {
      loops_.push_back(std::make_unique<http::Loop>());
      handlers_.push_back(server::NewRequestPath(*loops_.back(), *services_, path_settings));
      loops_.back()->Start(static_cast<int>(number));
    }
  }

  Status Listen() {
    http::ServerLimits limits;
    limits.connections_max =
        AtMost(ConnectionFilesMax(), "connections_max", settings_.connections_max, limits.connections_max);
    std::vector<http::Loop*> loops;
    std::vector<http::Handler*> handlers;
    for (size_t i = 0; i < loops_.size(); ++i) {
      loops.push_back(loops_[i].get());
      handlers.push_back(handlers_[i].get());
    }
    server_ = std::make_unique<http::Server>(loops, handlers, limits, os::SystemClock());
    for (const ListenerSettings& listener : settings_.listeners) {
      const std::string& text = listener.address;
      TRY_ASSIGN(const http::ListenAddress wanted, http::ParseListenAddress(text));
      http::ListenTerms terms;
      terms.tls = certificates_.Find(listener.tls);
      terms.number = static_cast<uint32_t>(bound_.size());
      if (networks_ != nullptr && !settings_.trusted_proxies.empty()) {
        terms.is_proxy = [networks = networks_->Load()](std::string_view ip) { return networks->IsTrusted(ip); };
      }
      terms.requires_proxy_header = listener.proxy_protocol;
      Result<http::ListenAddress> bound = server_->Listen(wanted, terms);
      if (!bound.ok()) {
        if (bound.error().reason == Reason::kAlreadyExists) {
          return Refused("the address " + text + " is in use", "stop what listens there, or give another --listen");
        }
        return Refused("cannot listen on " + text + ": " + bound.error().text, "give another --listen");
      }
      if (!IsLoopbackAddress(bound->host) && !listener.tls) {
        Warn(settings_.mode == ServerMode::kDev ? "others can reach " + text + ", where any credentials are accepted"
                                                : "others can reach " + text + ", where traffic is not encrypted");
      }
      bound_.push_back({*std::move(bound), listener.tls.has_value()});
    }
    return {};
  }

  // Moves the clock on and lets every chore do what is due then.
  AdvanceClock ClockAdvance() {
    if (!settings_.test_clock.value_or(false)) {
      return {};
    }
    return [this](int64_t duration_ms, engine::Done<int64_t> done) {
      test_clock_->Advance(duration_ms, *loops_.front(),
                           [this, done = std::move(done)](Result<int64_t> time_ms) mutable {
                             if (!time_ms.ok()) {
                               return done(std::move(time_ms));
                             }
                             chores_->Run([time_ms = *time_ms, done = std::move(done)](Status ran) mutable {
                               done(ran.ok() ? Result<int64_t>(time_ms) : Result<int64_t>(ran.TakeError()));
                             });
                           });
    };
  }

  AuditAccess AuditRead() {
    return {[this](audit::PageQuery query, engine::Done<audit::Page> done) {
              audit_reader_->Post([this, query = std::move(query), done = std::move(done)]() mutable {
                done(audit_log_->Read(std::move(query)));
              });
            },
            [this] { return clock_.WallMs(); }};
  }

  // It may take a while, so no loop does it.
  void ReportAccess(std::string table, engine::Done<std::string> done) {
    store_->home().Post([this, table = std::move(table), done = std::move(done)]() mutable {
      Result<operations::AccessReport> report = operations::ReportAccess(*services_, table);
      done(report.ok() ? Result<std::string>(operations::ToJson(*report)) : Result<std::string>(report.TakeError()));
    });
  }

  Status ListenForOperator() {
    if (!settings_.admin_socket) {
      return {};
    }
    TRY_ASSIGN(SocketPath path, SocketPath::Open(*settings_.admin_socket));
    admin_path_ = std::make_unique<SocketPath>(std::move(path));
    admin_handler_ = NewAdminApi(
        *loops_.front(), store_->directory(), geteuid(),
        [this](std::string table, engine::Done<std::string> done) { ReportAccess(std::move(table), std::move(done)); },
        ClockAdvance(), AuditRead());
    http::Loop* const loop = loops_.front().get();
    http::Handler* const handler = admin_handler_.get();
    http::ServerLimits limits;
    limits.body_bytes_max = kAdminBodyBytesMax;
    limits.connections_max = 64;
    admin_server_ =
        std::make_unique<http::Server>(std::span(&loop, 1), std::span(&handler, 1), limits, os::SystemClock());
    Status listening = admin_server_->ListenUnix(admin_path_->name());
    if (!listening.ok()) {
      admin_server_.reset();
      return Refused("the admin socket " + *settings_.admin_socket + " cannot be made: " + listening.error().text,
                     "give another --admin-socket PATH");
    }
    return {};
  }

  void TakeDown() {
    if (chores_) {
      chores_->Stop();
    }
    audit_retention_.reset();
    stream_work_.reset();
    expiry_sweep_.reset();
    index_work_.reset();
    // Loops run until every call under way has completed on them, then nothing is left that could come back.
    if (catalogue_ != nullptr) {
      CloseTables();
    }
    for (const auto& loop : loops_) {
      loop->Stop();
    }
    FinishReports();
    admin_server_.reset();
    server_.reset();
    handlers_.clear();
    audit_reader_.reset();
    admin_handler_.reset();
    audit_log_.reset();
    services_.reset();
    catalogue_.reset();
    test_clock_.reset();
    store_.reset();
    loops_.clear();
  }

  // Those begun before the loops stopped, which began them.
  void FinishReports() {
    const Status finished = Await<void>([this](engine::Done<void> done) {
      store_->home().Post([done = std::move(done)]() mutable { done(Status()); });
    });
    static_cast<void>(finished);
  }

  void CloseTables() {
    const auto close_all = [this](const auto& tables) {
      for (const auto& [id, table] : tables) {
        const Status closed = Await<void>([this, &record = table->record()](engine::Done<void> done) {
          store_->engine().Close(record.keyspace, store_->home(), std::move(done));
        });
        static_cast<void>(closed);  // everything acknowledged is durable already
      }
    };
    close_all(*catalogue_->tables().Load());
    close_all(*catalogue_->archives().Load());
  }

  ServerSettings settings_;
  table::OpenTablesLimits open_tables_;
  TlsCertificates certificates_;
  std::shared_ptr<Published<server::Networks>> networks_;        // null: the operator has said nothing of them
  std::shared_ptr<const identity::ProviderKeys> provider_keys_;  // as they were at the start
  std::vector<std::unique_ptr<http::Loop>> loops_;
  std::optional<chores::ChoreRound> chores_;
  std::unique_ptr<Store> store_;
  os::AdvancedClock& clock_;  // the service's
  std::unique_ptr<TestClock> test_clock_;
  std::unique_ptr<table::Catalogue> catalogue_;
  std::unique_ptr<chores::IndexWork> index_work_;
  std::unique_ptr<chores::ExpirySweep> expiry_sweep_;
  table::StreamPeriods stream_periods_;
  std::unique_ptr<chores::StreamWork> stream_work_;
  std::unique_ptr<audit::Log> audit_log_;
  std::unique_ptr<ThreadPool> audit_reader_;
  std::unique_ptr<AuditRetention> audit_retention_;
  std::optional<operations::Services> services_;
  std::vector<std::unique_ptr<http::Handler>> handlers_;
  std::unique_ptr<http::Handler> admin_handler_;
  std::unique_ptr<SocketPath> admin_path_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::Server> admin_server_;
  std::vector<BoundListener> bound_;
  std::atomic<int> draining_{0};
};

void RereadLogLevel(const ServerSettings& flags) {
  if (flags.config_file.empty()) {
    return;
  }
  const Result<ServerSettings> file = ReadConfiguration(flags.config_file, flags.mode);
  if (!file.ok()) {
    Warn("the log level stays as it is: " + file.error().text);
    return;
  }
  SetLogLevel(*file);
}

// Until SIGTERM or SIGINT, then until the server has drained. A second one ends the process at once.
void WaitForEnd(RunningServer& server, const ServerSettings& flags, const sigset_t& signals) {
  bool draining = false;
  while (true) {
    const int number = sigwaitinfo(&signals, nullptr);
    if (number == SIGHUP) {
      RereadLogLevel(flags);
      server.ReloadCertificates();
      server.ReloadProviderKeys();
      server.ReloadEndpointPolicies();
    } else if (number == kDrainedSignal && draining) {
      return;
    } else if (number == SIGTERM || number == SIGINT) {
      if (draining) {
        _exit(kExitDone);  // what was acknowledged is durable
      }
      draining = true;
      server.Drain();
    }
  }
}

// Whatever hangs while the server is taken down: acknowledged writes are durable, so the process may go without it.
void EndAtLatestIn(int64_t duration_ms) {
  std::thread([duration_ms] {
    std::this_thread::sleep_for(std::chrono::milliseconds(duration_ms));
    _exit(kExitDone);
  }).detach();
}

}  // namespace

int RunServe(ServeCommand command) {
  Result<ServerSettings> settings = Settle(command.settings);
  if (!settings.ok()) {
    return Fail(settings.error(), kExitRefused);
  }
  if (settings->mode == ServerMode::kServe) {
    prctl(PR_SET_DUMPABLE, 0);  // before the first key is in memory: no core file ever holds one
  }
  Result<TlsCertificates> certificates = TlsCertificates::Load(settings->listeners);
  if (!certificates.ok()) {
    return Fail(certificates.error(), kExitRefused);
  }
  Result<std::shared_ptr<const server::Networks>> networks = LoadNetworks(*settings);
  if (!networks.ok()) {
    return Fail(networks.error(), kExitRefused);
  }
  Result<std::shared_ptr<const identity::ProviderKeys>> provider_keys = LoadProviderKeys(*settings);
  if (!provider_keys.ok()) {
    return Fail(provider_keys.error(), kExitRefused);
  }
  if (settings->check_config) {
    return kExitDone;
  }
  const sigset_t signals = WaitedSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  RaiseLimit(RLIMIT_NOFILE);
  RaiseLimit(RLIMIT_MEMLOCK);
  SetLogLevel(*settings);
  if constexpr (sealed::kFilesArePlaintext) {
    Warn("THIS BUILD WRITES FILES WITHOUT ENCRYPTION; it is for measuring and must never hold data");
  }
  const table::OpenTablesLimits open_tables = OpenTablesLimitsOf(*settings);
  os::AdvancedClock clock(os::SystemClock());
  Result<std::unique_ptr<Store>> store = OpenStore(*settings, open_tables.tables_max, clock);
  if (!store.ok()) {
    return Fail(store.error(), kExitRefused);
  }
  if (GetLockedMemoryUse().unlocked_bytes > 0) {
    Warn(
        "not all memory that holds keys is locked and may be swapped; raise the limit of locked memory "
        "(LimitMEMLOCK, ulimit -l), or encrypt what is swapped");
  }
  RunningServer server(std::move(*settings), open_tables, std::move(*certificates), *std::move(networks),
                       *std::move(provider_keys), std::move(*store), clock);
  Status started = server.Start();
  if (started.ok()) {
    started = server.Announce();
  }
  if (!started.ok()) {
    return Fail(started.error(), kExitRefused);
  }
  WaitForEnd(server, command.settings, signals);
  EndAtLatestIn(kTakeDownMsMax);
  return kExitDone;
}

}  // namespace basalt::main
