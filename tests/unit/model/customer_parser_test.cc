#include <gtest/gtest.h>

#include <cstdlib>

#include "model/journey_model.h"

namespace waymark::model {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view kWhole = R"(customer: whole
version: 3
title: {en: Customer, de: Kunde}
description: all of it
sessions:
  gap_by_channel: {store: 4h, hotline: 2h}
  length_max: 24h
  start: {action: login}
  end: {action: logout}
status:
  buy: {action: [order, purchase]}
  existing_after: 90d
  leave: {action: cancel}
  inactive_after: 180d
  loyal: {purchases: 3, within: 365d}
waits:
  - {name: unanswered, when: {action: ask}, until: {kind: STAFF}, within: 2d}
  - name: onboarding
    kind: LIFECYCLE
    when: {action: purchase}
    until: {action: login}
    within: 14d
    completed: onboarding-complete
dates:
  - {name: birthday, attribute: birthday, every: year, at: "09:30"}
  - {name: contract-end, attribute: contract_end, before: 30d}
time_zone: Europe/Berlin
)";

CustomerModel Parse(std::string_view yaml) {
  ModelSet set = ParseModel(yaml, "customer.yaml");
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  EXPECT_TRUE(set.models.empty());
  EXPECT_TRUE(set.customer);
  return set.customer.value_or(CustomerModel());
}

TEST(CustomerFile, IsReadWhole) {
  const CustomerModel customer = Parse(kWhole);
  EXPECT_EQ(customer.name, "whole");
  EXPECT_EQ(customer.version, 3);
  EXPECT_EQ(customer.titles.at("de"), "Kunde");
  EXPECT_EQ(customer.description, "all of it");
  EXPECT_EQ(customer.time_zone, "Europe/Berlin");
  EXPECT_EQ(customer.file, "customer.yaml");
  EXPECT_EQ(customer.place.line, 1);
  const SessionRules& sessions = customer.sessions;
  ASSERT_EQ(sessions.gap_by_channel.size(), 2U);
  EXPECT_EQ(sessions.gap_by_channel.at("store"), hours(4));
  EXPECT_EQ(sessions.length_max, hours(24));
  EXPECT_EQ(sessions.start.value().values, std::vector<std::string>{"login"});
  EXPECT_EQ(sessions.end.value().values, std::vector<std::string>{"logout"});
  const StatusRules& status = customer.status.value();
  EXPECT_EQ(status.buy.value().values.size(), 2U);
  EXPECT_EQ(status.existing_after, hours(90 * 24));
  EXPECT_EQ(status.leave.value().values, std::vector<std::string>{"cancel"});
  EXPECT_EQ(status.inactive_after, hours(180 * 24));
  EXPECT_EQ(status.loyal.value().purchases, 3);
  EXPECT_EQ(status.loyal.value().within, hours(365 * 24));
}

TEST(CustomerFile, WaitsAndDatesAreReadWhole) {
  const CustomerModel customer = Parse(kWhole);
  ASSERT_EQ(customer.waits.size(), 2U);
  EXPECT_EQ(customer.waits[0].name, "unanswered");
  EXPECT_EQ(customer.waits[0].kind, SignalKind::kNeglected);
  EXPECT_EQ(customer.waits[0].within, hours(48));
  EXPECT_EQ(customer.waits[0].completed, "");
  EXPECT_EQ(customer.waits[1].kind, SignalKind::kLifecycle);
  EXPECT_EQ(customer.waits[1].when.values, std::vector<std::string>{"purchase"});
  EXPECT_EQ(customer.waits[1].until.values, std::vector<std::string>{"login"});
  EXPECT_EQ(customer.waits[1].completed, "onboarding-complete");
  ASSERT_EQ(customer.dates.size(), 2U);
  EXPECT_EQ(customer.dates[0].attribute, "birthday");
  EXPECT_TRUE(customer.dates[0].every_year);
  EXPECT_EQ(customer.dates[0].at, hours(9) + minutes(30));
  EXPECT_EQ(customer.dates[0].before.count(), 0);
  EXPECT_FALSE(customer.dates[1].every_year);
  EXPECT_EQ(customer.dates[1].before, hours(30 * 24));
  EXPECT_EQ(customer.dates[1].at.count(), 0);
}

TEST(CustomerFile, EveryPartMayBeLeftOut) {
  const CustomerModel customer = Parse("customer: least\n");
  EXPECT_FALSE(customer.status);
  EXPECT_FALSE(customer.sessions.length_max);
  EXPECT_TRUE(customer.waits.empty());
  EXPECT_EQ(customer.time_zone, "UTC");
  EXPECT_FALSE(Parse("customer: c\nstatus: {inactive_after: 90d}\n").status->buy);
}

TEST(CustomerFile, TheShippedOneIsGood) {
  const char* source = std::getenv("WAYMARK_SOURCE");
  ASSERT_NE(source, nullptr) << "WAYMARK_SOURCE names the folder of the sources";
  const ModelSet set = LoadModels(std::string(source) + "/config/models");
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  ASSERT_TRUE(set.customer);
  const CustomerModel& customer = *set.customer;
  EXPECT_TRUE(customer.status && customer.status->buy && customer.status->loyal);
  EXPECT_FALSE(customer.waits.empty());
  EXPECT_FALSE(customer.dates.empty());
  EXPECT_TRUE(customer.titles.count("en") && customer.titles.count("de"));
}

}  // namespace
}  // namespace waymark::model
