// Measures how timelines, snapshots and restores are best laid out in RocksDB when the steps topic
// is the log and the store is only a view of it. See README.md for what each row means.
//
// Usage: state_layout [steps] [working directory] [results file]

#include <sys/sysinfo.h>

#include <fstream>

#include "report.h"
#include "snapshots.h"
#include "timelines.h"

namespace waymark::bench {
namespace {

// Returns the digest of all steps in the order of their keys, which every layout must reproduce.
Digest MeasureExternalSort(const Workload& workload, const std::string& folder, Report* report) {
  std::filesystem::create_directories(folder);
  const auto steps = double(workload.steps().size());
  ExternalSort sort(folder + "/spill", kSortBytes);
  std::string key;
  Digest digest;
  const Meter meter;
  for (size_t i = 0; i < workload.steps().size(); ++i) {
    workload.MakeKey(i, &key);
    sort.Add(key, workload.value(workload.steps()[i]));
  }
  const double spilled = meter.thread();
  sort.Merge([&digest](std::string_view, std::string_view value) { digest.Add(value); });
  report->Head("## 4 Own external sort of the same steps, 64 MiB of memory",
               {"runs", "CPU µs/step", "sort and spill", "merge", "wall s", "spilled B/step"});
  report->Row({std::to_string(sort.run_count()), Number(meter.thread() * 1e6 / steps, 2),
               Number(spilled * 1e6 / steps, 2),
               Number((meter.thread() - spilled) * 1e6 / steps, 2), Number(meter.wall(), 1),
               Number(double(sort.spilled_bytes()) / steps, 0)});
  return digest;
}

std::string CpuModel() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  }
  return "unknown CPU";
}

void DescribeRun(const Workload& workload, Report* report) {
  struct sysinfo machine {};
  sysinfo(&machine);
  const double memory = double(machine.totalram) * machine.mem_unit / double(1 << 30);
  report->Line("# Results of the state layout benchmark\n");
  report->Line("Machine: " + std::to_string(std::thread::hardware_concurrency()) + " cores of " +
               CpuModel() + ", " + Number(memory, 0) + " GiB of memory; RocksDB " +
               std::to_string(ROCKSDB_MAJOR) + "." + std::to_string(ROCKSDB_MINOR) + "." +
               std::to_string(ROCKSDB_PATCH) + ".\n");
  report->Line(std::to_string(workload.steps().size()) + " steps of " +
               Number(workload.value_bytes_mean(), 0) + " B (with key " +
               Number(double(workload.logical_bytes()) / double(workload.steps().size()), 0) +
               " B), " + std::to_string(kProfiles) + " profiles by Zipf " + Number(kSkew, 1) +
               "; the median profile has " + std::to_string(workload.median_count()) +
               " steps, the busiest " + std::to_string(workload.count(workload.busiest())) + ".");
}

void Run(size_t step_count, const std::string& folder, const std::string& results) {
  const Workload workload(step_count);
  Report report;
  DescribeRun(workload, &report);
  Report sorted;
  const Digest expected = MeasureExternalSort(workload, folder, &sorted);
  MeasureTimelines(workload, expected, folder, &report);
  MeasureSnapshots(workload, folder, &report);
  MeasureRestores(workload, folder, &report);
  report.Append(sorted);
  report.Write(results);
}

}  // namespace
}  // namespace waymark::bench

int main(int argc, char** argv) {
  const size_t step_count = argc > 1 ? std::stoul(argv[1]) : 2'000'000;
  const std::string folder = argc > 2 ? argv[2] : "state_layout.work";
  const std::string results = argc > 3 ? argv[3] : "RESULTS.md";
  waymark::bench::Run(step_count, folder, results);
  return 0;
}
