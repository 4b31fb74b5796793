// Contents of inbound messages: see message_content.hpp.
#include "bench/load/message_content.hpp"

#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "bench/load/meta_json.hpp"
#include "bench/load/seeded_random.hpp"

namespace wapi::load {
namespace {

constexpr std::uint64_t stop_scale = 1'000;
constexpr std::uint64_t answered_messages = 100'000;  // ids that a reply can refer to

/// One to four sentences; now and then a long message of up to sixteen.
std::string make_text(SeededRandom& random, const Customer& customer) {
    const std::uint64_t sentences =
        random.below(12) == 0 ? random.between(5, 16) : random.between(1, 4);
    std::string text;
    for (std::uint64_t step = 0; step < sentences; ++step) {
        if (step > 0) {
            text += random.below(6) == 0 ? '\n' : ' ';
        }
        text += customer.country->phrases[random.below(customer.country->phrases.size())];
    }
    return text;
}

void append_text(std::string& json, SeededRandom& random, const Customer& customer, bool stop) {
    append_field(json, "type", "text");
    json += R"(,"text":{)";
    append_field(json, "body", stop ? std::string("STOP") : make_text(random, customer));
    json += "}";
}

/// A checksum as Meta writes it: 32 bytes in base64.
std::string make_sha256(SeededRandom& random) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < 42; ++at) {
        text += alphabet[random.below(alphabet.size())];
    }
    return text + "A=";
}

void append_media(std::string& json, SeededRandom& random, const Customer& customer,
                  bool document) {
    const std::uint64_t media_id = random.between(1'000'000'000'000'000, 9'999'999'999'999'999);
    append_field(json, "type", document ? "document" : "image");
    json += document ? R"(,"document":{)" : R"(,"image":{)";
    if (random.below(2) == 0) {
        append_field(json, "caption",
                     customer.country->phrases[random.below(customer.country->phrases.size())]);
    }
    if (document) {
        append_field(json, "filename", fmt::format("Invoice {}.pdf", random.below(100'000)));
    }
    append_field(json, "mime_type", document ? "application/pdf" : "image/jpeg");
    append_field(json, "sha256", make_sha256(random));
    append_field(json, "id", fmt::format("{}", media_id));
    append_field(json, "url",
                 fmt::format("https://lookaside.fbsbx.com/whatsapp_business/attachments/"
                             "?mid={}&source=webhook&ext={}&hash={:016x}",
                             media_id, 1'790'000'300 + random.below(1'000'000), random.next()));
    json += "}";
}

void append_location(std::string& json, SeededRandom& random) {
    append_field(json, "type", "location");
    json +=
        fmt::format(R"(,"location":{{"latitude":{}.{:06},"longitude":{}.{:06})", random.below(60),
                    random.below(1'000'000), random.below(120), random.below(1'000'000));
    append_field(json, "name", "Café Central");
    append_field(json, "address", fmt::format("Herrengasse {}/2, 1010 Wien", random.below(99)));
    json += "}";
}

void append_context(std::string& json, SeededRandom& random, const ContentChoice& choice,
                    const Customer& customer) {
    json += R"(,"context":{)";
    append_field(json, "from", "15550001111");
    append_field(json, "id",
                 make_wamid(customer, choice.seed, random.below(answered_messages), true));
    json += '}';
}

void append_button(std::string& json, SeededRandom& random) {
    static constexpr std::array<std::string_view, 3> titles{"Yes, confirm", "Talk to an agent",
                                                            "Más información"};
    const std::uint64_t pick = random.below(titles.size());
    append_field(json, "type", "button");
    json += R"(,"button":{)";
    append_field(json, "payload", fmt::format("order-{}:{}", random.below(1'000'000), pick));
    append_field(json, "text", titles[pick]);
    json += "}";
}

void append_interactive(std::string& json, SeededRandom& random) {
    const bool list = random.below(2) == 0;
    append_field(json, "type", "interactive");
    json += R"(,"interactive":{)";
    append_field(json, "type", list ? "list_reply" : "button_reply");
    json += list ? R"(,"list_reply":{)" : R"(,"button_reply":{)";
    append_field(json, "id", fmt::format("row-{}", random.below(1'000)));
    append_field(json, "title", list ? "Delivery tomorrow" : "Sí, gracias");
    if (list) {
        append_field(json, "description", "Between 09:00 and 12:00, free of charge");
    }
    json += "}}";
}

}  // namespace

void append_content(std::string& json, const ContentChoice& choice, const Customer& customer) {
    SeededRandom random(choice.random);
    const std::uint64_t kind = random.below(100);
    const bool stop = random.below(stop_scale) < choice.stop_per_mille;
    if (kind < 70 || stop) {
        append_text(json, random, customer, stop);
    } else if (kind < 88) {
        append_media(json, random, customer, kind >= 82);
    } else if (kind < 91) {
        append_location(json, random);
    } else {
        append_context(json, random, choice, customer);
        if (kind < 95) {
            append_button(json, random);
        } else {
            append_interactive(json, random);
        }
    }
}

}  // namespace wapi::load
