#include "stream/admin.h"
#include "stream/consumer.h"
#include "stream/producer.h"
