"""The console as the program serves it: page, files, policy, caching.

Goal: a browser gets the whole console from the program alone, keeps what may be kept, and runs
nothing that is not ours. Method: the page of the real program is read like a browser reads it, and
every file it names is fetched in each form. What the page does is the browser tests' business.
"""
import gzip
import re
import unittest

import support  # noqa: F401  (finds stack)
from stack import Stack, http_request

FILE = re.compile(r'(?:src|href)="(/app/[^"]+)"')
NONCE = re.compile(r'<meta name="csp-nonce" content="([\w-]{22})"')


class Console(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = Stack()
        cls.addClassCleanup(stack.stop)
        stack.start()
        cls.port = stack.wapi.port

    def get(self, path, **headers):
        """Status, headers in lower case, body."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        status, received, body = http_request(self.port, "GET", path, headers=named)
        return status, {name.lower(): value for name, value in received.items()}, body

    def page(self, path="/app/"):
        status, headers, body = self.get(path)
        self.assertEqual((status, headers["content-type"]), (200, "text/html; charset=utf-8"))
        return headers, body.decode()

    def test_the_start_leads_to_the_console(self):
        for path in ("/", "/app"):
            status, headers, _ = self.get(path)
            self.assertEqual((status, headers["location"]), (302, "/app/"), path)

    def test_every_file_that_the_page_names_comes_in_each_form_and_may_be_kept(self):
        _, page = self.page()
        names = FILE.findall(page)
        self.assertGreaterEqual(len(names), 4)
        for name in names:
            with self.subTest(name):
                _, plain_headers, plain = self.get(name, Accept_Encoding="identity")
                self.assertNotIn("content-encoding", plain_headers)
                status, headers, packed = self.get(name, Accept_Encoding="gzip")
                self.assertEqual(status, 200)
                if headers.get("content-encoding") == "gzip":
                    self.assertEqual(gzip.decompress(packed), plain)
                status, again, nothing = self.get(name, Accept_Encoding="gzip",
                                                  If_None_Match=headers["etag"])
                self.assertEqual((status, nothing), (304, b""))
                if name.startswith("/app/assets/"):
                    self.assertIn("immutable", headers["cache-control"])
                    _, brotli, smallest = self.get(name, Accept_Encoding="gzip, br")
                    self.assertEqual(brotli["content-encoding"], "br")
                    self.assertLess(len(smallest), len(packed))
                else:
                    self.assertIn("must-revalidate", headers["cache-control"])

    def test_the_policy_lets_only_our_own_scripts_run_and_its_nonce_serves_once(self):
        headers, page = self.page()
        policy = headers["content-security-policy"]
        nonce = NONCE.search(page).group(1)
        self.assertIn(f"style-src 'self' 'nonce-{nonce}';", policy)
        self.assertIn("script-src 'self';", policy)
        self.assertNotIn("unsafe", policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertEqual(headers["cache-control"], "no-store")
        self.assertNotEqual(NONCE.search(self.page()[1]).group(1), nonce)

    def test_an_address_of_the_console_is_the_page_and_a_file_that_is_gone_is_not(self):
        for path in ("/app/inbox", "/app/settings/team?x=1", "/app/..%2f..%2fetc%2fpasswd",
                     "/app/%3Cscript%3E"):
            _, page = self.page(path)
            self.assertNotIn("<script>", page)
        self.assertEqual(self.get("/app/assets/index-gone.js")[0], 404)
        self.assertEqual(self.get("/apparently")[0], 404)
        self.assertEqual(http_request(self.port, "POST", "/app/inbox", b"")[0], 405)


if __name__ == "__main__":
    unittest.main()
