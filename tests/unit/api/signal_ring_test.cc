#include "api/signal_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::api {
namespace {

using base::Offset;

constexpr size_t kEntry = sizeof(SignalRing::Entry) + 100;
const std::string kValue(100, 'x');

TEST(SignalRing, KnowsWhatItHolds) {
  SignalRing ring(kEntry * 10);
  ring.Restart({Offset(5), Offset(0)});
  ring.Add(0, Offset(5), kValue);
  ring.Add(1, Offset(3), kValue);
  ring.PassTo({Offset(7), Offset(1)});
  EXPECT_EQ(ring.next() - ring.first(), 2U);
  EXPECT_EQ(ring.at(ring.first() + 1).partition, 1);
  EXPECT_EQ(ring.begin(), (StreamPosition{Offset(5), Offset(0)}));
  EXPECT_EQ(ring.end(), (StreamPosition{Offset(7), Offset(4)}));
}

TEST(SignalRing, TheOldestGiveWay) {
  SignalRing ring(kEntry * 3);
  ring.Restart({Offset(0), Offset(0)});
  for (int i = 0; i < 4; ++i) ring.Add(i % 2, Offset(10 + i), kValue);
  EXPECT_EQ(ring.first(), 1U);
  EXPECT_EQ(ring.at(1).offset, Offset(11));
  EXPECT_EQ(ring.begin(), (StreamPosition{Offset(11), Offset(0)}));
  // One that is too large is the only one.
  ring.Add(0, Offset(20), std::string(kEntry * 4, 'y'));
  EXPECT_EQ(ring.next() - ring.first(), 1U);
  EXPECT_EQ(ring.begin(), (StreamPosition{Offset(13), Offset(14)}));
}

TEST(SignalRing, NumbersGoOnAfterARestart) {
  SignalRing ring(kEntry * 3);
  ring.Restart({Offset(0)});
  ring.Add(0, Offset(0), kValue);
  ring.Restart({Offset(9)});
  EXPECT_EQ(ring.first(), 1U);
  EXPECT_EQ(ring.next(), 1U);
  EXPECT_EQ(ring.begin(), ring.end());
}

}  // namespace
}  // namespace waymark::api
