// Applying one update of a webhook to the workspace it belongs to. Included only inside this
// feature.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "features/erasures/erasures.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/webhooks/webhooks.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::webhooks {

/// Applies the items of one transaction and remembers, as long, what is the same for many of them.
class Applier {
  public:
    Applier(db::Txn& txn, IdGenerator& ids, Timestamp now) : txn_(txn), ids_(ids), now_(now) {}

    /// Routes the item by its number and stores its effects. Repeatable, in any order. Items
    /// without a number of ours (account fields, unknown fields) are kept in the raw event only;
    /// what happened before its customer was erased is taken out of that, too.
    /// Errors: item_invalid (the parser's reason), number_not_routed.
    Result<void> apply(const whatsapp::WebhookItem& item, EventId event);

    /// Looks up at once who of the people of these units' items was erased; apply() asks no more.
    template <class Unit>
    void look_up_erased(const std::vector<Unit>& units, whatsapp::WebhookItem Unit::* item) {
        People people;
        for (const Unit& unit : units) {
            gather_people(unit.*item, people);
        }
        look_up_erased(people);
    }

    /// Whether the item may change the contact's opt-out, for which the contact's row is taken
    /// before any other (src/db/README.md).
    bool may_decide_opt_out(const whatsapp::WebhookItem& item);

    /// The workspace that has connected the number.
    std::optional<WorkspaceId> find_workspace(const std::string& phone_number_id);

  private:
    using People = std::map<WorkspaceId, std::vector<erasures::Person>>;
    void gather_people(const whatsapp::WebhookItem& item, People& people);
    void look_up_erased(const People& people);
    /// Every workspace that has connected a number of the account; none: it is kept raw.
    void apply_to_account(const whatsapp::WebhookItem& item,
                          const whatsapp::TemplateStatus& status);
    std::shared_ptr<const opt_out::Words> words_of(db::WorkspaceTxn& txn);
    erasures::Recogniser& recogniser_of(db::WorkspaceTxn& txn);
    /// Erased people in what is kept in the raw event only.
    void clean_kept(const whatsapp::WebhookItem& item, EventId event);
    db::Txn& txn_;
    IdGenerator& ids_;
    Timestamp now_;
    std::map<std::string, std::optional<WorkspaceId>> routes_;
    std::map<WorkspaceId, std::shared_ptr<const opt_out::Words>> words_;
    std::map<WorkspaceId, erasures::Recogniser> recognisers_;
};

}  // namespace wapi::webhooks
