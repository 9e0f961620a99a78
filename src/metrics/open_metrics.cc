#include "metrics/open_metrics.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <string_view>

namespace waymark::metrics {
namespace {

using prometheus::MetricType;

std::string NumberText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

void AppendEscaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

// With the bucket's upper end, where there is one.
void AppendLabels(const std::vector<prometheus::ClientMetric::Label>& labels, std::string_view le,
                  std::string& out) {
  if (labels.empty() && le.empty()) return;
  out += '{';
  std::string_view comma;
  for (const auto& label : labels) {
    out.append(comma).append(label.name).append("=\"");
    AppendEscaped(label.value, out);
    out += '"';
    comma = ",";
  }
  if (!le.empty()) out.append(comma).append("le=\"").append(le).append("\"");
  out += '}';
}

void AppendExemplar(const Exemplar& exemplar, std::string& out) {
  out += " # {trace_id=\"";
  AppendEscaped(exemplar.trace_id, out);
  fmt::format_to(std::back_inserter(out), "\"}} {} {:.3f}", NumberText(exemplar.value),
                 exemplar.time);
}

void AppendHistogram(const std::string& name, const prometheus::ClientMetric& metric,
                     const std::map<size_t, Exemplar>* exemplars, std::string& out) {
  const auto& histogram = metric.histogram;
  for (size_t i = 0; i < histogram.bucket.size(); ++i) {
    out.append(name).append("_bucket");
    AppendLabels(metric.label, NumberText(histogram.bucket[i].upper_bound), out);
    fmt::format_to(std::back_inserter(out), " {}", histogram.bucket[i].cumulative_count);
    if (exemplars != nullptr && exemplars->contains(i)) AppendExemplar(exemplars->at(i), out);
    out += '\n';
  }
  out.append(name).append("_sum");
  AppendLabels(metric.label, "", out);
  out.append(" ").append(NumberText(histogram.sample_sum)).append("\n").append(name);
  out.append("_count");
  AppendLabels(metric.label, "", out);
  fmt::format_to(std::back_inserter(out), " {}\n", histogram.sample_count);
}

void AppendFamily(const CollectedFamily& collected, std::string& out) {
  constexpr std::string_view kTotal = "_total";
  const prometheus::MetricFamily& family = collected.family;
  const bool is_counter = family.type == MetricType::Counter;
  const bool is_histogram = family.type == MetricType::Histogram;
  // A counter is named without the ending that its samples have.
  std::string name = family.name;
  if (is_counter && name.ends_with(kTotal)) name.resize(name.size() - kTotal.size());
  out.append("# HELP ").append(name).append(" ");
  AppendEscaped(family.help, out);
  out.append("\n# TYPE ").append(name).append(" ");
  out.append(is_counter ? "counter" : is_histogram ? "histogram" : "gauge").append("\n");
  for (size_t i = 0; i < family.metric.size(); ++i) {
    const prometheus::ClientMetric& metric = family.metric[i];
    if (is_histogram) {
      AppendHistogram(name, metric, collected.exemplars.empty() ? nullptr : &collected.exemplars[i],
                      out);
      continue;
    }
    out.append(name).append(is_counter ? kTotal : std::string_view());
    AppendLabels(metric.label, "", out);
    out.append(" ")
        .append(NumberText(is_counter ? metric.counter.value : metric.gauge.value))
        .append("\n");
  }
}

}  // namespace

std::string ToOpenMetrics(const std::vector<CollectedFamily>& families) {
  std::string out;
  for (const CollectedFamily& family : families) AppendFamily(family, out);
  out += "# EOF\n";
  return out;
}

}  // namespace waymark::metrics
