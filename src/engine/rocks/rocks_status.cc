#include "engine/rocks/rocks_status.h"

namespace basalt::engine::rocks {
namespace {

Reason ReasonOf(const rocksdb::Status& status) {
  if (status.IsCorruption()) {
    return Reason::kCorruption;
  }
  if (status.IsPathNotFound() || status.IsNotFound()) {
    return Reason::kNotFound;
  }
  if (status.IsIOError()) {
    return Reason::kIo;
  }
  if (status.IsShutdownInProgress()) {
    return Reason::kUnavailable;
  }
  return Reason::kInternal;
}

}  // namespace

Error ErrorOf(const rocksdb::Status& status) { return {ReasonOf(status), status.ToString()}; }

Status StatusOf(const rocksdb::Status& status) {
  if (status.ok()) {
    return {};
  }
  return ErrorOf(status);
}

rocksdb::IOStatus IoStatusOf(const Error& error) {
  if (error.reason == Reason::kCorruption || error.reason == Reason::kWrongKey) {
    return rocksdb::IOStatus::Corruption(error.text);
  }
  if (error.reason == Reason::kNotFound) {
    return rocksdb::IOStatus::PathNotFound(error.text);
  }
  return rocksdb::IOStatus::IOError(error.text);
}

rocksdb::IOStatus IoStatusOf(const Status& status) {
  return status.ok() ? rocksdb::IOStatus::OK() : IoStatusOf(status.error());
}

}  // namespace basalt::engine::rocks
