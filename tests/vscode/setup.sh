#!/bin/sh
# Fetches a real workbench for the tests of the extension, on Debian and what derives from it.
#
#   tests/vscode/setup.sh FOLDER
#   CAMUS_WORKBENCH=FOLDER npm --prefix vscode-client run workbench
#
# Chromium and what code-server's native modules are built with come from apt where they are missing
# (that alone needs root). Node and code-server, which is Visual Studio Code served to a browser,
# come from npm and stay in FOLDER, which may be deleted at any time: some 900 MB, two minutes.
# The lock beside this script says which; PyPI serves Camus's own server, see below.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mkdir -p "$1" && cd "$1" && pwd)

have() { for each in "$@"; do command -v "$each" >/dev/null || return 1; done; }
have_libraries() { pkg-config --exists krb5 xkbfile libsecret-1 2>/dev/null; }
if ! have chromium cc make pkg-config || ! have_libraries; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -qq -y --no-install-recommends \
        chromium fonts-dejavu-core build-essential pkg-config \
        libkrb5-dev libxkbfile-dev libsecret-1-dev
fi

# code-server's modules are built for the Node that runs them, with the headers beside it.
cp "$here/node/package.json" "$here/node/package-lock.json" "$folder/" 
(cd "$folder" && npm ci --no-fund --no-audit --loglevel=error --ignore-scripts=false)
