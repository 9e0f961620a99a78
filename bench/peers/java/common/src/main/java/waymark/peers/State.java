package waymark.peers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** What is kept of one customer: 35 bytes, and 16 for each remembered interaction. */
public final class State {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int REMEMBERED = 16;
  private static final int HEAD = 35;

  long sessionStart;
  long last;
  long stageEntered;
  int session; // 0: nothing is known of the customer yet
  int journey;
  int stage;
  private int idCount;
  private int idPlace;
  private final long[] ids = new long[2 * REMEMBERED];

  /** False where the interaction is among the last sixteen; else it is from now on. */
  boolean remember(long high, long low) {
    for (int i = 0; i < idCount; i++) {
      if (ids[2 * i] == high && ids[2 * i + 1] == low) return false;
    }
    ids[2 * idPlace] = high;
    ids[2 * idPlace + 1] = low;
    idPlace = (idPlace + 1) % REMEMBERED;
    if (idCount < REMEMBERED) idCount++;
    return true;
  }

  public State clear() {
    session = journey = stage = idCount = idPlace = 0;
    return this;
  }

  public byte[] encode() {
    byte[] bytes = new byte[HEAD + 16 * idCount];
    LONG.set(bytes, 0, sessionStart);
    LONG.set(bytes, 8, last);
    LONG.set(bytes, 16, stageEntered);
    INT.set(bytes, 24, session);
    INT.set(bytes, 28, journey);
    bytes[32] = (byte) stage;
    bytes[33] = (byte) idCount;
    bytes[34] = (byte) idPlace;
    for (int i = 0; i < 2 * idCount; i++) LONG.set(bytes, HEAD + 8 * i, ids[i]);
    return bytes;
  }

  public State decode(byte[] bytes) {
    sessionStart = (long) LONG.get(bytes, 0);
    last = (long) LONG.get(bytes, 8);
    stageEntered = (long) LONG.get(bytes, 16);
    session = (int) INT.get(bytes, 24);
    journey = (int) INT.get(bytes, 28);
    stage = bytes[32];
    idCount = bytes[33];
    idPlace = bytes[34];
    for (int i = 0; i < 2 * idCount; i++) ids[i] = (long) LONG.get(bytes, HEAD + 8 * i);
    return this;
  }

  public State copy() {
    State copy = new State();
    copy.sessionStart = sessionStart;
    copy.last = last;
    copy.stageEntered = stageEntered;
    copy.session = session;
    copy.journey = journey;
    copy.stage = stage;
    copy.idCount = idCount;
    copy.idPlace = idPlace;
    System.arraycopy(ids, 0, copy.ids, 0, 2 * idCount);
    return copy;
  }
}
