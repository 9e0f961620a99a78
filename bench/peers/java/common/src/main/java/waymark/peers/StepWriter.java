package waymark.peers;

import static com.google.protobuf.CodedOutputStream.computeInt32Size;
import static com.google.protobuf.CodedOutputStream.computeInt64Size;
import static com.google.protobuf.CodedOutputStream.computeUInt32SizeNoTag;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a waymark.v1.Step around the interaction's bytes, which are taken as they are. Numbers
 * are those of the fields in step.proto.
 */
final class StepWriter {
  private static final byte[] HEX = bytes("0123456789abcdef");
  private static final byte[] FAMILY = bytes("purchase");
  private static final byte[] MODEL = bytes("common-job");
  private static final int MODEL_VERSION = 1;
  private static final byte[][] STAGES = {
    bytes(""), bytes("inspiration"), bytes("information"), bytes("basket"), bytes("purchase"),
    bytes("use"), bytes("advocacy")
  };
  private static final int ID_LENGTH = 24;
  private static final int ROOM = 512; // more than all but the interaction and the two names take

  private final byte[] topic;
  private final byte[] sessionId = new byte[ID_LENGTH];
  private final byte[] journeyId = new byte[ID_LENGTH];
  private byte[] scratch = new byte[4096];

  StepWriter(String topic) {
    this.topic = bytes(topic);
  }

  byte[] write(State state, int previousStage, byte[] customer, byte[] interaction, int partition,
      long offset) {
    int room = ROOM + interaction.length + customer.length + topic.length;
    if (scratch.length < room) scratch = new byte[2 * room];
    long hash = hash(customer);
    writeId(sessionId, mix(hash + 2L * state.session));
    writeId(journeyId, mix(hash + 2L * state.journey + 1));
    CodedOutputStream out = CodedOutputStream.newInstance(scratch);
    try {
      out.writeByteArray(1, interaction);
      out.writeByteArray(2, customer);
      out.writeByteArray(3, sessionId);
      out.writeInt64(4, state.sessionStart);
      writePlacement(out, state, previousStage);
      writeOrigin(out, partition, offset);
      out.writeInt64(104, System.currentTimeMillis());
      return Arrays.copyOf(scratch, out.getTotalBytesWritten());
    } catch (IOException fault) {
      throw new IllegalStateException(fault);
    }
  }

  private void writePlacement(CodedOutputStream out, State state, int previousStage)
      throws IOException {
    byte[] stage = STAGES[state.stage];
    byte[] previous = STAGES[previousStage];
    out.writeTag(7, 2);
    out.writeUInt32NoTag(sizeOf(FAMILY) + sizeOf(MODEL) + computeInt32Size(3, MODEL_VERSION)
        + sizeOf(journeyId) + sizeOf(stage) + (previousStage == 0 ? 0 : sizeOf(previous))
        + computeInt64Size(7, state.stageEntered));
    out.writeByteArray(1, FAMILY);
    out.writeByteArray(2, MODEL);
    out.writeInt32(3, MODEL_VERSION);
    out.writeByteArray(4, journeyId);
    out.writeByteArray(5, stage);
    if (previousStage != 0) out.writeByteArray(6, previous);
    out.writeInt64(7, state.stageEntered);
  }

  private void writeOrigin(CodedOutputStream out, int partition, long offset) throws IOException {
    out.writeTag(103, 2);
    out.writeUInt32NoTag(
        sizeOf(topic) + computeInt32Size(2, partition) + computeInt64Size(3, offset));
    out.writeByteArray(1, topic);
    out.writeInt32(2, partition);
    out.writeInt64(3, offset);
  }

  /** Of a field below 16 with these bytes. */
  private static int sizeOf(byte[] field) {
    return 1 + computeUInt32SizeNoTag(field.length) + field.length;
  }

  private static long hash(byte[] text) {
    long hash = 0xcbf29ce484222325L;
    for (byte letter : text) hash = (hash ^ letter) * 0x100000001b3L;
    return mix(hash);
  }

  private static long mix(long x) {
    x = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
    x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
    return x ^ x >>> 31;
  }

  private static void writeId(byte[] id, long bits) {
    long rest = mix(bits);
    for (int i = 0; i < 16; i++) id[i] = HEX[(int) (bits >>> 4 * i & 15)];
    for (int i = 16; i < ID_LENGTH; i++) id[i] = HEX[(int) (rest >>> 4 * (i - 16) & 15)];
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
