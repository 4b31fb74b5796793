// Announcements as texts for the other nodes on the same database. No I/O.
#include "features/live_events/live_events.hpp"

#include <boost/json/parse.hpp>

#include "base/json.hpp"

namespace wapi::live_events {
namespace {

constexpr std::size_t fields = 4;  ///< of an announcement: kind, workspace, id, detail

std::string render_one(const db::Announcement& announcement) {
    return json::render(json::array{announcement.kind, announcement.workspace.value,
                                    announcement.id, announcement.detail});
}

bool is_announcement(const json::value& item) {
    return item.is_array() && item.as_array().size() == fields &&
           std::ranges::all_of(item.as_array(),
                               [](const json::value& field) { return field.is_string(); });
}

}  // namespace

std::vector<std::string> render_notices(std::span<const db::Announcement> announcements,
                                        std::size_t bytes_max) {
    std::vector<std::string> texts;
    for (const db::Announcement& announcement : announcements) {
        if (!find_kind(announcement.kind)) {
            continue;
        }
        std::string one = render_one(announcement);
        if (one.size() + 2 > bytes_max) {
            one = render_one({.kind = everything_changed, .workspace = announcement.workspace});
        }
        if (texts.empty() || texts.back().size() + one.size() + 1 > bytes_max) {
            texts.push_back("[" + one + "]");
        } else {
            texts.back().back() = ',';
            texts.back() += one + "]";
        }
    }
    return texts;
}

std::vector<db::Announcement> parse_notice(std::string_view text) {
    std::vector<db::Announcement> announcements;
    boost::system::error_code failure;
    const json::value parsed = boost::json::parse(text, failure);
    if (failure || !parsed.is_array()) {
        return announcements;
    }
    for (const json::value& item : parsed.as_array()) {
        if (!is_announcement(item)) {
            continue;
        }
        const json::array& parts = item.as_array();
        const auto part = [&parts](std::size_t index) {
            return std::string(parts[index].as_string());
        };
        if (const auto kind = find_kind(part(0))) {
            announcements.push_back({.kind = *kind,
                                     .workspace = WorkspaceId(part(1)),
                                     .id = part(2),
                                     .detail = part(3)});
        }
    }
    return announcements;
}

}  // namespace wapi::live_events
