// Delivers webhooks as Meta does: batched when several wait, signed, repeated until answered with
// 200.
//
// Every POST is independent: no order is kept, several run at once, retries come at growing
// distances. Faults (duplicates, wrong signatures, reordering) are applied here. Network thread
// only. Source: shared/meta/webhooks.md section 2.
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/rng.hpp"
#include "cloudsim/faults.hpp"
#include "cloudsim/scheduler.hpp"
#include "cloudsim/webhook_render.hpp"
#include "net/http_client.hpp"

namespace wapi::cloudsim {

struct SenderOptions {
    std::string app_secret;
    std::uint64_t seed = 1;
    std::size_t batch_max = 20;               ///< changes in one POST; Meta: at most 1,000
    std::size_t batch_bytes_max = 3'000'000;  ///< of one POST's body; one larger change goes alone
    std::size_t concurrency = 16;             ///< POSTs under way
    std::size_t waiting_max = 1'000'000;      ///< changes and bodies; beyond, new ones are dropped
    std::chrono::milliseconds timeout{10'000};
};

struct SenderStats {
    std::uint64_t posts = 0;      ///< attempts
    std::uint64_t delivered = 0;  ///< POSTs answered 200
    std::uint64_t changes_delivered = 0;
    std::uint64_t failed = 0;   ///< attempts answered otherwise or not at all
    std::uint64_t dropped = 0;  ///< changes without a receiver, or beyond `waiting_max`
    int last_status = 0;        ///< of the newest answer; 0: none came
};

/// How a raw webhook is signed.
enum class Signature { good, bad, missing };

class WebhookSender {
  public:
    WebhookSender(async::Tasks& tasks, net::HttpClient& client, Scheduler& scheduler,
                  const Faults& faults, SenderOptions options);

    /// Queues a change for the receiver; an empty url counts as dropped.
    void enqueue(const std::string& url, Change change);
    /// Posts exact bytes once, without retries. Answers the status, 0 when none came.
    async::Task<int> post_raw(std::string url, std::string body, Signature signature);
    /// Meta's check of a new callback: GET with a challenge. True when it came back.
    async::Task<bool> verify(std::string url, std::string verify_token);
    /// Forgets what waits; what is under way finishes.
    void reset();

    [[nodiscard]] const SenderStats& stats() const { return stats_; }
    /// Changes queued and POSTs under way or waiting for their retry.
    [[nodiscard]] std::size_t waiting() const {
        return pending_.size() + retries_ready_.size() + retries_later_ + in_flight_;
    }

  private:
    struct Pending {
        std::string url;
        Change change;
        std::size_t body_bytes;  ///< at most what the change takes in a body
    };
    struct Delivery {
        std::string url;
        std::string body;
        std::size_t changes = 0;
        std::size_t attempt = 0;
        std::uint64_t generation = 0;
    };
    void pump();
    void launch(Delivery delivery);
    Delivery take_batch();
    async::Task<> post(Delivery delivery);
    void retry_later(Delivery delivery);
    bool chance(double probability);

    async::Tasks& tasks_;
    net::HttpClient& client_;
    Scheduler& scheduler_;
    const Faults& faults_;
    SenderOptions options_;
    SeededRng rng_;
    SenderStats stats_;
    std::uint64_t generation_ = 0;  ///< raised by reset, so that old deliveries are not repeated
    std::size_t in_flight_ = 0;
    std::size_t retries_later_ = 0;
    std::deque<Pending> pending_;
    std::deque<Delivery> retries_ready_;
};

/// When a POST that failed is repeated: 0.2 s after the first attempt, growing to a minute.
std::chrono::milliseconds retry_delay(std::size_t attempt);

}  // namespace wapi::cloudsim
