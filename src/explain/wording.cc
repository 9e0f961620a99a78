#include "explain/wording.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/counted.h"

namespace waymark::explain {
namespace {

using std::string_view;

// What a customer does by a conventional action: "put" "something" "in the cart".
struct ActionWords {
  string_view action;
  string_view verb;
  string_view object;  // in place of which the product stands; empty: it takes none
  string_view rest;
};

constexpr std::array kActions = {
    ActionWords{"view", "viewed", "something", ""},
    ActionWords{"read", "read", "something", ""},
    ActionWords{"click", "clicked on", "something", ""},
    ActionWords{"open", "opened", "something", ""},
    ActionWords{"search", "searched", "", ""},
    ActionWords{"subscribe", "subscribed", "", ""},
    ActionWords{"ask", "asked a question", "", ""},
    ActionWords{"consult", "asked for advice", "", ""},
    ActionWords{"compare", "compared offers", "", ""},
    ActionWords{"quote", "asked for a quote", "", ""},
    ActionWords{"add_to_cart", "put", "something", "in the cart"},
    ActionWords{"checkout", "went to the checkout", "", ""},
    ActionWords{"order", "ordered", "something", ""},
    ActionWords{"purchase", "bought", "something", ""},
    ActionWords{"sign", "signed a contract", "", ""},
    ActionWords{"pay", "paid", "", ""},
    ActionWords{"deliver", "was given a delivery", "", ""},
    ActionWords{"receive", "received", "something", ""},
    ActionWords{"use", "used", "something", ""},
    ActionWords{"login", "used their login", "", ""},
    ActionWords{"support", "asked for support", "", ""},
    ActionWords{"complain", "complained", "", ""},
    ActionWords{"repair", "had", "something", "repaired"},
    ActionWords{"return", "returned", "something", ""},
    ActionWords{"rate", "gave a rating", "", ""},
    ActionWords{"review", "wrote a review", "", ""},
    ActionWords{"recommend", "made a recommendation", "", ""},
    ActionWords{"defend", "stood up for the company", "", ""},
    ActionWords{"renew", "renewed the contract", "", ""},
    ActionWords{"cancel", "cancelled", "", ""},
    ActionWords{"opt_out", "opted out", "", ""},
    ActionWords{"switch", "switched to a competitor", "", ""},
};

struct ChannelWords {
  string_view channel;
  string_view words;
};

constexpr std::array kChannels = {
    ChannelWords{"web", "on the website"},
    ChannelWords{"app", "in the app"},
    ChannelWords{"email", "by e-mail"},
    ChannelWords{"sms", "by text message"},
    ChannelWords{"social", "on social media"},
    ChannelWords{"ads", "in an ad"},
    ChannelWords{"search", "in a search engine"},
    ChannelWords{"store", "in the store"},
    ChannelWords{"hotline", "on the hotline"},
    ChannelWords{"chat", "in the chat"},
    ChannelWords{"sales", "with the sales staff"},
    ChannelWords{"service", "with the service staff"},
    ChannelWords{"mail", "by mail"},
    ChannelWords{"print", "in print"},
    ChannelWords{"event", "at an event"},
    ChannelWords{"beacon", "near a beacon"},
    ChannelWords{"partner", "at a partner"},
};

// In words; empty for one that has none. Staff do not meet the staff.
string_view ChannelOf(const model::Interaction& interaction) {
  if (!interaction.IsCustomer() && interaction.channel == "sales") return "in sales";
  if (!interaction.IsCustomer() && interaction.channel == "service") return "in service";
  const auto at = std::ranges::find(kChannels, interaction.channel, &ChannelWords::channel);
  return at == kChannels.end() ? string_view() : at->words;
}

std::string DoneByCustomer(const model::Interaction& interaction) {
  const auto at = std::ranges::find(kActions, interaction.action, &ActionWords::action);
  if (at == kActions.end()) {
    return "the customer did " + Quoted(interaction.action);
  }
  std::string out = "the customer " + std::string(at->verb);
  if (!at->object.empty()) {
    out.append(" ").append(interaction.product.empty() ? at->object : interaction.product);
  }
  if (!at->rest.empty()) out.append(" ").append(at->rest);
  return out;
}

std::string DoneByOthers(const model::Interaction& interaction) {
  const string_view department = interaction.source.department;
  std::string out = interaction.kind == model::Kind::kStaff ? "staff" : "a system";
  if (!department.empty()) out.append(" of ").append(department);
  return out.append(" did ").append(Quoted(interaction.action));
}

// ", rating it 2 of 5 and with an emotion of -1 (-2 to 2)"
std::string RatingTold(const model::Rating& rating) {
  std::vector<std::string> said;
  if (rating.satisfaction) {
    said.push_back("rating it " + std::to_string(*rating.satisfaction) + " of 5");
  }
  if (rating.nps) said.push_back("recommending it by " + std::to_string(*rating.nps) + " of 10");
  if (rating.emotion) {
    said.push_back("with an emotion of " + std::to_string(*rating.emotion) + " (-2 to 2)");
  }
  return said.empty() ? "" : ", " + Listed(said);
}

}  // namespace

std::string Told(const model::Interaction& interaction) {
  std::string out = interaction.IsCustomer() ? DoneByCustomer(interaction)
                                             : DoneByOthers(interaction);
  const string_view channel = ChannelOf(interaction);
  out.append(" ");
  if (!channel.empty()) {
    out.append(channel);
  } else {
    out.append("on the channel ").append(Quoted(interaction.channel));
  }
  if (!interaction.touchpoint.empty()) out.append(", at ").append(Quoted(interaction.touchpoint));
  if (interaction.rating) out += RatingTold(*interaction.rating);
  return out;
}

std::string Found(model::SignalKind kind, string_view name) {
  using enum model::SignalKind;
  const auto named = [name](string_view words) {
    return words.ends_with(name) ? std::string(words)
                                 : std::string(words) + " (" + Quoted(name) + ")";
  };
  switch (kind) {
    case kIrritation: return named("was irritated");
    case kAdvocacy: return named("spoke for the company");
    case kNeglected: return named("was neglected");
    case kMicroMoment: return "had the micro-moment " + Quoted(name);
    case kLifecycle: return "came to the lifecycle moment " + Quoted(name);
    case kReactivated: return named("came back");
    case kLoyal: return named("became loyal");
    case kInactive: return named("became inactive");
    case kHandover: return named("was handed over");
    default: return "was flagged " + Quoted(name);
  }
}

std::string OnDay(int64_t ms) {
  using std::chrono::days;
  static constexpr std::array<const char*, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const std::chrono::sys_time<base::Millis> time{base::Millis(ms)};
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "on %u %s %d at %02d:%02d",
                static_cast<unsigned>(date.day()),
                kMonths[(static_cast<unsigned>(date.month()) - 1) % kMonths.size()],
                static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()));
  std::string out = text.data();
  if (clock.seconds().count() != 0) {
    std::snprintf(text.data(), text.size(), ":%02d", static_cast<int>(clock.seconds().count()));
    out += text.data();
  }
  return out + " UTC";
}

