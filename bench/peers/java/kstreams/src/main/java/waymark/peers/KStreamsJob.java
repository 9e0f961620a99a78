package waymark.peers;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The common job in Kafka Streams. Bytes all the way: the store's bytes are the state's, so that
 * nothing is coded twice.
 */
public final class KStreamsJob {
  private static final String STORE = "customers";
  private static final LongAdder PROCESSED = new LongAdder();

  private KStreamsJob() {}

  private static final class Place implements FixedKeyProcessor<Bytes, byte[], byte[]> {
    private final Job job = new Job(Settings.text("in"));
    private final State state = new State();
    private KeyValueStore<Bytes, byte[]> store;
    private FixedKeyProcessorContext<Bytes, byte[]> context;

    @Override
    public void init(FixedKeyProcessorContext<Bytes, byte[]> given) {
      context = given;
      store = given.getStateStore(STORE);
    }

    @Override
    public void process(FixedKeyRecord<Bytes, byte[]> record) {
      byte[] stored = store.get(record.key());
      if (stored == null) state.clear(); else state.decode(stored);
      RecordMetadata origin = context.recordMetadata().orElseThrow();
      byte[] step = job.process(
          state, record.key().get(), record.value(), origin.partition(), origin.offset());
      if (step != null) {
        store.put(record.key(), state.encode());
        context.forward(record.withValue(step));
      }
      PROCESSED.increment();
    }
  }

  private static Properties settings() {
    Properties out = new Properties();
    out.put(StreamsConfig.APPLICATION_ID_CONFIG, Settings.text("app"));
    out.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, Settings.text("brokers"));
    out.put(StreamsConfig.STATE_DIR_CONFIG, Settings.text("dir"));
    out.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Settings.text("threads", "2"));
    out.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, Settings.text("guarantee", "exactly_once_v2"));
    out.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, Settings.text("commit_ms", "1000"));
    out.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, Settings.number("cache_mb", 256) << 20);
    out.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksTuning.class.getName());
    out.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, "10000");
    out.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, "1");
    consumer(out, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
    consumer(out, ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "4194304");
    consumer(out, ConsumerConfig.RECEIVE_BUFFER_CONFIG, "1048576");
    consumer(out, ConsumerConfig.CHECK_CRCS_CONFIG, "false");
    out.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    // So that a restart need not wait until the broker has given up the process before it.
    out.put(StreamsConfig.mainConsumerPrefix("internal.leave.group.on.close"), true);
    producer(out, ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    producer(out, ProducerConfig.BATCH_SIZE_CONFIG, "1048576");
    producer(out, ProducerConfig.LINGER_MS_CONFIG, Settings.text("linger_ms", "100"));
    producer(out, ProducerConfig.BUFFER_MEMORY_CONFIG, "134217728");
    producer(out, ProducerConfig.SEND_BUFFER_CONFIG, "1048576");
    return out;
  }

  private static void consumer(Properties out, String name, String value) {
    out.put(StreamsConfig.consumerPrefix(name), value);
  }

  private static void producer(Properties out, String name, String value) {
    out.put(StreamsConfig.producerPrefix(name), value);
  }

  private static Topology topology() {
    var store = Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray())
        .withLoggingEnabled(Map.of());
    boolean caching = Settings.number("cache_mb", 256) > 0;
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(caching ? store.withCachingEnabled() : store.withCachingDisabled());
    builder.stream(Settings.text("in"), Consumed.with(Serdes.Bytes(), Serdes.ByteArray()))
        .processValues(Place::new, STORE)
        .to(Settings.text("out"), Produced.with(Serdes.Bytes(), Serdes.ByteArray()));
    return builder.build();
  }

  /** Runs until it is told to stop, or until so many interactions are processed (peers.expect). */
  public static void main(String[] arguments) throws InterruptedException {
    final long expected = Settings.number("expect", 0);
    KafkaStreams streams = new KafkaStreams(topology(), settings());
    CountDownLatch told = new CountDownLatch(1);
    streams.setUncaughtExceptionHandler(fault -> {
      fault.printStackTrace();
      Runtime.getRuntime().halt(3);
      return StreamThreadExceptionResponse.SHUTDOWN_APPLICATION;
    });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      streams.close(Duration.ofSeconds(30));
      told.countDown();
    }));
    streams.start();
    if (expected == 0) told.await();
    while (PROCESSED.sum() < expected) Thread.sleep(5);
    streams.close(Duration.ofSeconds(60));
    Runtime.getRuntime().halt(0);
  }
}
