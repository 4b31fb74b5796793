// CSV files of contacts: taken in piece by piece, and what a row says about a contact. No I/O.
//
// Upload turns bytes into UTF-8, counts rows and keeps the first for people to see; what is to be
// stored is taken out in chunks. A mapping names what each column of the header fills.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <expected>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv_reader.hpp"
#include "base/error.hpp"
#include "features/contact_batches/contact_batches.hpp"

namespace wapi::contact_files {

namespace errors {
inline const ErrorKind import_file_invalid{"import_file_invalid", 422, RetryClass::never,
                                           "This file cannot be read as CSV."};
}  // namespace errors

inline constexpr std::int64_t rows_max = 2'000'000;
inline constexpr std::size_t row_bytes_max = 32 * 1024;
inline constexpr std::size_t columns_max = 200;
inline constexpr std::size_t sample_rows_max = 5;
inline constexpr std::size_t chunk_bytes = 64 * 1024;

/// What is known about a file before it comes.
struct Declared {
    std::string file_name = {};  ///< shown to people only
    std::string encoding = {};   ///< utf-8 when empty; windows-1252, of which iso-8859-1 is a part
    std::string delimiter = {};  ///< comma, semicolon, tab, bar; guessed when empty
};

/// The delimiter of that name; NUL when it is none.
char delimiter_letter(std::string_view name);

using Cells = std::vector<std::string>;

/// What a column fills.
struct Column {
    enum class Target : std::uint8_t { none, phone, name, tags, attribute } target = Target::none;
    std::string attribute = {};  ///< its name
    friend bool operator==(const Column&, const Column&) = default;
};
/// One for each column of the header.
using Mapping = std::vector<Column>;

inline constexpr std::size_t attribute_name_bytes_max = 64;

/// By the header's words in several languages; where none means a phone, by what the first rows
/// hold. All other columns become attributes.
Mapping guess_mapping(const Cells& header, const std::vector<Cells>& sample);

/// On the wire a column is null, "phone", "name", "tags" or "attributes.<name>".
boost::json::array render_mapping(const Mapping& mapping);
/// Errors: invalid_request (mapping) when it is not one for each column, or has no phone.
Result<Mapping> parse_mapping(const boost::json::array& wire, std::size_t columns);
/// Errors: invalid_request (mapping[index]) when two columns become one attribute: the second would
/// take the place of the first.
Result<void> check_distinct(const Mapping& mapping);

struct Options {
    contact_batches::Existing existing = contact_batches::Existing::update;
    std::vector<std::string> tags = {};  ///< that each contact gets
    std::string country = {};  ///< ISO alpha-2, of numbers in national form; empty: none are
};

boost::json::object render_options(const Options& options);
/// Errors: invalid_request.
Result<Options> parse_options(const boost::json::object& body);

/// A cell without the spaces around it and the apostrophe that our own files put before a formula.
std::string bare(std::string_view cell);

/// What a row says, or, for people, why it says nothing. Columns of one target are joined: names by
/// a space, the first phone that is not empty, tags all together. Cells of tags are parted by
/// comma, semicolon or bar. The apostrophe that our own files put before a formula is dropped.
std::expected<contact_batches::Row, std::string> read_row(const Cells& cells,
                                                          const Mapping& mapping,
                                                          const Options& options);

/// The same of any row: when it says nothing, why and whom it names.
contact_batches::Row read_any_row(const Cells& cells, const Mapping& mapping,
                                  const Options& options);

/// The digits of the phone that a row names though it says nothing sound: of a phone's column, or
/// of another when cells have moved; as wa_id when it can be read. Empty when there is none.
std::string find_phone(const Cells& cells, const Mapping& mapping, const Options& options);

/// Every number that a row may name, in whatever column and beside whatever else.
struct Phones {
    std::set<std::string> read;  ///< as wa_id
    std::set<std::string> ends;  ///< last digits of these and of those that cannot be read
};
Phones find_phones(const Cells& cells, const Options& options);
/// What may be kept of a row that became no contact: nothing when it may name more than
/// `phone_ends_max` people.
struct Kept {
    Cells cells;
    std::set<std::string> phone_ends;  ///< by which an erasure finds it
};
/// `phone`: of whom the row is.
Kept decide_kept(const Cells& cells, std::string_view phone, const Options& options);
inline constexpr std::size_t phone_ends_max = 64;

class Upload {
  public:
    explicit Upload(const Declared& declared);
    /// Errors: invalid_request (encoding, delimiter).
    static Result<void> check(const Declared& declared);

    /// Takes the next bytes. Errors: import_file_invalid, with what is wrong and where.
    Result<void> add(std::string_view bytes);
    /// The file ends here. Errors: import_file_invalid.
    Result<void> finish();
    /// The next chunk of the file as UTF-8; empty when there is none yet. All but the last have
    /// chunk_bytes; the last comes behind finish.
    std::string take_chunk();
    [[nodiscard]] std::size_t chunks_waiting() const { return chunks_.size() / chunk_bytes; }

    // Known behind finish.
    [[nodiscard]] std::string_view delimiter() const;
    [[nodiscard]] const Cells& header() const { return header_; }
    [[nodiscard]] const std::vector<Cells>& sample() const { return sample_; }
    [[nodiscard]] std::int64_t rows() const { return rows_; }
    [[nodiscard]] std::int64_t bytes() const { return bytes_; }
    /// Where the first row begins behind the header.
    [[nodiscard]] csv::Place first_row() const { return first_row_; }

  private:
    Result<std::string> decode(std::string_view bytes);
    Result<void> read(std::string_view text);
    Result<void> choose_delimiter();
    Result<void> take_rows();
    std::unexpected<Error> refuse(csv::Problem problem) const;

    bool single_byte_;    ///< windows-1252; else UTF-8
    char delimiter_;      ///< NUL until it is known
    std::string broken_;  ///< the begin of a character whose end has not come
    std::string start_;   ///< what waits until the delimiter is known
    bool begun_ = false;  ///< the byte order mark has been looked for
    std::unique_ptr<csv::Reader> reader_;
    std::vector<csv::Row> read_;
    std::string chunks_;  ///< not taken yet
    bool ended_ = false;
    Cells header_;
    std::vector<Cells> sample_;
    std::int64_t rows_ = 0;
    std::int64_t bytes_ = 0;
    csv::Place first_row_;
};

}  // namespace wapi::contact_files
