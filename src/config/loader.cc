#include "config/loader.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/check.h"
#include "config/nearest.h"
#include "config/reference.h"
#include "config/yaml_source.h"

namespace waymark::config {
namespace {

constexpr std::string_view kVariablePrefix = "WAYMARK_";

// Settings of librdkafka that are ours: the name to use instead, or nothing where the value is
// fixed because exactly-once rests on it.
struct Reserved {
  std::string_view key;
  std::string_view instead;
};
constexpr std::array<Reserved, 13> kReserved = {
    {{"librdkafka.bootstrap.servers", "kafka.brokers"},
     {"librdkafka.metadata.broker.list", "kafka.brokers"},
     {"librdkafka.group.id", "kafka.group"},
     {"librdkafka.group.instance.id", "kafka.instance_id"},
     {"librdkafka.session.timeout.ms", "kafka.session_timeout"},
     {"librdkafka.transaction.timeout.ms", "kafka.transaction_timeout"},
     {"librdkafka.transactional.id", "kafka.transactional_id_prefix"},
     {"librdkafka.partition.assignment.strategy", "kafka.assignment"},
     {"librdkafka.enable.auto.commit", ""},
     {"librdkafka.enable.auto.offset.store", ""},
     {"librdkafka.enable.idempotence", ""},
     {"librdkafka.isolation.level", ""},
     {"librdkafka.acks", ""}}};

// What Kubernetes sets for every service of the namespace, here one named waymark.
bool IsServiceLink(std::string_view name) {
  return name.starts_with("WAYMARK_SERVICE_") || name == "WAYMARK_PORT" ||
         name.starts_with("WAYMARK_PORT_");
}

std::string_view PassThroughOf(std::string_view key) {
  for (const std::string_view library : kPassThrough) {
    if (key.size() > library.size() + 1 && key.starts_with(library) && key[library.size()] == '.') {
      return library;
    }
  }
  return {};
}

}  // namespace

bool IsSecretName(std::string_view key) {
  constexpr std::array<std::string_view, 5> kTells = {"password", "secret", "token", ".pem",
                                                      "private"};
  return std::any_of(kTells.begin(), kTells.end(), [key](std::string_view tell) {
    return key.find(tell) != std::string_view::npos;
  });
}

Loader::Loader(const Sources& sources, std::span<const Declaration> declarations)
    : sources_(sources), declarations_(declarations) {
  for (const Declaration& declaration : declarations_) {
    const auto fault =
        Assign(declaration, {{std::string(declaration.fallback)}, false}, out_.settings);
    WAYMARK_CHECK(!fault, fault->message);
  }
}

void Loader::TakeFile() {
  YamlEntries read = ReadYaml(sources_.yaml, sources_.file);
  out_.faults = std::move(read.faults);
  for (YamlEntry& entry : read.entries) {
    const Origin origin{Source::kFile, sources_.file, entry.line, entry.column};
    if (entry.given.texts.empty() && !entry.given.is_list) {
      TakeEmpty(entry.key, origin);
      continue;
    }
    if (!InterpolateAll(entry.key, entry.given, origin)) continue;
    Take(entry.key, std::move(entry.given), origin);
  }
}

void Loader::TakeEnvironment() {
  std::map<std::string, const Declaration*> known;
  for (const Declaration& declaration : declarations_) {
    known.emplace(VariableName(declaration.name), &declaration);
  }
  for (const auto& [name, value] : sources_.environment) {
    if (!name.starts_with(kVariablePrefix)) continue;
    const auto found = known.find(name);
    if (found == known.end()) {
      WarnOfVariable(name);
      continue;
    }
    TakeSetting(*found->second, {{value}, false}, {Source::kEnvironment, name, 0, 0});
  }
}

// Others may use the prefix for reasons of their own, so these are no faults.
void Loader::WarnOfVariable(const std::string& name) {
  if (IsServiceLink(name)) return;
  std::vector<std::string> names;
  for (const Declaration& declaration : declarations_) {
    names.push_back(VariableName(declaration.name));
  }
  const std::string_view nearest = Nearest(name, {names.begin(), names.end()});
  std::string text = "the environment variable " + name + " sets nothing";
  if (!nearest.empty()) text += " (hint: did you mean " + std::string(nearest) + "?)";
  out_.warnings.push_back(std::move(text));
}

void Loader::TakeCommandLine() {
  std::set<std::string> seen;
  for (const std::string& assignment : sources_.assignments) {
    const Origin origin{Source::kCommandLine, "", 0, 0};
    const size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      Complain(origin, "'" + assignment + "' is no assignment", "write --set session.gap=30m");
      continue;
    }
    const std::string key = assignment.substr(0, equals);
    if (!seen.insert(key).second) {
      Complain(origin, key + " is given twice", "keep one of them");
      continue;
    }
    Take(key, {{assignment.substr(equals + 1)}, false}, origin);
  }
}

