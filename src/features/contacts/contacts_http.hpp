// Routes of contacts: read, create, change.
#pragma once

#include <vector>

#include "features/contacts/contacts.hpp"
#include "net/http.hpp"

namespace wapi::contacts {

std::vector<net::Route> contacts_routes(Service& service);

}  // namespace wapi::contacts
