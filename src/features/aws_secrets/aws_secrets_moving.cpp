#include "features/aws_secrets/aws_secrets_moving.hpp"

#include "base/log.hpp"
#include "features/audit/audit.hpp"

namespace wapi::aws_secrets {
namespace {

bool is_missing(const Error& error) { return error.kind == &vault::errors::secret_not_found; }

}  // namespace

async::Task<Result<void>> MovingBackend::store(Context context, std::string name,
                                               SecretString secret) {
    Result<void> stored = co_await aws_.store(context, name, std::move(secret));
    if (stored) {
        co_await database_.discard(context.workspace, name);
    }
    co_return stored;
}

async::Task<Result<SecretString>> MovingBackend::read(Context context, std::string name) {
    Result<SecretString> secret = co_await aws_.read(context, name);
    if (secret || !is_missing(secret.error())) {
        co_return secret;
    }
    Result<SecretString> before = co_await database_.read(context, name);
    if (before || !is_missing(before.error())) {
        co_return before;
    }
    co_return co_await aws_.read(context, name);  // it may have been moved between the two
}

async::Task<Result<void>> MovingBackend::remove(Context context, std::string name) {
    Result<void> removed = co_await aws_.remove(context, name);
    if (!removed && !is_missing(removed.error())) {
        co_return removed;
    }
    Result<void> before = co_await database_.remove(context, name);
    co_return removed ? removed : before;
}

async::Task<Result<void>> MovingBackend::move(Context context, std::string name) {
    const Result<SecretString> secret = co_await database_.read(context, name);
    if (!secret) {
        co_return std::unexpected(secret.error());
    }
    Result<void> kept = co_await aws_.store_missing(context, name, *secret);
    if (kept) {
        co_await database_.discard(context.workspace, name);
    }
    co_return kept;
}

async::Task<Moved> move_all(db::Db& db, MovingBackend& backend) {
    Moved sum;
    vault::SecretId after;
    for (bool more = true; more;) {
        const std::vector<vault::SecretId> page = co_await db.read(
            "aws_secrets.list",
            [after](db::Txn& txn) { return vault::list_secrets(txn, after, move_page); });
        for (const vault::SecretId& id : page) {
            const Context context = audit::system_context(id.workspace, "");
            const Result<void> moved = co_await backend.move(context, id.name);
            if (moved) {
                ++sum.moved;
            } else if (!is_missing(moved.error())) {
                log::error("aws_secrets.not_moved", {{"workspace", id.workspace.value},
                                                     {"name", id.name},
                                                     {"error", moved.error().kind->code}});
                ++sum.failed;
            }
            after = id;
        }
        more = std::ssize(page) == move_page;
    }
    co_return sum;
}

}  // namespace wapi::aws_secrets
