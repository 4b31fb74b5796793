// What columns mean, and what rows say. See contact_files.hpp.
#include "features/contact_files/contact_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <set>

#include "base/csv_writer.hpp"
#include "base/json.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "features/contacts/contacts.hpp"

namespace wapi::contact_files {
namespace {

using Target = Column::Target;

constexpr std::string_view attribute_prefix = "attributes.";
constexpr std::string_view tag_separators = ",;|";

/// As normalize_keyword leaves them, without spaces.
constexpr std::array phone_words{
    "phone",          "phonenumber",   "mobile",   "mobilenumber", "mobilephone",
    "cell",           "cellphone",     "tel",      "telephone",    "telefon",
    "telefonnummer",  "telefono",      "telefone", "teléfono",     "celular",
    "movil",          "móvil",         "handy",    "handynummer",  "whatsapp",
    "whatsappnumber", "whatsappphone", "msisdn",   "waid",         "contactnumber",
    "number",         "फोन",           "मोबाइल",   "هاتف",         "جوال"};
constexpr std::array name_words{"name",     "fullname",     "contactname", "displayname",
                                "customer", "customername", "nombre",      "nombrecompleto",
                                "nome",     "kundenname",   "kunde",       "cliente",
                                "नाम",      "اسم",          "الاسم"};
constexpr std::array name_part_words{"firstname", "givenname",  "forename", "lastname",
                                     "surname",   "familyname", "vorname",  "nachname",
                                     "apellido",  "apellidos",  "sobrenome"};
constexpr std::array tag_words{"tag",    "tags",     "label",     "labels",  "group",
                               "groups", "etiqueta", "etiquetas", "segment", "list"};

std::string word_of(const std::string& header) {
    return text::normalize_keyword(header, text::Punctuation::vanishes);
}

template <class Words>
bool is_among(const std::string& word, const Words& words) {
    std::string joined = word;
    std::erase(joined, ' ');
    return std::ranges::any_of(words, [&](std::string_view one) {
        std::string other = word_of(std::string(one));
        std::erase(other, ' ');
        return other == joined;
    });
}

/// The beginning of a name, without part of a character.
std::string cut(std::string_view name, std::size_t bytes_max) {
    const auto continues = [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
    };
    std::size_t end = std::min(name.size(), bytes_max);
    while (end > 0 && end < name.size() && continues(name[end])) {
        --end;
    }
    return std::string(name.substr(0, end));
}

/// A name for a column that none before it has; numbered where the header repeats itself.
std::string attribute_name(const std::string& header, std::size_t column, const Mapping& before) {
    const auto is_taken = [&before](const std::string& name) {
        return std::ranges::find(before, name, &Column::attribute) != before.end();
    };
    const std::string_view trimmed = text::trim(header);
    const std::string stem = trimmed.empty() ? fmt::format("column {}", column + 1)
                                             : cut(trimmed, attribute_name_bytes_max);
    std::string name = stem;
    for (std::size_t number = column + 1; is_taken(name); ++number) {
        const std::string suffix = fmt::format(" ({})", number);
        name = cut(stem, attribute_name_bytes_max - suffix.size()) + suffix;
    }
    return name;
}

/// The column most of whose cells are phone numbers in international form.
std::size_t find_phone_column(const Cells& header, const std::vector<Cells>& sample) {
    std::size_t best = header.size();
    std::size_t most = 0;
    for (std::size_t column = 0; column < header.size(); ++column) {
        const auto fitting =
            static_cast<std::size_t>(std::ranges::count_if(sample, [column](const Cells& row) {
                return column < row.size() && row[column].size() >= 8 &&
                       parse_phone(row[column]).has_value();
            }));
        if (fitting > most) {
            most = fitting;
            best = column;
        }
    }
    return best;
}

Result<Column> parse_column(const boost::json::value& wire, std::size_t index) {
    if (wire.is_null()) {
        return Column{};
    }
    const std::string text(wire.is_string() ? std::string_view(wire.as_string()) : "");
    if (text == "phone") {
        return Column{.target = Target::phone};
    }
    if (text == "name") {
        return Column{.target = Target::name};
    }
    if (text == "tags") {
        return Column{.target = Target::tags};
    }
    const std::string name =
        text.starts_with(attribute_prefix) ? text.substr(attribute_prefix.size()) : "";
    if (name.empty() || name.size() > attribute_name_bytes_max || !text::is_valid_utf8(name)) {
        return fail_field(wapi::errors::invalid_request, fmt::format("mapping[{}]", index),
                          "null, phone, name, tags or attributes. and a name of at most 64 bytes.");
    }
    return Column{.target = Target::attribute, .attribute = name};
}

/// What our own files put before a formula is none of the cell.
void add_tags(std::vector<std::string>& tags, std::string_view cell) {
    while (!cell.empty()) {
        const std::size_t end = std::min(cell.find_first_of(tag_separators), cell.size());
        const std::string tag(text::trim(cell.substr(0, end)));
        if (!tag.empty() && std::ranges::find(tags, tag) == tags.end()) {
            tags.push_back(tag);
        }
        cell.remove_prefix(std::min(end + 1, cell.size()));
    }
}

/// Why the row cannot be a contact; empty when it can.
std::string complaint(const contact_batches::Row& row) {
    if (row.name.size() > contacts::name_bytes_max) {
        return "The name is longer than 512 bytes.";
    }
    if (row.tags.size() > contacts::tags_max) {
        return "There are more than 100 tags.";
    }
    if (std::ranges::any_of(row.tags, [](const std::string& tag) {
            return tag.size() > contacts::tag_bytes_max;
        })) {
        return "A tag is longer than 64 bytes.";
    }
    if (boost::json::serialize(row.attributes).size() > contacts::attributes_bytes_max) {
        return "The attributes are larger than 16 KiB.";
    }
    return {};
}

}  // namespace

std::string bare(std::string_view cell) { return std::string(text::trim(csv::drop_guards(cell))); }

Mapping guess_mapping(const Cells& header, const std::vector<Cells>& sample) {
    Mapping mapping;
    bool has_phone = false;
    bool has_name = false;
    for (std::size_t column = 0; column < header.size(); ++column) {
        const std::string word = word_of(header[column]);
        Column guess{.target = Target::attribute,
                     .attribute = attribute_name(header[column], column, mapping)};
        if (is_among(word, tag_words)) {
            guess = {.target = Target::tags};
        } else if (!has_phone && is_among(word, phone_words)) {
            guess = {.target = Target::phone};
            has_phone = true;
        } else if (!has_name && is_among(word, name_words)) {
            guess = {.target = Target::name};
            has_name = true;
        }
        mapping.push_back(std::move(guess));
    }
    for (std::size_t column = 0; column < header.size() && !has_name; ++column) {
        if (is_among(word_of(header[column]), name_part_words)) {
            mapping[column] = {.target = Target::name};
        }
    }
    if (const std::size_t column = find_phone_column(header, sample);
        !has_phone && column < header.size()) {
        mapping[column] = {.target = Target::phone};
    }
    return mapping;
}

boost::json::array render_mapping(const Mapping& mapping) {
    boost::json::array wire;
    for (const Column& column : mapping) {
        switch (column.target) {
            case Target::none: wire.emplace_back(nullptr); break;
            case Target::phone: wire.emplace_back("phone"); break;
            case Target::name: wire.emplace_back("name"); break;
            case Target::tags: wire.emplace_back("tags"); break;
            case Target::attribute:
                wire.emplace_back(std::string(attribute_prefix) + column.attribute);
                break;
        }
    }
    return wire;
}

Result<Mapping> parse_mapping(const boost::json::array& wire, std::size_t columns) {
    if (wire.size() != columns) {
        return fail_field(wapi::errors::invalid_request, "mapping",
                          fmt::format("One for each of the file's {} columns.", columns));
    }
    Mapping mapping;
    for (const boost::json::value& one : wire) {
        Result<Column> column = parse_column(one, mapping.size());
        if (!column) {
            return std::unexpected(column.error());
        }
        mapping.push_back(*std::move(column));
    }
    if (std::ranges::find(mapping, Target::phone, &Column::target) == mapping.end()) {
        return fail_field(wapi::errors::invalid_request, "mapping",
                          "One column must be the phone.");
    }
    return mapping;
}

Result<void> check_distinct(const Mapping& mapping) {
    std::set<std::string_view> names;
    for (std::size_t index = 0; index < mapping.size(); ++index) {
        if (mapping[index].target == Target::attribute &&
            !names.insert(mapping[index].attribute).second) {
            return fail_field(wapi::errors::invalid_request, fmt::format("mapping[{}]", index),
                              "Another column becomes the same attribute.");
        }
    }
    return {};
}

boost::json::object render_options(const Options& options) {
    boost::json::array tags;
    for (const std::string& tag : options.tags) {
        tags.emplace_back(tag);
    }
    const bool update = options.existing == contact_batches::Existing::update;
    return {{"existing", update ? "update" : "skip"},
            {"tags", std::move(tags)},
            {"country", options.country.empty() ? boost::json::value(nullptr)
                                                : boost::json::value(options.country)}};
}

Result<Options> parse_options(const boost::json::object& body) {
    const auto existing = json::optional_string(body, "existing");
    const auto tags = json::optional_strings(body, "tags", contacts::tags_max,
                                             {.bytes_max = contacts::tag_bytes_max});
    const auto country = json::optional_string(body, "country", {.bytes_max = 2});
    for (const Error* error :
         {existing ? nullptr : &existing.error(), tags ? nullptr : &tags.error(),
          country ? nullptr : &country.error()}) {
        if (error != nullptr) {
            return std::unexpected(*error);
        }
    }
    const std::string what = existing->value_or("update");
    if (what != "update" && what != "skip") {
        return fail_field(wapi::errors::invalid_request, "existing", "update or skip.");
    }
    const std::string iso = country->value_or("");
    const auto upper = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
    if (!iso.empty() && (iso.size() != 2 || !std::ranges::all_of(iso, upper))) {
        return fail_field(wapi::errors::invalid_request, "country",
                          "Two capital letters of ISO 3166, such as AT.");
    }
    return Options{.existing = what == "skip" ? contact_batches::Existing::skip
                                              : contact_batches::Existing::update,
                   .tags = *tags,
                   .country = iso};
}

std::expected<contact_batches::Row, std::string> read_row(const Cells& cells,
                                                          const Mapping& mapping,
                                                          const Options& options) {
    contact_batches::Row row;
    std::string phone;
    for (std::size_t column = 0; column < cells.size(); ++column) {
        const std::string cell = bare(cells[column]);
        if (cell.empty()) {
            continue;
        }
        if (column >= mapping.size()) {
            return std::unexpected("The row has more cells than the header.");
        }
        switch (mapping[column].target) {
            case Target::none: break;
            case Target::phone: phone = phone.empty() ? cell : phone; break;
            case Target::name: row.name += (row.name.empty() ? "" : " ") + cell; break;
            case Target::tags: add_tags(row.tags, cell); break;
            case Target::attribute: row.attributes[mapping[column].attribute] = cell; break;
        }
    }
    if (phone.empty()) {
        return std::unexpected("There is no phone number.");
    }
    Result<PhoneNumber> number = parse_phone(phone, options.country);
    if (!number) {
        return std::unexpected(std::move(number.error().message));
    }
    row.phone = std::move(number->digits);
    for (const std::string& tag : options.tags) {
        if (std::ranges::find(row.tags, tag) == row.tags.end()) {
            row.tags.push_back(tag);
        }
    }
    std::string wrong = complaint(row);
    if (!wrong.empty()) {
        return std::unexpected(std::move(wrong));
    }
    return row;
}

}  // namespace wapi::contact_files
