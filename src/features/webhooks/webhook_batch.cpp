// One batch of the worker inside its transaction: each stored body is parsed and its items applied;
// what fails goes to the retries alone (architecture, invariant 3).
//
// Where workers run side by side, the items of several jobs are gathered, put in the order of their
// workspaces and customers (webhook_unit.hpp) and applied in one transaction: effects do not depend
// on order (invariant 2), and who locks the same rows in the same order waits for others, but does
// not deadlock. Of one customer what takes the contact goes before what takes the conversation,
// as in a send.
#include <fmt/format.h>

#include <set>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "features/audit/audit.hpp"
#include "features/webhook_events/webhook_events.hpp"
#include "features/webhooks/webhook_apply.hpp"
#include "features/webhooks/webhook_store.hpp"
#include "features/webhooks/webhook_times.hpp"
#include "features/webhooks/webhook_unit.hpp"
#include "features/webhooks/webhook_worker.hpp"
#include "whatsapp/webhook_parser.hpp"

namespace wapi::webhooks {
namespace {

using webhook_events::ItemRef;
using webhook_events::kind_event;
using webhook_events::kind_events;
using webhook_events::kind_item;
using webhook_events::kind_replay;
using webhook_events::queue_name;
using webhook_events::Replay;

const Counter items_applied{"wapi_webhook_items_total", "Updates of webhooks.",
                            R"(outcome="applied")"};
const Counter items_failed{"wapi_webhook_items_total", "Updates of webhooks.",
                           R"(outcome="failed")"};
const Counter items_dead{"wapi_webhook_items_total", "Updates of webhooks.", R"(outcome="dead")"};

/// Others were faster, so that the whole batch begins anew; an item that meets a conflict however
/// often it begins is to blame itself.
bool is_to_be_repeated(const Fault& fault, Care care) {
    return fault.code() == "db.conflict" && care != Care::each_conflict;
}

/// What is gathered before it is applied: a chunk ends with the job that reaches one of these.
constexpr std::size_t chunk_jobs_max = 64;
constexpr std::size_t chunk_items_max = 64;
constexpr std::size_t chunk_bytes_max = 16 << 20;
/// Customers of a chunk that are locked: the server has room for some thousands of locks. The rest
/// of a large batch is repeated when it meets another worker.
constexpr std::size_t locks_max = 64;

class Batch {
  public:
    Batch(db::Txn& txn, IdGenerator& ids, const BatchRequest& request)
        : txn_(txn), ids_(ids), request_(request), applier_(txn, ids, request.now) {}

    /// Takes up to `jobs_max` jobs and applies what they hold. False when there was no job.
    bool run_chunk(std::size_t jobs_max) {
        std::size_t taken = 0;
        while (taken < jobs_max && units_.size() < chunk_items_max && bytes_ < chunk_bytes_max) {
            const std::vector<queue::Job> jobs = queue::take(txn_, queue_name, request_.now, 1);
            if (jobs.empty()) {
                break;
            }
            ++taken;
            tally_.taken += static_cast<std::size_t>(jobs.front().items);
            gather(jobs.front());
        }
        put_in_order(units_);
        if (request_.side_by_side) {
            lock_customers();
        }
        applier_.look_up_erased(units_, &Unit::item);
        for (const Unit& unit : units_) {
            run_unit(unit);
        }
        units_.clear();
        bytes_ = 0;
        return taken > 0;
    }
    [[nodiscard]] const BatchTally& tally() const { return tally_; }

  private:
    void lock_customers() {
        std::set<std::string_view> customers;
        for (const Unit& unit : units_) {
            if (unit.resolves_contact && customers.size() < locks_max) {
                customers.insert(unit.place.customer);
            }
        }
        store::lock_customers(txn_, customers);
    }

    void gather(const queue::Job& job) {
        if (job.kind == kind_replay) {
            gather_replay(job);
        } else if (job.kind == kind_item) {
            gather_item(job);
        } else if (job.kind == kind_events) {
            gather_events(job);
        } else {
            gather_event(job);
        }
    }

    void gather_events(const queue::Job& job) {
        const std::vector<EventId> ids = webhook_events::parse_event_ids(job.payload);
        if (ids.empty()) {
            fail_job(job, "The list of events is damaged.", true);
        }
        for (const EventId id : ids) {
            gather_event(event_job(job, id));
        }
    }

    /// The event as if it had come alone: what fails goes on alone.
    static queue::Job event_job(const queue::Job& job, EventId id) {
        queue::Job event = job;
        event.kind = kind_event;
        event.id = id;
        event.workspace.reset();
        event.payload.clear();
        event.items = 1;
        return event;
    }

