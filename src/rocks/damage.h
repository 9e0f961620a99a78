#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace waymark::rocks {

// Damaged state folders. A folder is only a view of topics: what is damaged is emptied and rebuilt,
// but not under the feet of those who work on it. So whoever meets damage leaves a note in the
// folder, and the next start finds it.

// Writes the note, unless there is one; a fault to do so is logged.
void NoteDamage(const std::string& folder, std::string_view what);

// To be called once nothing is left of what was damaged.
void ForgetDamage(const std::string& folder);

// What is known to be wrong with the folder: the note, or tables that nothing leads to any more.
// Nothing where the folder looks sound or is not there.
std::optional<std::string> FindDamage(const std::string& folder);

// Removes every file of the store, and the note; other files stay. Fails where a process has the
// folder open.
base::Status EmptyFolder(const std::string& folder);

}  // namespace waymark::rocks
