#pragma once

#include "model/customer_model.h"
#include "model/yaml_reader.h"

namespace waymark::model {

// True for a file that describes the customer instead of a journey.
bool IsCustomerFile(const YamlNode& root);

// Reads a customer file; where faults were added, what comes back must not be used.
CustomerModel ParseCustomer(const YamlNode& root, YamlReader& reader);

}  // namespace waymark::model
