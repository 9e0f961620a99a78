"""For who is on duty: is it well, and if not, where does it hurt?"""

from panels import (GREEN, NONE_IS_GOOD, ORANGE, RED, Board, Steps, cells, distribution, graph,
                    mean, quantile, stat, states, units)

LAG = Steps(GREEN, {30: ORANGE, 300: RED})
STATES = {2: ("ready", GREEN), 1: ("not ready", ORANGE), 0: ("failed", RED)}


def at_a_glance(board):
    board.add(
        stat("Instances down",
             "Processes that Prometheus can't reach. Anything but 0: look at the process and its "
             "log. Others take its partitions over after kafka.session_timeout.",
             "count(up{@} == 0) or vector(0)", steps=NONE_IS_GOOD),
        stat("Not ready",
             "Processes that run but own partitions that are not restored yet, or can't reach "
             "Kafka. For minutes after a start or take-over this is normal: see 'Group and "
             "restore'. Otherwise /readyz of the instance says why.",
             'sum(waymark_state{@, state=~"not_ready|failed"}) or vector(0)',
             steps=Steps(GREEN, {1: ORANGE})),
        stat("Worst lag",
             "Age of the input that is being processed, on the partition that is furthest behind. "
             "This is what customers of the output feel. Rising on all partitions: too little "
             "capacity. Rising on one: a hot key, or its owner is restoring.",
             "max(waymark_consumer_lag_seconds{@})", units.Seconds, LAG),
        stat("Records in",
             "Input records taken a second, by all instances.",
             "sum(rate(waymark_records_consumed_total{@}[@]))", units.CountsPerSecond),
        stat("Latency, 99 %",
             "From a record's time to the commit of what it led to: 99 of 100 are faster. Catching "
             "up on old input counts, so that it follows the lag.",
             quantile(0.99, "waymark_end_to_end_latency_seconds"), units.Seconds,
             Steps(GREEN, {1: ORANGE, 10: RED}), no_value="no input"),
        stat("Commits",
             "Transactions committed a second. None although there is lag: nothing gets out; see "
             "'Transactions and Kafka'.",
             'sum(rate(waymark_transactions_total{@, result="commit"}[@]))',
             units.CountsPerSecond, Steps(ORANGE, {0.01: GREEN}), decimals=1))
    board.add(
        stat("Alerts firing",
             "Alerts of Waymark that Prometheus has raised. The table 'Alerts' names them.",
             'count(ALERTS{alertname=~"Waymark.*", alertstate="firing"}) or vector(0)',
             steps=NONE_IS_GOOD, instant=True),
        stat("Dead letters",
             "Share of the input that could not be taken. Nothing is lost: each lies in the dead "
             "letters topic with its reason. A jump means that a producer went wrong: see 'What "
             "was refused'.",
             "(sum(rate(waymark_dead_letters_total{@}[@])) or vector(0)) / "
             "sum(rate(waymark_records_consumed_total{@}[@]))",
             units.PercentUnit, Steps(GREEN, {0.01: ORANGE, 0.05: RED}), no_value="no input"),
        stat("Watermarks stuck",
             "Partitions whose event time stands still although interactions come in. Sessions "
             "don't close and timers don't fire there. The log names the input that holds it: "
             "look at its clock and its producer.",
             "sum(waymark_watermark_stuck{@}) or vector(0)", steps=NONE_IS_GOOD),
        stat("Partitions restoring",
             "Partitions whose state is being read from Kafka. They are not processed meanwhile.",
             "count(waymark_restore_remaining_records{@} > 0) or vector(0)",
             steps=Steps(GREEN, {1: ORANGE})),
        stat("Time to restore",
             "Expected time until all partitions are restored, at the present pace. An absurdly "
             "long time: the restore stands still.",
             "sum(waymark_restore_remaining_records{@}) / "
             "clamp_min(-sum(deriv(waymark_restore_remaining_records{@}[@])), 0.001)",
             units.Seconds, Steps(GREEN, {1: ORANGE}), no_value="none"),
        stat("Fatal errors",
             "Errors after which a part could not go on, since the instances started. The process "
             "ends after one; its log says why, its exit code which part (3 Kafka, 4 state).",
             "sum(waymark_fatal_errors_total{@}) or vector(0)", steps=NONE_IS_GOOD))


