#!/bin/sh
# Makes ready all that the tests of the extension need, on Debian and what derives from it.
#
#   tests/vscode/setup.sh FOLDER
#   cd vscode-client
#   CAMUS_WORKBENCH=FOLDER npm run workbench    # the stories, by keyboard
#   CAMUS_WORKBENCH=FOLDER npm run host         # the tests inside the extension host
#   CAMUS_WORKBENCH=FOLDER npm run activation   # how long activation takes
#
# Chromium and what code-server's native modules are built with come from apt where they are missing
# (that alone needs root). Node and code-server, which is Visual Studio Code served to a browser,
# come from npm; they and the server's wheels stay in FOLDER, which may be deleted at any time
# (about 1 GB). The extension is packed in vscode-client/, with the Python that CAMUS_PYTHON names or
# that of .venv, which is made where it is missing. Each step tells its seconds.
set -eu

node=24.21.0
code_server=4.139.1 # Visual Studio Code 1.139.1

root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mkdir -p "$1" && cd "$1" && pwd)

step() {
    what=$1
    began=$(date +%s)
    shift
    "$@"
    echo "$what: $(($(date +%s) - began)) s"
}

have() { for each in "$@"; do command -v "$each" >/dev/null || return 1; done; }
have_libraries() { pkg-config --exists krb5 xkbfile libsecret-1 2>/dev/null; }

system_packages() {
    have chromium cc make pkg-config npm && have_libraries && return
    as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -qq
    have npm || npm=npm
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -qq -y --no-install-recommends \
        chromium fonts-dejavu-core build-essential pkg-config \
        libkrb5-dev libxkbfile-dev libsecret-1-dev ${npm:-}
}

fetch() {
    mkdir -p "$1"
    npm install --prefix "$1" --no-fund --no-audit --loglevel=error "$2"
}

# code-server's modules are built for this Node, with the headers that came with it.
code_server() {
    home=$(find "$folder/node/node_modules" -type f -name common.gypi | head -n 1)
    home=${home%/include/node/common.gypi}
    PATH=$home/bin:$PATH npm_config_nodedir=$home \
        fetch "$folder/code-server" "code-server@$code_server"
    "$home/bin/node" "$folder/code-server/node_modules/code-server/out/node/entry.js" \
        --config "$folder/none.yaml" --version
}

environment() {
    python=${CAMUS_PYTHON:-$root/.venv/bin/python}
    if [ ! -x "$python" ]; then
        sh "$root/.ci/venv"
        "$python" -m pip install --quiet --require-hashes -r "$root/requirements.lock"
    fi
}

package() {
    cd "$root/vscode-client"
    npm ci --no-fund --no-audit --loglevel=error
    CAMUS_PYTHON=$python PYTHONPATH=$root/server npm run --silent package
}

# What the story of the installation puts into an environment, without asking a registry again.
wheels() {
    wanted=$root/vscode-client/dist/server/requirements.txt
    rm -rf "$folder/wheels"
    "$python" -m pip download --quiet --require-hashes --dest "$folder/wheels" -r "$wanted"
    cp "$wanted" "$folder/wheels/requirements.txt"
}

first=$(date +%s)
step "system packages" system_packages
step "Node $node" fetch "$folder/node" "node@$node"
step "code-server $code_server" code_server
step "Python environment" environment
step "extension" package
step "wheels" wheels
echo "everything: $(($(date +%s) - first)) s"
