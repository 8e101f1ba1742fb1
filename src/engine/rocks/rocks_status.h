// The two vocabularies of errors at RocksDB's border. RocksDB-side header: include only where RocksDB is used.
#pragma once

#include <rocksdb/io_status.h>
#include <rocksdb/status.h>

#include "base/result.h"

namespace basalt::engine::rocks {

// Corruption keeps the text, which names the file. RocksDB is told never to put keys or values in its texts.
Error ErrorOf(const rocksdb::Status& status);
Status StatusOf(const rocksdb::Status& status);

rocksdb::IOStatus IoStatusOf(const Error& error);
rocksdb::IOStatus IoStatusOf(const Status& status);

}  // namespace basalt::engine::rocks
