// What commands share: refusals as sentences, passwords from standard input.
#pragma once

#include <iostream>
#include <string>
#include <type_traits>
#include <utility>

#include "base/crypto.hpp"
#include "base/error.hpp"

namespace wapi::app {

/// A refusal becomes the Fault whose sentence the program ends with.
template <class T>
T expect(Result<T> result) {
    if (!result) {
        const Error& error = result.error();
        throw Fault(std::string(error.kind->code),
                    error.field.empty() ? error.message : error.field + ": " + error.message);
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

/// From standard input, so that it stands in no list of processes and no history of a shell.
inline SecretString read_password(std::string_view command) {
    std::string line;
    if (!std::getline(std::cin, line) || line.empty()) {
        throw Fault(std::string(command), "give the password as the first line of standard input");
    }
    return SecretString(std::move(line));
}

}  // namespace wapi::app
