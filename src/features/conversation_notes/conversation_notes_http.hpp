// Routes of notes.
#pragma once

#include <vector>

#include "features/conversation_notes/conversation_notes.hpp"
#include "net/http.hpp"

namespace wapi::conversation_notes {

/// `service` must outlive the routes.
std::vector<net::Route> conversation_notes_routes(Service& service);

}  // namespace wapi::conversation_notes