    void gather_event(const queue::Job& job, bool replayed = false) {
        if (const whatsapp::Webhook* webhook = webhook_of(job, job.id)) {
            const auto event = std::make_shared<const queue::Job>(job);
            for (const whatsapp::WebhookItem& item : webhook->items) {
                add(event, job.id, item, replayed);
            }
        }
    }

    void add(std::shared_ptr<const queue::Job> job, EventId event,
             const whatsapp::WebhookItem& item, bool replayed) {
        const bool is_message = std::holds_alternative<whatsapp::InboundMessage>(item.content);
        Unit unit{.place = {.customer = std::visit(CustomerOf(), item.content)},
                  .resolves_contact = is_message,
                  .job = std::move(job),
                  .event = event,
                  .item = item,
                  .replayed = replayed};
        settle_times(unit.item, time_of_event(event));
        if (request_.side_by_side) {
            const bool decides = applier_.may_decide_opt_out(item);
            unit.resolves_contact = decides || is_message;
            unit.place.workspace = applier_.find_workspace(item.phone_number_id);
            unit.place.takes_message_alone =
                !decides && std::holds_alternative<whatsapp::StatusUpdate>(item.content);
            unit.place.takes_conversation_first = !decides;
        }
        units_.push_back(std::move(unit));
    }

    /// One step of a replay; the rest goes on as a job of its own.
    void gather_replay(const queue::Job& job) {
        std::optional<Replay> replay = webhook_events::parse_replay(job.payload);
        if (!replay) {
            fail_job(job, "The list of events is damaged.", true);
            return;
        }
        for (const EventId id : webhook_events::take_step(txn_, *replay)) {
            replay->events += gather_replayed(job, id) ? 1 : 0;
        }
        if (!replay->ended()) {
            queue::enqueue(
                txn_,
                webhook_events::replay_job(*replay, job.workspace, ids_.event_id(), request_.now),
                job.created_at);
        } else if (job.workspace) {
            audit_replayed(*job.workspace, replay->events);
        }
    }

    /// False when the event has nothing of the workspace whose replay this is, or is gone by now.
    /// An operator's replay is of whole events, unreadable ones too.
    bool gather_replayed(const queue::Job& job, EventId id) {
        const queue::Job event = event_job(job, id);
        if (!job.workspace) {
            gather_event(event, true);
            return true;
        }
        const Result<whatsapp::Webhook>* webhook = parsed(id);
        if (webhook == nullptr || !*webhook) {
            return false;
        }
        const auto shared = std::make_shared<const queue::Job>(event);
        bool own = false;
        for (const whatsapp::WebhookItem& item : (*webhook)->items) {
            if (applier_.find_workspace(item.phone_number_id) == job.workspace) {
                own = true;
                add(shared, id, item, true);
            }
        }
        return own;
    }

    void gather_item(const queue::Job& job) {
        const std::optional<ItemRef> ref = webhook_events::parse_item_ref(job.payload);
        if (!ref) {
            fail_job(job, "The stored event is gone.", true);
            return;
        }
        const whatsapp::Webhook* webhook = webhook_of(job, ref->event);
        if (webhook == nullptr) {
            return;
        }
        const auto item =
            std::ranges::find(webhook->items, ref->ordinal, &whatsapp::WebhookItem::ordinal);
        if (item == webhook->items.end()) {
            fail_job(job, "The stored event has no such update.", true);
        } else {
            add(std::make_shared<const queue::Job>(job), ref->event, *item, false);
        }
    }

    void run_unit(const Unit& unit) {
        const bool alone = unit.job->kind == kind_item;
        if (unit.replayed) {
            webhook_events::remove_item_letter(
                txn_, webhook_events::render_item_ref({unit.job->id, unit.item.ordinal}));
        }
        if (const auto reason = apply(unit)) {
            fail_item(alone ? *unit.job : item_job(*unit.job, unit.item), unit.item, *reason);
        }
    }

    /// The stored event; when it cannot be had, the job has failed for good.
    const whatsapp::Webhook* webhook_of(const queue::Job& job, EventId event) {
        const Result<whatsapp::Webhook>* webhook = parsed(event);
        if (webhook == nullptr) {
            fail_job(job, "The stored event is gone.", true);
        } else if (!*webhook) {
            fail_job(job, webhook->error().message, true);
        } else {
            return &**webhook;
        }
        return nullptr;
    }