def now(board):
    board.row("Now")
    board.add(
        states("State of the instances",
               "ready: owns partitions and processes them. not ready: restores, or waits for "
               "Kafka. failed: a part gives no sign of life; it should be restarted.",
               'max by (instance) (2 * waymark_state{@, state="ready"} or '
               'waymark_state{@, state="not_ready"})',
               "{{instance}}", STATES),
        cells("Alerts", "What Prometheus has raised; each alert links its runbook.",
              [("Firing", 'sum by (alertname, severity, instance, topic, partition) '
                '(ALERTS{alertname=~"Waymark.*", alertstate="firing"})', units.NoUnit)],
              ["alertname", "severity", "instance", "topic", "partition"], height=8))


def throughput(board):
    board.row("Lag and throughput")
    board.add(
        graph("Lag by partition",
              "Age of the last record taken, 0 where the input is used up. One partition apart "
              "from the others: its owner is slow or restoring. All together: add instances, or "
              "look at the broker.",
              units.Seconds,
              ("max by (topic, partition) (waymark_consumer_lag_seconds{@})",
               "{{topic}} {{partition}}"), width=12, steps=LAG),
        graph("Records in and out",
              "Input records taken and output records written a second. Steps follow the input "
              "one to one; signals and journeys come on top.",
              units.CountsPerSecond,
              ("sum by (topic) (rate(waymark_records_consumed_total{@}[@]))", "in {{topic}}"),
              ("sum by (topic) (rate(waymark_records_produced_total{@}[@]))", "out {{topic}}"),
              width=12),
        graph("Lag in records",
              "Records still to be read. Transaction markers of the producers keep it above 0: "
              "judge by the seconds, and by this how much work is left.",
              units.Short,
              ("max by (topic, partition) (waymark_consumer_lag_records{@})",
               "{{topic}} {{partition}}")),
        graph("Bytes in and out", "Network traffic of keys and values.",
              units.BytesPerSecondIEC,
              ("sum by (topic) (rate(waymark_bytes_consumed_total{@}[@]))", "in {{topic}}"),
              ("sum by (topic) (rate(waymark_bytes_produced_total{@}[@]))", "out {{topic}}")),
        graph("Age of the newest record processed",
              "Time since the record time of what was processed last. It also grows while no "
              "producer writes: with a lag of 0 seconds that is so.",
              units.Seconds,
              ("time() - max by (topic) (waymark_last_processed_timestamp_seconds{@})",
               "{{topic}}")),
        graph("Fetched ahead",
              "Input held in memory until a worker takes it. At inflight.bytes_max reading pauses, "
              "which protects memory: the workers are what is slow.",
              units.BytesIEC,
              ("sum by (instance) (waymark_inflight_bytes{@})", "{{instance}}")),
        graph("Records fetched ahead", "The same as a number of records.",
              units.Short,
              ("sum by (instance) (waymark_inflight_records{@})", "{{instance}}")),
        graph("Backpressure",
              "Seconds a second for which reading was paused because too much was in memory, over "
              "all workers of an instance. Lasting: more instances or faster disks are needed.",
              units.PercentUnit,
              ("sum by (instance) (rate(waymark_backpressure_seconds_total{@}[@]))",
               "{{instance}}")))


