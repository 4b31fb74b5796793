// Taking a file in. See contact_files.hpp.
#include "features/contact_files/contact_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace wapi::contact_files {
namespace {

constexpr std::size_t start_bytes_max = 64 * 1024;  ///< looked at to guess the delimiter
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

struct Delimiter {
    std::string_view name;
    char letter;
};
constexpr std::array delimiters{Delimiter{"comma", ','}, Delimiter{"semicolon", ';'},
                                Delimiter{"tab", '\t'}, Delimiter{"bar", '|'}};

bool is_single_byte(std::string_view encoding) {
    return encoding == "windows-1252" || encoding == "iso-8859-1" || encoding == "latin1";
}

std::unexpected<Error> invalid(std::string why) {
    return fail(errors::import_file_invalid, std::move(why));
}

/// How many bytes at the end are the begin of a UTF-8 character that has more.
std::size_t broken_at_end(std::string_view text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if (byte < 0x80) {
            return 0;
        }
        if (byte >= 0xC0) {
            const std::size_t wanted = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
            return wanted > back ? back : 0;
        }
    }
    return 0;
}

}  // namespace

char delimiter_letter(std::string_view name) {
    const auto found = std::ranges::find(delimiters, name, &Delimiter::name);
    return found == delimiters.end() ? '\0' : found->letter;
}

Result<void> Upload::check(const Declared& declared) {
    const std::string encoding = text::to_lower_ascii(declared.encoding);
    if (!encoding.empty() && encoding != "utf-8" && !is_single_byte(encoding)) {
        return fail_field(wapi::errors::invalid_request, "encoding", "utf-8 or windows-1252.");
    }
    if (!declared.delimiter.empty() && delimiter_letter(declared.delimiter) == '\0') {
        return fail_field(wapi::errors::invalid_request, "delimiter",
                          "comma, semicolon, tab or bar.");
    }
    return {};
}

Upload::Upload(const Declared& declared)
    : single_byte_(is_single_byte(text::to_lower_ascii(declared.encoding))),
      delimiter_(delimiter_letter(declared.delimiter)) {}

Result<void> Upload::add(std::string_view bytes) {
    if (!begun_ && bytes_ == 0 && start_.empty() && bytes.starts_with("PK\x03\x04")) {
        return invalid("This is a workbook, not a CSV file: save the sheet as CSV (UTF-8).");
    }
    Result<std::string> text = decode(bytes);
    if (!text) {
        return std::unexpected(text.error());
    }
    if (text->find('\0') != std::string::npos) {
        return invalid("The file is no text, or UTF-16: save it as CSV (UTF-8).");
    }
    if (reader_) {
        return read(*text);
    }
    start_ += *text;
    return start_.size() < start_bytes_max ? Result<void>() : choose_delimiter();
}

Result<std::string> Upload::decode(std::string_view bytes) {
    if (single_byte_) {
        return text::from_windows_1252(bytes);
    }
    std::string text = std::exchange(broken_, {});
    text += bytes;
    const std::size_t broken = broken_at_end(text);
    broken_ = text.substr(text.size() - broken);
    text.resize(text.size() - broken);
    if (!text::is_valid_utf8(text)) {
        return invalid(
            fmt::format("Line {} or one of the next is not UTF-8: save the file as CSV "
                        "(UTF-8), or name its encoding.",
                        reader_ ? reader_->place().line : 1));
    }
    return text;
}

Result<void> Upload::choose_delimiter() {
    begun_ = true;
    const bool marked = start_.starts_with(byte_order_mark);
    const csv::Place from{.byte = marked ? std::int64_t{byte_order_mark.size()} : 0, .line = 1};
    const std::string start = std::exchange(start_, {});
    const std::string_view text = std::string_view(start).substr(marked ? 3 : 0);
    if (delimiter_ == '\0') {
        delimiter_ = csv::guess_delimiter(text);
    }
    reader_ = std::make_unique<csv::Reader>(delimiter_, row_bytes_max, from);
    if (marked) {
        chunks_ = byte_order_mark;
        bytes_ = from.byte;
    }
    return read(text);
}

Result<void> Upload::read(std::string_view text) {
    const csv::Problem problem = reader_->read(text, read_);
    if (problem != csv::Problem::none) {
        return refuse(problem);
    }
    chunks_ += text;
    bytes_ += static_cast<std::int64_t>(text.size());
    return take_rows();
}

std::unexpected<Error> Upload::refuse(csv::Problem problem) const {
    const std::int64_t line = reader_->place().line;
    return problem == csv::Problem::open_quote
               ? invalid(fmt::format("A quote in line {} is never closed.", line))
               : invalid(fmt::format(
                     "The row at line {} is longer than 32 KiB; a quote may not be closed.", line));
}

Result<void> Upload::take_rows() {
    for (csv::Row& row : read_) {
        if (row.cells.size() > columns_max) {
            return invalid(fmt::format("The row at line {} has more than {} columns.",
                                       row.begin.line, columns_max));
        }
        if (header_.empty()) {
            header_ = std::move(row.cells);
            first_row_ = row.end;
            continue;
        }
        ++rows_;
        if (sample_.size() < sample_rows_max) {
            sample_.push_back(std::move(row.cells));
        }
    }
    read_.clear();
    if (rows_ > rows_max) {
        return invalid(fmt::format("The file has more than {} rows: split it.", rows_max));
    }
    return {};
}

Result<void> Upload::finish() {
    if (!broken_.empty()) {
        return invalid("The file ends within a character: it is cut, or not UTF-8.");
    }
    if (!reader_) {
        if (Result<void> begun = choose_delimiter(); !begun) {
            return begun;
        }
    }
    const csv::Problem problem = reader_->finish(read_);
    if (problem != csv::Problem::none) {
        return refuse(problem);
    }
    if (Result<void> taken = take_rows(); !taken) {
        return taken;
    }
    ended_ = true;
    return rows_ > 0 ? Result<void>()
                     : invalid("The file has no rows: the first is taken for the header.");
}

std::string Upload::take_chunk() {
    const std::size_t size = std::min(chunks_.size(), chunk_bytes);
    if (size < chunk_bytes && !ended_) {
        return {};
    }
    std::string chunk = chunks_.substr(0, size);
    chunks_.erase(0, size);
    return chunk;
}

std::string_view Upload::delimiter() const {
    const auto found = std::ranges::find(delimiters, delimiter_, &Delimiter::letter);
    return found == delimiters.end() ? "" : found->name;
}

}  // namespace wapi::contact_files
