#include <cstdio>
#include <map>
#include <string>

#include "commands.h"

namespace waymark::peers {
namespace {

constexpr const char* kUsage = R"(usage: peers_tool COMMAND brokers=HOST:PORT NAME=VALUE…

  create    topics=A,B [partitions=4]
  delete    topics=A,B
  list
  generate  topic= interactions= [customers= shape=zipf|uniform|bursts|rounds duplicates= disorder=
            seed= after_hours=] fills an input topic; its time begins in 2024, so many hours later
  expect    topic= [order=time] [rows=FILE]
                                what the output of this input must be; order=time: of the input
                                sorted by time, not as it lies in the topic
  check     topic= [order=time] [count=only] [rows=FILE]
                                what an output topic holds; order=time: of each step its highest
                                revision, sorted by time
  await     topic= count= [from=end|beginning] [seconds=]
                                when the first and the last of so many committed records came;
                                writes a line to stderr once it listens
  probe     in= out= rate= [warm= seconds= customers=]
                                how long interactions sent at this rate take to be seen
  sample    topic= state_topic= file= state_file= [records=]
                                bytes of real steps and snapshots, for the ceilings

Rows of expect and check are lines of text that can be sorted and compared.
)";

using Command = void (*)(Options&);
const std::map<std::string, Command> kCommands = {
    {"create", CreateTopics}, {"delete", DeleteTopics}, {"list", ListTopics},
    {"generate", Generate},   {"expect", Expect},       {"check", Check},
    {"await", Await},         {"probe", Probe},         {"sample", Sample}};

}  // namespace

int Run(int count, char** arguments) {
  const auto found = count < 2 ? kCommands.end() : kCommands.find(arguments[1]);
  if (found == kCommands.end()) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  Options options(count, arguments, 2);
  found->second(options);
  return 0;
}

}  // namespace waymark::peers

int main(int count, char** arguments) {
  return waymark::peers::Run(count, arguments);
}
