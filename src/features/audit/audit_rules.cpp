// Canonical bytes of an audit entry and their hash. See audit_rules.hpp for the form.
//
// Changing anything here breaks every chain that exists; audit_rules_test.cpp holds a known answer.
#include "features/audit/audit_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <chrono>
#include <regex>

#include "base/json.hpp"
#include "base/text.hpp"

namespace wapi::audit {
namespace {

void append_field(std::string& bytes, std::string_view field) {
    for (int shift = 56; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<char>((field.size() >> shift) & 0xff));
    }
    bytes.append(field);
}

std::string clean(std::string_view text) {
    std::string valid = text::replace_invalid_utf8(text.substr(0, field_bytes_max));
    std::erase(valid, '\0');
    return valid;
}

std::string clean_details(const std::string& details) {
    boost::system::error_code parse_error;
    const boost::json::value parsed = boost::json::parse(details, parse_error);
    const bool fits = details.size() <= details_bytes_max && !parse_error && parsed.is_object() &&
                      details.find('\0') == std::string::npos;
    return fits ? details : fmt::format(R"({{"detailsDropped":true,"bytes":{}}})", details.size());
}

/// Digits alone, of a number from 0.
std::optional<std::int64_t> parse_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size() || text.starts_with('-')) {
        return std::nullopt;
    }
    return number;
}

/// Both parts of `<number>-<rest>`.
std::optional<std::pair<std::int64_t, std::string_view>> split_cursor(std::string_view text) {
    const std::size_t dash = text.find('-');
    const std::optional<std::int64_t> number = parse_number(text.substr(0, dash));
    if (dash == std::string_view::npos || !number) {
        return std::nullopt;
    }
    return std::pair(*number, text.substr(dash + 1));
}

}  // namespace

std::string_view name_of(ActorKind kind) {
    switch (kind) {
        case ActorKind::user: return "user";
        case ActorKind::api_key: return "api_key";
        case ActorKind::system: return "system";
        case ActorKind::platform_operator: return "operator";
    }
    return "system";
}

crypto::Digest entry_hash(std::string_view previous_hash, const WorkspaceId& workspace,
                          const StoredEntry& entry) {
    std::string bytes(previous_hash);
    append_field(bytes, workspace.value);
    append_field(bytes, std::to_string(entry.seq));
    append_field(bytes, entry.action);
    append_field(bytes, entry.actor_kind);
    append_field(bytes, entry.actor_id);
    append_field(bytes, entry.resource_type);
    append_field(bytes, entry.resource_id);
    append_field(bytes, entry.details);
    append_field(bytes, entry.ip);
    append_field(bytes, entry.user_agent);
    append_field(bytes, entry.request_id);
    append_field(bytes, std::to_string(to_us(entry.created_at)));
    return crypto::sha256(bytes);
}

StoredEntry to_stored(const Context& context, const Entry& entry, std::int64_t seq, Timestamp now) {
    StoredEntry stored;
    stored.seq = seq;
    stored.action = entry.action;
    stored.actor_kind = name_of(context.actor.kind);
    stored.actor_id = clean(context.actor.id);
    stored.resource_type = clean(entry.resource_type);
    stored.resource_id = clean(entry.resource_id);
    stored.details = entry.details == "{}" ? entry.details : clean_details(entry.details);
    stored.ip = clean(context.ip);
    stored.user_agent = clean(context.user_agent);
    stored.request_id = clean(context.request_id);
    stored.created_at = now;
    return stored;
}

bool follows(const Link& before, const WorkspaceId& workspace, const StoredEntry& entry) {
    const crypto::Digest hash = entry_hash(before.hash, workspace, entry);
    return entry.seq == before.seq + 1 && entry.hash == crypto::as_text(hash);
}

std::string render_pruned(const Pruned& pruned) {
    return boost::json::serialize(
        boost::json::object{{"through", pruned.last.seq},
                            {"hash", crypto::hex_encode(pruned.last.hash)},
                            {"entries", pruned.entries},
                            {"retentionDays", pruned.kept.count()}});
}

