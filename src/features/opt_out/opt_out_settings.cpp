// A workspace's own words of STOP and START, as its settings hold them.
//
// Read for every inbound message, so they are parsed once per distinct text. What the words mean:
// opt_out_rules.hpp.
#include <fmt/format.h>

#include <array>
#include <boost/json/parse.hpp>
#include <map>

#include "features/opt_out/opt_out.hpp"
#include "features/opt_out/opt_out_store.hpp"

namespace wapi::opt_out {
namespace {

constexpr std::array<std::string_view, 4> word_lists{"stopAdded", "stopRemoved", "startAdded",
                                                     "startRemoved"};

bool is_word(const boost::json::value& item) {
    return item.is_string() && !item.get_string().empty() &&
           item.get_string().size() <= word_bytes_max;
}

std::vector<std::string> strings(const boost::json::object& object, std::string_view name) {
    std::vector<std::string> list;
    const boost::json::value* found = object.if_contains(name);
    if (found != nullptr && found->is_array()) {
        for (const boost::json::value& item : found->as_array()) {
            if (item.is_string()) {
                list.emplace_back(item.as_string());
            }
        }
    }
    return list;
}

Words parse_words(std::string_view settings_text) {
    boost::system::error_code failed;
    const boost::json::value settings = boost::json::parse(settings_text, failed);
    const boost::json::value* own =
        !failed && settings.is_object() ? settings.as_object().if_contains("optOut") : nullptr;
    if (own == nullptr || !own->is_object()) {
        return {};
    }
    const boost::json::object& changes = own->as_object();
    return Words({.stop_added = strings(changes, "stopAdded"),
                  .stop_removed = strings(changes, "stopRemoved"),
                  .start_added = strings(changes, "startAdded"),
                  .start_removed = strings(changes, "startRemoved")});
}

}  // namespace

/// The workspace's words: settings.optOut.{stopAdded, stopRemoved, startAdded, startRemoved}.
/// Parsed once per distinct settings text and thread: this is asked for every inbound message.
std::shared_ptr<const Words> workspace_words(db::WorkspaceTxn& txn) {
    constexpr std::size_t cache_entries_max = 1'000;
    thread_local std::map<std::string, std::shared_ptr<const Words>, std::less<>> cache;
    const std::string settings = store::find_settings(txn);
    const auto found = cache.find(settings);
    if (found != cache.end()) {
        return found->second;
    }
    if (cache.size() >= cache_entries_max) {
        cache.clear();
    }
    auto words = std::make_shared<const Words>(parse_words(settings));
    cache.emplace(settings, words);
    return words;
}

Result<void> check_settings(const boost::json::object& settings) {
    const boost::json::value* own = settings.if_contains("optOut");
    if (own == nullptr) {
        return {};
    }
    if (!own->is_object()) {
        return fail_field(wapi::errors::invalid_request, "settings.optOut", "Must be an object.");
    }
    for (const auto& [name, list] : own->get_object()) {
        const std::string field = fmt::format("settings.optOut.{}", std::string_view(name));
        if (std::ranges::find(word_lists, std::string_view(name)) == word_lists.end()) {
            return fail_field(wapi::errors::invalid_request, field,
                              "There is no such list of words.");
        }
        if (!list.is_array() || !std::ranges::all_of(list.get_array(), is_word)) {
            return fail_field(
                wapi::errors::invalid_request, field,
                fmt::format("Must be a list of words of at most {} bytes.", word_bytes_max));
        }
    }
    return {};
}

}  // namespace wapi::opt_out
