// Batching, posting and repeating. See webhook_sender.hpp.
#include "cloudsim/webhook_sender.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cloudsim/ascii_json.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::array retry_delays_ms = {200, 500, 1000, 2000, 5000, 10'000, 20'000, 30'000, 60'000};
constexpr std::uint64_t challenge_base = 1'000'000'000;
constexpr std::size_t envelope_bytes = 128;  // above what stands around the entries, and a change

// An entry of its own for each change, which is more than the envelope takes.
std::size_t measure_change(const Change& change) {
    return render_ascii(change.value).size() + change.waba_id.size() + change.field.size() +
           envelope_bytes;
}

// Turns a good signature into a wrong one of the same form.
void spoil_signature(std::vector<std::pair<std::string, std::string>>& headers) {
    for (auto& [name, value] : headers) {
        if (name == "X-Hub-Signature-256") {
            value.back() = value.back() == '0' ? '1' : '0';
        }
    }
}

}  // namespace

std::chrono::milliseconds retry_delay(std::size_t attempt) {
    const std::size_t index = std::min(attempt, retry_delays_ms.size()) - (attempt == 0 ? 0 : 1);
    return std::chrono::milliseconds(retry_delays_ms.at(index));
}

WebhookSender::WebhookSender(async::Tasks& tasks, net::HttpClient& client, Scheduler& scheduler,
                             const Faults& faults, SenderOptions options)
    : tasks_(tasks),
      client_(client),
      scheduler_(scheduler),
      faults_(faults),
      options_(std::move(options)),
      rng_(options_.seed) {}

bool WebhookSender::chance(double probability) {
    if (probability <= 0) {
        return false;
    }
    return static_cast<double>(rng_.next_u64() % 1'000'000) < probability * 1'000'000;
}

void WebhookSender::enqueue(const std::string& url, Change change) {
    if (url.empty() || waiting() >= options_.waiting_max) {
        ++stats_.dropped;
        return;
    }
    const std::size_t body_bytes = measure_change(change);
    pending_.push_back({url, std::move(change), body_bytes});
    pump();
}

void WebhookSender::pump() {
    while (!tasks_.stopping() && in_flight_ < options_.concurrency) {
        if (!retries_ready_.empty()) {
            Delivery delivery = std::move(retries_ready_.front());
            retries_ready_.pop_front();
            launch(std::move(delivery));
        } else if (!pending_.empty()) {
            Delivery delivery = take_batch();
            if (chance(faults_.duplicate_rate)) {
                launch(delivery);
            }
            launch(std::move(delivery));
        } else {
            return;
        }
    }
}

WebhookSender::Delivery WebhookSender::take_batch() {
    if (faults_.reorder && pending_.size() > 1) {
        std::swap(pending_.front(), pending_[rng_.next_u64() % pending_.size()]);
    }
    Delivery delivery;
    delivery.url = pending_.front().url;
    delivery.generation = generation_;
    std::vector<Change> changes;
    std::size_t body_bytes = envelope_bytes;
    while (!pending_.empty() && changes.size() < options_.batch_max &&
           pending_.front().url == delivery.url) {
        body_bytes += pending_.front().body_bytes;
        if (!changes.empty() && body_bytes > options_.batch_bytes_max) {
            break;
        }
        changes.push_back(std::move(pending_.front().change));
        pending_.pop_front();
    }
    delivery.changes = changes.size();
    delivery.body = render_ascii(render_envelope(std::move(changes)));
    return delivery;
}

void WebhookSender::launch(Delivery delivery) {
    ++in_flight_;
    tasks_.spawn("cloudsim.webhook", post(std::move(delivery)));
}

async::Task<> WebhookSender::post(Delivery delivery) {
    net::OutgoingRequest request;
    request.method = "POST";
    request.url = delivery.url;
    request.body = delivery.body;
    request.timeout = options_.timeout;
    request.headers = render_headers(options_.app_secret, delivery.body);
    if (delivery.attempt == 0 && chance(faults_.bad_signature_rate)) {
        spoil_signature(request.headers);
    }
    ++stats_.posts;
    ++delivery.attempt;
    const auto answer = co_await client_.fetch(std::move(request));
    --in_flight_;
    stats_.last_status = answer ? answer->status : 0;
    if (answer && answer->status == 200) {
        ++stats_.delivered;
        stats_.changes_delivered += delivery.changes;
    } else {
        ++stats_.failed;
        retry_later(std::move(delivery));
    }
    pump();
}

void WebhookSender::retry_later(Delivery delivery) {
    if (delivery.generation != generation_ || tasks_.stopping()) {
        return;
    }
    ++retries_later_;
    const auto delay = retry_delay(delivery.attempt);
    scheduler_.after(delay, [this, delivery = std::move(delivery)] {
        if (delivery.generation != generation_) {
            return;
        }
        --retries_later_;
        retries_ready_.push_back(delivery);
        pump();
    });
}

async::Task<int> WebhookSender::post_raw(std::string url, std::string body, Signature signature) {
    net::OutgoingRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.timeout = options_.timeout;
    request.headers = render_headers(options_.app_secret, body);
    if (signature == Signature::bad) {
        spoil_signature(request.headers);
    }
    if (signature == Signature::missing) {
        std::erase_if(request.headers,
                      [](const auto& header) { return header.first.starts_with("X-Hub-"); });
    }
    request.body = std::move(body);
    ++stats_.posts;
    const auto answer = co_await client_.fetch(std::move(request));
    co_return answer ? answer->status : 0;
}

async::Task<bool> WebhookSender::verify(std::string url, std::string verify_token) {
    const std::string challenge = std::to_string(challenge_base + rng_.next_u64() % challenge_base);
    net::OutgoingRequest request;
    const char separator = url.find('?') == std::string::npos ? '?' : '&';
    request.url = fmt::format("{}{}hub.mode=subscribe&hub.challenge={}&hub.verify_token={}", url,
                              separator, challenge, verify_token);
    request.timeout = options_.timeout;
    request.headers = {{"User-Agent", "facebookplatform/1.0 (+http://developers.facebook.com)"}};
    const auto answer = co_await client_.fetch(std::move(request));
    co_return answer && answer->status == 200 && answer->body == challenge;
}

void WebhookSender::reset() {
    ++generation_;
    pending_.clear();
    retries_ready_.clear();
    retries_later_ = 0;
    stats_ = SenderStats{};
    rng_ = SeededRng(options_.seed);
}

}  // namespace wapi::cloudsim
