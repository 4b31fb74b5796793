// One batch of the worker inside its transaction: each stored body is parsed and its items applied;
// what fails goes to the retries alone (architecture, invariant 3).
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "features/audit/audit.hpp"
#include "features/webhooks/webhook_apply.hpp"
#include "features/webhooks/webhook_store.hpp"
#include "features/webhooks/webhook_worker.hpp"
#include "whatsapp/webhook_parser.hpp"

namespace wapi::webhooks {
namespace {

const Counter items_applied{"wapi_webhook_items_total", "Updates of webhooks.",
                            R"(outcome="applied")"};
const Counter items_failed{"wapi_webhook_items_total", "Updates of webhooks.",
                           R"(outcome="failed")"};
const Counter items_dead{"wapi_webhook_items_total", "Updates of webhooks.", R"(outcome="dead")"};

/// True for failures of the database itself: no item is to blame, the whole batch must wait.
bool is_outage(const Fault& fault) {
    return fault.code() == "db.down" || fault.code() == "db.full" || fault.code() == "db.busy" ||
           fault.code() == "db.conflict" || fault.code() == "db.overloaded";
}

class Batch {
  public:
    Batch(db::Txn& txn, IdGenerator& ids, const BatchRequest& request)
        : txn_(txn), ids_(ids), request_(request), applier_(txn, ids, request.now) {}

    void run(const queue::Job& job) {
        if (job.kind != kind_events) {
            run_one(job);
            return;
        }
        const std::vector<EventId> ids = parse_event_ids(job.payload);
        if (ids.empty()) {
            fail_job(job, "The list of events is damaged.", true);
            return;
        }
        queue::Job event = job;  // as if each had come alone: what fails goes on alone
        event.kind = kind_event;
        event.payload.clear();
        event.items = 1;
        for (const EventId id : ids) {
            event.id = id;
            run_one(event);
        }
    }

  private:
    void run_one(const queue::Job& job) {
        const std::optional<ItemRef> ref = job.kind == kind_item
                                               ? parse_item_ref(job.payload)
                                               : std::optional(ItemRef{.event = job.id});
        const Result<whatsapp::Webhook>* webhook = ref ? parsed(ref->event) : nullptr;
        if (webhook == nullptr) {
            fail_job(job, "The stored event is gone.", true);
        } else if (!*webhook) {
            fail_job(job, webhook->error().message, true);
        } else if (job.kind == kind_item) {
            run_item_job(job, **webhook, ref->ordinal);
        } else {
            for (const whatsapp::WebhookItem& item : (*webhook)->items) {
                if (const auto reason = apply(item)) {
                    fail_job(item_job(job, item), *reason, false);
                }
            }
        }
    }

    /// The stored body, parsed; the last one is kept, for jobs of its items come one after another.
    const Result<whatsapp::Webhook>* parsed(EventId event) {
        if (!last_ || last_->first != event) {
            const auto body = store::find_body(txn_, event);
            if (!body) {
                return nullptr;
            }
            last_.emplace(event, whatsapp::parse_webhook(*body));
        }
        return &last_->second;
    }

    void run_item_job(const queue::Job& job, const whatsapp::Webhook& webhook,
                      std::uint32_t ordinal) {
        for (const whatsapp::WebhookItem& item : webhook.items) {
            if (item.ordinal != ordinal) {
                continue;
            }
            if (const auto reason = apply(item)) {
                fail_job(job, *reason, false);
            }
            return;
        }
        fail_job(job, "The stored event has no such update.", true);
    }

    /// Nothing when the item was applied, else why not.
    std::optional<std::string> apply(const whatsapp::WebhookItem& item) {
        Result<void> applied;
        if (request_.care == Care::none) {
            applied = applier_.apply(item);
        } else {
            try {
                txn_.savepoint([&] { applied = applier_.apply(item); });
            } catch (const Fault& fault) {
                if (is_outage(fault)) {
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
        items_applied.add();
        return std::nullopt;
    }

    queue::Job item_job(const queue::Job& event, const whatsapp::WebhookItem& item) {
        return {.id = ids_.event_id(),
                .queue = std::string(queue_name),
                .kind = std::string(kind_item),
                .priority = event.priority,
                .run_at = request_.now,
                .workspace = applier_.find_workspace(item.phone_number_id),
                .subject = item.phone_number_id,
                .attempts = 1,
                .payload = render_item_ref({.event = event.id, .ordinal = item.ordinal}),
                .created_at = request_.now};
    }

    void fail_job(const queue::Job& job, const std::string& reason, bool final) {
        items_failed.add();
        const queue::Fate fate =
            queue::fail(txn_, job, reason, *request_.retries, request_.now, final);
        if (fate == queue::Fate::dead) {
            items_dead.add();
            audit_dead(job);
        }
    }

    void audit_dead(const queue::Job& job) {
        log::error("webhook.dead_letter", {{"job", job.id.value}, {"kind", job.kind}});
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

    db::Txn& txn_;
    IdGenerator& ids_;
    const BatchRequest& request_;
    Applier applier_;
    std::optional<std::pair<EventId, Result<whatsapp::Webhook>>> last_;
};

}  // namespace

std::size_t process_batch(db::Txn& txn, IdGenerator& ids, const BatchRequest& request) {
    Batch batch(txn, ids, request);
    std::size_t taken = 0;
    while (taken < request.limit) {
        const std::vector<queue::Job> jobs = queue::take(txn, queue_name, request.now, 1);
        if (jobs.empty()) {
            break;
        }
        batch.run(jobs.front());
        taken += static_cast<std::size_t>(jobs.front().items);
        if (request.enough && request.enough()) {
            break;
        }
    }
    return taken;
}

}  // namespace wapi::webhooks
