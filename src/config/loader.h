#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "config/declaration.h"
#include "config/load.h"
#include "config/value.h"

namespace waymark::config {

// Works through the sources of one Load(); called in rising priority.
class Loader {
 public:
  Loader(const Sources& sources, std::span<const Declaration> declarations);

  void TakeFile();
  void TakeEnvironment();
  void TakeCommandLine();
  Configuration Finish();

 private:
  // Stores what was given for `key`, a setting or something passed through.
  void Take(const std::string& key, Given given, const Origin& origin);
  // A key of the file that nothing follows: fine for a section, a fault for a setting.
  void TakeEmpty(const std::string& key, const Origin& origin);
  void TakeSetting(const Declaration& declaration, Given given, const Origin& origin);
  void TakePassThrough(const std::string& key, Given given, const Origin& origin);
  // False (and a fault) where the reference of a secret leads nowhere.
  bool Resolve(const std::string& key, std::string& text, const Origin& origin);
  bool InterpolateAll(const std::string& key, Given& given, const Origin& origin);
  void WarnOfVariable(const std::string& name);
  void CheckTogether();
  void CheckPresent();
  void Complain(const Origin& origin, std::string message, std::string hint);
  void ComplainUnknown(const std::string& key, const Origin& origin);
  const Declaration* Find(std::string_view name) const;
  const Origin& OriginOf(std::string_view name) const;
  std::vector<EffectiveValue> Effective() const;

  const Sources& sources_;
  std::span<const Declaration> declarations_;
  Configuration out_;
  std::map<std::string, Origin, std::less<>> origins_;  // by name, where it is not the default
  std::set<std::string, std::less<>> faulty_;
};

// Whether a name of a library's setting tells that its value is a secret.
bool IsSecretName(std::string_view key);

}  // namespace waymark::config
