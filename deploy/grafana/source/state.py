"""For who looks after disk and memory: what the local state holds, costs and waits for."""

from panels import (GREEN, NONE_IS_GOOD, ORANGE, RED, Board, Steps, graph, mean, quantile, stat,
                    units)

FILES = Steps(GREEN, {20: ORANGE, 36: RED})  # RocksDB slows down at the one, stops at the other


def by_instance(query):
    return f"sum by (instance) ({query})", "{{instance}}"


def hit_ratio(metric, by=""):
    group = f"by ({by}) " if by else ""
    return (f'sum {group}(rate({metric}{{@, result="hit"}}[@])) / '
            f"sum {group}(rate({metric}{{@}}[@]))")


def restore_time(share):
    return (f"histogram_quantile({share}, sum by (le) "
            "(increase(waymark_restore_duration_seconds_bucket{@}[1h])))")


def at_a_glance(board):
    board.add(
        stat("Customers", "Customers with state, in all instances.", "sum(waymark_profiles{@})",
             width=3),
        stat("State on disk",
             "Bytes of the files in use, in all instances. While files are merged, up to as much "
             "again is needed for a while.",
             "sum(waymark_rocksdb_live_sst_bytes{@})", units.BytesIEC, width=3),
        stat("Most memory",
             "Resident memory of the instance that uses most. Its parts are below; "
             "cache.bytes_max, state.block_cache_bytes and state.write_buffer_bytes bound them.",
             "max(process_resident_memory_bytes{@})", units.BytesIEC, width=3),
        stat("Found in the cache",
             "Share of lookups of customers that needed no read of the state. Low and falling "
             "with a growing number of active customers: raise cache.bytes_max.",
             hit_ratio("waymark_cache_lookups_total"), units.PercentUnit,
             Steps(RED, {0.5: ORANGE, 0.8: GREEN}), no_value="no lookups", width=3),
        stat("Held back",
             "Share of time for which writing was held back until merging has caught up. "
             "Anything but 0: the disk is too slow for the load.",
             "max(rate(waymark_rocksdb_stall_seconds_total{@}[@]))", units.PercentUnit,
             Steps(GREEN, {0.01: ORANGE, 0.1: RED}), width=3),
        stat("Files to merge",
             "Most files that wait to be merged for the first time. From 20 on writing slows down, "
             "at 36 it stands still.",
             "max(waymark_rocksdb_l0_files{@})", steps=FILES, width=3),
        stat("Faults of the store",
             "Faults while flushing or merging; the service ends with the first (exit code 4). "
             "Look at the disk: full, read-only or broken.",
             "sum(waymark_rocksdb_background_errors{@})", steps=NONE_IS_GOOD, width=3),
        stat("Open files",
             "Share of the file descriptors allowed that the fullest instance uses. Near 100 %: "
             "raise the limit of the unit or container (LimitNOFILE).",
             "max(process_open_fds{@} / process_max_fds{@})", units.PercentUnit,
             Steps(GREEN, {0.7: ORANGE, 0.9: RED}), width=3))


def customers(board):
    board.row("Customers and their cache")
    board.add(
        graph("Customers by instance", "Who keeps how many. It moves with the partitions.",
              units.Short, by_instance("waymark_profiles{@}"), stacked=True),
        graph("Customers forgotten",
              "Erased after a long silence (profile.retention), a second.",
              units.CountsPerSecond, by_instance("rate(waymark_profiles_forgotten_total{@}[@])")),
        graph("Memory of decoded customers",
              "At cache.bytes_max the ones seen longest ago are written out to make room.",
              units.BytesIEC, by_instance("waymark_cache_bytes{@}")),
        graph("Lookups of customers", "Each miss is a read of the state.",
              units.CountsPerSecond,
              ("sum by (result) (rate(waymark_cache_lookups_total{@}[@]))", "{{result}}"),
              stacked=True),
        graph("Found in the cache", "By instance. It starts low after a restart.",
              units.PercentUnit,
              (hit_ratio("waymark_cache_lookups_total", "instance"), "{{instance}}"), high=1),
        graph("Writing the state",
              "Time of a write of what a partition holds, and of a flush to disk.",
              units.Seconds,
              (mean("waymark_state_operation_duration_seconds", "op"), "mean {{op}}"),
              (quantile(0.99, "waymark_state_operation_duration_seconds", "op"), "99 % {{op}}")))


