// Fuzz target: any bytes as a request body.
//
// What parses must render to a text that parses again, and the readers must refuse or accept every
// field without a crash; strings they return are UTF-8 without NUL.
#include <cstdint>
#include <cstdlib>

#include "base/json.hpp"
#include "base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace json = wapi::json;
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const wapi::Result<json::object> parsed = json::parse_object(body);
    if (!parsed) {
        return 0;
    }
    // Not compared: the last digit of a fraction may change on the way.
    const wapi::Result<json::object> again = json::parse_object(json::render(*parsed));
    if (!again || again->size() != parsed->size()) {
        std::abort();
    }
    for (const auto& member : *parsed) {
        const wapi::Result<std::string> text = json::require_string(*parsed, member.key());
        if (text && (!wapi::text::is_valid_utf8(*text) || text->find('\0') != std::string::npos)) {
            std::abort();
        }
        static_cast<void>(json::optional_int(*parsed, member.key()));
        static_cast<void>(json::optional_strings(*parsed, member.key()));
        static_cast<void>(json::optional_object(*parsed, member.key()));
    }
    return 0;
}
