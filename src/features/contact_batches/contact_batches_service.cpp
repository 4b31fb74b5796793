// What a batch does. See contact_batches.hpp.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <iterator>
#include <optional>
#include <utility>

#include "base/phone.hpp"
#include "features/contact_batches/contact_batches_store.hpp"
#include "features/contacts/contacts.hpp"
#include "features/erasures/erasures.hpp"

namespace wapi::contact_batches {
namespace {

using store::Person;
using Kind = Outcome::Kind;

constexpr Outcome refused(std::string_view reason) {
    return {.kind = Kind::refused, .reason = reason};
}

std::vector<std::string> forms_of(std::span<const Row> rows) {
    std::vector<std::string> forms;
    for (const Row& row : rows) {
        std::ranges::move(phone_variants(row.phone), std::back_inserter(forms));
        for (const std::string& phone : row.also_named) {
            std::ranges::move(phone_variants(phone), std::back_inserter(forms));
        }
    }
    return forms;
}

class Batch {
  public:
    Batch(db::WorkspaceTxn& txn, IdGenerator& ids, std::span<const Row> rows, const Terms& terms)
        : txn_(txn), ids_(ids), terms_(terms) {
        for (auto& [phone, person] : store::lock_owners(txn, forms_of(rows), terms.restrictions)) {
            add(phone, {.person = std::move(person), .state = State::as_stored});
        }
        // Behind the locks: an erasure that they waited for is seen, even the workspace's first.
        erased_ = erasures::Recogniser::open(txn);
        std::vector<erasures::Person> people;
        for (const Row& row : rows) {
            people.push_back({.phone = row.phone, .bsuid = {}});
            for (const std::string& phone : row.also_named) {
                people.push_back({.phone = phone, .bsuid = {}});
            }
        }
        erased_.look_up(txn, people);
        if (terms.restrictions.by_tag) {
            own_tags_ = store::list_own_tags(txn, terms.restrictions.member);
        }
    }

    Outcome apply(const Row& row) {
        const auto erased_at = erased_.find(txn_, {.phone = row.phone, .bsuid = {}});
        // Before all else: they may have come back, and no other refusal forgets the row.
        if (erased_at >= terms_.said_at || names_erased_person(row)) {
            return {.kind = Kind::refused,
                    .reason = "This person was erased after the file came.",
                    .forget = true};
        }
        if (!row.wrong.empty()) {
            return refused(row.wrong);
        }
        for (const std::string& form : phone_variants(row.phone)) {
            if (const auto found = by_phone_.find(form); found != by_phone_.end()) {
                return change(entries_[found->second], row);
            }
        }
        return create(row, erased_at);
    }

    void save() {
        std::vector<Person> created;
        std::vector<Person> changed;
        for (Entry& entry : entries_) {
            if (entry.state == State::created) {
                created.push_back(std::move(entry.person));
            } else if (entry.state == State::changed) {
                changed.push_back(std::move(entry.person));
            }
        }
        store::insert(txn_, created, terms_);
        store::update(txn_, changed, terms_);
    }

  private:
    bool names_erased_person(const Row& row) const {
        return std::ranges::any_of(row.also_named, [this](const std::string& phone) {
            return erased_.find(txn_, {.phone = phone, .bsuid = {}}) >= terms_.said_at;
        });
    }

    enum class State : std::uint8_t { as_stored, changed, created };
    struct Entry {
        Person person;
        State state = State::as_stored;
    };

    /// One contact may have several of the phones.
    void add(const std::string& phone, Entry entry) {
        const auto known = by_id_.find(entry.person.id);
        if (known != by_id_.end()) {
            by_phone_.emplace(phone, known->second);
            return;
        }
        by_id_.emplace(entry.person.id, entries_.size());
        by_phone_.emplace(phone, entries_.size());
        entries_.push_back(std::move(entry));
    }

    Outcome create(const Row& row, std::optional<Timestamp> erased_at) {
        const auto bears = [this](const std::string& tag) { return own_tags_.contains(tag); };
        if (terms_.restrictions.by_tag && std::ranges::none_of(row.tags, bears)) {
            return refused("None of its tags is among those that are assigned to you.");
        }
        Person person{.id = {},
                      .name = row.name,
                      .name_by_hand = !row.name.empty(),
                      .phone = row.phone,
                      .tags = {},
                      .attributes = row.attributes};
        add_tags(person, row.tags);
        if (erased_at) {  // made one by one, since they must be opted out
            person.id = contacts::resolve(txn_, ids_,
                                          {.phone = row.phone,
                                           .bsuid = {},
                                           .username = {},
                                           .name = row.name,
                                           .seen_at = terms_.now},
                                          terms_.now)
                            .id;
        } else {
            person.id = ids_.make<ContactId>();
        }
        add(row.phone,
            {.person = std::move(person), .state = erased_at ? State::changed : State::created});
        return {.kind = Kind::created};
    }

    Outcome change(Entry& entry, const Row& row) {
        if (!entry.person.seen) {
            return refused("A contact with this phone exists already.");
        }
        if (terms_.existing == Existing::skip) {
            return {.kind = Kind::skipped};
        }
        Person person = entry.person;
        if (!row.name.empty()) {
            person.name = row.name;
            person.name_by_hand = true;
        }
        add_tags(person, row.tags);
        for (const auto& [name, value] : row.attributes) {
            person.attributes[name] = value;
        }
        if (person.tags.size() > contacts::tags_max) {
            return refused("The contact would have more than 100 tags.");
        }
        if (boost::json::serialize(person.attributes).size() > contacts::attributes_bytes_max) {
            return refused("The contact's attributes would be larger than 16 KiB.");
        }
        if (is_same(person, entry.person)) {
            return {.kind = Kind::skipped};
        }
        entry.person = std::move(person);
        entry.state = entry.state == State::created ? State::created : State::changed;
        return {.kind = Kind::updated};
    }

    static bool is_same(const Person& one, const Person& other) {
        return one.name == other.name && one.name_by_hand == other.name_by_hand &&
               one.tags == other.tags && one.attributes == other.attributes;
    }

    static void add_tags(Person& person, const std::vector<std::string>& tags) {
        for (const std::string& tag : tags) {
            if (std::ranges::find(person.tags, tag) == person.tags.end()) {
                person.tags.push_back(tag);
            }
        }
    }

    db::WorkspaceTxn& txn_;
    IdGenerator& ids_;
    const Terms& terms_;
    erasures::Recogniser erased_;
    std::set<std::string> own_tags_;
    std::vector<Entry> entries_;
    std::map<std::string, std::size_t> by_phone_;
    std::map<ContactId, std::size_t> by_id_;
};

}  // namespace

std::vector<Outcome> apply(db::WorkspaceTxn& txn, IdGenerator& ids, std::span<const Row> rows,
                           const Terms& terms) {
    Batch batch(txn, ids, rows, terms);
    std::vector<Outcome> outcomes;
    outcomes.reserve(rows.size());
    for (const Row& row : rows) {
        outcomes.push_back(batch.apply(row));
    }
    batch.save();
    return outcomes;
}

}  // namespace wapi::contact_batches
