// Reads HTTP/1.1 answers out of a stream of bytes: the status, and where the answer ends.
//
// Does no I/O. Understands what servers send to webhooks: Content-Length, chunked bodies, and
// answers that have no body. Source: RFC 9112 sections 4, 6 and 7.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wapi::load {

class ResponseParser {
  public:
    enum class Progress { more, done, malformed };

    /// Takes the next bytes of one answer. After `done`, status() and keep_alive() hold; call
    /// reset() before the next answer. Bytes behind the end of an answer are malformed: nothing is
    /// pipelined.
    Progress feed(std::string_view bytes);

    void reset();
    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] bool keep_alive() const { return keep_alive_; }

  private:
    Progress parse_head();
    bool parse_field(std::string_view line);
    [[nodiscard]] Progress check_end() const;

    std::string buffer_;
    std::size_t head_size_ = 0;  ///< 0 until the empty line was seen
    std::size_t body_size_ = 0;
    bool chunked_ = false;
    bool keep_alive_ = true;
    int status_ = 0;
};

}  // namespace wapi::load
