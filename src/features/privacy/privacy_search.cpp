// Searching raw webhooks and early statuses in steps, for all open erasures at once: bodies are
// read on a reader's snapshot, those that hold a trace are rewritten in short transactions, and
// every few steps the erasures keep how far they came, so that a restart goes on there.
#include "features/privacy/privacy_search.hpp"

#include <algorithm>
#include <memory>

#include "base/log.hpp"
#include "db/overwrite.hpp"
#include "features/privacy/privacy_traces.hpp"
#include "features/search/search.hpp"
#include "features/vault/vault.hpp"

namespace wapi::privacy {
namespace {

constexpr std::string_view purpose = "erasure-traces";
constexpr std::chrono::seconds poll{30};
constexpr std::chrono::milliseconds writers_poll{20};
constexpr std::size_t open_max = 100;
constexpr std::size_t steps_unsaved_max = 16;
constexpr std::size_t early_page = 1'000;

struct Search {
    store::Open open;
    webhook_events::Traces traces;
};
using Searches = std::shared_ptr<const std::vector<Search>>;

/// What is to be searched for; nothing when the workspace's key does not open it.
std::optional<webhook_events::Traces> open_traces(db::WorkspaceTxn& txn, const store::Open& open) {
    const Result<SecretString> key = vault::find_purpose_key(txn, purpose);
    const auto text = key ? vault::open_text(*key, open.id, open.search.traces) : std::nullopt;
    return text ? parse_traces(text->reveal()) : std::nullopt;
}

std::vector<Search> list_searches(db::Txn& txn) {
    std::vector<Search> searches;
    for (store::Open& open : store::list_open(txn, open_max)) {
        db::WorkspaceTxn bound(txn, open.workspace);
        if (auto traces = open_traces(bound, open)) {
            searches.push_back({.open = std::move(open), .traces = *std::move(traces)});
        } else {
            log::error("privacy.traces_sealed",
                       {{"workspace", open.workspace.value}, {"erasure", open.id}});
        }
    }
    return searches;
}

/// What any of them looks for, to look at each body once.
webhook_events::Traces join_traces(const std::vector<Search>& searches) {
    webhook_events::Traces all;
    for (const Search& search : searches) {
        const webhook_events::Traces& one = search.traces;
        all.phones.insert(all.phones.end(), one.phones.begin(), one.phones.end());
        all.bsuids.insert(all.bsuids.end(), one.bsuids.begin(), one.bsuids.end());
        all.usernames.insert(all.usernames.end(), one.usernames.begin(), one.usernames.end());
    }
    return all;
}

/// Each search redacts what lies in its own range, and keeps that it has come to the step's end.
bool save_step(db::Txn& txn, const std::vector<Search>& searches,
               const webhook_events::RedactStep& step) {
    const db::OverwriteDeleted overwrite(txn);
    for (const Search& search : searches) {
        const store::Search& range = search.open.search;
        std::int64_t redacted = 0;
        for (const EventId id : step.matches) {
            const bool within = range.next <= id && id <= range.last;
            redacted += within && webhook_events::redact(txn, id, search.traces) ? 1 : 0;
        }
        db::WorkspaceTxn bound(txn, search.open.workspace);
        store::advance(bound, search.open.id, step.next, redacted);
    }
    return true;
}

async::Task<> search_bodies(db::Db& db, Searches searches) {
    const auto traces = std::make_shared<const webhook_events::Traces>(join_traces(*searches));
    const auto next_of = [](const Search& search) { return search.open.search.next; };
    const auto last_of = [](const Search& search) { return search.open.search.last; };
    EventId next = next_of(*std::ranges::min_element(*searches, {}, next_of));
    const EventId last = last_of(*std::ranges::max_element(*searches, {}, last_of));
    std::size_t unsaved = 0;
    while (next <= last) {
        const webhook_events::RedactStep step =
            co_await db.read("privacy.search", [next, last, traces](db::Txn& txn) {
                return webhook_events::find_traces(txn, next, last, *traces);
            });
        next = step.next;
        ++unsaved;
        if (!step.matches.empty() || unsaved == steps_unsaved_max) {
            co_await db.write("privacy.redact", [searches, step](db::Txn& txn) {
                return save_step(txn, *searches, step);
            });
            unsaved = 0;
        }
    }
}

/// A page of early statuses, and those of it that name the person.
struct EarlyPage {
    std::string last;
    bool is_end = false;
    std::vector<std::string> matches;
};

EarlyPage read_early(db::WorkspaceTxn& txn, const webhook_events::Traces& traces,
                     const PhoneNumberId& number, const std::string& after) {
    const std::vector<std::string> identities = traces.identities();
    EarlyPage page;
    std::vector<std::string> wamids = store::list_early_wamids(txn, number, after, early_page);
    page.is_end = wamids.size() < early_page;
    page.last = wamids.empty() ? after : wamids.back();
    for (std::string& wamid : wamids) {
        if (names_one_of(wamid, identities)) {
            page.matches.push_back(std::move(wamid));
        }
    }
    return page;
}

bool erase_early(db::WorkspaceTxn& txn, const PhoneNumberId& number, const EarlyPage& page) {
    const db::OverwriteDeleted overwrite(txn.txn());
    for (const std::string& wamid : page.matches) {
        store::erase_early_statuses(txn, number, wamid);
    }
    return true;
}

async::Task<> search_early_of(db::Db& db, Searches searches, std::size_t index,
                              PhoneNumberId number) {
    const WorkspaceId& workspace = (*searches)[index].open.workspace;
    EarlyPage page;
    while (!page.is_end) {
        page =
            co_await db.read(workspace, "privacy.search_early",
                             [searches, index, number, after = page.last](db::WorkspaceTxn& txn) {
                                 return read_early(txn, (*searches)[index].traces, number, after);
                             });
        if (!page.matches.empty()) {
            co_await db.write(
                workspace, "privacy.erase_early",
                [number, page](db::WorkspaceTxn& txn) { return erase_early(txn, number, page); });
        }
    }
}

async::Task<> end_search(db::Db& db, Searches searches, std::size_t index, Timestamp now) {
    const Search& search = (*searches)[index];
    for (const PhoneNumberId& number : search.traces.numbers) {
        co_await search_early_of(db, searches, index, number);
    }
    co_await db.write(search.open.workspace, "privacy.complete",
                      [searches, index, now](db::WorkspaceTxn& txn) {
                          const db::OverwriteDeleted overwrite(txn.txn());
                          store::complete(txn, (*searches)[index].open.id, now);
                          return true;
                      });
}

/// Rewrites the index of the search, in which what was removed stands until then. False when the
/// process stops before the end.
async::Task<bool> merge_index(db::Db& db, const async::Tasks& tasks) {
    bool is_first = true;
    bool goes_on = true;
    while (goes_on) {
        if (tasks.stopping()) {
            co_return false;
        }
        goes_on = co_await db.write("privacy.merge_index", [is_first](db::Txn& txn) {
            const db::OverwriteDeleted overwrite(txn);
            return search::merge_step(txn, is_first);
        });
        is_first = false;
    }
    co_return true;
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
        std::size_t completed = 0;
        try {
            completed = co_await run_open();
        } catch (const std::exception& failure) {
            log::warn("privacy.search_failed", {{"reason", failure.what()}});
        }
        if (completed < open_max) {
            co_await wake_.wait_for(poll);
        }
    }
}

async::Task<bool> Eraser::wait_for_writers(std::int64_t next_writer) {
    std::chrono::milliseconds waited{0};
    while (true) {
        const std::int64_t oldest = co_await db_.read(
            "privacy.oldest_writer", [](db::Txn& txn) { return store::oldest_writer(txn); });
        if (oldest >= next_writer) {
            co_return true;
        }
        if (waited >= writers_wait_max_ || tasks_.stopping()) {
            co_return false;
        }
        co_await async::sleep_for(writers_poll);
        waited += writers_poll;
    }
}

async::Task<std::size_t> Eraser::run_open() {
    std::vector<Search> open =
        co_await db_.read("privacy.list_open", [](db::Txn& txn) { return list_searches(txn); });
    const Searches searches = std::make_shared<const std::vector<Search>>(std::move(open));
    if (searches->empty()) {
        co_return 0;
    }
    // Whoever writes later finds that the people are erased (features/erasures).
    const std::int64_t next_writer = co_await db_.read(
        "privacy.next_writer", [](db::Txn& txn) { return store::next_writer(txn); });
    co_await search_bodies(db_, searches);
    if (!co_await wait_for_writers(next_writer)) {
        log::warn("privacy.search_waits", {{"erasures", searches->size()}});
        co_return 0;
    }
    if (!co_await merge_index(db_, tasks_)) {
        co_return 0;
    }
    for (std::size_t index = 0; index < searches->size(); ++index) {
        co_await end_search(db_, searches, index, clock_.now());
    }
    co_return searches->size();
}

}  // namespace wapi::privacy
