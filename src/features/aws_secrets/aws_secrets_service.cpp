// AWS Secrets Manager as a store of the vault: calls that are repeated, and changes that do not
// lose one another. See aws_secrets.hpp.
#include "features/aws_secrets/aws_secrets.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/log.hpp"
#include "features/audit/audit.hpp"

namespace wapi::aws_secrets {
namespace {

std::string make_version(Rng& rng) {
    std::array<char, 16> bytes{};
    rng.fill(std::as_writable_bytes(std::span(bytes)));
    return crypto::hex_encode(std::string_view(bytes.data(), bytes.size()));
}

std::unexpected<Error> fail_refused(const WorkspaceId& workspace, std::string_view action,
                                    std::string_view type) {
    log::error("aws_secrets.refused",
               {{"workspace", workspace.value}, {"action", action}, {"type", type}});
    return fail(vault::errors::secret_store_refused);
}

/// Whether the call was done; its error when there is one.
template <class Reply>
Result<bool> was_done(const Result<Reply>& reply) {
    if (!reply) {
        return std::unexpected(reply.error());
    }
    return reply->outcome == AwsOutcome::done;
}

}  // namespace

/// Repeats what is throttled or failed at AWS until the time is over.
async::Task<Result<AwsBackend::Reply>> AwsBackend::call(WorkspaceId workspace, std::string action,
                                                        SecretString body) {
    const auto deadline = std::chrono::steady_clock::now() + call_max_;
    for (std::chrono::milliseconds pause = aws_pause_first;; pause *= 2) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        const AwsAnswer answer =
            co_await caller_.call(action, body, std::max(left, std::chrono::milliseconds(1)));
        const AwsVerdict verdict = judge_answer(action, answer.status, answer.body.reveal());
        if (verdict.outcome == AwsOutcome::refused) {
            co_return fail_refused(workspace, action, verdict.type);
        }
        if (verdict.outcome != AwsOutcome::again) {
            co_return Reply{verdict.outcome, answer.body};
        }
        if (std::chrono::steady_clock::now() + pause >= deadline) {
            log::warn("aws_secrets.unavailable", {{"action", action}, {"type", verdict.type}});
            co_return fail(vault::errors::secret_store_unavailable);
        }
        co_await async::sleep_for(pause);
    }
}

/// An empty bundle when there is no AWS secret.
async::Task<Result<Bundle>> AwsBackend::get(Place place) {
    const SecretString body(render_get(place.bundle));
    const Result<Reply> reply = co_await call(place.workspace, "GetSecretValue", body);
    if (!reply) {
        co_return std::unexpected(reply.error());
    }
    if (reply->outcome == AwsOutcome::not_found) {
        co_return Bundle{};
    }
    if (reply->outcome != AwsOutcome::done) {
        co_return fail_refused(place.workspace, "GetSecretValue", "unexpected");
    }
    std::optional<Bundle> bundle = parse_bundle(reply->body.reveal());
    if (!bundle) {
        log::error("vault.secret_invalid", {{"workspace", place.workspace.value},
                                            {"reason", "the AWS secret is not ours"}});
        co_return fail(vault::errors::vault_secret_invalid);
    }
    co_return *std::move(bundle);
}

/// Makes the bundle current in place of the one that was read. False: somebody else was first.
async::Task<Result<bool>> AwsBackend::save(Place place, Bundle bundle, std::string version) {
    const std::optional<SecretString> value = render_bundle(bundle);
    if (!value) {
        co_return fail(wapi::errors::invalid_request,
                       "The secrets of a workspace must have 64 KiB at most.");
    }
    if (bundle.version.empty()) {
        const SecretString body = render_create(place.bundle, *value, version);
        const Result<Reply> made = co_await call(place.workspace, "CreateSecret", body);
        co_return was_done(made);
    }
    const SecretString body = render_put(place.bundle, *value, version);
    const Result<Reply> put = co_await call(place.workspace, "PutSecretValue", body);
    Result<bool> there = was_done(put);
    if (!there || !*there) {
        co_return there;
    }
    const SecretString promotion(render_promote(place.bundle, version, bundle.version));
    const Result<Reply> done =
        co_await call(place.workspace, "UpdateSecretVersionStage", promotion);
    co_return was_done(done);
}

