#include "journey/migration.h"

#include <algorithm>

namespace waymark::journey {
namespace {

using base::Timestamp;

bool IsDoneIn(const Migration& migration, const Migrations& migrations) {
  return std::find(migrations.begin(), migrations.end(), migration) != migrations.end();
}

// The least start of a migration that is done in the one and not in the other.
Timestamp FirstOnlyIn(const Migrations& one, const Migrations& other) {
  Timestamp first = Timestamp::max();
  for (const Migration& migration : one) {
    if (migration.wanted || IsDoneIn(migration, other)) continue;
    first = std::min(first, migration.since);
  }
  return first;
}

}  // namespace

bool HasWanted(const Migrations& migrations) {
  return std::any_of(migrations.begin(), migrations.end(),
                     [](const Migration& migration) { return migration.wanted; });
}

// An interaction at the very time comes before what takes effect then.
bool Decides(const Migrations& migrations, Timestamp time) {
  return std::any_of(migrations.begin(), migrations.end(), [&](const Migration& migration) {
    return !migration.wanted && migration.takes_effect() >= time;
  });
}

Migrations Standing(const Migrations& migrations, Timestamp changed_from) {
  Migrations standing;
  for (const Migration& migration : migrations) {
    if (migration.wanted || migration.takes_effect() >= changed_from) continue;
    standing.push_back(migration);
  }
  return standing;
}

Migrations WithFirstWanted(const Migrations& migrations) {
  Timestamp first = Timestamp::max();
  for (const Migration& migration : migrations) {
    if (migration.wanted) first = std::min(first, migration.takes_effect());
  }
  Migrations next;
  for (const Migration& migration : migrations) {
    if (migration.takes_effect() > first) continue;
    next.push_back(migration);
    next.back().wanted = false;
  }
  return next;
}

Migrations DoneAndWanted(const Migrations& profile, const Migrations& there) {
  Migrations both;
  for (const Migration& migration : profile) {
    if (!migration.wanted) both.push_back(migration);
  }
  for (const Migration& migration : there) {
    if (migration.wanted) both.push_back(migration);
  }
  return both;
}

Timestamp FirstDifference(const Migrations& before, const Migrations& after) {
  return std::min(FirstOnlyIn(before, after), FirstOnlyIn(after, before));
}

}  // namespace waymark::journey
