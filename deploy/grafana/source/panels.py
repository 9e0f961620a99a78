"""What all boards are made of: queries, panels and the frame around them.

A query is written with two abbreviations. `@` in braces stands for the instances chosen, `@m` for
these and the models chosen, and `[@]` for the range that fits the resolution:

    sum by (kind) (rate(waymark_signals_total{@m}[@]))
"""

import dataclasses
import re

from grafana_foundation_sdk.builders import bargauge, common, dashboard, heatmap, prometheus
from grafana_foundation_sdk.builders import stat as stats
from grafana_foundation_sdk.builders import statetimeline, table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as kinds
from grafana_foundation_sdk.models import dashboard as values
from grafana_foundation_sdk.models import heatmap as heatmap_kinds
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

INSTANCES = 'job=~"$job", instance=~"$instance"'
MODELS = INSTANCES + ', model=~"$model"'
SOURCE = kinds.DataSourceRef(type_val="prometheus", uid="${datasource}")
TAG = "waymark"

# Units that the vendor's list does not have.
PER_HOUR = "suffix: /h"
POINTS = "suffix: points"

GREEN, ORANGE, RED, BLUE = "green", "orange", "red", "blue"


def promql(text):
    """A query without abbreviations."""
    text = text.replace("[@]", "[$__rate_interval]")
    text = re.sub(r"\{@m\b", "{" + MODELS, text)
    return text.replace("{@", "{" + INSTANCES)


def quantile(share, metric, by="", within="@"):
    """Of a histogram, in the range that fits the resolution."""
    labels = ", ".join(["le", *by.split()])
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket{{{within}}}[@])))"


def mean(metric, by="", within="@", over="[@]", function="rate"):
    """Of what a histogram has seen."""
    group = f"by ({', '.join(by.split())}) " if by else ""
    total, count = (f"sum {group}({function}({metric}_{part}{{{within}}}{over}))"
                    for part in ("sum", "count"))
    return f"{total} / {count}"


@dataclasses.dataclass
class Steps(Builder[values.ThresholdsConfig]):
    """Colours of values: the first from the bottom on, each next from its value on."""
    bottom: str
    above: dict[float, str]

    def build(self):
        steps = [values.Threshold(value=None, color=self.bottom)]
        steps += [values.Threshold(value=value, color=color)
                  for value, color in self.above.items()]
        return values.ThresholdsConfig(mode=values.ThresholdsMode.ABSOLUTE, steps=steps)


PLAIN = Steps(BLUE, {})
NONE_IS_GOOD = Steps(GREEN, {1: RED})


def _targets(panel, queries, instant=False, form=PromQueryFormat.TIME_SERIES):
    for number, (text, legend) in enumerate(queries):
        target = (prometheus.Dataquery().ref_id(chr(ord("A") + number)).expr(promql(text))
                  .legend_format(legend).format(form))
        panel.with_target(target.instant() if instant else target.range())


def _dress(panel, title, description, unit, width, height):
    return (panel.title(title).description(description).unit(unit).datasource(SOURCE)
            .span(width).height(height))


def _colors_by(mode):
    return dashboard.FieldColor().mode(mode)


def _reduced(calculation="lastNotNull"):
    return common.ReduceDataOptions().calcs([calculation])


def named(mapping):
    """Values shown by a name: {1: ("stuck", RED)}."""
    results = {str(value): values.ValueMappingResult(text=text, color=color)
               for value, (text, color) in mapping.items()}
    return [values.ValueMap(options=results)]


def stat(title, description, query, unit=units.Short, steps=PLAIN, instant=False, names=None,
         decimals=None, no_value="–", width=4):
    """One number, with its course behind it unless it is of one moment."""
    panel = _dress(stats.Panel(), title, description, unit, width, 4)
    graph = kinds.BigValueGraphMode.NONE if instant else kinds.BigValueGraphMode.AREA
    panel.graph_mode(graph).color_mode(kinds.BigValueColorMode.VALUE).no_value(no_value)
    panel.thresholds(steps).color_scheme(_colors_by(values.FieldColorModeId.THRESHOLDS))
    panel.reduce_options(_reduced())
    if names:
        panel.mappings(named(names))
    if decimals is not None:
        panel.decimals(decimals)
    _targets(panel, [(query, title)], instant)
    return panel


