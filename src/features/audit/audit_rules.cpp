// Canonical bytes of an audit entry and their hash. See audit_rules.hpp for the form.
//
// Changing anything here breaks every chain that exists; audit_rules_test.cpp holds a known answer.
#include "features/audit/audit_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <chrono>
#include <regex>

#include "base/text.hpp"

namespace wapi::audit {
namespace {

constexpr std::size_t field_bytes_max = 256;

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

}  // namespace

std::string_view name_of(ActorKind kind) {
    switch (kind) {
        case ActorKind::user: return "user";
        case ActorKind::api_key: return "api_key";
        case ActorKind::system: return "system";
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
