#!/bin/sh
# Fetches a real workbench for the tests of the extension, on Debian and what derives from it.
#
#   tests/vscode/setup.sh FOLDER
#   cd vscode-client && npm ci && npm run package
#   CAMUS_WORKBENCH=FOLDER npm run workbench    # the stories, by keyboard
#   CAMUS_WORKBENCH=FOLDER npm run host         # the tests inside the extension host
#
# Chromium and what code-server's native modules are built with come from apt where they are missing
# (that alone needs root). Node and code-server, which is Visual Studio Code served to a browser,
# come from npm and stay in FOLDER, which may be deleted at any time: about 1 GB, four minutes.
set -eu

node=24.21.0
code_server=4.139.1 # Visual Studio Code 1.139.1

folder=$(mkdir -p "$1" && cd "$1" && pwd)

have() { for each in "$@"; do command -v "$each" >/dev/null || return 1; done; }
have_libraries() { pkg-config --exists krb5 xkbfile libsecret-1 2>/dev/null; }
if ! have chromium cc make pkg-config npm || ! have_libraries; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -qq
    have npm || npm=npm
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -qq -y --no-install-recommends \
        chromium fonts-dejavu-core build-essential pkg-config \
        libkrb5-dev libxkbfile-dev libsecret-1-dev ${npm:-}
fi

fetch() {
    mkdir -p "$1"
    npm install --prefix "$1" --no-fund --no-audit --loglevel=error "$2"
}

fetch "$folder/node" "node@$node"

# code-server's modules are built for this Node, with the headers that came with it.
home=$(find "$folder/node/node_modules" -type f -name common.gypi | head -n 1)
home=${home%/include/node/common.gypi}
PATH=$home/bin:$PATH npm_config_nodedir=$home fetch "$folder/code-server" "code-server@$code_server"
"$home/bin/node" "$folder/code-server/node_modules/code-server/out/node/entry.js" \
    --config "$folder/none.yaml" --version
