package waymark.peers;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The common job in Flink, in a cluster within the process. */
public final class FlinkJob {
  private FlinkJob() {}

  private static final class Reading
      implements KafkaRecordDeserializationSchema<Tuple3<String, byte[], Long>> {
    @Override
    public void deserialize(
        ConsumerRecord<byte[], byte[]> record, Collector<Tuple3<String, byte[], Long>> out) {
      out.collect(Tuple3.of(new String(record.key(), StandardCharsets.ISO_8859_1), record.value(),
          Located.pack(record.partition(), record.offset())));
    }

    @Override
    public TypeInformation<Tuple3<String, byte[], Long>> getProducedType() {
      return Located.TYPE;
    }
  }

  private static final class Key implements SerializationSchema<Tuple3<String, byte[], Long>> {
    @Override
    public byte[] serialize(Tuple3<String, byte[], Long> record) {
      return record.f0.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  private static final class Value implements SerializationSchema<Tuple3<String, byte[], Long>> {
    @Override
    public byte[] serialize(Tuple3<String, byte[], Long> record) {
      return record.f1;
    }
  }

  private static final class Place extends KeyedProcessFunction<
      String, Tuple3<String, byte[], Long>, Tuple3<String, byte[], Long>> {
    private transient Job job;
    private transient ValueState<State> states;
    private transient Tuple3<String, byte[], Long> out;

    @Override
    public void open(OpenContext context) {
      job = new Job(Settings.text("in"));
      out = new Tuple3<>();
      states = getRuntimeContext().getState(
          new ValueStateDescriptor<>("customers", StateSerializer.INSTANCE));
    }

    @Override
    public void processElement(Tuple3<String, byte[], Long> record, Context context,
        Collector<Tuple3<String, byte[], Long>> collector) throws Exception {
      State state = states.value();
      if (state == null) state = new State();
      byte[] step = job.process(state, record.f0.getBytes(StandardCharsets.ISO_8859_1), record.f1,
          Located.partition(record.f2), Located.offset(record.f2));
      if (step == null) return;
      states.update(state);
      out.setFields(record.f0, step, record.f2);
      collector.collect(out);
    }
  }

  private static Configuration configuration() {
    String folder = Path.of(Settings.text("dir")).toAbsolutePath().toString();
    String store = Settings.text("store", "rocksdb"); // or hashmap, which is the heap
    Configuration out = new Configuration();
    out.setString("state.backend.type", store);
    out.setString("execution.checkpointing.storage", "filesystem");
    out.setString("execution.checkpointing.dir", "file://" + Settings.text("checkpoints"));
    out.setString("execution.checkpointing.incremental", String.valueOf(store.equals("rocksdb")));
    out.setString("execution.checkpointing.interval", Settings.text("commit_ms", "1000") + "ms");
    out.setString("execution.checkpointing.mode", "EXACTLY_ONCE");
    out.setString("execution.checkpointing.max-concurrent-checkpoints", "1");
    out.setString("execution.checkpointing.externalized-checkpoint-retention",
        "RETAIN_ON_CANCELLATION");
    String recover = Settings.text("recover", "");
    if (!recover.isEmpty()) out.setString("execution.state-recovery.path", "file://" + recover);
    out.setString("pipeline.object-reuse", "true");
    out.setString("taskmanager.numberOfTaskSlots", "2");
    out.setString("taskmanager.memory.managed.size", "1g");
    out.setString("taskmanager.memory.network.min", "128m");
    out.setString("taskmanager.memory.network.max", "128m");
    out.setString("state.backend.rocksdb.localdir", folder + "/rocksdb");
    out.setString("state.backend.rocksdb.use-bloom-filter", "true");
    out.setString("state.backend.rocksdb.thread.num", "2");
    out.setString("state.backend.rocksdb.compression.per.level", "NO_COMPRESSION");
    out.setString("state.backend.rocksdb.writebuffer.size", "64mb");
    out.setString("state.backend.rocksdb.block.blocksize", "8kb");
    out.setString("io.tmp.dirs", folder + "/tmp");
    out.setString("restart-strategy.type", "none");
    out.setString("execution.buffer-timeout.interval", Settings.text("buffer_ms", "100") + "ms");
    return out;
  }

  private static KafkaSource<Tuple3<String, byte[], Long>> source() {
    Properties consumer = new Properties();
    consumer.put("max.poll.records", "5000");
    consumer.put("max.partition.fetch.bytes", "4194304");
    consumer.put("receive.buffer.bytes", "1048576");
    consumer.put("check.crcs", "false");
    consumer.put("partition.discovery.interval.ms", "-1");
    var source = KafkaSource.<Tuple3<String, byte[], Long>>builder()
        .setBootstrapServers(Settings.text("brokers")).setTopics(Settings.text("in"))
        .setGroupId(Settings.text("app")).setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(new Reading()).setProperties(consumer);
    if (Settings.number("expect", 0) > 0) source.setBounded(OffsetsInitializer.latest());
    return source.build();
  }

  private static KafkaSink<Tuple3<String, byte[], Long>> sink() {
    return KafkaSink.<Tuple3<String, byte[], Long>>builder()
        .setBootstrapServers(Settings.text("brokers"))
        .setRecordSerializer(
            KafkaRecordSerializationSchema.<Tuple3<String, byte[], Long>>builder()
                .setTopic(Settings.text("out")).setKeySerializationSchema(new Key())
                .setValueSerializationSchema(new Value()).build())
        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
        .setTransactionalIdPrefix(Settings.text("app"))
        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
        .setProperty("compression.type", "lz4")
        .setProperty("batch.size", "262144")
        .setProperty("linger.ms", Settings.text("linger_ms", "100"))
        .setProperty("buffer.memory", "134217728")
        .setProperty("send.buffer.bytes", "1048576")
        .setProperty("transaction.timeout.ms", "600000")
        .setProperty("acks", "all")
        .setProperty("max.in.flight.requests.per.connection", "5")
        .build();
  }

  /** Runs until it is told to stop; with peers.expect until the input of now is used up. */
  public static void main(String[] arguments) throws Exception {
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(
        (int) Settings.number("threads", 2), configuration());
    environment.fromSource(source(), WatermarkStrategy.noWatermarks(), "interactions")
        .uid("interactions")
        .keyBy(record -> record.f0, Types.STRING)
        .process(new Place()).returns(Located.TYPE).uid("place")
        .sinkTo(sink()).uid("steps");
    environment.execute("peers");
    Runtime.getRuntime().halt(0);
  }
}
