// Requests for a run: see request_source.hpp.
#include "bench/load/request_source.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace wapi::load {

RequestSource::RequestSource(BodyMix mix, RequestTarget target, std::uint64_t first,
                             std::uint64_t count)
    : factory_(std::move(mix)),
      target_(std::move(target)),
      signer_(target_.app_secret),
      first_(first),
      count_(count),
      next_index_(first) {}

void RequestSource::prepare(std::uint64_t amount) {
    for (std::uint64_t step = 0; step < amount && !exhausted(); ++step) {
        prepared_.push_back(make(next_index_++));
    }
}

std::optional<Request> RequestSource::next() {
    for (std::deque<Request>* queue : {&repeats_, &prepared_}) {
        if (!queue->empty()) {
            Request request = std::move(queue->front());
            queue->pop_front();
            return request;
        }
    }
    if (exhausted()) {
        return std::nullopt;
    }
    return make(next_index_++);
}

void RequestSource::repeat(Request request) {
    request.repeated = true;
    repeats_.push_back(std::move(request));
}

Request RequestSource::make(std::uint64_t index) {
    Body body = factory_.make(index);
    Request request;
    request.bytes = fmt::format(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUser-Agent: facebookexternalua\r\n"
        "Accept: */*\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
        "X-Hub-Signature-256: {}\r\n\r\n",
        target_.path, target_.port, body.json.size(), signer_.sign(body.json));
    request.bytes += body.json;
    request.wamid = std::move(body.wamid);
    request.status = std::move(body.status);
    return request;
}

}  // namespace wapi::load
