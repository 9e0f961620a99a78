#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

class ProfileTest : public Folding {
 protected:
  ProfileTest() { Use({kShop}, Small()); }
  static FoldSettings Small() {
    FoldSettings settings;
    settings.limits.identifiers_max = 2;
    settings.limits.attributes_max = 2;
    return settings;
  }
  using Pairs = std::vector<std::pair<std::string, std::string>>;
};

TEST_F(ProfileTest, IdentifiersAreSortedOnceAndBounded) {
  model::Interaction i = At(0, "view");
  i.identifiers = {{"phone", "1"}, {"email", "a@b"}, {"phone", "1"}};
  Apply(i);
  i.time = kNoon + 1;
  i.identifiers = {{"cookie", "c"}};
  Apply(i);
  EXPECT_EQ(state_.identifiers, (Pairs{{"email", "a@b"}, {"phone", "1"}}));
}

TEST_F(ProfileTest, TheLastAttributeCountsAndKnownOnesChangeAtTheBound) {
  model::Interaction i = At(0, "view");
  i.profile = {{"language", "de"}, {"segment", "a"}};
  Apply(i);
  i.time = kNoon + 1;
  i.profile = {{"birthday", "x"}, {"segment", "b"}};
  Apply(i);
  EXPECT_EQ(state_.attributes, (Pairs{{"language", "de"}, {"segment", "b"}}));
}

TEST_F(ProfileTest, ConsentNeedsItsCommand) {
  model::Interaction i = At(0, "view");
  i.profile = {{"consent", "full"}};
  Apply(i);
  EXPECT_EQ(state_.consent, model::Consent::kUnspecified);
  i.time = kNoon + 1;
  i.command = model::Command::kConsent;
  Apply(i);
  EXPECT_EQ(state_.consent, model::Consent::kFull);
  i.time = kNoon + 2;
  i.profile = {{"consent", "rubbish"}};
  Apply(i);
  EXPECT_EQ(state_.consent, model::Consent::kFull);
}

TEST_F(ProfileTest, SeenAndAccount) {
  model::Interaction i = At(0, "view");
  i.account = "acme";
  Apply(i);
  Apply(5, "view");
  EXPECT_EQ(state_.account, "acme");
  EXPECT_EQ(state_.first_seen->ms, kNoon);
  EXPECT_EQ(state_.last_seen->ms, kNoon + 5 * kMinute);
  EXPECT_EQ(state_.interactions, 2);
}

}  // namespace
}  // namespace waymark::journey
