// From the database to AWS without stopping: AWS comes first, the database holds what has not been
// moved yet.
//
// Servers that use this store in AWS only, so that what is in the database is never newer, and a
// secret that AWS has is never overwritten by one that is moved. A secret that is removed leaves a
// sealed word in the database, which undoes a move that is under way and goes with the next.
#pragma once

#include <cstdint>
#include <string>

#include "features/aws_secrets/aws_secrets.hpp"

namespace wapi::aws_secrets {

inline constexpr std::int64_t move_page = 100;  ///< secrets listed at once

class MovingBackend final : public vault::SecretBackend {
  public:
    MovingBackend(AwsBackend& aws, vault::DatabaseBackend& database)
        : aws_(aws), database_(database) {}

    /// Errors: as AwsBackend::store. The old secret in the database goes.
    async::Task<Result<void>> store(Context context, std::string name,
                                    SecretString secret) override;
    /// From the database when AWS has none. Errors: as those of both.
    async::Task<Result<SecretString>> read(Context context, std::string name) override;
    async::Task<Result<void>> remove(Context context, std::string name) override;

    /// Moves one secret, with `token.stored` for AWS. Errors: as those of both; it then is where
    /// it was.
    async::Task<Result<void>> move(Context context, std::string name);

  private:
    async::Task<Result<void>> finish_removal(Context context, std::string name,
                                             std::int64_t version);
    async::Task<Result<void>> settle(Context context, std::string name, SecretString moved,
                                     bool put);
    AwsBackend& aws_;
    vault::DatabaseBackend& database_;
};

struct Moved {
    std::int64_t moved = 0;
    std::int64_t failed = 0;
};

/// Moves every secret of the database to AWS. What fails is logged, counted and left.
async::Task<Moved> move_all(db::Db& db, MovingBackend& backend);

}  // namespace wapi::aws_secrets
