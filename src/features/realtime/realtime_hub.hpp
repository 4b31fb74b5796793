// The state behind Service: a channel for each workspace that is listened to, a session for each
// connection. Included only inside this feature.
//
// A session has no queue of events: it has a place in its channel's ring and is sent one frame
// after another from there, each decided by its rights of that moment. So a slow reader costs
// nothing but its place, and rights that must be read again simply stop it until they are.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/json.hpp"
#include "features/live_events/live_events.hpp"
#include "features/realtime/realtime.hpp"

namespace wapi::realtime {

using live_events::Event;
using live_events::Facts;
using live_events::Frame;
using live_events::Rights;
using live_events::Ring;
using SteadyClock = std::chrono::steady_clock;

inline constexpr std::string_view rights_changed = "rights_changed";  ///< a reason of `resync`

struct Session;

struct Channel {
    Channel(WorkspaceId workspace_, Ring ring_)
        : workspace(std::move(workspace_)), ring(std::move(ring_)) {}
    WorkspaceId workspace;
    Ring ring;
    std::vector<std::shared_ptr<Session>> sessions;
    std::deque<db::Announcement> pending;         ///< not yet loaded
    std::map<std::string, std::string> presence;  ///< by person who is there: what was told last
    std::uint64_t resets = 0;             ///< what was loaded before the last is thrown away
    std::uint64_t access_changed_at = 0;  ///< number of the next event when rights last changed
    bool reset_waits = false;             ///< until all that was told together is taken
    bool loading = false;
    SteadyClock::time_point left_at;  ///< by the last session
};

struct Session {
    std::shared_ptr<Peer> peer;
    Credentials credentials;           ///< of the newest hello; the token is empty before it
    std::shared_ptr<Channel> channel;  ///< null until it is known who this is
    Context context;
    Rights rights;
    std::optional<std::string> last_event_id;  ///< as the first hello gave it

    bool ready = false;        ///< has been told so, and is sent events
    bool hello_waits = false;  ///< for its answer, once rights have been read
    bool ping_waits = false;   ///< for the answer to the first hello
    bool stale = true;         ///< nothing is sent until rights have been read again
    std::uint64_t stale_marks = 0;
    bool refreshing = false;  ///< its rights are being read, or wait to be
    bool sending = false;
    bool closed = false;

    std::uint64_t cursor = 0;  ///< number of the next event to look at
    std::deque<Frame> answers;
    std::string_view resync;  ///< why to fetch anew, not yet said; empty: no need
    std::chrono::milliseconds resync_spread{0};  ///< over which whoever is told so is to spread
    std::deque<Frame> signals;                   ///< typing, presence: lost when there are too many

    bool away = false;
    std::string viewing;  ///< conversation id, or empty
    std::optional<Facts> viewing_facts;
    bool presence_waits = false;  ///< to be told, when the last time is long enough ago
    SteadyClock::time_point presence_told_at;

    SteadyClock::time_point began;
    SteadyClock::time_point rights_at;
    SteadyClock::time_point interval_began;
    std::size_t messages_in_interval = 0;
    SteadyClock::time_point typed_at;
};

class Service::Hub : public std::enable_shared_from_this<Service::Hub> {
  public:
    using SessionPointer = std::shared_ptr<Session>;
    using ChannelPointer = std::shared_ptr<Channel>;

    Hub(Parts parts, Limits limits)
        : parts_(std::move(parts)),
          limits_(limits),
          wake_(parts_.tasks.io()),
          read_again_(parts_.tasks.io()) {}

    static void start(const std::shared_ptr<Hub>& hub);
    /// Ends what has a thread.
    void stop() { notices_.reset(); }
    static async::Task<> serve(std::shared_ptr<Hub> hub, std::shared_ptr<Peer> peer,
                               Credentials from);
    static async::Task<> tick(std::shared_ptr<Hub> hub);
    /// Of a commit of this node: the others are told too.
    void announced_here(std::vector<db::Announcement> announcements);
    void announced(std::vector<db::Announcement> announcements);
    /// Texts of other nodes may have been lost.
    void missed();
    [[nodiscard]] Stats stats() const;