async::Task<Result<bool>> AwsBackend::change(Place place, Edit edit) {
    std::string tried;
    for (int attempt = 0; attempt < aws_change_attempts_max; ++attempt) {
        Result<Bundle> bundle = co_await get(place);
        if (!bundle) {
            co_return std::unexpected(bundle.error());
        }
        if (!tried.empty() && bundle->version == tried) {
            co_return true;  // our own change, whose answer was lost
        }
        Result<bool> wanted = edit(*bundle);
        if (!wanted || !*wanted) {
            co_return wanted;
        }
        tried = make_version(rng_);
        Result<bool> saved = co_await save(place, *bundle, tried);
        if (!saved || *saved) {
            co_return saved;
        }
    }
    log::warn("aws_secrets.overtaken", {{"workspace", place.workspace.value}});
    co_return fail(vault::errors::secret_store_unavailable);
}

async::Task<> AwsBackend::record(Context context, std::string_view action, std::string name) {
    co_await db_.write(
        context.workspace, "aws_secrets.record",
        [context, action, name, now = clock_.now()](db::WorkspaceTxn& txn) {
            audit::record(txn, context,
                          {.action = action, .resource_type = "secret", .resource_id = name}, now);
            return true;
        });
}

async::Task<Result<bool>> AwsBackend::put(Context context, std::string name, SecretString secret,
                                          bool replace) {
    if (secret.empty() || secret.size() > vault::secret_bytes_max) {
        co_return fail(wapi::errors::invalid_request, "A secret must have from 1 to 4096 bytes.");
    }
    Edit edit = [name, secret, replace](Bundle& bundle) -> Result<bool> {
        if (!replace && bundle.secrets.contains(name)) {
            return false;
        }
        bundle.secrets.insert_or_assign(name, secret);
        return true;
    };
    const Result<bool> changed =
        co_await change({context.workspace, bundle_name(context.workspace, name)}, std::move(edit));
    if (changed && *changed) {
        co_await record(std::move(context), audit::actions::token_stored, std::move(name));
    }
    co_return changed;
}

async::Task<Result<void>> AwsBackend::store(Context context, std::string name,
                                            SecretString secret) {
    const Result<bool> changed =
        co_await put(std::move(context), std::move(name), std::move(secret), true);
    co_return changed ? Result<void>() : std::unexpected(changed.error());
}

async::Task<Result<bool>> AwsBackend::store_missing(Context context, std::string name,
                                                    SecretString secret) {
    return put(std::move(context), std::move(name), std::move(secret), false);
}

/// Where the secret may be: where it is put, and, for one of the installation, where all were
/// before they were parted.
std::vector<AwsBackend::Place> AwsBackend::places_of(const WorkspaceId& workspace,
                                                     const std::string& name) {
    std::vector<Place> places{{workspace, bundle_name(workspace, name)}};
    if (const std::string whole = bundle_name(workspace); whole != places.front().bundle) {
        places.push_back({workspace, whole});
    }
    return places;
}

async::Task<Result<void>> AwsBackend::take_back(Context context, std::string name,
                                                SecretString secret) {
    Edit edit = [name, secret](Bundle& bundle) -> Result<bool> {
        const auto found = bundle.secrets.find(name);
        if (found == bundle.secrets.end() || found->second.reveal() != secret.reveal()) {
            return false;
        }
        bundle.secrets.erase(found);
        return true;
    };
    const Result<bool> changed =
        co_await change({context.workspace, bundle_name(context.workspace, name)}, std::move(edit));
    if (!changed) {
        co_return std::unexpected(changed.error());
    }
    if (*changed) {
        co_await record(std::move(context), audit::actions::token_revoked, std::move(name));
    }
    co_return Result<void>();
}

async::Task<Result<SecretString>> AwsBackend::read(Context context, std::string name) {
    for (const Place& place : places_of(context.workspace, name)) {
        const Result<Bundle> bundle = co_await get(place);
        if (!bundle) {
            co_return std::unexpected(bundle.error());
        }
        if (const auto found = bundle->secrets.find(name); found != bundle->secrets.end()) {
            co_return found->second;
        }
    }
    co_return fail(vault::errors::secret_not_found);
}

async::Task<Result<void>> AwsBackend::remove(Context context, std::string name) {
    const Edit edit = [name](Bundle& bundle) -> Result<bool> {
        return bundle.secrets.erase(name) > 0;
    };
    bool removed = false;
    for (const Place& place : places_of(context.workspace, name)) {
        const Result<bool> changed = co_await change(place, edit);
        if (!changed) {
            co_return std::unexpected(changed.error());
        }
        removed = removed || *changed;
    }
    if (!removed) {
        co_return fail(vault::errors::secret_not_found);
    }
    co_await record(std::move(context), audit::actions::token_revoked, std::move(name));
    co_return Result<void>();
}

}  // namespace wapi::aws_secrets
