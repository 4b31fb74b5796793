// What a restricted member may see, as conditions for the SQL of other stores.
//
// A store that lists, gets or counts customers' data adds one of these to its WHERE and binds two
// parameters, `Restrictions::member` and `Restrictions::bits()`, so that the database and nobody
// after it decides. The tags and numbers stand in member_restrictions and are joined here, in the
// snapshot of the data itself. `bits` 0 costs nothing. Rules: README.md of this folder.
#pragma once

/// `bits` of Restrictions as a number; the cast tells PostgreSQL its type.
#define WAPI_RESTRICTED(bits, mask) "(CAST(" bits " AS BIGINT) & " mask ") <> 0"

/// The contact bears one of the member's tags. Not by EXISTS, for which PostgreSQL may read all
/// contacts with such a tag first.
#define WAPI_BEARS_TAG(contact, member)                                            \
    "coalesce((SELECT 1 FROM contact_tags AS seen_tag"                             \
    " JOIN member_restrictions AS by_tag"                                          \
    " ON by_tag.workspace_id = seen_tag.workspace_id AND by_tag.user_id = " member \
    " AND by_tag.kind = 'tag' AND by_tag.value = seen_tag.tag"                     \
    " WHERE seen_tag.workspace_id = $1 AND seen_tag.contact_id = " contact " LIMIT 1), 0) = 1"

/// The business number is one of the member's.
#define WAPI_OWN_NUMBER(number, member)                                \
    "EXISTS (SELECT 1 FROM member_restrictions AS by_phone"            \
    " WHERE by_phone.workspace_id = $1 AND by_phone.user_id = " member \
    " AND by_phone.kind = 'phone' AND by_phone.value = " number ")"

/// The contact wrote to or heard from one of the member's numbers, or none at all.
#define WAPI_ON_OWN_NUMBER(contact, member)                                \
    "(NOT EXISTS (SELECT 1 FROM conversations AS any_talk"                 \
    " WHERE any_talk.workspace_id = $1 AND any_talk.contact_id = " contact \
    ")"                                                                    \
    " OR EXISTS (SELECT 1 FROM conversations AS talk"                      \
    " WHERE talk.workspace_id = $1 AND talk.contact_id = " contact         \
    " AND " WAPI_OWN_NUMBER("talk.phone_number_id", member) "))"

/// `contact`: an SQL expression with a contact id; `member`, `bits`: parameters.
#define WAPI_SEES_CONTACT(contact, member, bits) \
    "((NOT " WAPI_RESTRICTED(bits, "1") " OR " WAPI_BEARS_TAG(contact, member) ")"            \
    " AND (NOT " WAPI_RESTRICTED(bits, "2") " OR " WAPI_ON_OWN_NUMBER(contact, member) "))"

/// `talk`: the name of a conversations table in the statement. Who sees a conversation sees its
/// contact.
#define WAPI_SEES_CONVERSATION(talk, member, bits) \
    WAPI_SEES_WHERE(WAPI_BEARS_TAG(talk ".contact_id", member), talk, member, bits)

/// `bears_tag`: the condition that the contact bears one of the member's tags.
#define WAPI_SEES_WHERE(bears_tag, talk, member, bits) \
    "((NOT " WAPI_RESTRICTED(bits, "1") " OR " bears_tag ")"                                   \
    " AND (NOT " WAPI_RESTRICTED(bits, "2")                                                    \
    " OR " WAPI_OWN_NUMBER(talk ".phone_number_id", member) ")"                                \
    " AND (NOT " WAPI_RESTRICTED(bits, "4") " OR coalesce(" talk ".assignee_id, '') = " member \
    " OR (" WAPI_RESTRICTED(bits, "8") " AND " talk ".assignee_id IS NULL)))"

/// As WAPI_SEES_CONVERSATION, for a statement that asks it of a thousand rows and begins with
/// WAPI_WITH_OWN_TAGS. Shaped as WAPI_BEARS_TAG, for its reason.
#define WAPI_SEES_OF_MANY(talk, member, bits)                                            \
    WAPI_SEES_WHERE(                                                                     \
        "coalesce((SELECT 1 FROM contact_tags AS seen_tag"                               \
        " WHERE seen_tag.workspace_id = $1 AND seen_tag.contact_id = " talk              \
        ".contact_id AND seen_tag.tag IN (SELECT value FROM own_tags) LIMIT 1), 0) = 1", \
        talk, member, bits)

/// The member's tags, read once. A `WITH` of the statement's own goes on with `,`.
#define WAPI_WITH_OWN_TAGS(member)                                         \
    "WITH own_tags AS MATERIALIZED (SELECT value FROM member_restrictions" \
    " WHERE workspace_id = $1 AND user_id = " member " AND kind = 'tag')"

/// The member has restrictions of that kind, `tag` or `phone`.
#define WAPI_HAS_LIMIT(kind, member)                                     \
    "EXISTS (SELECT 1 FROM member_restrictions AS own_limit"             \
    " WHERE own_limit.workspace_id = $1 AND own_limit.user_id = " member \
    " AND own_limit.kind = '" kind "')"

/// Tags and numbers of a member who is not the caller let them see the conversation, so that it may
/// be assigned to them. `member`: a parameter or a column.
#define WAPI_MAY_ANSWER(talk, member) \
    "((NOT " WAPI_HAS_LIMIT("tag", member) " OR " WAPI_BEARS_TAG(talk ".contact_id", member) ")" \
    " AND (NOT " WAPI_HAS_LIMIT("phone", member)                                          \
    " OR " WAPI_OWN_NUMBER(talk ".phone_number_id", member) "))"

/// What access::read_rights reads, of members m, team_roles r and workspaces w.
#define WAPI_RIGHTS_COLUMNS                                                              \
    "coalesce(m.role, ''), coalesce(r.permissions, ''), coalesce(m.granted, ''),"        \
    " coalesce(m.denied, ''),"                                                           \
    " CASE WHEN EXISTS (SELECT 1 FROM member_restrictions AS t WHERE t.workspace_id ="   \
    " m.workspace_id AND t.user_id = m.user_id AND t.kind = 'tag') THEN 1 ELSE 0 END,"   \
    " CASE WHEN EXISTS (SELECT 1 FROM member_restrictions AS p WHERE p.workspace_id ="   \
    " m.workspace_id AND p.user_id = m.user_id AND p.kind = 'phone') THEN 1 ELSE 0 END," \
    " CASE WHEN w.settings LIKE '%\"showUnassigned\"%' THEN w.settings ELSE '' END,"     \
    " CASE WHEN w.suspended_us IS NULL THEN 0 ELSE 1 END"
#define WAPI_RIGHTS_JOINS                                        \
    " LEFT JOIN workspaces w ON w.workspace_id = m.workspace_id" \
    " LEFT JOIN team_roles r ON r.workspace_id = m.workspace_id AND r.role_id = m.role"
