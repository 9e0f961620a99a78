"""For who cares for customers: where they are, how long it takes them, and what they say of it."""

from panels import (BLUE, GREEN, ORANGE, PER_HOUR, POINTS, RED, Board, Steps, bars, cells, graph,
                    mean, stat, units)

ENDED = "waymark_journeys_closed_total"
STAY = "waymark_stage_duration_seconds"
MISSED = "waymark_stage_target_missed_total"
TARGET = "max by (model, stage) (waymark_stage_target_seconds{@m})"
OF_TARGET = Steps(GREEN, {0.8: ORANGE, 1: RED})
MISSES = Steps(GREEN, {0.1: ORANGE, 0.3: RED})
SATISFIED = Steps(RED, {3: ORANGE, 4: GREEN})
RECOMMENDED = Steps(RED, {0: ORANGE, 30: GREEN})
SHOWN = "[$__range]"
# Rates of rare events need a longer look than the resolution of a graph gives.
HOUR = "[1h]"


def counted(metric, over, by="", more=""):
    """How much a counter rose."""
    group = f"by ({by}) " if by else ""
    return f"sum {group}(increase({metric}{{@m{more}}}{over}))"


def share_ended(reason, over, by=""):
    """Of the journeys that ended."""
    some = counted(ENDED, over, by, f', reason="{reason}"')
    every = counted(ENDED, over, by)
    return f"({some} or 0 * {every}) / {every}"


def recommendation(over, by=""):
    """Promoters less detractors, of 100 who answered."""
    answers = "waymark_nps_answers_total"
    every = counted(answers, over, by)

    def said(answer):
        return f"""({counted(answers, over, by, f', answer="{answer}"')} or 0 * {every})"""
    return f"100 * ({said('promoter')} - {said('detractor')}) / {every}"


def share_missed(over, by=""):
    """Of the stays in stages that have a target."""
    group = f"by ({by}) " if by else ""
    stays = counted(f"{STAY}_count", over, "model, stage")
    missed, every = counted(MISSED, over, by), f"sum {group}({stays} and {TARGET})"
    return f"({missed} or 0 * {every}) / {every}"


def stay(share, over):
    return (f"histogram_quantile({share}, sum by (le, model, stage) "
            f"(increase({STAY}_bucket{{@m}}{over})))")


def at_a_glance(board):
    board.add(
        stat("Open journeys", "Journeys under way at this moment, in any stage.",
             "sum(waymark_journeys_open{@m})"),
        stat("Started", "Journeys that began in the time shown.",
             counted("waymark_journeys_started_total", SHOWN), instant=True, decimals=0),
        stat("Conversion",
             "Of the journeys that ended in the time shown, those that reached their goal.",
             share_ended("completed", SHOWN), units.PercentUnit, instant=True,
             no_value="none ended"),
        stat("Abandoned",
             "Of the journeys that ended in the time shown, those that were given up: a long "
             "silence before the decision, or a cancellation. Where they were left: see 'Time in "
             "stages'.",
             share_ended("abandoned", SHOWN), units.PercentUnit, instant=True,
             no_value="none ended"),
        stat("Switched",
             "Of the journeys that ended in the time shown, those of customers who went to "
             "another supplier.",
             share_ended("switched", SHOWN), units.PercentUnit,
             Steps(GREEN, {0.05: ORANGE, 0.1: RED}), instant=True, no_value="none ended"),
        stat("Took too long",
             "Stays that went over the target of their stage, of 100 that ended in the time shown "
             "in stages with a target. A stay counts as missed at the moment it is over.",
             share_missed(SHOWN), units.PercentUnit, MISSES, instant=True,
             no_value="no stays"))
    board.add(
        stat("Customers", "Customers known. Those of all models.", "sum(waymark_profiles{@})"),
        stat("In a session now", "Sessions that no silence has closed yet. Of all models.",
             "sum(waymark_sessions_open{@})"),
        stat("Interactions", "Interactions of all customers and channels a second.",
             "sum(rate(waymark_interactions_processed_total{@}[@]))", units.CountsPerSecond),
        stat("Satisfaction", "Mean of the ratings given in the time shown, of 1 to 5 points.",
             mean("waymark_satisfaction", within="@m", over=SHOWN, function="increase"),
             POINTS, SATISFIED, instant=True, decimals=2, no_value="no ratings"),
        stat("Net promoter score",
             "Promoters less detractors, of 100 who answered in the time shown: from -100 to 100.",
             recommendation(SHOWN), units.NoUnit, RECOMMENDED, instant=True, decimals=0,
             no_value="no answers"),
        stat("Signals taken back",
             "Of 100 signals found, those that were taken back in the time shown, as something "
             "came late or was corrected. All counters here keep what is taken back: with some per "
             "cent they can be believed to within as much.",
             f"({counted('waymark_signals_retracted_total', SHOWN)} or vector(0)) / "
             f"{counted('waymark_signals_total', SHOWN)}",
             units.PercentUnit, Steps(GREEN, {0.05: ORANGE, 0.2: RED}), instant=True,
             no_value="no signals"))