def folds(board):
    board.row("Timers and folds")
    board.add(
        graph("Timers pending",
              "Customers with a timer that is not yet due. It grows with the customers.",
              units.Short, by_instance("waymark_timers_pending{@}"), stacked=True),
        graph("Timers fired",
              "By kind. A long silence of event time is followed by a burst: see 'Event time' of "
              "the board Operations.",
              units.CountsPerSecond,
              ("sum by (kind) (rate(waymark_timers_fired_total{@}[@]))", "{{kind}}"),
              stacked=True),
        graph("Folds done again",
              "Journeys folded again because something came late. It costs processing: a lasting "
              "high level means that an input is not in order.",
              units.CountsPerSecond,
              ("sum by (kind) (rate(waymark_refolds_total{@}[@]))", "{{kind}}")),
        graph("Customers waiting to be folded",
              "Their snapshots are stale until then. It rises while history is taken in, and has "
              "to fall again; at refold.waiting_max the input waits.",
              units.Short, by_instance("waymark_refolds_waiting{@}")))
    board.add(
        graph("Late interactions", "Interactions behind the watermark, by what became of them.",
              units.CountsPerSecond,
              ("sum by (action) (rate(waymark_late_interactions_total{@}[@]))", "{{action}}")),
        graph("How late", "How far behind the horizon interactions arrived, of those that did.",
              units.Seconds, (quantile(0.5, "waymark_lateness_seconds"), "50 %"),
              (quantile(0.99, "waymark_lateness_seconds"), "99 %")))


def store_memory(board):
    board.row("RocksDB: memory and rows")
    board.add(
        graph("Memory of the store",
              "Of the instances chosen. Rows not yet in a file (state.write_buffer_bytes), blocks "
              "read (state.block_cache_bytes), and what is known of each file.",
              units.BytesIEC,
              ("sum(waymark_rocksdb_memtable_bytes{@})", "rows not yet written"),
              ("sum(waymark_rocksdb_block_cache_usage_bytes{@})", "blocks read"),
              ("sum(waymark_rocksdb_table_readers_bytes{@})", "knowledge of files"),
              stacked=True),
        graph("Blocks found in memory",
              "Share of blocks that needed no read of the disk. Low while the cache of customers "
              "is good: nothing to do. Both low: more memory.",
              units.PercentUnit,
              (hit_ratio("waymark_rocksdb_block_cache_lookups_total", "instance"),
               "{{instance}}"), high=1),
        graph("Rows by kind", "About how many; erased ones make it too low for a while.",
              units.Short,
              ("sum by (kind) (waymark_rocksdb_estimated_keys{@})", "{{kind}}")))


