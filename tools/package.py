#!/usr/bin/env python3
"""Packs build/release/wapi into a Debian package, from packaging/ and the docs.

./x package                          build/package/wapi_VERSION_ARCH.deb
./x package --version 0.2.0 --binary FILE --output FOLDER

Without --version it is that of src/app/version.hpp, as a preview (`0.1.0~TIME.COMMIT`) unless the
commit is tagged with it. All times in the package are the commit's: the same program gives the
same bytes. Needs debhelper, which ./x setup installs.
"""
from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from email.utils import formatdate
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# What the package holds besides the program and packaging/debian, by name in the packing folder.
PARTS = ("CHANGELOG.md", "README.md", "docs/deployment.md", "docs/security.md",
         "packaging/wapi.env", "packaging/prometheus/alerts.yml", "packaging/proxy/Caddyfile",
         "packaging/proxy/nginx.conf")
CHANGELOG = """wapi ({version}) unstable; urgency=medium

  * What changed: /usr/share/doc/wapi/changelog.gz

 -- wApi maintainers <maintainers@wapi.invalid>  {date}
"""


class PackageFailed(RuntimeError):
    """The package could not be built; the text is what the tools said."""


def git(*words: str) -> str:
    """What git prints; empty outside a repository."""
    done = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def program_version() -> str:
    text = (PROJECT / "src/app/version.hpp").read_text()
    return re.search(r'version = "([^"]+)"', text)[1]


def default_version() -> str:
    """The program's version when this commit is its release, else one that sorts before it."""
    version = program_version()
    if f"v{version}" in git("tag", "--points-at", "HEAD").splitlines():
        return version
    commit = git("log", "-1", "--format=%cd.%h", "--date=format-local:%Y%m%d%H%M%S")
    return f"{version}~{commit or 'local'}"


def lay_out(folder: Path, binary: Path, version: str) -> None:
    """Makes the folder that dpkg-buildpackage wants."""
    shutil.copytree(PROJECT / "packaging/debian", folder / "debian")
    shutil.copy(binary, folder / "wapi")
    for part in PARTS:
        keep_folder = part.startswith("docs/")
        target = folder / (part if keep_folder else Path(part).name)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / part, target)
    seconds = int(git("log", "-1", "--format=%ct") or 0)
    (folder / "debian/changelog").write_text(
        CHANGELOG.format(version=version, date=formatdate(seconds)))


def build_package(binary: Path, version: str, output: Path, xz_level: int = 6) -> Path:
    """Packs the program and gives the package's path. Raises PackageFailed."""
    with tempfile.TemporaryDirectory(prefix="wapi-package-") as temporary:
        folder = Path(temporary) / "wapi"
        folder.mkdir()
        lay_out(folder, binary, version)
        environment = {**os.environ, "WAPI_XZ_LEVEL": str(xz_level), "TZ": "UTC"}
        done = subprocess.run(["dpkg-buildpackage", "--build=binary", "--no-sign"], cwd=folder,
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        if done.returncode != 0:
            raise PackageFailed(done.stdout)
        [built] = Path(temporary).glob("*.deb")
        output.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(built, output))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--version", default=None)
    parser.add_argument("--binary", type=Path, default=PROJECT / "build/release/wapi")
    parser.add_argument("--output", type=Path, default=PROJECT / "build/package")
    options = parser.parse_args()
    try:
        built = build_package(options.binary, options.version or default_version(), options.output)
    except (OSError, PackageFailed) as failure:
        print(failure, file=sys.stderr)
        return 1
    digest = hashlib.sha256(built.read_bytes()).hexdigest()
    print(f"{built}\n{built.stat().st_size:,} bytes, SHA-256 {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
