// Routes of messages and of conversations with their messages.
#pragma once

#include <vector>

#include "features/messages/messages_service.hpp"
#include "net/http.hpp"

namespace wapi::messages {

std::vector<net::Route> messages_routes(Service& service);

}  // namespace wapi::messages
