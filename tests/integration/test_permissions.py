"""What a team's rights mean on the routes, beyond the walk of test_identities.py, on both engines.

Goal: every route has a permission or is any member's on purpose; who sees a part of the customers
reaches nothing that shows the whole; assignments, removals and switches count at the next request.
Method: members join by invite; the route table and the permission matrix come from the program.
"""
import unittest

import support

NOBODYS_ID = "00000000-0000-7000-8000-000000000000"
# Session routes that every member may call, by operation id: what one is oneself, and where.
ANY_MEMBER = {"getMe", "getWorkspace", "listSessions", "endSession", "logOutAll",
              "requestEmailVerification", "getSecondFactor", "enrolSecondFactor",
              "confirmSecondFactor", "renewRecoveryCodes", "disableSecondFactor", "changePassword"}
# What shows the whole workspace is not for who sees a part of it (src/features/access/README.md).
WHOLE_WORKSPACE = {"viewAnalytics", "viewAuditLogs", "manageWebhooks", "exportData"}


class PermissionTests:
    """Mixed into one class per engine."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        cls.server = support.server(cls.engine)
        cls.closed_routes = cls.server.closed_routes()
        cls.routes = [route for route in cls.closed_routes if route["permission"]]
        status, cls.matrix = cls.server.as_owner("GET", "/admin/team/permissions")
        assert status == 200, cls.matrix
        cls.tokens = {"agent": cls.server.join("agent@example.com", "agent"),
                      "none": cls.server.join("none@example.com", cls.server.make_role("Nothing"))}

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
        open_to_all = {route["operationId"] for route in self.closed_routes
                       if not route["permission"]}
        self.assertEqual(open_to_all, ANY_MEMBER)
        for route in self.closed_routes:
            with self.subTest(route=route["operationId"]):
                self.assertEqual(self.is_refused(route, self.tokens["none"]),
                                 route["operationId"] not in ANY_MEMBER)

    def test_who_sees_a_part_reaches_nothing_that_shows_the_whole(self):
        token = self.server.join("part@example.com", "manager")
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
        token = self.server.join("leaves@example.com", "manager")
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
