#pragma once

#include "options.h"

// The commands of peers_tool; main.cc tells what each takes. Results go to stdout as JSON.
namespace waymark::peers {

void CreateTopics(Options& options);
void DeleteTopics(Options& options);
void ListTopics(Options& options);
void Generate(Options& options);
void Expect(Options& options);
void Check(Options& options);
void Await(Options& options);
void Probe(Options& options);
void Sample(Options& options);

}  // namespace waymark::peers
