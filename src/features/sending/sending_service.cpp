#include "features/sending/sending_service.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "features/inbox/inbox.hpp"

namespace wapi::sending {
namespace {

namespace json = boost::json;

struct Committed {
    messages::Message message;
    bool answered = false;  ///< it is as the first caller with this key was told
};

/// The part of a message that an answer tells and that changes later.
std::string render_answer(const messages::Message& message) {
    json::object answer{{"conversationId", message.conversation.value},
                        {"status", message.status},
                        {"waMessageId", message.wa_message_id.value},
                        {"errorMessage", message.error_message}};
    if (message.error_code) {
        answer["errorCode"] = *message.error_code;
    }
    return json::serialize(answer);
}

/// The message as it was when that answer was given.
messages::Message as_answered(messages::Message message, std::string_view text) {
    const json::object answer = json::parse(text).as_object();
    const auto string = [&answer](const char* name) {
        return std::string(answer.at(name).as_string());
    };
    message.conversation = ConversationId(string("conversationId"));
    message.status = string("status");
    message.wa_message_id = WaMessageId(string("waMessageId"));
    message.error_message = string("errorMessage");
    const json::value* code = answer.if_contains("errorCode");
    message.error_code = code != nullptr ? std::optional(code->as_int64()) : std::nullopt;
    return message;
}

/// What an earlier request with the key has made, for who may see it.
Result<Committed> repeat(db::WorkspaceTxn& txn, const Context& context,
                         const idempotency::Used& used) {
    messages::Message message = messages::find(txn, MessageId(used.made)).value();
    const auto seen = inbox::get(txn, message.conversation, context.restrictions);
    if (!seen) {
        return std::unexpected(seen.error());
    }
    if (used.answer.empty()) {
        return Committed{.message = std::move(message), .answered = false};
    }
    return Committed{.message = as_answered(std::move(message), used.answer), .answered = true};
}

Result<Committed> commit(db::WorkspaceTxn& txn, IdGenerator& ids, const Context& context,
                         const Service::KeyedDraft& request, Timestamp now) {
    const auto used = idempotency::find(txn, request.request, now);
    if (!used) {
        return std::unexpected(used.error());
    }
    if (*used) {
        return repeat(txn, context, **used);
    }
    Result<messages::Message> message = commit_send(txn, ids, context, request.draft, now);
    if (!message) {
        return std::unexpected(message.error());
    }
    idempotency::save(txn, request.request, message->id.value, now);
    return Committed{.message = *std::move(message), .answered = false};
}

/// A message that failed at once is an error to the caller.
Result<messages::Message> judge(messages::Message message) {
    if (message.status == messages::status::failed) {
        return fail(errors::message_refused, message.error_message);
    }
    if (message.status == messages::status::cancelled && message.error_message == "opted_out") {
        return fail(errors::contact_opted_out);
    }
    return message;
}

}  // namespace

async::Task<Result<messages::Message>> Service::send(Context context, KeyedDraft request) {
    Result<Committed> committed =
        co_await db_.write(context.workspace, "sending.send",
                           [&ids = ids_, &clock = clock_, context, request](db::WorkspaceTxn& txn) {
                               // Of this attempt: what it waited for has happened before it.
                               return commit(txn, ids, context, request, clock.now());
                           });
    if (!committed) {
        co_return std::unexpected(committed.error());
    }
    messages::Message message = std::move(committed->message);
    if (!committed->answered) {
        message = co_await wait_for_meta(std::move(message));
        if (!request.request.key.empty()) {
            message = co_await keep_answer(std::move(context), std::move(request.request.key),
                                           std::move(message));
        }
    }
    co_return judge(std::move(message));
}

/// The message once Meta has answered, or as it is when that takes too long.
async::Task<messages::Message> Service::wait_for_meta(messages::Message message) {
    if (message.status != messages::status::queued && message.status != messages::status::sending) {
        co_return message;
    }
    sender_.wake(message.phone_number_id);
    if (const auto outcome = co_await sender_.wait_for(message.id, answer_wait)) {
        message.status = outcome->status;
        message.wa_message_id = WaMessageId(outcome->wa_message_id);
        message.error_code = outcome->error_code;
        message.error_message = outcome->error_message;
    }
    co_return message;
}

/// What is told under a key once is told for as long as the key counts (invariant 6).
async::Task<messages::Message> Service::keep_answer(Context context, std::string key,
                                                    messages::Message message) {
    const std::string kept = co_await db_.write(
        context.workspace, "sending.keep_answer",
        [key, id = message.id, answer = render_answer(message)](db::WorkspaceTxn& txn) {
            return idempotency::keep_answer(txn, key, id.value, answer);
        });
    co_return as_answered(std::move(message), kept);
}

}  // namespace wapi::sending
