"""A throw-away machine: this one with a layer over its files, and a systemd of its own.

For tests that install packages and start services. Whatever happens inside goes into memory and is
gone with the machine; processes, services, users and packages of the real one are not touched, the
network is shared. Needs root with the right to mount, and overlayfs.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

BOOT_SECONDS_MAX = 60
# What systemd would do to the kernel that both share, or waits for in vain.
MASKED = ("systemd-sysctl", "systemd-modules-load", "systemd-binfmt", "systemd-udevd",
          "systemd-udev-trigger", "systemd-remount-fs", "systemd-random-seed",
          "systemd-journal-flush", "systemd-networkd", "systemd-timesyncd", "systemd-resolved")
PARTS = ("usr/sbin/policy-rc.d", "etc/systemd/system/multi-user.target.wants",
         "etc/systemd/system/network-online.target.wants")  # not to be seen inside

BOOT = """
set -eu
folder=$1
mount -t tmpfs tmpfs "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
root=$folder/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
for part in run tmp dev; do mount -t tmpfs tmpfs "$root/$part"; done
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm" "$root/dev/pts"
ln -s /proc/self/fd "$root/dev/fd"; ln -s pts/ptmx "$root/dev/ptmx"
chmod 1777 "$root/tmp" "$root/dev/shm"
echo > "$root/etc/machine-id"
for part in $3; do rm -rf "$root/$part"; done
for unit in $2; do ln -sf /dev/null "$root/etc/systemd/system/$unit.service"; done
mkdir "$root/run/layer"; mount --bind "$folder/upper" "$root/run/layer"
cd "$root"; pivot_root . .; umount --lazy .  # a chroot would keep systemd from making namespaces
exec env -i container=overlay PATH="$PATH" LANG=C.UTF-8 \
  /lib/systemd/systemd --system --unit=multi-user.target --log-target=console --show-status=0
"""


def cgroup_folder() -> Path | None:
    """Where the machine's unified control groups are mounted."""
    for line in Path("/proc/mounts").read_text().splitlines():
        _device, folder, kind = line.split()[:3]
        if kind == "cgroup2":
            return Path(folder)
    return None


def why_not() -> str:
    """What keeps this machine from making another; empty when nothing does."""
    if os.geteuid() != 0:
        return "only root may make a machine"
    if cgroup_folder() is None or not os.access(cgroup_folder(), os.W_OK):
        return "there are no unified control groups"
    done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--cgroup", "mount", "-t",
                           "tmpfs", "tmpfs", "/mnt"], capture_output=True, text=True, check=False)
    return done.stderr.strip()


class Machine:
    """A context manager; run() runs a command inside."""

    def __enter__(self) -> "Machine":
        self.folder = Path(tempfile.mkdtemp(prefix="wapi-machine-"))
        self.log = Path(f"{self.folder}.log")
        self.group = cgroup_folder() / self.folder.name
        self.group.mkdir()
        self.holder: subprocess.Popen | None = None
        try:
            self._boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error) -> None:
        if self.holder is not None:
            self.holder.kill()  # systemd and all it started end with it
            self.holder.wait()
        self._remove_groups()
        self.folder.rmdir()
        self.log.unlink(missing_ok=True)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess:
        """Runs a command inside as root; its output is captured, both streams together."""
        inside = ["nsenter", "--target", self.pid, "--mount", "--pid", "--cgroup", "--uts", "--ipc",
                  "--root", "--wd", "env", "-i", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
                  "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command]
        done = subprocess.run(inside, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False,
                              start_new_session=True)  # a `kill 0` inside must not reach us
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n"
                                 f"{done.stdout}")
        return done

    def path(self, name: str) -> Path:
        """A file of the machine, as this process can read and write it."""
        return Path(f"/proc/{self.pid}/root") / name.lstrip("/")

    def upper(self) -> Path:
        """The layer: what differs from the machine below."""
        return self.path("run/layer")

    def exists(self, name: str) -> bool:
        return self.run("test", "-e", name, check=False).returncode == 0

    def copy_in(self, file: Path) -> str:
        """Copies a file into /tmp inside and gives its name there."""
        shutil.copy(file, self.path("tmp"))
        return f"/tmp/{file.name}"

    def _boot(self) -> None:
        enter = f"echo $$ > {self.group}/cgroup.procs; exec \"$@\""
        command = ["setpriv", "--pdeathsig", "KILL", "sh", "-c", enter, "sh",
                   "unshare", "--mount", "--pid", "--fork", "--uts", "--ipc", "--cgroup",
                   "--kill-child", "bash", "-c", BOOT, "bash", str(self.folder),
                   " ".join(MASKED), " ".join(PARTS)]
        with open(self.log, "wb") as log:
            self.holder = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                           stderr=subprocess.STDOUT)
        deadline = time.monotonic() + BOOT_SECONDS_MAX
        while time.monotonic() < deadline and self.holder.poll() is None:
            if self._is_up():
                return
            time.sleep(0.1)
        raise AssertionError(f"the machine did not start:\n{self.log.read_text()}")

    def _is_up(self) -> bool:
        children = Path(f"/proc/{self.holder.pid}/task/{self.holder.pid}/children")
        pids = children.read_text().split()
        if not pids or Path(f"/proc/{pids[0]}/comm").read_text().strip() != "systemd":
            return False
        self.pid = pids[0]
        state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return state in ("running", "degraded")

    def _remove_groups(self) -> None:
        deadline = time.monotonic() + BOOT_SECONDS_MAX
        while self.group.exists() and time.monotonic() < deadline:
            folders = [folder for folder, _folders, _files in os.walk(self.group, topdown=False)]
            for folder in folders:
                try:
                    os.rmdir(folder)
                except OSError:  # the last process is still ending
                    time.sleep(0.01)