def latency(board):
    board.row("Latency and work")
    board.add(
        graph("End to end", "From a record's time to the commit of what it led to.",
              units.Seconds,
              (quantile(0.5, "waymark_end_to_end_latency_seconds", "output"), "50 % {{output}}"),
              (quantile(0.95, "waymark_end_to_end_latency_seconds", "output"), "95 % {{output}}"),
              (quantile(0.99, "waymark_end_to_end_latency_seconds", "output"), "99 % {{output}}"),
              width=12),
        distribution("How latencies spread",
                     "Records by their latency. Two bands: some partitions are behind.",
                     units.Seconds, "waymark_end_to_end_latency_seconds"),
        graph("Time of a batch by phase",
              "Mean of each phase of a transaction. take: decoding and folding; fold: what came "
              "late, and timers; produce and commit: waiting for the broker. The longest names "
              "the bottleneck.",
              units.Seconds, (mean("waymark_processing_duration_seconds", "phase"), "{{phase}}"),
              stacked=True),
        graph("Slow batches by phase", "99 of 100 batches are faster in the phase.",
              units.Seconds,
              (quantile(0.99, "waymark_processing_duration_seconds", "phase"), "{{phase}}")),
        graph("Duplicates",
              "Records that were there before, a second; each is counted and dropped. Producers "
              "that send again cause some. A lasting high level: a producer replays.",
              units.CountsPerSecond,
              ("sum by (instance) (rate(waymark_duplicates_total{@}[@]))", "{{instance}}")))


def transactions(board):
    board.row("Transactions and Kafka")
    board.add(
        graph("Transactions by result",
              "commit is good. abort and reinit come with rebalances and broker faults; lasting "
              "ones mean that work is done again and again.",
              units.CountsPerSecond,
              ("sum by (result) (rate(waymark_transactions_total{@}[@]))", "{{result}}")),
        graph("Time of a commit", "From the flush to the committed transaction: the broker's part.",
              units.Seconds,
              (quantile(0.5, "waymark_transaction_commit_duration_seconds"), "50 %"),
              (quantile(0.99, "waymark_transaction_commit_duration_seconds"), "99 %")),
        graph("Time for which a transaction is open",
              "Readers of committed records wait this long. It follows commit.interval, and has "
              "to stay below kafka.transaction_timeout.",
              units.Seconds,
              (quantile(0.5, "waymark_transaction_open_seconds"), "50 %"),
              (quantile(0.99, "waymark_transaction_open_seconds"), "99 %")),
        graph("Records in a transaction",
              "Larger ones cost less each. At commit.records_max they are committed early.",
              units.Short,
              (quantile(0.5, "waymark_transaction_records"), "50 %"),
              (quantile(0.99, "waymark_transaction_records"), "99 %")),
        graph("Failed deliveries",
              "Records that the broker did not take, since the start of each instance; their "
              "transaction is aborted and done again. The error names the cause: a full broker "
              "disk, a missing ACL, a record too large.",
              units.Short,
              ("sum by (topic, error) (waymark_delivery_failures_total{@})",
               "{{topic}} {{error}}")),
        graph("Waiting to be sent",
              "Records in the producers. A level that only rises: the broker is too slow.",
              units.Short,
              ("sum by (instance) (waymark_producer_queue_messages{@})", "{{instance}}")),
        graph("Round trips",
              "From a request to the broker's answer. One broker apart from the others: look at "
              "its disk and network.",
              units.Seconds,
              ("max by (broker, quantile) (waymark_kafka_round_trip_seconds{@})",
               "{{broker}} {{quantile}}"), width=12),
        graph("Retries and timeouts",
              "Requests sent again or never answered, a second. Retries now and then are harmless.",
              units.CountsPerSecond,
              ("sum by (broker) (rate(waymark_kafka_request_retries_total{@}[@]))",
               "retries {{broker}}"),
              ("sum by (broker) (rate(waymark_kafka_request_timeouts_total{@}[@]))",
               "timeouts {{broker}}"), width=12))


