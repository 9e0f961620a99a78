#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <tuple>
#include <utility>

#include "model/extends.h"
#include "model/journey_model.h"
#include "model/model_files.h"
#include "model/model_parser.h"
#include "model/yaml_tree.h"

namespace waymark::model {
namespace {

namespace fs = std::filesystem;

bool IsModelFile(const std::string& name) {
  const bool yaml = name.ends_with(".yaml") || name.ends_with(".yml");
  return yaml && !name.ends_with(".test.yaml") && !name.ends_with(".test.yml");
}

Fault Unreadable(const std::string& path, const std::error_code& error) {
  return {path, {}, "can't be read: " + error.message(), "see its name and who may read it"};
}

std::vector<std::string> FindFiles(const std::string& folder, std::vector<Fault>& faults) {
  std::vector<std::string> files;
  std::error_code error;
  if (fs::is_regular_file(folder, error)) return {folder};
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    if (!IsModelFile(at->path().filename().string())) continue;
    std::error_code ignored;  // What is no file any more is not read.
    if (at->is_regular_file(ignored)) {
      files.push_back(at->path().string());
    } else if (at->exists(ignored)) {
      faults.push_back({at->path().string(), {}, "has the name of a model, but is no file",
                        "folders of models are named without '.yaml'"});
    }
  }
  if (error) faults.push_back(Unreadable(folder, error));
  std::sort(files.begin(), files.end());
  if (files.empty() && !error && faults.empty()) {
    faults.push_back({folder, {}, "no model in this folder",
                      "models are files named *.yaml; subfolders are named by themselves"});
  }
  return files;
}

// One byte over the bound is enough for the parser to refuse the file.
std::string ReadBounded(const std::string& path, std::vector<Fault>& faults) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kYamlBytesMax + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) {
    faults.push_back(Unreadable(path, std::make_error_code(std::errc::io_error)));
    return {};
  }
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

// A deployment has one customer file, or none.
void TakeCustomer(std::optional<CustomerModel> found, ModelSet& set) {
  if (!found) return;
  if (!set.customer) {
    set.customer = std::move(found);
    return;
  }
  set.faults.push_back({found->file, found->place,
                        "a customer file is there already: " + set.customer->file + ":" +
                            std::to_string(set.customer->place.line),
                        "keep one of the two"});
}

void ReadInto(const std::string& path, std::vector<ModelSource>& sources,
              std::vector<Fault>& faults) {
  const size_t faults_before = faults.size();
  const std::string text = ReadBounded(path, faults);
  if (faults.size() != faults_before) return;
  sources.push_back(ReadSource(text, path));
}

}  // namespace

std::vector<ModelSource> ReadSources(std::span<const std::string> paths,
                                     std::vector<Fault>& faults) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::vector<std::string> found = FindFiles(path, faults);
    std::move(found.begin(), found.end(), std::back_inserter(files));
  }
  std::vector<ModelSource> sources;
  for (const std::string& path : files) ReadInto(path, sources, faults);
  ResolveExtends(sources);
  return sources;
}

void SortFaults(std::vector<Fault>& faults) {
  const auto key = [](const Fault& fault) {
    return std::tie(fault.file, fault.place.line, fault.place.column, fault.message);
  };
  std::ranges::stable_sort(faults, [&](const Fault& a, const Fault& b) {
    return std::tie(a.file, a.place.line, a.place.column) <
           std::tie(b.file, b.place.line, b.place.column);
  });
  const auto again = std::ranges::unique(
      faults, [&](const Fault& a, const Fault& b) { return key(a) == key(b); });
  faults.erase(again.begin(), again.end());
}

void AddTo(ModelSet& set, ModelSet one) {
  std::move(one.models.begin(), one.models.end(), std::back_inserter(set.models));
  TakeCustomer(std::move(one.customer), set);
  std::move(one.faults.begin(), one.faults.end(), std::back_inserter(set.faults));
}

ModelSet LoadModels(const std::string& path) { return LoadModels({&path, 1}); }

ModelSet LoadModels(std::span<const std::string> paths) {
  ModelSet set;
  for (const ModelSource& source : ReadSources(paths, set.faults)) AddTo(set, ParseSource(source));
  std::vector<Fault> between = CheckModels(set.models);
  std::move(between.begin(), between.end(), std::back_inserter(set.faults));
  SortFaults(set.faults);
  return set;
}

}  // namespace waymark::model
