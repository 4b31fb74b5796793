// The control API under /sim/: how people, demos and tests steer the simulated world.
//
// Not part of Meta's API. Answers are JSON; failures use this project's own error body.
#pragma once

#include <string>
#include <vector>

#include "cloudsim/simulator.hpp"
#include "net/http.hpp"

namespace wapi::cloudsim {

struct ControlCall {
    net::Request& request;
    json::object body;
    std::string key;  ///< the customer of /sim/customers/{key}/...
};

using ControlReply = Result<json::value>;

// control_state.cpp
ControlReply show_state(Simulator& simulator, ControlCall& call);
ControlReply list_sent(Simulator& simulator, ControlCall& call);
ControlReply set_faults(Simulator& simulator, ControlCall& call);
ControlReply reset_simulator(Simulator& simulator, ControlCall& call);
ControlReply make_code(Simulator& simulator, ControlCall& call);

// control_customers.cpp
ControlReply add_customer(Simulator& simulator, ControlCall& call);
ControlReply write_message(Simulator& simulator, ControlCall& call);
ControlReply list_thread(Simulator& simulator, ControlCall& call);
ControlReply read_messages(Simulator& simulator, ControlCall& call);
ControlReply set_preference(Simulator& simulator, ControlCall& call);
ControlReply run_script(Simulator& simulator, ControlCall& call);

// control_webhooks.cpp: these wait for the receiver.
async::Task<ControlReply> set_webhook(Simulator& simulator, ControlCall& call);
async::Task<ControlReply> post_raw_webhook(Simulator& simulator, ControlCall& call);

}  // namespace wapi::cloudsim
