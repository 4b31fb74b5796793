// The audit log as people and programs see it; what is in it is features/audit's. Here: its export
// as a file, CSV for a spreadsheet or JSON Lines for a program.
//
// The file is made piece by piece while it is sent, each piece from a transaction of its own, so
// that an export of any size needs little memory and holds up nobody. CSV: RFC 4180, and no cell
// that a spreadsheet would take for a formula.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "features/audit/audit.hpp"

namespace wapi::audit_logs {

namespace errors {
inline const ErrorKind too_many_exports{"too_many_exports", 429, RetryClass::wait,
                                        "Two exports of this workspace are under way already."};
}  // namespace errors

inline constexpr int exports_max = 2;                ///< under way at once, of one workspace
inline constexpr std::size_t export_rows_max = 200;  ///< in one piece
inline constexpr std::chrono::hours export_time_max{1};

enum class Format { csv, jsonl };
std::string_view name_of(Format format);

/// Open exports by workspace. Network thread.
using OpenExports = std::map<WorkspaceId, int>;

/// An export under way: counts as one of its workspace as long as it lives. Network thread.
class Export {
  public:
    Export(std::shared_ptr<OpenExports> open, WorkspaceId workspace, audit::Filter filter,
           Format format);
    ~Export();
    Export(const Export&) = delete;
    Export& operator=(const Export&) = delete;

  private:
    friend class Exporter;
    std::shared_ptr<OpenExports> open_;
    WorkspaceId workspace_;
    audit::Filter filter_;  ///< `before` moves on with each piece
    Format format_;
    Timestamp ends_by_;
    bool begun_ = false;
    bool ended_ = false;
};

class Exporter {
  public:
    Exporter(db::Db& db, const Clock& clock) : db_(db), clock_(clock) {}
    /// Begins to export what matches the filter, and leaves `data.exported`, which is in the file
    /// when it matches. Errors: too_many_exports.
    async::Task<Result<std::shared_ptr<Export>>> begin(Context context, audit::Filter filter,
                                                       Format format);
    /// The next piece of the file, newest entries first; empty at its end. Errors: Fault
    /// `audit_logs.export_too_long` after export_time_max, which breaks the file off.
    async::Task<std::string> next_piece(Export& running);

  private:
    db::Db& db_;
    const Clock& clock_;
    std::shared_ptr<OpenExports> open_ = std::make_shared<OpenExports>();
};

/// The entry as lists and JSON Lines show it.
boost::json::object render(const audit::StoredEntry& entry);
/// The line of column names.
std::string csv_head();
void append_csv(std::string& out, const audit::StoredEntry& entry);

}  // namespace wapi::audit_logs
