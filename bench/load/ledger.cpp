// Acknowledged bodies in a file: see ledger.hpp.
#include "bench/load/ledger.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"

namespace wapi::load {

Ledger::Ledger(const std::string& path) {
    if (path.empty()) {
        return;
    }
    file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file_ < 0) {
        throw Fault("ledger.failed", "cannot open " + path);
    }
}

Ledger::~Ledger() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

void Ledger::add(std::string_view wamid, std::string_view status) {
    if (file_ < 0) {
        return;
    }
    pending_ += wamid;
    if (!status.empty()) {
        pending_ += '\t';
        pending_ += status;
    }
    pending_ += '\n';
}

void Ledger::flush() {
    while (!pending_.empty()) {
        const ssize_t written = ::write(file_, pending_.data(), pending_.size());
        if (written < 0) {
            throw Fault("ledger.failed", "cannot write the ledger");
        }
        pending_.erase(0, static_cast<std::size_t>(written));
    }
}

}  // namespace wapi::load
