// Live events themselves: what they are, who sees one, how the recent ones are kept, and what nodes
// tell each other. Who is connected and is sent them: features/realtime.
//
// `decide_visible` says in memory what the conditions of access_store_conditions.hpp say in the
// database; live_events_visibility_test.cpp holds the two against each other. Rules: README.md of
// features/access; docs/adr/0017-live-events.md.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/context.hpp"
#include "db/txn.hpp"

namespace wapi::live_events {

/// What a person or key may see at this moment.
struct Rights {
    bool views_contacts = false;  ///< viewContacts: customers, conversations, messages
    Restrictions restrictions = {};
    std::vector<std::string> tags = {};     ///< when restricted by tag; sorted
    std::vector<std::string> numbers = {};  ///< when restricted by number; sorted
    friend bool operator==(const Rights&, const Rights&) = default;
};

/// What an event is about.
enum class Subject {
    conversation,  ///< or a message of it
    contact,
    number,     ///< a business number
    workspace,  ///< any member sees it
};

/// What the decision needs to know of the subject.
struct Facts {
    Subject subject = Subject::workspace;
    /// False: it is gone, and nobody knows who might have seen it.
    bool known = true;
    std::optional<std::string> assignee = {};  ///< user id, of a conversation
    std::vector<std::string> numbers = {};     ///< the conversation's, all of the contact's
    std::vector<std::string> tags = {};        ///< of the contact
    friend bool operator==(const Facts&, const Facts&) = default;
};

/// Whether somebody with these rights sees the subject now. One that is gone is shown to who has
/// no restriction only.
bool decide_visible(const Rights& rights, const Facts& facts);

/// What somebody is sent of an event.
enum class Verdict { nothing, event, removal };
/// `before`: what the facts were until the event, where they differ. Who saw the subject by one of
/// them and does not now learns that it is gone, and nothing else.
Verdict decide_verdict(const Rights& rights, const Facts& now, std::span<const Facts> before);

/// `<epoch>-<number>`: one epoch's events are numbered 1, 2, 3, ...
struct EventId {
    std::string epoch;
    std::uint64_t number = 0;
};
std::string render_event_id(const EventId& id);
std::optional<EventId> parse_event_id(std::string_view text);

/// A text that many connections send; null: nothing to send.
using Frame = std::shared_ptr<const std::string>;

/// An event before it has its number.
struct Event {
    std::string type;     ///< `message.created`, ...
    std::string id;       ///< of the subject
    std::string data;     ///< JSON object
    std::string removed;  ///< type for who saw it before and does not any more; empty: never
    Facts facts;
    std::optional<Facts> before = {};  ///< as they were, when the announcements tell of a change
};

/// The recent events of one workspace, numbered, in bounded memory: what a client that comes back
/// may still be sent. The facts are held once for each subject and are those of now: a replay
/// follows today's assignment and tags, not those of the moment of the event.
class Ring {
  public:
    Ring(std::string epoch, std::size_t events_max)
        : epoch_(std::move(epoch)), events_max_(events_max) {}

    /// Numbers and keeps the event; the oldest go until count and `bytes_max` hold, but never the
    /// newest.
    void add(Event event, std::size_t bytes_max);
    [[nodiscard]] const std::string& epoch() const { return epoch_; }
    /// Number of the oldest event that is kept, and of the next that will come.
    [[nodiscard]] std::uint64_t first() const { return next_ - entries_.size(); }
    [[nodiscard]] std::uint64_t next() const { return next_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// What somebody with these rights is sent of the event of that number.
    [[nodiscard]] Frame frame_for(std::uint64_t number, const Rights& rights) const;
    /// Id of the newest event.
    [[nodiscard]] std::string last_id() const { return render_event_id({epoch_, next_ - 1}); }
    /// Where a client goes on that has seen up to this id; nothing when that cannot be told.
    [[nodiscard]] std::optional<std::uint64_t> after(std::string_view last_event_id) const;

  private:
    struct Entry {
        std::string subject;  ///< key in facts_
        std::shared_ptr<Facts> facts;
        std::vector<Facts> before;  ///< as announced, and as they were in the ring until then
        Frame frame;
        Frame removal;
        std::size_t bytes = 0;
    };
    void drop_oldest();

    std::string epoch_;
    std::size_t events_max_;
    std::uint64_t next_ = 1;
    std::size_t bytes_ = 0;
    std::deque<Entry> entries_;
    std::unordered_map<std::string, std::shared_ptr<Facts>> facts_;
};

/// Announced between nodes only: the workspace's clients fetch anew.
inline constexpr std::string_view everything_changed = "workspace.everything_changed";

/// Kinds of announcements of which an event comes; the hub acts upon others itself.
bool is_event_kind(std::string_view kind);
/// The static text of a kind that live events know.
std::optional<std::string_view> find_kind(std::string_view kind);

/// The events of a workspace's announcements, read after their commit in one snapshot, in their
/// order; what is told twice of one subject is one event. A subject that is gone gives
/// `….removed`, or nothing. Database thread.
std::vector<Event> load_events(db::WorkspaceTxn& txn,
                               std::span<const db::Announcement> announcements);

/// The facts about a conversation that somebody with these restrictions sees; nothing when they do
/// not, or there is none.
std::optional<Facts> find_seen(db::WorkspaceTxn& txn, const ConversationId& id,
                               const Restrictions& restrictions);

/// Texts of at most `bytes_max` for other nodes, which together hold these announcements in their
/// order. One that does not fit by itself becomes `everything_changed` of its workspace; kinds that
/// live events do not know are left out.
std::vector<std::string> render_notices(std::span<const db::Announcement> announcements,
                                        std::size_t bytes_max);
/// What a text holds; what this version does not know is left out. Nothing when it is none of ours.
std::vector<db::Announcement> parse_notice(std::string_view text);

}  // namespace wapi::live_events
