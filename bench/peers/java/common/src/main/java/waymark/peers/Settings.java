package waymark.peers;

/** Settings of a peer: system properties that begin with "peers.". */
public final class Settings {
  private Settings() {}

  public static String text(String name) {
    String value = System.getProperty("peers." + name);
    if (value == null) throw new IllegalArgumentException("-Dpeers." + name + "= is needed");
    return value;
  }

  public static String text(String name, String fallback) {
    return System.getProperty("peers." + name, fallback);
  }

  public static long number(String name, long fallback) {
    return Long.parseLong(text(name, Long.toString(fallback)));
  }
}
