// Contacts as a file, CSV for a spreadsheet or JSON Lines for a program: what a list would show,
// with the same filters and for the same eyes, of any size.
//
// The file is made piece by piece while it is sent, each piece from a transaction of its own: a
// contact that changes meanwhile is in it as it was or as it is, one that stays is in it once. That
// transaction also reads what the caller may do and see by then: a rare filter looks through many
// contacts before it has a piece to send, and so before the dispatcher asks.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "features/audit_logs/audit_logs.hpp"
#include "features/contact_lists/contact_lists.hpp"
#include "features/contacts/contacts.hpp"

namespace wapi::contact_exports {

using audit_logs::Format;

inline constexpr int exports_max = 2;                ///< under way at once, of one workspace
inline constexpr std::size_t export_rows_max = 200;  ///< in one piece
inline constexpr std::chrono::hours export_time_max{1};

/// An export under way: counts as one of its workspace as long as it lives. Network thread.
class Export {
  public:
    Export(std::shared_ptr<audit_logs::OpenExports> open, const Context& caller,
           contact_lists::Filter filter, Format format);
    ~Export();
    Export(const Export&) = delete;
    Export& operator=(const Export&) = delete;

  private:
    friend class Exporter;
    std::shared_ptr<audit_logs::OpenExports> open_;
    WorkspaceId workspace_;
    Actor caller_;
    contact_lists::Filter filter_;  ///< `cursor` moves on with each piece
    Format format_;
    Timestamp ends_by_;
    bool begun_ = false;
    bool ended_ = false;
};

class Exporter {
  public:
    Exporter(db::Db& db, const Clock& clock) : db_(db), clock_(clock) {}
    /// Begins to export what matches the filter, and leaves `contact.exported`. Errors:
    /// too_many_exports, segment_not_found.
    async::Task<Result<std::shared_ptr<Export>>> begin(Context context,
                                                       contact_lists::Filter filter, Format format);
    /// The next piece of the file, newest contacts first; empty at its end. Errors: Fault
    /// `contact_exports.too_long` after export_time_max, or `contact_exports.rights_ended` when the
    /// caller may not export any more or sees another part of the workspace, which break the file
    /// off.
    async::Task<std::string> next_piece(Export& running);

  private:
    db::Db& db_;
    const Clock& clock_;
    std::shared_ptr<audit_logs::OpenExports> open_ = std::make_shared<audit_logs::OpenExports>();
};

/// The line of column names, and one of a contact. Tags are joined by comma, attributes are JSON.
std::string csv_head();
void append_csv(std::string& out, const contacts::Contact& contact);

}  // namespace wapi::contact_exports
