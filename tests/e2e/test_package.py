"""The Debian package: built, installed, started by systemd, upgraded, removed and purged.

Goal: an operator's apt install, upgrade and purge do what docs/deployment.md says, and the
hardened unit lets the server do its work. Method: a throw-away machine with a systemd of its own
(machine.py), the simulated Meta outside of it. Without root, or where no such machine can be made,
only the tests of the package's content run, and a line says so. The older version is the same
program, or the one that WAPI_OLDER_BINARY names: an upgrade from a release.
"""
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import machine
from shop import PROJECT
from stack import Stack
from package import PackageFailed, build_package

PROGRAM = PROJECT / "build/release/wapi"
OLDER_PROGRAM = Path(os.environ.get("WAPI_OLDER_BINARY", PROGRAM))
UNIT = PROJECT / "packaging/debian/wapi.service"
POSTINST = PROJECT / "packaging/debian/wapi.postinst"
SETTINGS = "/etc/wapi/wapi.env"
DATA = "/var/lib/wapi"
CUSTOMER = "436601234567"
EXPOSURE_MAX = 2.0
WAIT_SECONDS_MAX = 30
OLDER, NEWER = "0.1.0~test1", "0.1.0~test2"
# What dpkg, adduser, systemd and this test itself leave behind; all else counts as a leftover.
EXPECTED_LEFTOVERS = re.compile(
    r"(etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|etc/\.pwd\.lock|etc/machine-id"
    r"|etc/ld\.so\.cache|etc/mtab|etc/resolv\.conf|etc/systemd/system/systemd-[a-z-]*\.service"
    r"|var/(log|cache)/.*|var/lib/(dpkg|systemd|dbus)/.*|" + "|".join(machine.PARTS) + ")")


def setUpModule():
    global packages  # both versions, for all tests
    packages = {}
    folder = tempfile.TemporaryDirectory(prefix="wapi-packages-")
    unittest.addModuleCleanup(folder.cleanup)
    for version, program in ((OLDER, OLDER_PROGRAM), (NEWER, PROGRAM)):
        packages[version] = build_package(program, version, Path(folder.name), xz_level=0)


def fields(deb, name):
    done = subprocess.run(["dpkg-deb", "--field", str(deb), name], capture_output=True, text=True,
                          check=True)
    return done.stdout.strip()


def exposure(unit_text):
    """The figure of systemd-analyze security: 0 (closed) to 10 (open)."""
    with tempfile.TemporaryDirectory(prefix="wapi-unit-") as folder:
        unit = Path(folder) / "wapi.service"
        unit.write_text(unit_text)
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager",
                               str(unit)], capture_output=True, text=True, check=False)
    return float(re.search(r"exposure level for wapi.service: ([\d.]+)", done.stdout)[1])


class Content(unittest.TestCase):
    def test_the_same_program_gives_the_same_bytes(self):
        with tempfile.TemporaryDirectory(prefix="wapi-packages-") as folder:
            again = build_package(PROGRAM, NEWER, Path(folder), xz_level=0)
            digests = {hashlib.sha256(deb.read_bytes()).hexdigest()
                       for deb in (again, packages[NEWER])}
        self.assertEqual(len(digests), 1)

    def test_it_depends_on_the_libraries_that_the_program_loads(self):
        depends = fields(packages[OLDER], "Depends")
        for library in ("libc6", "libssl3", "libsqlite3-0", "libpq5", "libcurl4", "libicu72"):
            self.assertRegex(depends, rf"(^|, ){library} ")

    def test_the_unit_is_closed(self):
        found = exposure(UNIT.read_text())
        print(f"systemd-analyze security: {found} of {EXPOSURE_MAX}")
        self.assertLess(found, EXPOSURE_MAX)

    def test_an_open_unit_is_seen(self):
        open_unit = re.sub(r"^(Protect|Private|Restrict|System|Capab).*$", "", UNIT.read_text(),
                           flags=re.M)
        self.assertGreater(exposure(open_unit), EXPOSURE_MAX)

    def test_a_build_that_fails_says_so(self):
        with tempfile.TemporaryDirectory(prefix="wapi-packages-") as folder:
            with self.assertRaises(PackageFailed):
                build_package(PROGRAM, "no version", Path(folder))


class Postinst(unittest.TestCase):
    def test_the_secrets_it_makes_are_in_no_program_s_arguments(self):
        with tempfile.TemporaryDirectory(prefix="wapi-postinst-") as folder:
            made, arguments = Path(folder) / "wapi.env", Path(folder) / "arguments"
            script = rf"""
. {POSTINST}
template={PROJECT}/packaging/wapi.env settings={made}
mktemp() {{ command mktemp {folder}/new.XXXXXX; }}
chown() {{ :; }}
for program in sed od tr chmod mv; do
    eval "$program() {{ echo \"\$*\" >> {arguments}; command $program \"\$@\"; }}"
done
write_settings
"""
            subprocess.run(["sh", "-ec", script], check=True, capture_output=True)
            made_secrets = re.findall(r"^(\w+)=([0-9a-f]{64})$", made.read_text(), re.M)
            self.assertEqual({name for name, _secret in made_secrets},
                             {"TOKEN_MASTER_KEY", "JWT_SECRET", "META_VERIFY_TOKEN",
                              "METRICS_TOKEN"})
            self.assertEqual(len({secret for _name, secret in made_secrets}), 4)
            seen = arguments.read_text()
            self.assertIn(str(PROJECT), seen, "the test must see the arguments")
            for name, secret in made_secrets:
                self.assertNotIn(secret, seen, name)


