#include "generate/script.h"

#include <array>
#include <vector>

namespace waymark::generate {
namespace {
constexpr std::array<model::Text, kStageCount> kStages = {
    "inspiration", "information", "comparison", "purchase", "use", "advocacy"};

constexpr NoiseAction kNoise[] = {
    {Place::kImprint, "view"},
    {Place::kCareers, "view"},
    {Place::kStoreFinder, "search"},
    {Place::kBlog, "read"},
    {Place::kHomePage, "view"},
    {Place::kAppSettings, "view"},
    {Place::kSocialFeed, "view"},
    {Place::kBlog, "view"},
    {Place::kCustomerPortal, "login", true},
    {Place::kNewsletter, "open", true},
    {Place::kAppAccount, "login", true},
    {Place::kInvoice, "open", true},
};

std::vector<Script> Joined() {
  std::vector<Script> all;
  for (const auto part : {PurchaseScripts(), ServiceScripts(), CareScripts()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}
}  // namespace

model::Text ToString(Stage stage) {
  return kStages[static_cast<size_t>(stage)];
}

std::span<const Script> Scripts() {
  static const std::vector<Script> scripts = Joined();
  return scripts;
}

std::span<const NoiseAction> NoiseActions() {
  return kNoise;
}

}  // namespace waymark::generate
