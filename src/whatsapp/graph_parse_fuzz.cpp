// Goal: no answer of Meta, or of somebody in its place, can crash the parsers of Graph API answers.
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "whatsapp/graph_client.hpp"
#include "whatsapp/graph_parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wapi::whatsapp;
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const int status = size % 3 == 0 ? 200 : (size % 3 == 1 ? 400 : 500);
    static_cast<void>(parse_send_answer(status, body));
    const GraphResult<boost::json::object> answer = parse_answer(200, body);
    if (answer) {
        static_cast<void>(parse_token_info(*answer));
        static_cast<void>(parse_phone_info(*answer));
        static_cast<void>(parse_template_info(*answer));
        static_cast<void>(next_cursor(*answer));
    }
    return 0;
}
