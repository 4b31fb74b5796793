// Goal: no template of Meta and no components of a caller can crash the checks or the preview.
// Input: template components, a zero byte, the request's components.
#include <boost/json/parse.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "features/templates/templates_rules.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wapi::templates;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t split = text.find('\0');
    Template stored;
    stored.status = "APPROVED";
    stored.parameter_format = size % 2 == 0 ? "NAMED" : "POSITIONAL";
    stored.components = text.substr(0, split);
    boost::json::array given;
    if (split != std::string_view::npos) {
        boost::system::error_code failure;
        const boost::json::value parsed = boost::json::parse(text.substr(split + 1), failure);
        if (!failure && parsed.is_array()) {
            given = parsed.as_array();
        }
    }
    static_cast<void>(check_parameters(stored, given));
    static_cast<void>(render_preview(stored, given));
    return 0;
}