def group(board):
    board.row("Group and restore")
    board.add(
        graph("Rebalances",
              "Changes of who owns which partition. A few with each start, stop and deployment. "
              "Many without one: a member comes and goes; see its log, kafka.session_timeout and "
              "kafka.instance_id. lost: it was too slow to give a sign of life.",
              units.Short,
              ("sum by (type) (increase(waymark_rebalances_total{@}[@]))", "{{type}}"),
              bars=True),
        graph("Time spent on rebalances",
              "Time for which instances handed over or took over partitions, in each interval.",
              units.Seconds,
              ("sum by (instance) (increase(waymark_rebalance_duration_seconds_sum{@}[@]))",
               "{{instance}}"), bars=True),
        graph("Partitions by owner",
              "All partitions of the input have to have an owner. Uneven: some instance has more "
              "than its share of the work.",
              units.Short, ("sum by (instance) (waymark_assigned_partitions{@})", "{{instance}}"),
              stacked=True),
        graph("Generation of the group",
              "It rises with each rebalance. An instance that stays behind the others has not "
              "joined the last one.",
              units.NoUnit, ("max by (instance) (waymark_group_generation{@})", "{{instance}}"),
              low=None),
        graph("Restore, how far", "Part of a partition's restore that is done.",
              units.PercentUnit,
              ("min by (partition) (waymark_restore_progress_ratio{@})", "{{partition}}"), high=1),
        graph("Restore, still to read",
              "A line that does not fall: the restore stands still; look at the broker and at the "
              "disk of the owner.",
              units.Short,
              ("max by (partition) (waymark_restore_remaining_records{@})", "{{partition}}")))


def event_time(board):
    board.row("Event time")
    board.add(
        graph("Event time behind present time",
              "How far the horizon of each partition trails: timers and ends of sessions are as "
              "late as this. An input that is read to its end does not add to it.",
              units.Seconds,
              ("max by (partition) (waymark_watermark_lag_seconds{@})", "{{partition}}"),
              width=12, steps=LAG),
        states("Stuck partitions",
               "Event time stands still although interactions come in, or one input holds it far "
               "behind (time.stuck_after). The log names that input.",
               "max by (partition) (waymark_watermark_stuck{@})", "{{partition}}",
               {0: ("moves", GREEN), 1: ("stuck", RED)}),
        graph("Silent inputs",
              "Inputs of a partition that hold its watermark no longer, as nothing came or they "
              "are read to their end. More than usual: a producer has stopped.",
              units.Short, ("max by (partition) (waymark_idle_inputs{@})", "{{partition}}")),
        graph("Watermark ahead of the horizon",
              "Where it grows above 0, more timers are due than a transaction may fire "
              "(timers.batch_max): they follow in the next ones. Below 0 the input is used up, and "
              "the horizon goes on with the clock.",
              units.Seconds,
              ("max by (partition) (waymark_watermark_timestamp_seconds{@} - "
               "waymark_horizon_timestamp_seconds{@})", "{{partition}}"), low=None),
        graph("Set aside for their time",
              "Interactions dated in the future or long past; they are dead letters. The clock of "
              "a producer is wrong, or its time zone or unit.",
              units.CountsPerSecond,
              ("sum by (reason) (rate(waymark_quarantined_total{@}[@]))", "{{reason}}"),
              bars=True))


def refused(board):
    board.row("What was refused")
    board.add(
        graph("Dead letters by reason",
              "The reason tells what the producer does wrong: unparsable and bad_value its format, "
              "time_… its clock, no_customer its key. The dead letters topic holds each with its "
              "origin: `waymark dead-letters list` shows them.",
              units.CountsPerSecond,
              ("sum by (reason) (rate(waymark_dead_letters_total{@}[@]))", "{{reason}}"),
              width=12, bars=True),
        cells("Dead letters by topic, in the time shown",
              "Which input they came from; ask who writes there.",
              [("Records", "sum by (topic, reason) "
                "(increase(waymark_records_rejected_total{@}[$__range])) > 0", units.Short)],
              ["topic", "reason"], width=12, height=8, sort="Records"),
        graph("Lost before they were read",
              "Records that the topic no longer held when they were to be read, since the start "
              "of each instance. They are gone: lengthen the retention of the input, and find out "
              "why the lag was longer than it.",
              units.Short, ("sum by (topic) (waymark_records_lost_total{@})", "{{topic}}")),
        graph("Fatal errors by part",
              "Errors after which a part could not go on, since the start of each instance.",
              units.Short,
              ("sum by (instance, component) (waymark_fatal_errors_total{@})",
               "{{instance}} {{component}}")),
        graph("Settings read again",
              "After SIGHUP. failure: the settings or a file of the models are faulty, and nothing "
              "was taken up of them; the log names each fault with its line.",
              units.Short,
              ("sum by (result) (increase(waymark_config_reloads_total{@}[@]))", "{{result}}"),
              bars=True))


