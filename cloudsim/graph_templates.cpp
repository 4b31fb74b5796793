// Message templates: list, create with a review that takes a moment, delete, unpause.
//
// Source: shared/meta/templates.md. A name that contains "reject" is rejected, so that both ends of
// a review can be shown.
#include <algorithm>

#include "base/text.hpp"
#include "cloudsim/graph.hpp"
#include "cloudsim/template_check.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::chrono::milliseconds review_time{300};

// Ends the review of a template that still exists and still waits.
void finish_review(Simulator& simulator, const std::string& template_id) {
    const auto [waba, entry] = simulator.world().find_template(template_id);
    if (entry == nullptr || entry->status != "PENDING") {
        return;
    }
    const bool rejected = entry->name.find("reject") != std::string::npos;
    entry->status = rejected ? "REJECTED" : "APPROVED";
    entry->rejected_reason = rejected ? "INVALID_FORMAT" : "NONE";
    simulator.publish(nullptr, render_template_status(*waba, *entry));
}

bool matches(const GraphCall& call, const Template& entry) {
    const auto same = [&call](std::string_view filter, std::string_view value) {
        const auto wanted = call.parameter(filter);
        return !wanted || text::to_lower_ascii(*wanted) == text::to_lower_ascii(value);
    };
    return same("status", entry.status) && same("name", entry.name) &&
           same("language", entry.language) && same("category", entry.category);
}

}  // namespace

json::object render_template(const Template& entry) {
    return json::object{{"name", entry.name},
                        {"parameter_format", entry.parameter_format},
                        {"components", entry.components},
                        {"language", entry.language},
                        {"status", entry.status},
                        {"category", entry.category},
                        {"correct_category", entry.category},
                        {"sub_category", "CUSTOM"},
                        {"quality_score", json::object{{"score", entry.quality}}},
                        {"rejected_reason", entry.rejected_reason},
                        {"id", entry.id}};
}

GraphReply get_template(Simulator&, GraphCall& call) {
    return select_fields(render_template(*call.message_template), call.parameter("fields"),
                         "WhatsAppMessageTemplate");
}

GraphReply list_templates(Simulator& simulator, GraphCall& call) {
    const auto fields = call.parameter("fields").value_or(
        "name,parameter_format,components,language,status,category,sub_category,id");
    json::array all;
    for (const Template& entry : call.waba->templates) {
        if (!matches(call, entry)) {
            continue;
        }
        auto selected = select_fields(render_template(entry), fields, "WhatsAppMessageTemplate");
        if (!selected) {
            return selected;
        }
        all.push_back(std::move(*selected));
    }
    return render_page(call, simulator, std::move(all));
}

GraphReply create_template(Simulator& simulator, GraphCall& call) {
    if (auto done = check_new_template(*call.waba, call.body); !done) {
        return std::unexpected(done.error());
    }
    Template entry;
    entry.name = call.parameter("name").value_or("");
    entry.language = call.parameter("language").value_or("");
    entry.category = call.parameter("category").value_or("");
    entry.status = "PENDING";
    entry.parameter_format = call.parameter("parameter_format").value_or("POSITIONAL");
    entry.components = call.body.at("components").as_array();
    const Template& added = simulator.world().add_template(*call.waba, std::move(entry));
    simulator.scheduler().after(review_time,
                                [&simulator, id = added.id] { finish_review(simulator, id); });
    return json::object{{"id", added.id}, {"status", added.status}, {"category", added.category}};
}

GraphReply delete_template(Simulator&, GraphCall& call) {
    const auto name = call.parameter("name");
    const auto id = call.parameter("hsm_id");
    if (!name) {
        return refuse(100, "The parameter name is required.");
    }
    const auto removed = std::erase_if(call.waba->templates, [&](const Template& entry) {
        return entry.name == *name && (!id || entry.id == *id);
    });
    if (removed == 0) {
        return refuse(100, "No template of that name", 2593002);
    }
    return success();
}

GraphReply unpause_template(Simulator& simulator, GraphCall& call) {
    if (call.message_template->status != "PAUSED") {
        return refuse(100, "The template is not paused");
    }
    call.message_template->status = "APPROVED";
    simulator.publish(nullptr, render_template_status(*call.waba, *call.message_template));
    return success();
}

}  // namespace wapi::cloudsim
