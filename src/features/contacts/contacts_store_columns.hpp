// What a statement of any store selects of a contact, for read_contacts (contacts.hpp).
#pragma once

/// Of a table named contacts in the statement.
#define WAPI_CONTACT_COLUMNS                                                       \
    "contacts.contact_id, contacts.name, contacts.phone, contacts.tags,"           \
    " contacts.attributes, contacts.created_us, contacts.opted_out,"               \
    " contacts.opt_out_decided_us, contacts.opted_out_us, contacts.opted_out_via," \
    " contacts.opted_back_in_us, contacts.started_us"
