#!/usr/bin/env bash
# Installs the Debian 12 packages and npm modules that are missing. Quick when nothing is.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
  build-essential cmake ninja-build ccache mold pkg-config python3 git ca-certificates
  clang-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev llvm-19
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libssl-dev libsodium-dev libicu-dev libcurl4-openssl-dev libsqlite3-dev libpq-dev zlib1g-dev
  libfmt-dev libspdlog-dev libsimdjson-dev libcli11-dev libcpp-jwt-dev libcsv-dev
  libgtest-dev libgmock-dev librapidcheck-dev openssl
  postgresql-15 redis-server sqlite3 curl node-aws4
  python3-yaml python3-jsonschema python3-aiosmtpd python3-websockets
  debhelper systemd nginx-light chromium
)

# For the console, the page of the API and tests of scripts; node 18 or newer, and one that is there stays.
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)

missing=()
installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii *//p')
for package in "${packages[@]}"; do
  grep -qx "$package" <<<"$installed" || missing+=("$package")
done

# The npm packages of tools/ and web/, where they are not there or the lock file has changed.
modules() {
  local folder stamp sum
  for folder in tools web; do
    stamp=$folder/node_modules/.wapi-lock-sha256
    sum=$(sha256sum <"$folder/package-lock.json")
    [ "$sum" = "$(cat "$stamp" 2>/dev/null)" ] && continue
    echo "Installing the npm packages of $folder/" >&2
    (cd "$folder" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null)
    echo "$sum" >"$stamp"
  done
}

if [ ${#missing[@]} -eq 0 ]; then
  modules
  exit 0
fi

[ "$(id -u)" -eq 0 ] || { echo "Run as root once, to install: ${missing[*]}" >&2; exit 1; }
echo "Installing: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
# The servers are started by the tests on ports of their own; the system's must not start by itself.
policy=/usr/sbin/policy-rc.d
[ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod +x "$policy"; trap 'rm -f "$policy"' EXIT; }
apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
modules
