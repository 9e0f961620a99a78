package waymark.peers;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The state's own compact bytes; the heap backend keeps the object itself. */
public final class StateSerializer extends TypeSerializerSingleton<State> {
  static final StateSerializer INSTANCE = new StateSerializer();

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public State createInstance() {
    return new State();
  }

  @Override
  public State copy(State state) {
    return state.copy();
  }

  @Override
  public State copy(State state, State reuse) {
    return state.copy();
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(State state, DataOutputView out) throws IOException {
    byte[] bytes = state.encode();
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  @Override
  public State deserialize(DataInputView in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return new State().decode(bytes);
  }

  @Override
  public State deserialize(State reuse, DataInputView in) throws IOException {
    return deserialize(in);
  }

  @Override
  public void copy(DataInputView in, DataOutputView out) throws IOException {
    int length = in.readUnsignedShort();
    out.writeShort(length);
    out.write(in, length);
  }

  @Override
  public TypeSerializerSnapshot<State> snapshotConfiguration() {
    return new Snapshot();
  }

  /** What a checkpoint remembers of this serializer. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<State> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