  private:
    // Channels: realtime_hub.cpp.
    ChannelPointer open_channel(const WorkspaceId& workspace);
    Ring make_ring();
    void reset(Channel& channel, std::chrono::milliseconds spread);
    [[nodiscard]] std::chrono::milliseconds spread_of(std::size_t told) const;
    void forget_unused_channels();
    void take(Channel& channel, db::Announcement announcement);
    void ask_again_about(std::string_view person);
    static async::Task<> load(std::shared_ptr<Hub> hub, ChannelPointer channel);
    async::Task<std::optional<std::vector<Event>>> read_events(ChannelPointer channel,
                                                               std::vector<db::Announcement> batch);
    void add(Channel& channel, std::vector<Event> events);

    // Sending: realtime_hub.cpp.
    Frame next_frame(Session& session);
    void kick(const SessionPointer& session);
    static async::Task<> send(std::shared_ptr<Hub> hub, SessionPointer session, Frame frame);
    void push_answer(const SessionPointer& session, const json::object& message);
    void push_signal(const SessionPointer& session, const Frame& frame);
    void push_resync(const SessionPointer& session, std::string_view reason,
                     std::chrono::milliseconds spread = {});

    // The reading of rights: realtime_rights.cpp.
    void mark_stale(const SessionPointer& session);
    void queue_reading(const SessionPointer& session);
    void read_more();
    SessionPointer take_stale();
    static async::Task<> read_rights(std::shared_ptr<Hub> hub);
    async::Task<> refresh(SessionPointer session);
    void note_unread();
    /// Who somebody is and what they may see, of one moment.
    struct Standing {
        Context context;
        Rights rights;
    };
    async::Task<std::optional<Result<Standing>>> read_standing(Credentials credentials);

    // Who is connected, and what they may see: realtime_session.cpp.
    bool join(const SessionPointer& session, const Standing& standing);
    void leave(const SessionPointer& session);
    void settle(const SessionPointer& session, Standing standing);
    void welcome(const SessionPointer& session);
    void look_after(const SessionPointer& session);
    static void close(Session& session, CloseCode code, std::string_view reason);

    // What clients say: realtime_messages.cpp.
    static async::Task<> handle(std::shared_ptr<Hub> hub, SessionPointer session, std::string text);
    bool count_message(Session& session) const;
    void hello(const SessionPointer& session, const json::object& message);
    async::Task<> typing(SessionPointer session, json::object message);
    async::Task<> presence(SessionPointer session, json::object message);
    async::Task<std::optional<Facts>> find_facts(SessionPointer session, std::string conversation);
    void pong(const SessionPointer& session);
    void refuse(const SessionPointer& session, const Error& error);
    void tell_presence_in_time(Session& session);
    void tell_presence(Channel& channel, const Session& about);
    [[nodiscard]] json::array list_present(const Channel& channel, const Session& but) const;

    Parts parts_;
    Limits limits_;
    async::Signal wake_;
    std::map<WorkspaceId, ChannelPointer> channels_;
    std::set<SessionPointer> sessions_;
    std::unique_ptr<db::Notices> notices_;   ///< to other nodes; null where there can be none
    std::deque<SessionPointer> to_greet_;    ///< wait for the answer to a hello: they come first
    std::deque<SessionPointer> to_refresh_;  ///< whose rights may have changed
    std::size_t readers_ = 0;                ///< tasks that read rights
    int unread_ = 0;                         ///< attempts in a row that the database did not answer
    SteadyClock::time_point read_again_at_;  ///< after such an attempt
    async::Signal read_again_;               ///< at the end of the program
    std::uint64_t frames_sent_ = 0;
    std::uint64_t resyncs_ = 0;
    std::uint64_t missed_ = 0;
};

}  // namespace wapi::realtime
