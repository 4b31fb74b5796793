// Who sees what of a small workspace, written down a second time: the model that
// visibility_test.cpp compares the program with. Rules: src/features/access/README.md.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "features/access/access.hpp"

namespace wapi::visibility {

using Names = std::set<std::string>;

inline const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
inline const std::string olga = "aaaaaaaa-0000-7000-8000-000000000001";  // the owner, who changes
inline const std::vector<std::string> people{"aaaaaaaa-0000-7000-8000-000000000002",
                                             "aaaaaaaa-0000-7000-8000-000000000003",
                                             "aaaaaaaa-0000-7000-8000-000000000004"};
// Tags of which one is part of another, or differs in case only.
inline const std::vector<std::string> tags{"vip", "VIP", "vi", "a\",\"vip"};
inline const std::vector<std::string> phones{"1080000000001", "1080000000002", "1080000000003"};
struct Talk {
    std::string id;
    std::string phone;
    std::string assignee;  ///< empty: nobody
    Names messages;
};
struct Person {
    std::string number;
    Names tags;
    std::vector<Talk> talks;
};
struct Worker {
    std::string role = "agent";
    access::Overrides overrides;
    Names tags;
    Names phones;
};

/// The rules once more, as plainly as possible.
struct Model {
    std::map<std::string, Person> contacts;
    std::map<std::string, Worker> workers;
    std::map<std::string, access::Permissions> roles;
    bool show_unassigned = false;

    [[nodiscard]] access::Permissions permissions(const Worker& who) const {
        const auto built_in = access::find_built_in(who.role);
        access::Permissions has = built_in ? *built_in : roles.at(who.role);
        has = (has | who.overrides.granted) & ~who.overrides.denied;
        for (const char* whole :
             {"viewAnalytics", "viewAuditLogs", "manageWebhooks", "exportData"}) {
            if (!who.tags.empty() || !who.phones.empty()) {
                has &= ~access::bit(*access::find_permission(whole));
            }
        }
        return has;
    }
    [[nodiscard]] bool sees_all_talks(const Worker& who) const {
        return access::allows(permissions(who), "viewAllConversations");
    }
    [[nodiscard]] static bool tags_fit(const Worker& who, const Person& contact) {
        return who.tags.empty() || std::ranges::any_of(contact.tags, [&](const std::string& tag) {
                   return who.tags.contains(tag);
               });
    }
    [[nodiscard]] static bool phone_fits(const Worker& who, const std::string& phone) {
        return who.phones.empty() || who.phones.contains(phone);
    }
    [[nodiscard]] bool sees(const Worker& who, const Person& contact) const {
        return tags_fit(who, contact) &&
               (contact.talks.empty() || std::ranges::any_of(contact.talks, [&](const Talk& talk) {
                    return phone_fits(who, talk.phone);
                }));
    }
    [[nodiscard]] static bool fits(const Worker& who, const Person& contact, const Talk& talk) {
        return tags_fit(who, contact) && phone_fits(who, talk.phone);
    }
    [[nodiscard]] bool sees(const std::string& id, const Person& contact, const Talk& talk) const {
        const Worker& who = workers.at(id);
        return fits(who, contact, talk) && (sees_all_talks(who) || talk.assignee == id ||
                                            (talk.assignee.empty() && show_unassigned));
    }
    /// Conversations and messages.
    [[nodiscard]] Names seen_in_log(const std::string& id) const {
        Names seen;
        for (const auto& [contact_id, contact] : contacts) {
            for (const Talk& talk : contact.talks) {
                if (sees(id, contact, talk)) {
                    seen.insert(talk.id);
                    seen.insert(talk.messages.begin(), talk.messages.end());
                }
            }
        }
        return seen;
    }
};

}  // namespace wapi::visibility