def http(board):
    board.row("HTTP")
    board.add(
        graph("Requests", "By route and status. Prometheus itself is the caller of /metrics.",
              units.CountsPerSecond,
              ("sum by (method, route, code) (rate(waymark_http_requests_total{@}[@]))",
               "{{method}} {{route}} {{code}}")),
        graph("Slow requests", "99 of 100 requests are answered faster.",
              units.Seconds,
              (quantile(0.99, "waymark_http_request_duration_seconds", "route"), "{{route}}")),
        graph("Refused callers",
              "Requests without the token that they need, and connections with a client "
              "certificate that is not good, a second. After a change of secrets: somebody still "
              "uses the old one. Otherwise: somebody tries.",
              units.CountsPerSecond,
              ("sum by (instance) (rate(waymark_http_auth_failures_total{@}[@]))",
               "{{instance}}"), bars=True))
    board.add(
        graph("Live events", "Clients that follow live events. At http.streams_max of an instance "
              "further ones are refused: raise it, or add an instance.",
              units.Short,
              ("sum by (instance) (waymark_http_streams_open{@})", "{{instance}}")),
        graph("Events told", "Events handed to clients a second. A reset tells a client that it "
              "was away for too long to be told all that it missed.",
              units.CountsPerSecond,
              ("sum by (type) (rate(waymark_http_stream_events_total{@}[@]))", "{{type}}")),
        graph("Clients cut off", "Clients of live events that did not take them as they came. They "
              "may go on where they were; many of them: slow networks, or all signals asked for "
              "where a sample (per_second) would do.",
              units.CountsPerSecond,
              ("sum by (instance) (rate(waymark_http_streams_cut_total{@}[@]))", "{{instance}}"),
              bars=True))


def instances(board):
    board.row("Instances and models")
    board.add(
        cells("Instances",
              "Different versions side by side are right only during an upgrade.",
              [("Up for", "sum by (instance, version, revision) "
                "((time() - waymark_start_time_seconds{@}) * on (job, instance) "
                "group_right () waymark_build_info{@})", units.Seconds),
               ("Settings since", "sum by (instance, version, revision) "
                "((time() - waymark_config_last_reload_success_timestamp_seconds{@}) * "
                "on (job, instance) group_right () waymark_build_info{@})", units.Seconds)],
              ["instance", "version", "revision"], sort="Up for"),
        cells("Models in use",
              "How many instances work with each version of a model. Fewer than there are "
              "instances: some have not taken it up yet.",
              [("Instances", "sum by (family, model, version) (waymark_models_loaded{@})",
                units.Short)],
              ["family", "model", "version"], width=6, sort="Instances"),
        graph("Models taken up or unreadable",
              "Versions found while running; and instances that meet one that they are too old to "
              "read: upgrade them within models.upgrade_grace.",
              units.Short,
              ("sum(increase(waymark_models_followed_total{@}[@]))", "taken up"),
              ("sum(waymark_models_unreadable{@})", "instances that can't read one"),
              width=6, height=9, bars=True))


def board():
    made = Board("Operations", "waymark-operations",
                 "Is Waymark well? Lag, throughput, latency, commits, restores and what was "
                 "refused.", "now-1h", "30s")
    for part in (at_a_glance, now, throughput, latency, transactions, group, event_time, refused,
                 http, instances):
        part(made)
    return made
