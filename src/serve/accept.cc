#include "serve/accept.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

namespace waymark::serve {
namespace {

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The part before the separator; it and the separator are taken away.
std::string_view Cut(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return Trimmed(part);
}

double WeightOf(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view one = Cut(parameters, ';');
    if (one.starts_with("q=")) return std::atof(std::string(one.substr(2)).c_str());
  }
  return 1;
}

// How much a form is wanted, by the most exact range that it falls under; 0: not at all.
class Wish {
 public:
  void Take(int exactness, double weight) {
    if (exactness < exactness_) return;
    exactness_ = exactness;
    weight_ = weight;
  }
  double weight() const { return weight_; }

 private:
  int exactness_ = 0;
  double weight_ = 0;
};

}  // namespace

std::optional<Form> FormAskedFor(const Request& request) {
  const auto header = request.headers.find("accept");
  if (header == request.headers.end() || Trimmed(header->second).empty()) return Form::kJson;
  Wish json;
  Wish protobuf;
  for (std::string_view left = header->second; !left.empty();) {
    std::string_view one = Cut(left, ',');
    const std::string_view type = Cut(one, ';');
    const double weight = WeightOf(one);
    if (type == "*/*" || type == "application/*") {
      const int exactness = type == "*/*" ? 1 : 2;
      json.Take(exactness, weight);
      protobuf.Take(exactness, weight);
    } else if (type == kJsonType) {
      json.Take(3, weight);
    } else if (type == kProtobufType || type == "application/protobuf") {
      protobuf.Take(3, weight);
    }
  }
  if (json.weight() <= 0 && protobuf.weight() <= 0) return std::nullopt;
  return protobuf.weight() > json.weight() ? Form::kProtobuf : Form::kJson;
}

Response NotAcceptable(bool has_protobuf) {
  return ErrorResponse(406, "this can't be had in the form that Accept asks for",
                       std::string("it is given as ") + std::string(kJsonType) +
                           (has_protobuf ? " or " + std::string(kProtobufType) : "") +
                           "; GET /api/v1/openapi.json tells the forms of each route");
}

Handler JsonOnly(Handler handler) {
  return [handler = std::move(handler)](const Request& request) {
    const auto form = FormAskedFor(request);
    return form == Form::kJson ? handler(request) : NotAcceptable(false);
  };
}

}  // namespace waymark::serve
