package waymark.peers;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** One block cache for all stores, Bloom filters, larger write buffers. */
public final class RocksTuning implements RocksDBConfigSetter {
  static {
    RocksDB.loadLibrary();
  }

  private static final Cache CACHE = new LRUCache(256L << 20);
  private final BloomFilter bloom = new BloomFilter(10, false);

  @Override
  public void setConfig(String store, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(CACHE);
    table.setFilterPolicy(bloom);
    table.setBlockSize(8 << 10);
    table.setFormatVersion(5);
    table.setCacheIndexAndFilterBlocks(false);
    options.setTableFormatConfig(table);
    options.setWriteBufferSize(64L << 20);
    options.setMaxWriteBufferNumber(3);
  }

  @Override
  public void close(String store, Options options) {
    bloom.close();
  }
}
