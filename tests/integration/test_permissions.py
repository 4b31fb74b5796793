"""Every route of the table, as each role, with and without its permission, on both engines.

Goal: a route lets in who has its permission and nobody else, whatever the role is called, and a
changed role counts from the next request of a running session on. Method: members join by invite;
one of them has a custom role that is given exactly one permission, then all but that one. The route
table and the permission matrix come from the program itself.
"""
import unittest

import support

NOBODYS_ID = "00000000-0000-7000-8000-000000000000"
BUILT_IN = ("owner", "manager", "agent", "viewer")
# Session routes that every member may call, by operation id: what one is oneself, and where.
ANY_MEMBER = {"getMe", "getWorkspace", "listSessions", "endSession", "logOutAll",
              "requestEmailVerification", "getSecondFactor", "enrolSecondFactor",
              "confirmSecondFactor", "disableSecondFactor", "changePassword"}
# What shows the whole workspace is not for who sees a part of it (src/features/access/README.md).
WHOLE_WORKSPACE = {"viewAuditLogs", "manageWebhooks", "exportData"}


class PermissionTests:
    """Mixed into one class per engine."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        cls.server = support.server(cls.engine)
        cls.session_routes = [route for route in cls.server.routes() if route["auth"] == "session"]
        cls.routes = [route for route in cls.session_routes if route["permission"]]
        status, cls.matrix = cls.server.as_owner("GET", "/admin/team/permissions")
        assert status == 200, cls.matrix
        cls.role = cls.make_role("Changing Role")
        cls.tokens = {role: cls.join(f"{role}@example.com", role) for role in BUILT_IN
                      if role != "owner"}
        cls.tokens["owner"] = cls.server.owner.token
        cls.tokens["none"] = cls.join("none@example.com", cls.make_role("Nothing"))
        cls.tokens["custom"] = cls.join("custom@example.com", cls.role)

    @classmethod
    def make_role(cls, name):
        status, answer = cls.server.as_owner("POST", "/admin/team/roles",
                                             {"name": name, "permissions": []})
        assert status == 201, answer
        return answer["id"]

    @classmethod
    def join(cls, email, role):
        """A new person with that role; their access token."""
        status, answer = cls.server.as_owner("POST", "/admin/team/invite",
                                             {"email": email, "role": role})
        assert status == 201, answer
        token = answer["link"].split("#token=")[1]
        status, answer = cls.server.call("POST", "/api/v1/auth/accept-invite", body={
            "token": token, "name": "Mia Member", "password": support.PASSWORD})
        assert status == 201, answer
        status, answer = cls.server.call("POST", "/api/v1/auth/login", body={
            "email": email, "password": support.PASSWORD})
        assert status == 200, answer
        return answer["token"]

    def names(self):
        return [row["name"] for row in self.matrix["permissions"]]

    def is_refused(self, route, token):
        """Whether the permission is what is missing; what else is wrong with the call is not."""
        path = route["path"].replace("{id}", NOBODYS_ID)
        self.assertNotIn("{", path, "a parameter that this test does not know")
        status, answer = self.server.call(route["verb"], path, token)
        self.assertNotIn(status, (401, 500, 503), answer)
        return status == 403 and answer["error"]["code"] == "forbidden"

    def test_the_table_and_the_matrix_know_the_same_permissions(self):
        self.assertGreater(len(self.routes), 20)
        self.assertEqual({route["permission"] for route in self.routes} - set(self.names()), set())

    def test_every_route_of_a_session_needs_a_permission_or_is_any_members(self):
        open_to_all = {route["operationId"] for route in self.session_routes
                       if not route["permission"]}
        self.assertEqual(open_to_all, ANY_MEMBER)
        for route in self.session_routes:
            with self.subTest(route=route["operationId"]):
                self.assertEqual(self.is_refused(route, self.tokens["none"]),
                                 route["operationId"] not in ANY_MEMBER)

    def test_no_route_knows_a_workspace_to_which_one_does_not_belong(self):
        there = {"X-Workspace-Id": self.server.owner.workspace_id}
        outsider = self.server.sign_up("outsider@example.com", "Third Shop")
        for route in self.session_routes:
            path = route["path"].replace("{id}", NOBODYS_ID)
            with self.subTest(route=route["operationId"]):
                status, answer = self.server.call(route["verb"], path, outsider.token,
                                                  headers=there)
                self.assertEqual((status, answer["error"]["code"]), (404, "not_found"))
                self.assertEqual(self.server.call(route["verb"], path, headers=there)[0], 401)

    def test_who_sees_a_part_reaches_nothing_that_shows_the_whole(self):
        token = self.join("part@example.com", "manager")
        member = self.server.as_owner("GET", "/admin/users?q=part@")[1]["users"][0]
        status, answer = self.server.as_owner(
            "PATCH", f"/admin/team/members/{member['id']}/restrictions",
            {"assignedTags": ["vip"], "assignedPhones": []})
        self.assertEqual(status, 200, answer)
        allowed = {row["name"] for row in self.matrix["permissions"] if row["roles"]["manager"]}
        for route in self.routes:
            with self.subTest(route=route["operationId"]):
                self.assertEqual(self.is_refused(route, token),
                                 route["permission"] not in allowed - WHOLE_WORKSPACE)

    def test_built_in_roles_reach_what_the_matrix_says(self):
        tried = 0
        for row in self.matrix["permissions"]:
            for route in self.routes:
                if route["permission"] != row["name"]:
                    continue
                for role in BUILT_IN:
                    with self.subTest(route=route["operationId"], role=role):
                        tried += 1
                        self.assertEqual(self.is_refused(route, self.tokens[role]),
                                         not row["roles"][role])
        self.assertEqual(tried, len(self.routes) * len(BUILT_IN))
        print(f"{self.engine}: {len(self.routes)} routes x {len(BUILT_IN)} built-in roles")

    def test_a_custom_role_reaches_exactly_what_it_names(self):
        token = self.tokens["custom"]
        for permission in sorted({route["permission"] for route in self.routes}):
            others = [name for name in self.names() if name != permission]
            for names, refused in (([permission], False), (others, True)):
                status, answer = self.server.as_owner(
                    "PATCH", f"/admin/team/roles/{self.role}", {"permissions": names})
                self.assertEqual(status, 200, answer)
                for route in self.routes:
                    if route["permission"] == permission:
                        with self.subTest(route=route["operationId"], refused=refused):
                            self.assertEqual(self.is_refused(route, token), refused)

    def test_an_agent_reads_a_conversation_while_it_is_theirs(self):
        token, talk = self.tokens["agent"], self.server.owner.ids["conversation"]
        agent = self.server.as_owner("GET", "/admin/users?q=agent@example.com")[1]["users"][0]["id"]
        for assignee, status in ((agent, 200), (None, 404)):
            answer = self.server.as_owner("POST", f"/conversations/{talk}/assign",
                                          {"assigneeId": assignee})
            self.assertEqual(answer[0], 200, answer)
            for path in (f"/conversations/{talk}", f"/conversations/{talk}/messages"):
                self.assertEqual(self.server.call("GET", "/api/v1" + path, token)[0], status)
            listed = self.server.call("GET", "/api/v1/conversations", token)[1]["conversations"]
            self.assertEqual([one["id"] for one in listed], [talk] if assignee else [])

    def test_somebody_who_is_removed_reaches_nothing(self):
        token = self.join("leaves@example.com", "manager")
        self.assertEqual(self.server.call("GET", "/api/v1/contacts", token)[0], 200)
        members = self.server.as_owner("GET", "/admin/team/members")[1]["members"]
        leaver = next(one for one in members if one["email"] == "leaves@example.com")
        self.assertEqual(self.server.as_owner("DELETE", f"/admin/team/members/{leaver['id']}")[0],
                         200)
        self.assertEqual(self.server.call("GET", "/api/v1/contacts", token)[0], 401)

    def test_a_member_of_two_workspaces_switches_and_a_stranger_does_not(self):
        owner, stranger = self.server.owner, self.server.stranger
        there = {"X-Workspace-Id": owner.workspace_id}
        status, answer = self.server.call("GET", "/api/v1/contacts", stranger.token, headers=there)
        self.assertEqual((status, answer["error"]["code"]), (404, "not_found"))
        status, answer = self.server.as_owner(
            "POST", "/admin/team/invite", {"email": stranger.email, "role": "viewer"})
        self.assertEqual(status, 201, answer)
        status, joined = self.server.call("POST", "/api/v1/auth/accept-invite", body={
            "token": answer["link"].split("#token=")[1], "password": support.PASSWORD})
        self.assertEqual(status, 201, joined)
        status, answer = self.server.call("GET", "/api/v1/auth/me", stranger.token, headers=there)
        self.assertEqual((status, answer["workspace"]["id"]), (200, owner.workspace_id))
        self.assertEqual({one["role"] for one in answer["memberships"]}, {"owner", "viewer"})
        status, answer = self.server.call("GET", "/api/v1/admin/team/members", stranger.token,
                                          headers=there)
        self.assertEqual(status, 403, answer)
        status, answer = self.server.as_owner(
            "DELETE", f"/admin/team/members/{joined['user']['id']}")
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.server.call("GET", "/api/v1/contacts", stranger.token,
                                          headers=there)[0], 404)


class PermissionsOnSqlite(PermissionTests, unittest.TestCase):
    engine = "sqlite"


class PermissionsOnPostgres(PermissionTests, unittest.TestCase):
    engine = "postgres"


if __name__ == "__main__":
    unittest.main()
