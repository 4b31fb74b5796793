// The HTTP client's thread: a libcurl multi handle, a queue in front of it, and finished transfers
// handed back to the network thread in batches.
//
// At most in_flight_max requests are with libcurl, waiting_max in the queue; more fail at once,
// unsent.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <mutex>
#include <thread>

#include "net/curl_transfer.hpp"
#include "net/http_client.hpp"

namespace wapi::net {
namespace asio = boost::asio;

namespace {

constexpr std::size_t in_flight_max = 256;
constexpr std::size_t waiting_max = 10'000;
constexpr int poll_limit_ms = 1'000;

/// Finished transfers on their way to the network thread. Each is in the frame of the task that
/// waits for it and owns that task through `done`: when the network thread runs no more, dropping
/// `done` frees both.
class HandBack {
  public:
    explicit HandBack(std::vector<CurlTransfer*> transfers) : transfers_(std::move(transfers)) {}
    HandBack(HandBack&&) = default;
    HandBack& operator=(HandBack&&) = delete;
    ~HandBack() {
        for (CurlTransfer* transfer : transfers_) {
            (void)std::exchange(transfer->done, nullptr);
        }
    }
    void operator()() {
        for (CurlTransfer* transfer : std::exchange(transfers_, {})) {
            std::exchange(transfer->done, nullptr)();
        }
    }

  private:
    std::vector<CurlTransfer*> transfers_;  // empty once moved from
};

class CurlClient final : public HttpClient {
  public:
    explicit CurlClient(asio::io_context& io);
    ~CurlClient() override;
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;

    async::Task<std::expected<IncomingAnswer, ClientFailure>> fetch(
        OutgoingRequest request) override;

  private:
    void submit(CurlTransfer* transfer);
    void run();
    void start_waiting();
    void start(CurlTransfer* transfer);
    void collect_finished();
    void hand_back();
    CURL* take_handle();

    asio::io_context& io_;
    CURLM* multi_;
    std::mutex mutex_;
    std::deque<CurlTransfer*> waiting_;  // guarded by mutex_, as is stopping_
    bool stopping_ = false;
    // From here on the client's thread only.
    std::vector<CURL*> idle_handles_;
    std::vector<CURL*> busy_handles_;
    std::vector<CurlTransfer*> finished_;
    std::thread thread_;
};

CurlClient::CurlClient(asio::io_context& io) : io_(io) {
    static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_ = global == CURLE_OK ? curl_multi_init() : nullptr;
    if (multi_ == nullptr) {
        throw std::runtime_error("libcurl does not start");
    }
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(in_flight_max));
    thread_ = std::thread([this] { run(); });
}

CurlClient::~CurlClient() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    for (CURL* easy : idle_handles_) {
        curl_easy_cleanup(easy);
    }
    curl_multi_cleanup(multi_);
}

async::Task<std::expected<IncomingAnswer, ClientFailure>> CurlClient::fetch(
    OutgoingRequest request) {
    CurlTransfer transfer(std::move(request));
    auto begin = [this, &transfer](auto completion) {
        // The guard keeps the io_context running while the request is on the other thread.
        transfer.done = [done = std::move(completion),
                         guard = asio::make_work_guard(io_)]() mutable { std::move(done)(); };
        submit(&transfer);
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(begin,
                                                                         asio::use_awaitable);
    co_return std::move(transfer.outcome);
}

void CurlClient::submit(CurlTransfer* transfer) {
    {
        const std::lock_guard lock(mutex_);
        if (!stopping_ && waiting_.size() < waiting_max) {
            waiting_.push_back(transfer);
            transfer = nullptr;
        }
    }
    if (transfer == nullptr) {
        curl_multi_wakeup(multi_);
        return;
    }
    transfer->give_up("too many requests are waiting");
    asio::post(io_, HandBack({transfer}));
}

void CurlClient::run() {
    for (;;) {
        start_waiting();
        int running = 0;
        curl_multi_perform(multi_, &running);
        collect_finished();
        hand_back();
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) {
                break;
            }
            if (!waiting_.empty() && busy_handles_.size() < in_flight_max) {
                continue;
            }
        }
        curl_multi_poll(multi_, nullptr, 0, poll_limit_ms, nullptr);
    }
    while (!busy_handles_.empty()) {  // what is under way may have arrived: uncertain
        CURL* easy = busy_handles_.back();
        busy_handles_.pop_back();
        CurlTransfer* transfer = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
        curl_multi_remove_handle(multi_, easy);
        curl_easy_cleanup(easy);
        transfer->outcome = std::unexpected(
            ClientFailure{Delivery::uncertain, "the program stopped before the answer"});
        finished_.push_back(transfer);
    }
    for (CurlTransfer* transfer : waiting_) {
        transfer->give_up("the program stopped");
        finished_.push_back(transfer);
    }
    hand_back();
}

void CurlClient::start_waiting() {
    while (busy_handles_.size() < in_flight_max) {
        CurlTransfer* transfer = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.empty() || stopping_) {
                return;
            }
            transfer = waiting_.front();
            waiting_.pop_front();
        }
        start(transfer);
    }
}

CURL* CurlClient::take_handle() {
    if (idle_handles_.empty()) {
        return curl_easy_init();
    }
    CURL* easy = idle_handles_.back();
    idle_handles_.pop_back();
    return easy;
}

void CurlClient::start(CurlTransfer* transfer) {
    CURL* easy = transfer->waited_too_long() ? nullptr : take_handle();
    if (easy == nullptr) {
        transfer->give_up("the request waited too long for its turn");
        finished_.push_back(transfer);
        return;
    }
    transfer->prepare(easy);
    busy_handles_.push_back(easy);
    curl_multi_add_handle(multi_, easy);
}

void CurlClient::collect_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        CURL* easy = message->easy_handle;
        const CURLcode code = message->data.result;
        CurlTransfer* transfer = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
        curl_multi_remove_handle(multi_, easy);
        transfer->finish(easy, code);
        finished_.push_back(transfer);
        std::erase(busy_handles_, easy);
        curl_easy_reset(easy);  // keeps its caches, drops every pointer to the transfer
        idle_handles_.push_back(easy);
    }
}

void CurlClient::hand_back() {
    if (finished_.empty()) {
        return;
    }
    asio::post(io_, HandBack(std::exchange(finished_, {})));
}

}  // namespace

std::unique_ptr<HttpClient> make_curl_client(asio::io_context& io) {
    return std::make_unique<CurlClient>(io);
}

}  // namespace wapi::net