class InstalledStack(Stack):
    """The simulated Meta, and wapi.service inside a machine instead of a process of our own."""

    def __init__(self, host):
        super().__init__()
        self.host = host

    def change_settings(self, **settings):
        path = self.host.path(SETTINGS)
        text = path.read_text()
        for name, value in settings.items():
            text, found = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.M)
            text += "" if found else f"{name}={value}\n"
        path.write_text(text)

    def setting(self, name):
        return re.search(rf"^{name}=(.*)$", self.host.path(SETTINGS).read_text(), re.M)[1]

    def wait_for_health(self):
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            try:
                if self.health().get("status") == "ok":
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(self.journal())

    def journal(self):
        return self.host.run("journalctl", "--unit", "wapi", "--no-pager", "--output", "cat").stdout

    def customer_says(self, text):
        """A customer writes; gives the conversation that shows it."""
        self.customer_writes(CUSTOMER, text)
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            conversations = self.api("GET", "/conversations")[1]["conversations"]
            if conversations and conversations[0]["lastMessage"]["body"] == text:
                return conversations[0]
            time.sleep(0.05)
        raise AssertionError(f"{text} did not arrive:\n{self.journal()}")

    def log_in(self):
        """A new session of the owner, as tokens of 15 minutes need not outlive an upgrade."""
        answer = self.api("POST", "/auth/login", {"email": "owner@example.com",
                                                  "password": "correct horse battery staple"})
        self.account.token = answer[1]["token"]