bool Loader::InterpolateAll(const std::string& key, Given& given, const Origin& origin) {
  for (std::string& text : given.texts) {
    auto value = Interpolate(text, sources_.environment);
    if (!value.ok()) {
      Complain(origin, key + ": " + value.status().message(), value.status().hint());
      faulty_.insert(key);
      return false;
    }
    text = std::move(value).value();
  }
  return true;
}

void Loader::Take(const std::string& key, Given given, const Origin& origin) {
  if (const Declaration* declaration = Find(key)) {
    TakeSetting(*declaration, std::move(given), origin);
  } else if (!PassThroughOf(key).empty()) {
    TakePassThrough(key, std::move(given), origin);
  } else {
    ComplainUnknown(key, origin);
  }
}

void Loader::TakeEmpty(const std::string& key, const Origin& origin) {
  if (Find(key) != nullptr) {
    Complain(origin, key + " has no value", "give one, or \"\" for an empty text");
    return;
  }
  const std::string section = key + ".";
  const bool known =
      std::find(std::begin(kPassThrough), std::end(kPassThrough), key) != std::end(kPassThrough) ||
      std::any_of(declarations_.begin(), declarations_.end(),
                  [&](const Declaration& d) { return d.name.starts_with(section); });
  if (!known) ComplainUnknown(key, origin);
}

void Loader::TakeSetting(const Declaration& declaration, Given given, const Origin& origin) {
  const std::string name(declaration.name);
  if (declaration.secret) {
    for (std::string& text : given.texts) {
      if (!Resolve(name, text, origin)) return;
    }
  }
  if (auto fault = Assign(declaration, given, out_.settings)) {
    Complain(origin, std::move(fault->message), std::move(fault->hint));
    faulty_.insert(name);
    return;
  }
  origins_[name] = origin;
}

void Loader::TakePassThrough(const std::string& key, Given given, const Origin& origin) {
  if (given.is_list) {
    Complain(origin, key + " is a list, where one value is expected",
             "write the library's own text, such as a,b");
    return;
  }
  const auto reserved = std::find_if(kReserved.begin(), kReserved.end(),
                                     [&](const Reserved& r) { return r.key == key; });
  if (reserved != kReserved.end()) {
    Complain(origin, key + " can't be passed through",
             reserved->instead.empty() ? "its value is fixed: exactly-once rests on it"
                                       : "use " + std::string(reserved->instead));
    return;
  }
  std::string text = std::move(given.texts.front());
  if (IsSecretName(key) && !Resolve(key, text, origin)) return;
  const std::string_view library = PassThroughOf(key);
  auto& target = library == "rocksdb" ? out_.settings.rocksdb : out_.settings.librdkafka;
  target[key.substr(library.size() + 1)] = std::move(text);
  origins_[key] = origin;
}

bool Loader::Resolve(const std::string& key, std::string& text, const Origin& origin) {
  if (!IsSecretReference(text)) {
    if (origin.source != Source::kEnvironment && !text.empty()) {
      out_.warnings.push_back(key + " is a secret written in the open (" + origin.text() +
                              ") (hint: use file:PATH or env:NAME)");
    }
    return true;
  }
  const std::string folder = std::filesystem::path(sources_.file).parent_path().string();
  auto secret = ResolveSecret(text, sources_.environment, folder);
  if (!secret.ok()) {
    Complain(origin, key + ": " + secret.status().message(), secret.status().hint());
    faulty_.insert(key);
    return false;
  }
  text = std::move(secret).value();
  return true;
}

void Loader::Complain(const Origin& origin, std::string message, std::string hint) {
  const bool in_file = origin.source == Source::kFile;
  out_.faults.push_back({in_file ? origin.name : origin.text(), origin.line, origin.column,
                         std::move(message), std::move(hint)});
}

