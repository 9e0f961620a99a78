package waymark.peers;

import com.google.protobuf.InvalidProtocolBufferException;
import waymark.v1.InteractionOuterClass.Interaction;

/** The common job: sessions, stages and journeys of one customer. Belongs to one thread. */
public final class Job {
  private static final long SESSION_GAP_MS = 30 * 60 * 1000L;
  private static final int PURCHASE = 4;
  private static final byte[] DIGITS = new byte[128]; // of hexadecimal letters, else -1

  static {
    for (int i = 0; i < DIGITS.length; i++) DIGITS[i] = (byte) Character.digit(i, 16);
  }

  private final StepWriter writer;

  /** The topic is the one that interactions are read from. */
  public Job(String topic) {
    writer = new StepWriter(topic);
  }

  /** Moves the state on; the encoded step, or null for a duplicate. */
  public byte[] process(State state, byte[] customer, byte[] value, int partition, long offset) {
    final Interaction interaction;
    try {
      interaction = Interaction.parseFrom(value);
    } catch (InvalidProtocolBufferException fault) {
      throw new IllegalArgumentException(fault);
    }
    if (!remember(state, interaction.getId())) return null;
    int previousStage = place(state, interaction.getTime(), stageOf(interaction.getAction()));
    return writer.write(state, previousStage, customer, value, partition, offset);
  }

  /** Returns the stage before, where it changed within a journey, else 0. */
  private static int place(State state, long time, int target) {
    boolean first = state.session == 0;
    boolean opens = first || time - state.last > SESSION_GAP_MS;
    if (opens) {
      state.session++;
      state.sessionStart = time;
    }
    state.last = time;
    if (first || (opens && state.stage >= PURCHASE && target > 0 && target < PURCHASE)) {
      state.journey++;
      state.stage = 0;
    }
    if (target <= state.stage) return 0;
    int previous = state.stage;
    state.stage = target;
    state.stageEntered = time;
    return previous;
  }

  /** Reads the 32 hexadecimal digits of a UUID. */
  private static boolean remember(State state, String id) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < id.length(); i++) {
      int digit = DIGITS[id.charAt(i)];
      if (digit < 0) continue;
      high = high << 4 | low >>> 60;
      low = low << 4 | digit;
    }
    return state.remember(high, low);
  }

  private static int stageOf(String action) {
    switch (action) {
      case "view": return 1;
      case "search": case "compare": return 2;
      case "add_to_cart": return 3;
      case "purchase": return PURCHASE;
      case "deliver": case "support": return 5;
      case "rate": case "recommend": return 6;
      default: return 0;
    }
  }
}