def graph(title, description, unit, *queries, width=8, height=8, stacked=False, bars=False,
          steps=None, low=0, high=None, calculations=("lastNotNull", "max")):
    """Lines over time; each query comes with its legend."""
    panel = _dress(timeseries.Panel(), title, description, unit, width, height)
    panel.color_scheme(_colors_by(values.FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
    panel.line_width(1).fill_opacity(60 if bars else 25 if stacked else 8)
    panel.show_points(kinds.VisibilityMode.NEVER)
    panel.draw_style(kinds.GraphDrawStyle.BARS if bars else kinds.GraphDrawStyle.LINE)
    if low is not None:
        panel.min(low)
    if high is not None:
        panel.max(high)
    if stacked or bars:
        panel.stacking(common.StackingConfig().mode(kinds.StackingMode.NORMAL).group("A"))
    if steps:
        panel.thresholds(steps)
        panel.thresholds_style(
            common.GraphThresholdsStyleConfig().mode(kinds.GraphThresholdsStyleMode.DASHED))
    wide = width >= 12
    legend = (common.VizLegendOptions().show_legend(True)
              .display_mode(kinds.LegendDisplayMode.TABLE if wide else kinds.LegendDisplayMode.LIST)
              .placement(kinds.LegendPlacement.RIGHT if wide else kinds.LegendPlacement.BOTTOM))
    panel.legend(legend.calcs(list(calculations) if wide else []))
    panel.tooltip(common.VizTooltipOptions().mode(kinds.TooltipDisplayMode.MULTI)
                  .sort(kinds.SortOrder.DESCENDING))
    _targets(panel, queries)
    return panel


def bars(title, description, unit, query, legend, width=8, height=10, steps=PLAIN, high=None):
    """A bar for each series, as of the whole time range; the queries sort them."""
    panel = _dress(bargauge.Panel(), title, description, unit, width, height)
    panel.orientation(kinds.VizOrientation.HORIZONTAL)
    panel.display_mode(kinds.BarGaugeDisplayMode.GRADIENT)
    panel.value_mode(kinds.BarGaugeValueMode.TEXT).min(0).no_value("–")
    panel.thresholds(steps).color_scheme(_colors_by(values.FieldColorModeId.THRESHOLDS))
    panel.reduce_options(_reduced())
    if high is not None:
        panel.max(high)
    _targets(panel, [(query, legend)], instant=True)
    return panel


def cells(title, description, columns, key, width=12, height=9, sort=None):
    """A table: a row for each value of the labels `key`, a column for each (name, query, unit)."""
    names = [name for name, _, _ in columns]
    panel = _dress(table.Panel(), title, description, columns[0][2], width, height)
    _targets(panel, [(query, name) for name, query, _ in columns], instant=True,
             form=PromQueryFormat.TABLE)
    single = len(columns) == 1
    value_fields = ["Value"] if single else [f"Value #{chr(ord('A') + i)}"
                                             for i in range(len(columns))]
    if not single:
        panel.with_transformation(values.DataTransformerConfig(id_val="merge", options={}))
    panel.with_transformation(values.DataTransformerConfig(id_val="organize", options={
        "excludeByName": {"Time": True},
        "indexByName": {field: i for i, field in enumerate([*key, *value_fields])},
        "renameByName": dict(zip(value_fields, names))}))
    for name, _, unit in columns:
        panel.override_by_name(name, [values.DynamicConfigValue(id_val="unit", value=unit)])
    if sort:
        panel.sort_by([common.TableSortByFieldState().display_name(sort).desc(True)])
    panel.filterable(True).no_value("–")
    return panel


def states(title, description, query, legend, names, width=12, height=8):
    """A coloured band for each series; `names` says what its values mean."""
    panel = _dress(statetimeline.Panel(), title, description, units.NoUnit, width, height)
    panel.mappings(named(names)).show_value(kinds.VisibilityMode.AUTO).row_height(0.8)
    panel.color_scheme(_colors_by(values.FieldColorModeId.FIXED)).merge_values(True)
    panel.legend(common.VizLegendOptions().show_legend(False)
                 .display_mode(kinds.LegendDisplayMode.LIST)
                 .placement(kinds.LegendPlacement.BOTTOM).calcs([]))
    _targets(panel, [(query, legend)])
    return panel


def distribution(title, description, unit, metric, width=12, height=8):
    """How the values of a histogram spread, over time."""
    panel = _dress(heatmap.Panel(), title, description, unit, width, height)
    panel.calculate(False).cell_gap(1).hide_legend()
    panel.color(heatmap.HeatmapColorOptions().mode(heatmap_kinds.HeatmapColorMode.SCHEME)
                .scheme("Blues").exponent(0.5).steps(64).reverse(False))
    panel.y_axis(heatmap.YAxisConfig().unit(unit))
    panel.tooltip(heatmap.HeatmapTooltip().mode(kinds.TooltipDisplayMode.SINGLE)
                  .y_histogram(True))
    _targets(panel, [(f"sum by (le) (increase({metric}_bucket{{@}}[@]))", "{{le}}")],
             form=PromQueryFormat.HEATMAP)
    return panel


# ---- the frame ----


def _variable(name, label, description, query, all_value=None):
    variable = (dashboard.QueryVariable(name).label(label).description(description)
                .datasource(SOURCE).query(promql(query)).definition(promql(query))
                .multi(True).include_all(True)
                .refresh(values.VariableRefresh.ON_TIME_RANGE_CHANGED)
                .sort(values.VariableSort.NATURAL_ASC)
                .current(values.VariableOption(selected=True, text=["All"], value=["$__all"])))
    return variable.all_value(all_value) if all_value else variable


def _event(name, color, query, text):
    return (dashboard.AnnotationQuery().name(name).datasource(SOURCE).enable(True).hide(False)
            .icon_color(color).expr(promql(query)).step("30s").use_value_for_time(True)
            .title_format(name).text_format(text).tag_keys("instance"))


class Board:
    """A dashboard with the frame that all share; panels are numbered as they come."""

    def __init__(self, title, uid, description, since, refresh, with_models=False):
        self._panels = 0
        self._board = (
            dashboard.Dashboard(f"Waymark / {title}").uid(uid).description(description)
            .tags([TAG]).time(since, "now").refresh(refresh).timezone("browser")
            .tooltip(values.DashboardCursorSync.CROSSHAIR).editable())
        self._add_variables(with_models)
        self._board.link(
            dashboard.DashboardLink("Waymark").type(values.DashboardLinkType.DASHBOARDS)
            .tags([TAG]).as_dropdown(False).include_vars(True).keep_time(True))
        self._board.annotation(_event(
            "Start", BLUE,
            "1000 * waymark_start_time_seconds{@} * on (job, instance) group_left (version) "
            "waymark_build_info{@}", "{{instance}} started with version {{version}}"))
        self._board.annotation(_event(
            "Settings read again", ORANGE,
            "1000 * (waymark_config_last_reload_success_timestamp_seconds{@} > "
            "waymark_start_time_seconds{@} + 5)",
            "{{instance}} took up settings (SIGHUP)"))

    def _add_variables(self, with_models):
        self._board.with_variable(
            dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")
            .description("The Prometheus that scrapes Waymark"))
        self._board.with_variable(_variable(
            "job", "Job", "One deployment of Waymark is one job of Prometheus",
            "label_values(waymark_build_info, job)"))
        # Any value, so that an instance that is new or has just died is seen at once.
        self._board.with_variable(_variable(
            "instance", "Instance", "Processes of the deployment",
            'label_values(waymark_build_info{job=~"$job"}, instance)', ".*"))
        if with_models:
            # Any value, since some signals are about the customer and of no model.
            self._board.with_variable(_variable(
                "model", "Model", "Journey models in use",
                "label_values(waymark_models_loaded{@}, model)", ".*"))

    def row(self, title):
        self._panels += 1
        self._board.with_row(dashboard.Row(title).id(self._panels))

    def add(self, *panels):
        for panel in panels:
            self._panels += 1
            self._board.with_panel(panel.id(self._panels))

    def build(self):
        return self._board.build()
