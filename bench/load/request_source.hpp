// Signed HTTP requests ready to be written: made ahead of the run, on the fly, or repeated.
//
// Making and signing a body costs a few microseconds, which on a small machine the server under
// test would pay for; so the first ones are made before the clock starts.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "bench/load/body_factory.hpp"
#include "bench/load/signer.hpp"

namespace wapi::load {

using SteadyTime = std::chrono::steady_clock::time_point;

/// One POST. `due` is when it should leave: latency counts from there, however late it really left.
struct Request {
    std::string bytes;  ///< head and body
    std::string wamid;
    std::string status;  ///< of a status webhook, else empty
    SteadyTime due;
    bool repeated = false;  ///< was sent before and not answered 200
};

struct RequestTarget {
    std::uint16_t port = 0;
    std::string path = "/api/v1/webhook";
    std::string app_secret;
};

class RequestSource {
  public:
    /// Gives bodies `first` to `first + count` - 1, or without end when `count` is 0.
    RequestSource(BodyMix mix, RequestTarget target, std::uint64_t first, std::uint64_t count);

    /// Makes up to `amount` requests now.
    void prepare(std::uint64_t amount);

    /// The next request; repeated ones come first. Empty when all were given.
    std::optional<Request> next();

    /// Puts back a request that was not acknowledged, to be sent again.
    void repeat(Request request);

    /// Number of requests made so far, repeats not counted.
    [[nodiscard]] std::uint64_t made() const { return next_index_ - first_; }

  private:
    Request make(std::uint64_t index);
    [[nodiscard]] bool exhausted() const { return count_ != 0 && made() >= count_; }

    BodyFactory factory_;
    RequestTarget target_;
    Signer signer_;
    std::uint64_t first_;
    std::uint64_t count_;
    std::uint64_t next_index_;
    std::deque<Request> prepared_;
    std::deque<Request> repeats_;
};

}  // namespace wapi::load