std::string Spelled(base::Millis duration) {
  struct Unit {
    int64_t ms;
    string_view name;
  };
  constexpr std::array<Unit, 5> kUnits = {
      {{86'400'000, "day"}, {3'600'000, "hour"}, {60'000, "minute"}, {1'000, "second"},
       {1, "millisecond"}}};
  constexpr int64_t kYear = 365 * 86'400'000LL;  // as in the models
  const int64_t ms = duration.count();
  if (ms > 0 && ms % kYear == 0) return base::Counted(ms / kYear, "year");
  for (size_t i = 0; i < kUnits.size(); ++i) {
    if (ms < kUnits[i].ms) continue;
    std::string text = base::Counted(ms / kUnits[i].ms, kUnits[i].name);
    // Of what takes seconds nobody asks for the thousandths.
    if (i + 2 >= kUnits.size()) return text;
    const int64_t rest = ms % kUnits[i].ms / kUnits[i + 1].ms;
    if (rest > 0) text += " and " + base::Counted(rest, kUnits[i + 1].name);
    return text;
  }
  return "no time";
}

std::string ByUnits(base::Millis duration) {
  struct Unit {
    int64_t ms;
    string_view name;
  };
  constexpr std::array<Unit, 5> kUnits = {
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}, {1, "ms"}}};
  std::string text;
  int64_t left = duration.count();
  for (const Unit& unit : kUnits) {
    if (left >= unit.ms) text.append(std::to_string(left / unit.ms)).append(unit.name);
    left %= unit.ms;
  }
  return text.empty() ? "0s" : text;
}

std::string Listed(const std::vector<std::string>& texts) {
  std::string out;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += i + 1 == texts.size() ? " and " : ", ";
    out += texts[i];
  }
  return out;
}

std::string InThousandths(int64_t thousandths) {
  std::string text = std::to_string(thousandths / 1000);
  const int64_t rest = std::abs(thousandths % 1000);
  if (rest == 0) return text;
  text += "." + std::to_string(1000 + rest).substr(1);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace waymark::explain
