package waymark.peers;

import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;

/** A record on its way: customer, bytes, and where it was read from. */
final class Located {
  static final TypeInformation<Tuple3<String, byte[], Long>> TYPE = Types.TUPLE(
      Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO, Types.LONG);
  private static final int OFFSET_BITS = 48;

  private Located() {}

  static long pack(int partition, long offset) {
    return (long) partition << OFFSET_BITS | offset;
  }

  static int partition(long packed) {
    return (int) (packed >>> OFFSET_BITS);
  }

  static long offset(long packed) {
    return packed & (1L << OFFSET_BITS) - 1;
  }
}