std::optional<Pruned> read_pruned(const StoredEntry& entry) {
    if (entry.action != actions::audit_pruned) {
        return std::nullopt;
    }
    const Result<json::object> details = json::parse_object(entry.details);
    if (!details) {
        return std::nullopt;
    }
    const auto through = json::require_int(*details, "through", {.min = 1});
    const auto hash = json::require_string(*details, "hash");
    const auto entries = json::require_int(*details, "entries");
    const auto kept = json::require_int(*details, "retentionDays", {.min = 0, .max = 1'000'000});
    const auto bytes = hash ? crypto::hex_decode(*hash) : std::nullopt;
    if (!through || !bytes || bytes->size() != genesis.size() || !entries || !kept) {
        return std::nullopt;
    }
    return Pruned{
        .last = {*through, *bytes}, .entries = *entries, .kept = std::chrono::days(*kept)};
}

std::chrono::days retention_of(const std::string& settings) {
    const Result<json::value> parsed = json::parse_value(settings);
    if (!parsed || !parsed->is_object()) {
        return retention_default;
    }
    const auto days = json::optional_int(parsed->get_object(), "audit.retentionDays", {.min = 0});
    const std::int64_t wanted = days ? days->value_or(0) : 0;
    return std::chrono::days(
        std::clamp<std::int64_t>(wanted, retention_default.count(), retention_max.count()));
}

Result<void> check_settings(const boost::json::object& settings) {
    const auto own = json::optional_object(settings, "audit");
    if (!own) {
        return fail_field(wapi::errors::invalid_request, "settings.audit", "Must be an object.");
    }
    if (*own == nullptr) {
        return {};
    }
    for (const auto& item : **own) {
        if (item.key() != "retentionDays") {
            return fail_field(wapi::errors::invalid_request,
                              "settings.audit." + std::string(item.key()).substr(0, 64),
                              "There is no such setting.");
        }
    }
    const auto days = json::optional_int(
        **own, "retentionDays", {.min = retention_default.count(), .max = retention_max.count()});
    if (!days) {
        return fail_field(wapi::errors::invalid_request, "settings.audit.retentionDays",
                          fmt::format("A number of days from {} to {}.", retention_default.count(),
                                      retention_max.count()));
    }
    return {};
}

std::string render_link(const Link& link) {
    return fmt::format("{}-{}", link.seq, crypto::hex_encode(link.hash));
}

std::optional<Link> parse_link(std::string_view text) {
    const auto parts = split_cursor(text);
    const auto hash = parts ? crypto::hex_decode(parts->second) : std::nullopt;
    if (!hash || hash->size() != genesis.size()) {
        return std::nullopt;
    }
    return Link{parts->first, *hash};
}

std::string render_place(const Place& place) {
    return fmt::format("{}-{}", place.time_us, place.seq);
}

std::optional<Place> parse_place(std::string_view text) {
    const auto parts = split_cursor(text);
    const auto seq = parts ? parse_number(parts->second) : std::nullopt;
    if (!seq) {
        return std::nullopt;
    }
    return Place{parts->first, *seq};
}

std::optional<Timestamp> parse_moment(const std::string& text) {
    static const std::regex form(
        R"((\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z)?)");
    std::smatch part;
    if (text.size() > 32 || !std::regex_match(text, part, form)) {
        return std::nullopt;
    }
    const auto number = [&part](std::size_t index) {
        return part[index].matched ? std::stoi(part[index].str()) : 0;
    };
    const std::chrono::year_month_day date{std::chrono::year(number(1)),
                                           std::chrono::month(static_cast<unsigned>(number(2))),
                                           std::chrono::day(static_cast<unsigned>(number(3)))};
    if (!date.ok() || number(4) > 23 || number(5) > 59 || number(6) > 60) {
        return std::nullopt;
    }
    std::string fraction = part[7].str();
    fraction.resize(6, '0');
    return Timestamp{std::chrono::sys_days(date)} + std::chrono::hours(number(4)) +
           std::chrono::minutes(number(5)) + std::chrono::seconds(number(6)) +
           std::chrono::microseconds(std::stoi(fraction));
}

}  // namespace wapi::audit
