#include "features/contact_imports/contact_imports_http.hpp"

#include "base/csv_writer.hpp"
#include "base/json.hpp"
#include "net/paging.hpp"

namespace wapi::contact_imports {
namespace {

constexpr std::size_t start_body_max = 64 * 1024;
constexpr std::size_t no_body_max = 1024;          ///< of a request that says nothing in it
constexpr std::size_t refused_rows_in_piece = 50;  ///< of 32 KiB each, at most

Result<net::Response> respond(const Result<Import>& import, int status = 200) {
    if (!import) {
        return std::unexpected(import.error());
    }
    return net::json_response(json::render(render(*import)), status);
}

/// Hands the body on as it arrives, to its end.
async::Task<Result<void>> receive(Service& service, Receiving& file, net::BodyReader& body) {
    for (;;) {
        Result<std::string> piece = co_await body.next();
        if (!piece) {
            co_return std::unexpected(piece.error());
        }
        if (piece->empty()) {
            co_return Result<void>();
        }
        Result<void> taken = co_await service.add(file, *std::move(piece));
        if (!taken) {
            co_return taken;
        }
    }
}

async::Task<Result<net::Response>> handle_upload(Service& service, net::Call& call) {
    const net::Request& request = call.request;
    const Declared declared{.file_name = std::string(request.query_param("fileName")),
                            .encoding = std::string(request.query_param("encoding")),
                            .delimiter = std::string(request.query_param("delimiter"))};
    const auto file = co_await service.begin(call.context, declared);
    if (!file) {
        co_return std::unexpected(file.error());
    }
    const Result<void> received = co_await receive(service, **file, *request.body_reader);
    Result<Import> import = std::unexpected(received ? Error{} : received.error());
    if (received) {
        import = co_await service.finish(**file);
    }
    if (!import) {
        co_await service.abandon(**file);
    }
    co_return respond(import, 201);
}

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    if (!limit) {
        co_return std::unexpected(limit.error());
    }
    const Page page = co_await service.list(
        call.context, std::string(call.request.query_param("cursor")), *limit);
    json::array imports;
    for (const Import& import : page.imports) {
        imports.emplace_back(render(import));
    }
    co_return net::page_response("imports", std::move(imports), page.next_cursor);
}

async::Task<Result<net::Response>> handle_get(Service& service, net::Call& call) {
    co_return respond(co_await service.get(call.context, call.request.param("id")));
}

async::Task<Result<net::Response>> handle_start(Service& service, net::Call& call) {
    Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    co_return respond(
        co_await service.start(call.context, call.request.param("id"), *std::move(body)), 202);
}

async::Task<Result<net::Response>> handle_cancel(Service& service, net::Call& call) {
    co_return respond(co_await service.cancel(call.context, call.request.param("id")));
}

/// The rows as they were, behind where they stand and why they were refused.
class RefusedFile final : public net::BodySource {
  public:
    RefusedFile(Service& service, Context context, Import import)
        : service_(service), context_(std::move(context)), import_(std::move(import)) {}
    async::Task<std::string> next() override {
        std::string text = begun_ ? std::string() : head();
        begun_ = true;
        const std::vector<RefusedRow> rows = co_await service_.list_refused(
            context_, import_.id, after_line_, refused_rows_in_piece);
        for (const RefusedRow& row : rows) {
            after_line_ = row.line;
            append(text, std::to_string(row.line), row.reason, row.cells);
        }
        co_return text;
    }

  private:
    [[nodiscard]] std::string head() const {
        std::string text;
        append(text, "line", "reason",
               boost::json::value_to<std::vector<std::string>>(json::value(import_.header)));
        return text;
    }
    static void append(std::string& text, std::string_view line, std::string_view reason,
                       const std::vector<std::string>& cells) {
        std::vector<std::string_view> all{line, reason};
        all.insert(all.end(), cells.begin(), cells.end());
        csv::append_row(text, all);
    }

    Service& service_;
    Context context_;
    Import import_;
    std::int64_t after_line_ = 0;
    bool begun_ = false;
};

async::Task<Result<net::Response>> handle_refused(Service& service, net::Call& call) {
    Result<Import> import = co_await service.begin_download(call.context, call.request.param("id"));
    if (!import) {
        co_return std::unexpected(import.error());
    }
    net::Response response;
    response.content_type = "text/csv; charset=utf-8; header=present";
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"refused.csv\"");
    response.source = std::make_shared<RefusedFile>(service, call.context, *std::move(import));
    co_return response;
}

}  // namespace

std::vector<net::Route> contact_imports_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    constexpr std::string_view permission = "importContacts";
    return {
        {Verb::post, "/api/v1/contact-imports", Auth::session, permission, RateClass::api,
         file_bytes_max, "uploadContactImport", bind(handle_upload), true},
        {Verb::get, "/api/v1/contact-imports", Auth::session, permission, RateClass::api, 0,
         "listContactImports", bind(handle_list)},
        {Verb::get, "/api/v1/contact-imports/{id}", Auth::session, permission, RateClass::api, 0,
         "getContactImport", bind(handle_get)},
        {Verb::post, "/api/v1/contact-imports/{id}/start", Auth::session, permission,
         RateClass::api, start_body_max, "startContactImport", bind(handle_start)},
        {Verb::post, "/api/v1/contact-imports/{id}/cancel", Auth::session, permission,
         RateClass::api, no_body_max, "cancelContactImport", bind(handle_cancel)},
        {Verb::get, "/api/v1/contact-imports/{id}/refused", Auth::session, permission,
         RateClass::api, 0, "downloadRefusedRows", bind(handle_refused)},
    };
}

}  // namespace wapi::contact_imports