    /// The stored body, parsed; the last one is kept, for jobs of its items come one after another.
    const Result<whatsapp::Webhook>* parsed(EventId event) {
        if (!last_ || last_->first != event) {
            const auto body = webhook_events::find_body(txn_, event);
            if (!body) {
                return nullptr;
            }
            bytes_ += body->size();
            last_.emplace(event, whatsapp::parse_webhook(*body));
        }
        return &last_->second;
    }

    /// Nothing when the item was applied, else why not.
    std::optional<std::string> apply(const Unit& unit) {
        const whatsapp::WebhookItem& item = unit.item;
        Result<void> applied;
        if (request_.care == Care::none) {
            applied = applier_.apply(item, unit.event);
        } else {
            try {
                txn_.savepoint([&] { applied = applier_.apply(item, unit.event); });
            } catch (const Fault& fault) {
                if (is_outage(fault) || is_to_be_repeated(fault, request_.care)) {
                    throw;
                }
                log::warn("webhook.item_failed", {{"code", fault.code()}, {"field", item.field}});
                return fault.what();
            } catch (const std::exception& failure) {
                log::warn("webhook.item_failed", {{"field", item.field}});
                return failure.what();
            }
        }
        if (!applied) {
            return applied.error().message;
        }
        ++tally_.applied;
        return std::nullopt;
    }

    queue::Job item_job(const queue::Job& event, const whatsapp::WebhookItem& item) {
        return {.id = ids_.event_id(),
                .queue = std::string(queue_name),
                .kind = std::string(kind_item),
                .priority = event.priority,
                .run_at = request_.now,
                .workspace = std::nullopt,
                .subject = {},
                .attempts = 1,
                .payload =
                    webhook_events::render_item_ref({.event = event.id, .ordinal = item.ordinal}),
                .created_at = request_.now};
    }

    /// The failure belongs to the workspace that has the number now, not at the first attempt.
    void fail_item(queue::Job job, const whatsapp::WebhookItem& item, const std::string& reason) {
        job.workspace = applier_.find_workspace(item.phone_number_id);
        job.subject = item.phone_number_id;
        fail_job(job, reason, false);
    }

    void fail_job(const queue::Job& job, const std::string& reason, bool final) {
        ++tally_.failed;
        if (job.kind == kind_item) {
            webhook_events::remove_item_letter(txn_, job.payload);
        }
        const queue::Fate fate =
            queue::fail(txn_, job, reason, *request_.retries, request_.now, final);
        if (fate == queue::Fate::dead) {
            tally_.dead.push_back({.id = job.id, .kind = job.kind});
            audit_dead(job);
        }
    }

    void audit_dead(const queue::Job& job) {
        if (!job.workspace) {
            return;
        }
        db::WorkspaceTxn bound(txn_, *job.workspace);
        audit::record(bound, audit::system_context(*job.workspace, ""),
                      {.action = audit::actions::webhook_failed,
                       .resource_type = "dead_letter",
                       .resource_id = std::to_string(job.id.value)},
                      request_.now);
    }

    void audit_replayed(const WorkspaceId& workspace, std::int64_t events) {
        db::WorkspaceTxn bound(txn_, workspace);
        audit::record(bound, audit::system_context(workspace, ""),
                      {.action = audit::actions::webhook_replayed,
                       .resource_type = "webhook_event",
                       .resource_id = "",
                       .details = fmt::format(R"({{"events":{}}})", events)},
                      request_.now);
    }

    db::Txn& txn_;
    IdGenerator& ids_;
    const BatchRequest& request_;
    Applier applier_;
    BatchTally tally_;
    std::vector<Unit> units_;
    std::size_t bytes_ = 0;  ///< of the bodies gathered
    std::optional<std::pair<EventId, Result<whatsapp::Webhook>>> last_;
};

}  // namespace

BatchTally process_batch(db::Txn& txn, IdGenerator& ids, const BatchRequest& request) {
    Batch batch(txn, ids, request);
    if (request.side_by_side) {
        batch.run_chunk(chunk_jobs_max);
        return batch.tally();
    }
    while (batch.tally().taken < request.limit && batch.run_chunk(1)) {
        if (request.enough && request.enough()) {
            break;
        }
    }
    return batch.tally();
}

void count_committed(const BatchTally& tally) {
    items_applied.add(tally.applied);
    items_failed.add(tally.failed);
    items_dead.add(tally.dead.size());
    for (const DeadNote& letter : tally.dead) {
        log::error("webhook.dead_letter", {{"job", letter.id.value}, {"kind", letter.kind}});
    }
}

}  // namespace wapi::webhooks
