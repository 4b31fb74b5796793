// Goal: what waited to be sent when a backup was made is not sent again after a restore, unless
// asked for. Method: messages in each state, backed up and restored on both engines.
#include <gtest/gtest.h>

#include "db/backup.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::db {
namespace {

namespace fs = std::filesystem;

const Sql insert_message{{
    .name = "backup_outbox_test.insert_message",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, error_message, created_us)"
            " VALUES ($1, $2, 'c', 'p', '1', $3, $4, 'text', $2, '', '', 'service', 0, '', 0)",
}};
const Sql insert_job{{
    .name = "backup_outbox_test.insert_job",
    .text =
        "INSERT INTO jobs (queue, priority, run_at_us, id, kind, workspace_id, subject,"
        " attempts, payload, created_us, items) VALUES ($1, 0, 0, 1, '', NULL, '', 0, '', 0, 1)",
    .scope = Scope::system,
}};
const Sql list_messages{{
    .name = "backup_outbox_test.list_messages",
    .text = "SELECT message_id, status FROM messages ORDER BY message_id",
    .scope = Scope::system,
}};
const Sql list_jobs{{
    .name = "backup_outbox_test.list_jobs",
    .text = "SELECT queue FROM jobs ORDER BY queue",
    .scope = Scope::system,
}};

/// Messages as `id=status`, then the queues that have jobs.
std::string outbox_in(Db& db) {
    return db.blocking_read("test", [](Txn& txn) {
        std::string all;
        for (const Row row : txn.query(list_messages)) {
            all += row.string(0) + '=' + row.string(1) + ' ';
        }
        for (const Row row : txn.query(list_jobs)) {
            all += row.string(0) + ' ';
        }
        return all;
    });
}

class BackupOutboxTest : public test::EnginesTest {
  protected:
    test::TempFolder folder_;
    fs::path file_ = folder_.path() / "backup";
};

TEST_P(BackupOutboxTest, what_waited_to_be_sent_may_have_been_sent_since) {
    write(WorkspaceId("first"), [](WorkspaceTxn& txn) {
        for (const char* status : {"queued", "retry_queued", "sending", "cancelled"}) {
            txn.execute(insert_message, status, "", "outbound");
        }
        txn.execute(insert_message, "sent", "wamid.1", "outbound");
        txn.txn().execute(insert_job, "outbox:1");
        return txn.txn().execute(insert_job, "webhooks");
    });
    blocking_backup({.url = files_.url(), .file = file_, .program_version = "1", .now = {}});
    const auto outbox_after = [this](bool send_waiting) {
        const test::TestDatabase empty(GetParam(), false);
        blocking_restore(
            {.url = empty.url(), .file = file_, .send_waiting = send_waiting, .schema_max = 9'999},
            blocking_check_backup(file_));
        boost::asio::io_context io;
        return outbox_in(*empty.open(io));
    };
    EXPECT_EQ(outbox_after(false),
              "cancelled=cancelled queued=uncertain retry_queued=uncertain sending=uncertain"
              " sent=sent webhooks ");
    EXPECT_EQ(outbox_after(true), outbox_in(database()));
}

WAPI_ON_BOTH_ENGINES(BackupOutboxTest);

}  // namespace
}  // namespace wapi::db