def funnel(board):
    board.row("Where customers are")
    board.add(
        bars("Open journeys by stage",
             "How many journeys are in which stage at this moment. It follows the journeys as "
             "they are: what comes late moves them.",
             units.Short, "sort_desc(sum by (model, stage) (waymark_journeys_open{@m}) > 0)",
             "{{model}} · {{stage}}"),
        bars("Stages entered in the time shown",
             "The funnel: how many came into each stage. Where it narrows more than you expect, "
             "look at time and satisfaction of the stage before.",
             units.Short,
             f"sort_desc({counted('waymark_stage_transitions_total', SHOWN, 'model, to')})",
             "{{model}} · {{to}}"),
        cells("Ways between stages, in the time shown",
              "Back as well as forth. Without a first stage: the journey began there.",
              [("Journeys", counted("waymark_stage_transitions_total", SHOWN,
                                    "model, from, to") + " > 0", units.Short)],
              ["model", "from", "to"], width=8, height=10, sort="Journeys"),
        graph("Open journeys over time",
              "A stage that swells: customers come in faster than they go on.",
              units.Short,
              ("sum by (model, stage) (waymark_journeys_open{@m})", "{{model}} · {{stage}}"),
              width=24, stacked=True, calculations=("lastNotNull", "max", "diff")))


def begin_and_end(board):
    board.row("Begin and end")
    board.add(
        graph("Started and ended",
              "Journeys an hour, as of the hour before. More ends than starts: new customers stay "
              "away.",
              PER_HOUR, (counted("waymark_journeys_started_total", HOUR), "started"),
              (counted(ENDED, HOUR, "reason"), "{{reason}}")),
        graph("How journeys end", "Shares of the journeys that ended in the hour before.",
              units.PercentUnit,
              (f"{counted(ENDED, HOUR, 'reason')} / on () group_left () {counted(ENDED, HOUR)}",
               "{{reason}}"), stacked=True, high=1),
        cells("By model, in the time shown",
              "Conversion is the share of those that ended. Journeys that simply expired are "
              "neither.",
              [("Started", counted("waymark_journeys_started_total", SHOWN, "model"),
                units.Short),
               ("Ended", counted(ENDED, SHOWN, "model"), units.Short),
               ("Conversion", share_ended("completed", SHOWN, "model"), units.PercentUnit),
               ("Abandoned", share_ended("abandoned", SHOWN, "model"), units.PercentUnit),
               ("Switched", share_ended("switched", SHOWN, "model"), units.PercentUnit)],
              ["model"], width=8, height=8, sort="Started"))


def time_in_stages(board):
    board.row("Time in stages: target and actual")
    board.add(
        cells("Stays that ended in the time shown",
              "In the customers' time. Half of the stays are shorter than 'Half', nine of ten "
              "shorter than '9 of 10'. Too long: see who owns the stage in the model.",
              [("Half", stay(0.5, SHOWN), units.Seconds),
               ("9 of 10", stay(0.9, SHOWN), units.Seconds),
               ("Target", TARGET, units.Seconds),
               ("Too long", share_missed(SHOWN, "model, stage"), units.PercentUnit)],
              ["model", "stage"], sort="Too long"),
        bars("Half of the stays, against the target",
             "Below 100 % the stage is mostly on time. Stages without a target are not shown.",
             units.PercentUnit, f"sort_desc({stay(0.5, SHOWN)} / {TARGET})",
             "{{model}} · {{stage}}", width=12, height=9, steps=OF_TARGET),
        graph("Half of the stays", "Over the hour before, in the customers' time.",
              units.Seconds, (stay(0.5, HOUR), "{{model}} · {{stage}}"), width=12),
        graph("Stays over their target, an hour",
              "Each is a TARGET_MISSED signal: whoever owns the stage can act on it while the "
              "customer still waits.",
              PER_HOUR, (counted(MISSED, HOUR, "model, stage"), "{{model}} · {{stage}}"),
              width=12, stacked=True))


