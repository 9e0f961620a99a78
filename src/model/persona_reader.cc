#include "model/persona_reader.h"

#include <set>
#include <utility>

namespace waymark::model {
namespace {

std::string TextOf(const YamlNode* node, YamlReader& yaml) {
  return node == nullptr ? std::string() : yaml.ReadText(*node);
}

PersonaNeed ReadNeed(const YamlNode& node, const StageNames& names, YamlReader& yaml) {
  PersonaNeed need;
  YamlMap map(node, yaml);
  if (const YamlNode* at = map.Require("at", "a need")) {
    const auto parts = ReadStageParts(*at, names, yaml);
    if (parts.size() == 1) {
      need.at = parts[0];
    } else if (at->IsList()) {
      yaml.AddFault(at->place, "'at' names one place", "write one need for each place");
    }
  }
  need.need = TextOf(map.Take("need"), yaml);
  if (const YamlNode* expects = map.Take("expects")) {
    YamlMap of(*expects, yaml);
    need.expects_of_brand = TextOf(of.Take("brand"), yaml);
    need.expects_of_product = TextOf(of.Take("product"), yaml);
    need.expects_of_service = TextOf(of.Take("service"), yaml);
    of.RefuseRest();
  }
  if (const YamlNode* requires_ = map.Take("requires")) {
    need.requirements = yaml.ReadTexts(*requires_);
  }
  map.RefuseRest();
  return need;
}

}  // namespace

std::vector<Persona> ReadPersonas(const YamlNode& node, const StageNames& names,
                                  YamlReader& reader) {
  std::vector<Persona> personas;
  if (!reader.ExpectList(node)) return personas;
  std::set<std::string, std::less<>> seen;
  for (const YamlNode& item : node.children) {
    YamlMap map(item, reader);
    Persona& persona = personas.emplace_back();
    persona.place = item.place;
    if (const YamlNode* name = map.Require("name", "a persona")) {
      persona.name = reader.ReadName(*name);
      if (!persona.name.empty() && !seen.insert(persona.name).second) {
        reader.AddFault(name->place, "persona '" + persona.name + "' stands twice",
                        "give each a name of its own");
      }
    }
    if (const YamlNode* title = map.Take("title")) persona.titles = ReadTitles(*title, reader);
    persona.target_group = TextOf(map.Take("target_group"), reader);
    persona.description = TextOf(map.Take("description"), reader);
    if (const YamlNode* needs = map.Take("needs"); needs != nullptr && reader.ExpectList(*needs)) {
      for (const YamlNode& need : needs->children) {
        persona.needs.push_back(ReadNeed(need, names, reader));
      }
    }
    map.RefuseRest();
  }
  return personas;
}

}  // namespace waymark::model
