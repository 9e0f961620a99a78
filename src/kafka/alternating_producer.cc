#include "kafka/alternating_producer.h"

#include <future>
#include <utility>

namespace waymark::kafka {

base::Result<std::unique_ptr<stream::TransactionalProducer>> AlternatingProducer::Make(
    const ClientSettings& settings, const metrics::Metrics* metrics) {
  WAYMARK_ASSIGN_OR_RETURN(auto first, kafka::TransactionalProducer::Make(settings, metrics));
  ClientSettings other = settings;
  other.transactional_id += kSecondSuffix;
  WAYMARK_ASSIGN_OR_RETURN(auto second, kafka::TransactionalProducer::Make(other, metrics));
  return std::unique_ptr<stream::TransactionalProducer>(
      new AlternatingProducer(std::move(first), std::move(second)));
}

base::Status AlternatingProducer::Init(base::Millis timeout) {
  auto second = std::async(std::launch::async, [&] { return second_->Init(timeout); });
  const base::Status status = first_->Init(timeout);
  const base::Status other = second.get();
  return status.ok() ? other : status;
}

base::Status AlternatingProducer::Begin() {
  current_ = current_ == first_.get() ? second_.get() : first_.get();
  return current_->Begin();
}

}  // namespace waymark::kafka
