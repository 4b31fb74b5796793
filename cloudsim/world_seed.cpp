// The default world, the same at every start: what demos, tests and the phone page talk to.
//
// Numbers are from the fictional 555 range; ids have the shape and length of Meta's.
#include <fmt/format.h>

#include "cloudsim/world.hpp"

namespace wapi::cloudsim {
namespace {

struct TemplateSeed {
    std::string_view name;
    std::string_view category;
    std::string_view status;
    std::string_view parameter_format;
    std::string_view components;
};

constexpr TemplateSeed template_seeds[] = {
    {"hello_world", "UTILITY", "APPROVED", "POSITIONAL",
     R"([{"type":"HEADER","format":"TEXT","text":"Hello World"},
         {"type":"BODY","text":"Welcome! This message shows that you can send."},
         {"type":"FOOTER","text":"WhatsApp Business Platform sample message"}])"},
    {"order_ready", "UTILITY", "APPROVED", "POSITIONAL",
     R"([{"type":"BODY","text":"Hi {{1}}, your order {{2}} is ready for pickup.",
          "example":{"body_text":[["Ann","A-77"]]}}])"},
    {"appointment_reminder", "UTILITY", "APPROVED", "NAMED",
     R"([{"type":"BODY","text":"Hi {{first_name}}, we expect you on {{date}} at our shop.",
          "example":{"body_text_named_params":[{"param_name":"first_name","example":"Ann"},
                                               {"param_name":"date","example":"Monday"}]}}])"},
    {"summer_sale", "MARKETING", "APPROVED", "POSITIONAL",
     R"([{"type":"HEADER","format":"TEXT","text":"Summer sale"},
         {"type":"BODY","text":"Hi {{1}}, everything for the beach is half price this week.",
          "example":{"body_text":[["Ann"]]}},
         {"type":"FOOTER","text":"Demo Shop"},
         {"type":"BUTTONS","buttons":[
            {"type":"QUICK_REPLY","text":"Tell me more"},{"type":"QUICK_REPLY","text":"Stop"},
            {"type":"URL","text":"Open shop","url":"https://shop.example/s/{{1}}",
             "example":["https://shop.example/s/beach"]}]}])"},
    {"winter_sale", "MARKETING", "PAUSED", "POSITIONAL",
     R"([{"type":"BODY","text":"Hi {{1}}, warm coats are here.",
          "example":{"body_text":[["Ann"]]}}])"},
    {"free_money", "MARKETING", "REJECTED", "POSITIONAL",
     R"([{"type":"BODY","text":"You have won! Answer now to get your money."}])"},
};

void add_templates(World& world, Waba& waba) {
    for (const TemplateSeed& seed : template_seeds) {
        Template entry;
        entry.name = seed.name;
        entry.language = "en_US";
        entry.category = seed.category;
        entry.status = seed.status;
        entry.parameter_format = seed.parameter_format;
        entry.components = boost::json::parse(seed.components).as_array();
        if (seed.status == "REJECTED") {
            entry.rejected_reason = "SCAM";
        }
        entry.quality = seed.status == "PAUSED" ? "RED" : "GREEN";
        world.add_template(waba, std::move(entry));
    }
}

void add_business(World& world) {
    for (int number : {1, 2}) {
        Waba waba;
        waba.id = fmt::format("209000000000{}", number);
        waba.name = number == 1 ? "Demo Shop" : "Demo Bistro";
        waba.business_id = "3070000000001";
        waba.template_namespace = fmt::format("ab12cd34_5678_90ef_ab12_cd34ef56789{}", number);
        add_templates(world, world.add_waba(std::move(waba)));
    }
    const auto add = [&world](std::string id, std::string waba, std::string display,
                              std::string country, std::string name) -> PhoneNumber& {
        PhoneNumber phone;
        phone.id = std::move(id);
        phone.waba_id = std::move(waba);
        phone.display = std::move(display);
        for (const char c : phone.display) {
            if (c >= '0' && c <= '9') {
                phone.digits += c;
            }
        }
        phone.country_code = std::move(country);
        phone.verified_name = std::move(name);
        return world.add_phone(std::move(phone));
    };
    // Registered without a PIN, not registered yet, registered with a PIN: the three cases of
    // connect.
    add("1080000000001", "2090000000001", "+1 555-000-1111", "1", "Demo Shop").registered = true;
    add("1080000000002", "2090000000001", "+1 555-000-1112", "1", "Demo Shop Support");
    PhoneNumber& bistro =
        add("1080000000003", "2090000000002", "+49 1555 0001113", "49", "Demo Bistro");
    bistro.registered = true;
    bistro.pin = "581063";
}

void add_customers(World& world) {
    const Customer seeds[] = {
        {"", "15550002222", "US.13491208655302741918", "Ann Lee", "", "en", false, false,
         "Hello, are you open today?"},
        {"", "34655000333", "ES.20817734019283746510", "José García Ñúñez", "", "es", false, false,
         "¿Está listo mi pedido?"},
        {"", "4915550004444", "DE.30911827364554637281", "Jürgen Müßig", "juergen", "de", false,
         false, "Haben Sie morgen geöffnet?"},
        {"", "971555000555", "AE.40192837465566473829", "ليلى حسن", "layla", "ar", true, false,
         "مرحبا، أين طلبي؟"},
        {"", "", "JP.50293847561029384756", "山田 花子", "hanako", "ja", true, false,
         "こんにちは 👋"},
    };
    for (const Customer& seed : seeds) {
        world.add_customer(seed);
    }
}

}  // namespace

std::unique_ptr<World> make_default_world(std::uint64_t seed) {
    auto world = std::make_unique<World>(seed);
    add_business(*world);
    add_customers(*world);
    return world;
}

}  // namespace wapi::cloudsim