void Loader::ComplainUnknown(const std::string& key, const Origin& origin) {
  std::vector<std::string_view> names;
  for (const Declaration& declaration : declarations_) names.push_back(declaration.name);
  const std::string_view nearest = Nearest(key, names);
  Complain(origin, "there is no setting " + key,
           nearest.empty() ? "`waymark config show` lists all"
                           : "did you mean " + std::string(nearest) + "?");
}

const Declaration* Loader::Find(std::string_view name) const {
  const auto found = std::find_if(declarations_.begin(), declarations_.end(),
                                  [name](const Declaration& d) { return d.name == name; });
  return found == declarations_.end() ? nullptr : &*found;
}

const Origin& Loader::OriginOf(std::string_view name) const {
  static const Origin kDefault;
  const auto found = origins_.find(name);
  return found == origins_.end() ? kDefault : found->second;
}

// Settings that mean nothing without another.
void Loader::CheckPresent() {
  const Settings::Http::Tls& tls = out_.settings.http.tls;
  struct Pair {
    std::string_view given;
    const std::string& value;
    std::string_view needed;
    const std::string& other;
  };
  const Pair pairs[] = {{"http.tls.certificate", tls.certificate, "http.tls.key", tls.key},
                        {"http.tls.key", tls.key, "http.tls.certificate", tls.certificate},
                        {"http.tls.client_ca", tls.client_ca, "http.tls.certificate",
                         tls.certificate}};
  for (const Pair& pair : pairs) {
    if (pair.value.empty() || !pair.other.empty()) continue;
    Complain(OriginOf(pair.given), std::string(pair.given) + " is nothing without " +
                                       std::string(pair.needed),
             "set " + std::string(pair.needed) + ", too");
  }
}

// Pairs of settings that only make sense together; told at the one that was set with more priority.
void Loader::CheckTogether() {
  const Settings& s = out_.settings;
  struct Pair {
    std::string_view small;
    std::string_view large;
    bool fits;
    std::string_view why;
  };
  const Pair pairs[] = {
      {"commit.interval", "kafka.transaction_timeout",
       s.commit.interval * 2 < s.kafka.transaction_timeout,
       "the broker would end transactions before they are committed"},
      // Without an answer librdkafka holds the offsets back for that long, whatever it is told.
      {"kafka.transaction_timeout", "workers.stall_timeout",
       s.kafka.transaction_timeout < s.workers.stall_timeout,
       "a worker that waits for the broker would be taken for one that hangs"},
      {"interaction.bytes_max", "inflight.bytes_max",
       s.interaction.bytes_max <= s.inflight.bytes_max,
       "one record would exceed what may be in flight"},
      {"time.lateness", "timeline.retention", s.time.lateness < s.timeline.retention,
       "late interactions would be older than the timeline"},
      {"session.gap", "timeline.retention", s.session.gap < s.timeline.retention,
       "a session would be longer than the timeline"},
  };
  for (const Pair& pair : pairs) {
    if (pair.fits || faulty_.contains(pair.small) || faulty_.contains(pair.large)) continue;
    if (Find(pair.small) == nullptr || Find(pair.large) == nullptr) continue;
    const bool at_small = OriginOf(pair.small).source >= OriginOf(pair.large).source;
    Complain(OriginOf(at_small ? pair.small : pair.large),
             std::string(pair.small) + " is too large for " + std::string(pair.large) + ": " +
                 std::string(pair.why),
             "lower " + std::string(pair.small) + " or raise " + std::string(pair.large));
  }
}

std::vector<EffectiveValue> Loader::Effective() const {
  std::vector<EffectiveValue> out;
  for (const Declaration& declaration : declarations_) {
    const bool hidden = declaration.secret;
    std::string text = Format(declaration, out_.settings);
    if (hidden && !text.empty()) text = "(secret)";
    out.push_back({std::string(declaration.name), std::move(text), OriginOf(declaration.name)});
  }
  const auto add = [&](std::string_view library, const std::map<std::string, std::string>& map) {
    for (const auto& [key, value] : map) {
      const std::string name = std::string(library) + "." + key;
      out.push_back({name, IsSecretName(name) ? "(secret)" : value, OriginOf(name)});
    }
  };
  add("librdkafka", out_.settings.librdkafka);
  add("rocksdb", out_.settings.rocksdb);
  return out;
}

Configuration Loader::Finish() {
  CheckTogether();
  CheckPresent();
  out_.effective = Effective();
  return std::move(out_);
}

}  // namespace waymark::config
