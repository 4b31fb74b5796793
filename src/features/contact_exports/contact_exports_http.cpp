#include "features/contact_exports/contact_exports_http.hpp"

#include <fmt/format.h>

namespace wapi::contact_exports {
namespace {

Result<Format> parse_format(const net::Request& request) {
    const std::string_view text = request.query_param("format");
    for (const Format format : {Format::csv, Format::jsonl}) {
        if (text == audit_logs::name_of(format)) {
            return format;
        }
    }
    return fail_field(wapi::errors::invalid_request, "format", "csv or jsonl.");
}

/// Gives the file to the connection, as fast as the client takes it.
class ExportBody final : public net::BodySource {
  public:
    ExportBody(Exporter& exporter, std::shared_ptr<Export> running)
        : exporter_(exporter), running_(std::move(running)) {}
    async::Task<std::string> next() override {
        std::string piece = co_await exporter_.next_piece(*running_);
        co_return piece;
    }

  private:
    Exporter& exporter_;
    std::shared_ptr<Export> running_;
};

async::Task<Result<net::Response>> handle_export(Exporter& exporter, net::Call& call) {
    Result<contact_lists::Filter> filter = contact_lists::parse_filter(call.request.query);
    const Result<Format> format = parse_format(call.request);
    if (!filter || !format) {
        co_return std::unexpected(filter ? format.error() : filter.error());
    }
    Result<std::shared_ptr<Export>> running =
        co_await exporter.begin(call.context, *std::move(filter), *format);
    if (!running) {
        co_return std::unexpected(running.error());
    }
    net::Response response;
    response.content_type =
        *format == Format::csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back(
        "Content-Disposition",
        fmt::format("attachment; filename=\"contacts.{}\"", audit_logs::name_of(*format)));
    response.source = std::make_shared<ExportBody>(exporter, *std::move(running));
    co_return response;
}

}  // namespace

std::vector<net::Route> contact_exports_routes(Exporter& exporter) {
    return {
        {net::Verb::get, "/api/v1/contacts/export", net::Auth::api_key, "exportContacts",
         net::RateClass::api, 0, "exportContacts",
         [&exporter](net::Call& call) { return handle_export(exporter, call); }},
    };
}

}  // namespace wapi::contact_exports