def opinions(board):
    board.row("What customers say")
    board.add(
        bars("Satisfaction by stage, in the time shown",
             "Mean of 1 to 5 points, for the stage that a rating is about, whenever it came. Below "
             "4 it is worth asking why, below 3 it costs customers.",
             POINTS,
             "sort(" + mean("waymark_satisfaction", "model stage", "@m", SHOWN, "increase") + ")",
             "{{model}} · {{stage}}", height=9, steps=SATISFIED, high=5),
        graph("Satisfaction", "Mean of the hour before, by stage.",
              POINTS, (mean("waymark_satisfaction", "model stage", "@m", HOUR, "increase"),
                       "{{model}} · {{stage}}"), height=9, low=1, high=5),
        graph("Net promoter score", "Of the answers of the hour before.",
              units.NoUnit, (recommendation(HOUR, "model"), "{{model}}"), height=9, low=-100,
              high=100, steps=RECOMMENDED),
        graph("Answers on recommending us", "promoter: 9 and 10; passive: 7 and 8; else detractor.",
              PER_HOUR, (counted("waymark_nps_answers_total", HOUR, "answer"), "{{answer}}"),
              stacked=True),
        graph("Ratings an hour", "By stage. Few ratings: read the means with care.",
              PER_HOUR, (counted("waymark_satisfaction_count", HOUR, "model, stage"),
                         "{{model}} · {{stage}}"), stacked=True),
        graph("Ratings about another step",
              "resolved: the step that they are about was found. Many unresolved: what ratings "
              "refer to is named differently from what comes in. Of all models.",
              PER_HOUR,
              ("sum by (result) (increase(waymark_rating_references_total{@}[1h]))",
               "{{result}}")))


def channels(board):
    board.row("Channels and departments")
    board.add(
        graph("Interactions by channel", "A channel that falls silent is often a fault of its "
              "feed. Of all models.",
              units.CountsPerSecond,
              ("sum by (channel) (rate(waymark_interactions_processed_total{@}[@]))",
               "{{channel}}"), width=12, height=9, stacked=True,
              calculations=("lastNotNull", "mean")),
        bars("Share of channels, in the time shown", "Where customers are met. Of all models.",
             units.PercentUnit,
             "sort_desc(sum by (channel) "
             "(increase(waymark_interactions_processed_total{@}[$__range])) / on () group_left () "
             "sum(increase(waymark_interactions_processed_total{@}[$__range])))",
             "{{channel}}", width=6, height=9, high=1),
        cells("Handovers, in the time shown",
              "From one department to another. Each is a chance to lose what the customer said.",
              [("Journeys", counted("waymark_handovers_total", SHOWN, "from, to") + " > 0",
                units.Short)],
              ["from", "to"], width=6, height=9, sort="Journeys"),
        graph("Handovers", "By model and the department that takes over.",
              PER_HOUR, (counted("waymark_handovers_total", HOUR, "model, to"),
                         "{{model}} · to {{to}}"), width=12, stacked=True),
        graph("Sessions open", "By instance. Of all models.", units.Short,
              ("sum by (instance) (waymark_sessions_open{@})", "{{instance}}"), width=12,
              stacked=True))


def signals(board):
    board.row("Signals, and what was taken back")
    board.add(
        graph("Signals by kind", "What was found, for all consumers of the signals topic.",
              PER_HOUR, (counted("waymark_signals_total", HOUR, "kind"), "{{kind}}"), width=12,
              height=9, stacked=True),
        bars("Taken back by kind, in the time shown",
             "Of 100 signals of the kind. Kinds that speak of silence (abandoned, neglected) are "
             "taken back most when an input is late.",
             units.PercentUnit,
             f"sort_desc({counted('waymark_signals_retracted_total', SHOWN, 'kind')} / "
             f"{counted('waymark_signals_total', SHOWN, 'kind')})", "{{kind}}", width=6, height=9,
             steps=Steps(BLUE, {0.1: ORANGE, 0.3: RED})),
        cells("Signals, in the time shown", "By model and kind; without a model: about the "
              "customer.",
              [("Found", counted("waymark_signals_total", SHOWN, "model, kind"), units.Short),
               ("Taken back", counted("waymark_signals_retracted_total", SHOWN, "model, kind"),
                units.Short)],
              ["model", "kind"], width=6, height=9, sort="Found"),
        graph("Published again",
              "Records that changed as something came late, or were taken back. Consumers have to "
              "take the highest revision. Of all models.",
              units.CountsPerSecond,
              ("sum by (record) (rate(waymark_revisions_total{@}[@]))", "{{record}}")),
        graph("Late interactions",
              "They came behind the watermark, and their journeys were folded again. Of all "
              "models.",
              units.CountsPerSecond,
              ("sum by (action) (rate(waymark_late_interactions_total{@}[@]))", "{{action}}")),
        graph("How late", "Half of what came behind the horizon, and 99 of 100. Of all models.",
              units.Seconds,
              ("histogram_quantile(0.5, sum by (le) (increase(waymark_lateness_seconds_bucket{@}"
               "[1h])))", "50 %"),
              ("histogram_quantile(0.99, sum by (le) (increase(waymark_lateness_seconds_bucket{@}"
               "[1h])))", "99 %")))


def board():
    made = Board("Journeys", "waymark-journeys",
                 "Where customers are, how long it takes them, what they say of it, and what was "
                 "found.", "now-24h", "1m", with_models=True)
    for part in (at_a_glance, funnel, begin_and_end, time_in_stages, opinions, channels, signals):
        part(made)
    return made
