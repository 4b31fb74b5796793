// Searching raw webhooks in steps: bodies are read on a reader's snapshot, those that hold a trace
// are rewritten in short transactions, and each step says how far it came.
#include "features/privacy/privacy_search.hpp"

#include "base/log.hpp"
#include "db/overwrite.hpp"
#include "features/privacy/privacy_traces.hpp"
#include "features/vault/vault.hpp"

namespace wapi::privacy {
namespace {

constexpr std::string_view purpose = "erasure-traces";
constexpr std::chrono::seconds poll{30};
constexpr std::size_t open_max = 100;

/// What is to be searched for; nothing when the workspace's key does not open it.
std::optional<webhook_events::Traces> open_traces(db::WorkspaceTxn& txn, const store::Open& open) {
    const Result<SecretString> key = vault::find_purpose_key(txn, purpose);
    const auto text = key ? vault::open_text(*key, open.id, open.search.traces) : std::nullopt;
    return text ? parse_traces(text->reveal()) : std::nullopt;
}

std::int64_t redact_matches(db::WorkspaceTxn& txn, const store::Open& open,
                            const webhook_events::Traces& traces,
                            const webhook_events::RedactStep& step) {
    const db::OverwriteDeleted overwrite(txn.txn());
    std::int64_t redacted = 0;
    for (const EventId id : step.matches) {
        redacted += webhook_events::redact(txn.txn(), id, traces) ? 1 : 0;
    }
    store::advance(txn, open.id, step.next, redacted);
    return redacted;
}

async::Task<> search(db::Db& db, store::Open open, webhook_events::Traces traces) {
    EventId next = open.search.next;
    while (next <= open.search.last) {
        webhook_events::RedactStep step = co_await db.read(
            "privacy.search", [next, last = open.search.last, traces](db::Txn& txn) {
                return webhook_events::find_traces(txn, next, last, traces);
            });
        next = step.next;
        if (!step.matches.empty()) {
            co_await db.write(open.workspace, "privacy.redact",
                              [open, traces, step](db::WorkspaceTxn& txn) {
                                  return redact_matches(txn, open, traces, step);
                              });
        }
    }
}

}  // namespace

Result<Erasure> begin_search(db::WorkspaceTxn& txn, const std::string& id, const ContactId& contact,
                             const webhook_events::Traces& traces, Rng& rng, Timestamp now) {
    const Result<SecretString> key = vault::purpose_key_or_new(txn, purpose, rng, now);
    if (!key) {
        return std::unexpected(key.error());
    }
    Erasure erasure{.id = id,
                    .contact = contact,
                    .requested_at = now,
                    .completed_at = std::nullopt,
                    .events_redacted = 0};
    store::insert(txn, erasure,
                  {.traces = vault::seal_text(*key, id, SecretString(render_traces(traces)), rng),
                   .next = EventId{},
                   .last = webhook_events::newest_event(txn.txn())});
    return erasure;
}

void Eraser::start() {
    tasks_.on_stop([this] { wake_.notify(); });
    tasks_.spawn("privacy.eraser", run());
}

async::Task<> Eraser::run() {
    while (!tasks_.stopping()) {
        try {
            co_await run_open();
        } catch (const std::exception& failure) {
            log::warn("privacy.search_failed", {{"reason", failure.what()}});
        }
        co_await wake_.wait_for(poll);
    }
}

async::Task<std::size_t> Eraser::run_open() {
    const std::vector<store::Open> all = co_await db_.read(
        "privacy.list_open", [](db::Txn& txn) { return store::list_open(txn, open_max); });
    std::size_t completed = 0;
    for (const store::Open& open : all) {
        const std::optional<webhook_events::Traces> traces =
            co_await db_.read(open.workspace, "privacy.open_traces",
                              [open](db::WorkspaceTxn& txn) { return open_traces(txn, open); });
        if (!traces) {
            log::error("privacy.traces_sealed",
                       {{"workspace", open.workspace.value}, {"erasure", open.id}});
            continue;
        }
        co_await search(db_, open, *traces);
        co_await db_.write(open.workspace, "privacy.complete",
                           [open, now = clock_.now()](db::WorkspaceTxn& txn) {
                               const db::OverwriteDeleted overwrite(txn.txn());
                               store::complete(txn, open.id, now);
                               return true;
                           });
        ++completed;
    }
    co_return completed;
}

}  // namespace wapi::privacy
