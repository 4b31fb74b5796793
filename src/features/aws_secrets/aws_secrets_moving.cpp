#include "features/aws_secrets/aws_secrets_moving.hpp"

#include "base/log.hpp"
#include "features/audit/audit.hpp"

namespace wapi::aws_secrets {
namespace {

bool is_missing(const Error& error) { return error.kind == &vault::errors::secret_not_found; }

}  // namespace

/// The word of a removal goes first: whoever finds it takes out of AWS what was there before.
async::Task<Result<void>> MovingBackend::store(Context context, std::string name,
                                               SecretString secret) {
    const Result<vault::Held> before = co_await database_.hold(context.workspace, name);
    if (before && !before->secret) {
        co_await database_.discard(context.workspace, name, before->version);
    }
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

/// The database first, and with word of it: who is moving the secret at this moment takes it out of
/// AWS again.
async::Task<Result<void>> MovingBackend::remove(Context context, std::string name) {
    const Result<void> before = co_await database_.retire(context, name);
    if (!before && !is_missing(before.error())) {
        co_return before;
    }
    const Result<void> removed = co_await aws_.remove(context, name);
    const bool missing = !removed && is_missing(removed.error());
    co_return missing ? before : removed;
}

async::Task<Result<void>> MovingBackend::move(Context context, std::string name) {
    const Result<vault::Held> held = co_await database_.hold(context.workspace, name);
    if (!held) {
        co_return std::unexpected(held.error());
    }
    if (!held->secret) {
        co_return co_await finish_removal(context, name, held->version);
    }
    const Result<bool> put = co_await aws_.store_missing(context, name, *held->secret);
    if (!put) {
        co_return std::unexpected(put.error());
    }
    if (co_await database_.discard(context.workspace, name, held->version)) {
        co_return Result<void>();
    }
    co_return co_await settle(std::move(context), std::move(name), *held->secret, *put);
}

/// A secret was removed before, or while, it was moved: AWS must not have it.
async::Task<Result<void>> MovingBackend::finish_removal(Context context, std::string name,
                                                        std::int64_t version) {
    const Result<SecretString> there = co_await aws_.read(context, name);
    if (!there && !is_missing(there.error())) {
        co_return std::unexpected(there.error());
    }
    const Result<vault::Held> now = co_await database_.hold(context.workspace, name);
    if (!now || now->version != version) {  // stored again, or finished by another
        co_return now || is_missing(now.error()) ? Result<void>() : std::unexpected(now.error());
    }
    if (there) {
        Result<void> taken = co_await aws_.take_back(context, name, *there);
        if (!taken) {
            co_return taken;
        }
    }
    co_await database_.discard(context.workspace, name, version);
    co_return Result<void>();
}

/// The database no longer holds what was moved; `put`: AWS has it from us. When it holds nothing,
/// another has moved it, or stored a newer one at AWS.
async::Task<Result<void>> MovingBackend::settle(Context context, std::string name,
                                                SecretString moved, bool put) {
    const Result<vault::Held> now = co_await database_.hold(context.workspace, name);
    if (!now && is_missing(now.error())) {
        co_return Result<void>();
    }
    if (put) {
        Result<void> taken = co_await aws_.take_back(context, name, std::move(moved));
        if (!taken) {
            co_return taken;
        }
    }
    if (now && !now->secret) {
        co_await database_.discard(context.workspace, name, now->version);
        co_return Result<void>();
    }
    co_return fail(vault::errors::secret_store_unavailable,
                   "The secret was stored again while it was moved; repeat.");
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