def store_disk(board):
    board.row("RocksDB: disk")
    board.add(
        graph("Files in use, and room left",
              "Leave as much again free as the files take, for merging. The service ends where no "
              "room is left (exit code 4).",
              units.BytesIEC,
              ("sum by (instance) (waymark_rocksdb_live_sst_bytes{@})", "files {{instance}}"),
              ("min by (instance) (waymark_state_disk_free_bytes{@})", "room left {{instance}}"),
              ("max by (instance) (waymark_state_disk_size_bytes{@})", "size {{instance}}")),
        graph("Growth",
              "Trend of the last hour, in bytes a second. Times 86,400 it is the growth of a day.",
              units.BytesPerSecondIEC,
              by_instance("deriv(waymark_rocksdb_live_sst_bytes{@}[1h])"), low=None),
        graph("Waiting to be merged",
              "Bytes that merging is behind. A line that only rises ends in writes held back.",
              units.BytesIEC, by_instance("waymark_rocksdb_pending_compaction_bytes{@}")),
        graph("Files that wait to be merged",
              "From 20 on writing slows down, at 36 it stands still.",
              units.Short, ("max by (instance) (waymark_rocksdb_l0_files{@})", "{{instance}}"),
              steps=FILES),
        graph("Writes held back",
              "Share of time, by instance. The disk is too slow for the load: a faster one, more "
              "instances, or a larger cache.bytes_max.",
              units.PercentUnit,
              by_instance("rate(waymark_rocksdb_stall_seconds_total{@}[@])")),
        graph("Held back now, and faults",
              "1 while writing is held back; faults of the disk end the service.",
              units.Short,
              ("max by (instance) (waymark_rocksdb_write_stall_active{@})",
               "held back {{instance}}"),
              ("sum by (instance) (waymark_rocksdb_background_errors{@})", "faults {{instance}}")),
        graph("Rows read and written", "One by one, uncompressed.",
              units.BytesPerSecondIEC,
              ("sum by (direction) (rate(waymark_rocksdb_bytes_total{@}[@]))", "{{direction}}")),
        graph("Files read and written by merging", "What the disk does behind the rows.",
              units.BytesPerSecondIEC,
              ("sum by (direction) (rate(waymark_rocksdb_compaction_bytes_total{@}[@]))",
               "{{direction}}")),
        graph("Blocks asked for", "miss: read from the disk.",
              units.CountsPerSecond,
              ("sum by (result) (rate(waymark_rocksdb_block_cache_lookups_total{@}[@]))",
               "{{result}}"), stacked=True))


def process(board):
    board.row("Process")
    board.add(
        graph("Resident memory",
              "By instance, and the least limit: a container's, else the machine's memory. Leave "
              "room for a restore.",
              units.BytesIEC, ("max by (instance) (process_resident_memory_bytes{@})",
                               "{{instance}}"),
              ("min(waymark_memory_limit_bytes{@} > 0)", "limit")),
        graph("Processor cores in use", "workers.count bounds the work, merging comes on top.",
              units.Short, by_instance("rate(process_cpu_seconds_total{@}[@])")),
        graph("Open files", "By instance, and the most that is allowed.",
              units.Short, ("max by (instance) (process_open_fds{@})", "{{instance}}"),
              ("min(process_max_fds{@})", "allowed")),
        graph("Virtual memory", "Address space; it says little by itself.",
              units.BytesIEC, ("max by (instance) (process_virtual_memory_bytes{@})",
                               "{{instance}}")),
        graph("Threads", "They should not grow.", units.Short,
              ("max by (instance) (process_threads{@})", "{{instance}}")),
        graph("Running for", "A saw-tooth: something ends the process again and again; see its "
              "exit code.", units.Seconds,
              ("time() - max by (instance) (process_start_time_seconds{@})", "{{instance}}")))


def restores(board):
    board.row("Restores and warm copies")
    board.add(
        graph("Restored records", "Counted as partitions become ready, in each interval.",
              units.Short, by_instance("increase(waymark_restore_records_total{@}[@])"),
              bars=True),
        graph("Time of a restore",
              "Of the partitions restored in the last hour. Seconds with a kept volume; minutes "
              "on an empty disk.",
              units.Seconds,
              (restore_time(0.5), "50 %"), (restore_time(1), "longest")),
        # A counter that appears as 1 has not risen: what is rare is shown as it stands.
        graph("State rebuilt",
              "Local state that was discarded and filled again from Kafka, since the start of each "
              "instance. corrupt, unreadable: check the disk. stale, log_trimmed: it was away for "
              "too long. old_layout, old_format: after an upgrade, once. uncommitted: the group's "
              "offsets were lost. The runbook WaymarkStateRebuilt has the others.",
              units.Short, ("sum by (reason) (waymark_state_rebuilds_total{@})", "{{reason}}")),
        graph("Warm copies behind",
              "Records by which the copy of a partition that is owned elsewhere trails. Near 0: a "
              "take-over takes seconds. Empty without standby.partitions_max.",
              units.Short, ("max by (instance, partition) (waymark_standby_lag_records{@})",
                            "{{partition}} on {{instance}}"), width=24))


def board():
    made = Board("State", "waymark-state",
                 "What the local state holds, what it costs, and what it waits for.", "now-3h",
                 "30s")
    for part in (at_a_glance, customers, folds, store_memory, store_disk, process, restores):
        part(made)
    return made