class Life(unittest.TestCase):
    """One machine, one story: the tests run in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(machine.Machine())
        cls.stack = InstalledStack(cls.host)
        cls.addClassCleanup(cls.stack.stop)
        cls.debs = {version: cls.host.copy_in(deb) for version, deb in packages.items()}

    def run_inside(self, *command, check=True):
        return self.host.run(*command, check=check).stdout.strip()

    def state(self):
        return self.run_inside("systemctl", "is-active", "wapi", check=False)

    def mode(self, name):
        return self.run_inside("stat", "--format", "%a %U:%G", name)

    def test_1_install_makes_user_secrets_and_folders(self):
        said = self.run_inside("dpkg", "--install", self.debs[OLDER])
        self.assertIn("set META_APP_SECRET in /etc/wapi/wapi.env", said)
        self.assertEqual(self.mode(SETTINGS), "640 root:wapi")
        self.assertEqual(self.mode(DATA), "750 wapi:wapi")
        self.assertRegex(self.run_inside("getent", "passwd", "wapi"), ":/usr/sbin/nologin$")
        secrets = [self.stack.setting(name) for name in
                   ("TOKEN_MASTER_KEY", "JWT_SECRET", "META_VERIFY_TOKEN", "METRICS_TOKEN")]
        self.assertEqual(len(set(secrets)), 4)
        for secret in secrets:
            self.assertRegex(secret, "^[0-9a-f]{64}$")
        self.assertEqual(self.run_inside("systemctl", "is-enabled", "wapi"), "enabled")

    def test_2_it_waits_for_the_secret_of_the_app(self):
        self.run_inside("systemctl", "start", "wapi")
        self.assertEqual(self.state(), "inactive")
        refused = self.host.run("wapi", "--env-file", SETTINGS, "serve", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("META_APP_SECRET is missing", refused.stdout)

    def test_3_it_serves_under_its_unit(self):
        self.stack.verify_token = self.stack.setting("META_VERIFY_TOKEN")
        self.stack.environment["METRICS_TOKEN"] = self.stack.setting("METRICS_TOKEN")
        self.stack.start_cloudsim()
        self.stack.change_settings(
            PORT=self.stack.wapi.port, META_APP_SECRET=self.stack.app_secret,
            META_APP_ID=self.stack.environment["META_APP_ID"],
            META_GRAPH_URL=self.stack.environment["META_GRAPH_URL"])
        self.run_inside("systemctl", "start", "wapi")
        self.stack.wait_for_health()
        self.stack.set_up_account()
        self.stack.customer_says("Hello before the upgrade")
        status, answer = self.stack.api("POST", "/messages/send",
                                        {"phone": "+" + CUSTOMER, "body": "We are here"})
        self.assertEqual((status, answer["status"]), (200, "sent"))
        self.assertEqual(self.mode(f"{DATA}/wapi.db"), "600 wapi:wapi")

    def test_4_the_walls_of_the_unit_stand(self):
        pid = self.run_inside("systemctl", "show", "--property", "MainPID", "--value", "wapi")
        status = self.run_inside("cat", f"/proc/{pid}/status")
        for line in ("NoNewPrivs:\t1", "Seccomp:\t2", "CapBnd:\t0000000000000000",
                     "CapEff:\t0000000000000000"):
            self.assertIn(line, status)
        limits = self.run_inside("cat", f"/proc/{pid}/limits")
        self.assertRegex(limits, r"Max core file size +0 +0")
        self.assertRegex(limits, r"Max open files +(\d+) +\1 ")  # raised to what is allowed
        self.assertGreater(int(re.search(r"VmLck:\s+(\d+)", status)[1]), 0)
        self.assertNotIn("memory.", self.stack.journal())

    def test_5_settings_do_not_show_to_others(self):
        for name in (SETTINGS, f"{DATA}/wapi.db"):
            done = self.host.run("setpriv", "--reuid", "nobody", "--regid", "nogroup",
                                 "--clear-groups", "cat", name, check=False)
            self.assertNotEqual(done.returncode, 0)
        journal = self.stack.journal()
        for name in ("TOKEN_MASTER_KEY", "JWT_SECRET", "META_APP_SECRET", "METRICS_TOKEN"):
            self.assertNotIn(self.stack.setting(name), journal)

    def test_6_a_crash_is_followed_by_a_start(self):
        self.run_inside("systemctl", "kill", "--signal", "KILL", "wapi")
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while self.run_inside("systemctl", "show", "--property", "NRestarts", "--value",
                              "wapi") == "0":
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.stack.wait_for_health()
        self.assertEqual(self.stack.customer_thread(CUSTOMER)[-1]["text"], "We are here")

    def test_7_an_upgrade_keeps_settings_and_data(self):
        self.stack.change_settings(LOG_LEVEL="warn")
        before = self.host.path(SETTINGS).read_text()
        self.run_inside("dpkg", "--install", self.debs[NEWER])
        self.assertIn(NEWER, self.run_inside("dpkg-query", "--show", "wapi"))
        self.stack.wait_for_health()
        self.assertEqual(self.host.path(SETTINGS).read_text(), before)
        self.stack.log_in()
        conversation = self.stack.customer_says("Hello after the upgrade")
        messages = self.stack.api("GET", f"/conversations/{conversation['id']}/messages")[1]
        bodies = [message["body"] for message in messages["messages"]]
        self.assertEqual(sorted(bodies), ["Hello after the upgrade", "Hello before the upgrade",
                                          "We are here"])
        status, answer = self.stack.api("POST", "/messages/send", {
            "phone": "+" + CUSTOMER, "body": "The token still opens"})
        self.assertEqual((status, answer["status"]), (200, "sent"))

    def test_8_the_scripts_may_run_again(self):
        before = self.host.path(SETTINGS).read_text()
        self.run_inside("dpkg-reconfigure", "wapi")
        self.run_inside("/var/lib/dpkg/info/wapi.postinst", "configure", NEWER)
        self.assertEqual(self.host.path(SETTINGS).read_text(), before)
        self.stack.wait_for_health()
        audit = self.run_inside("setpriv", "--reuid", "wapi", "--regid", "wapi", "--init-groups",
                                "wapi", "--env-file", SETTINGS, "audit", "verify")
        self.assertIn('"firstBadEntry":null', audit)

    def test_9_removing_keeps_and_purging_clears(self):
        self.run_inside("dpkg", "--remove", "wapi")
        self.assertEqual(self.state(), "inactive")
        self.assertFalse(self.host.exists("/usr/bin/wapi"))
        settings = self.host.path(SETTINGS).read_text()
        self.assertTrue(self.host.exists(f"{DATA}/wapi.db"))
        self.run_inside("dpkg", "--install", self.debs[NEWER])
        self.stack.wait_for_health()
        self.assertEqual(self.host.path(SETTINGS).read_text(), settings)

        self.run_inside("systemctl", "stop", "wapi")
        self.host.path(SETTINGS).unlink()
        said = self.run_inside("/var/lib/dpkg/info/wapi.postinst", "configure", NEWER)
        self.assertIn("Put it back", said)
        self.assertFalse(self.host.exists(SETTINGS), "a new master key beside old data")

        self.run_inside("dpkg", "--purge", "wapi")
        self.assertEqual(self.host.run("getent", "passwd", "wapi", check=False).returncode, 2)
        self.assertEqual(self.leftovers(), [])
        self.run_inside("dpkg", "--purge", "wapi", check=False)

    def leftovers(self):
        """Files that differ from the machine below and are not expected to."""
        upper = self.host.upper()
        changed = [path.relative_to(upper).as_posix() for path in upper.rglob("*")
                   if not path.is_dir() or path.is_symlink()]
        folders = [f"/{name}" for name in (DATA, "/etc/wapi", "/usr/share/wapi",
                                           "/usr/share/doc/wapi") if self.host.exists(name)]
        return folders + [name for name in changed
                          if "wapi" in name or not EXPECTED_LEFTOVERS.fullmatch(name)]


if machine.why_not():
    print(f"test_package: the package is not installed, as {machine.why_not()}", file=sys.stderr)
    del Life


if __name__ == "__main__":
    unittest.main()
