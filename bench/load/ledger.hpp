// The list of what the server acknowledged, kept in a file for crash tests.
//
// One line per body answered 200: the wamid, and for a status a tab and the status. Lines reach the
// operating system before the next answers are read, so the file never lags behind by more than one
// turn of the loop, whatever happens to the server. One body may be listed twice when it was
// repeated.
#pragma once

#include <string>
#include <string_view>

namespace wapi::load {

class Ledger {
  public:
    /// Appends to `path`; an empty path makes a ledger that keeps nothing. Errors: Fault
    /// `ledger.failed` when the file cannot be opened or written.
    explicit Ledger(const std::string& path);
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    /// `status` is empty for a message.
    void add(std::string_view wamid, std::string_view status);
    /// Hands everything added so far to the operating system.
    void flush();

  private:
    int file_ = -1;
    std::string pending_;
};

}  // namespace wapi::load
