#include <benchmark/benchmark.h>

#include <cinttypes>
#include <cstdio>
#include <vector>

#include "meter.h"

// What each room on the path of an interaction costs: README.md.
namespace waymark::path {
namespace {

// One line a benchmark, of what an event costs.
class Table final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override {
    std::printf("%-28s %12s %14s %14s\n", "benchmark", kTimeCounter, kAllocationsCounter,
                kBytesCounter);
    return true;
  }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      const auto value = [&](const char* name) { return run.counters.at(name).value; };
      std::printf("%-28s %12.1f %14.2f %14.0f\n", run.run_name.function_name.c_str(),
                  value(kTimeCounter), value(kAllocationsCounter), value(kBytesCounter));
      std::fflush(stdout);
    }
  }
};

}  // namespace
}  // namespace waymark::path

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  waymark::path::Table table;
  benchmark::RunSpecifiedBenchmarks(&table);
  return 0;
}
