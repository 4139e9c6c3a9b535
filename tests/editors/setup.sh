#!/bin/sh
# Fetches real editors for the tests beside this file, on Debian and what derives from it.
#
#   tests/editors/setup.sh FOLDER [RELEASE...]
#   CAMUS_EDITORS=FOLDER python -m pytest tests/editors
#
# The machine's own Neovim is installed with apt where there is none (that alone needs root). Newer
# ones come from the named Debian releases (trixie and forky when none is named) and change nothing
# outside FOLDER: a private apt root there takes the mirror of this machine's own sources, the
# packages are unpacked, and FOLDER/nvim-RELEASE starts one with its own libraries.
# FOLDER may be deleted at any time.
set -eu

folder=$(mkdir -p "$1" && cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- trixie forky

if ! command -v nvim >/dev/null; then
    apt-get update -q && apt-get install -y -q neovim
fi

keys=/usr/share/keyrings/debian-archive-keyring.gpg

# The address of the machine's own main archive.
archive() {
    apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' \
        'Created-By: Packages' 'Origin: Debian' |
        awk '$1 !~ /-/ && $2 == "main" { print $3; exit }'
}

# Prints nothing of the address: it may hold a password.
unpack() {
    release=$1
    root=$folder/$release
    mkdir -p "$root/etc/apt/preferences.d" "$root/var/lib/apt/lists/partial" "$root/var/lib/dpkg" \
        "$root/var/cache/apt/archives/partial" "$root/tree"
    : >"$root/var/lib/dpkg/status"
    uri=$(archive)
    [ -n "$uri" ] || { echo "apt names no Debian archive here; run apt-get update" >&2; exit 1; }
    echo "deb [signed-by=$keys] $uri $release main" >"$root/etc/apt/sources.list"
    chmod 600 "$root/etc/apt/sources.list"
    # shellcheck disable=SC2086  # the options are words
    for step in update "install -y --download-only neovim"; do
        apt-get -qq -o Dir="$root" -o Dir::State::status="$root/var/lib/dpkg/status" \
            -o APT::Sandbox::User="$(id -un)" -o APT::Install-Recommends=false $step
    done
    for package in "$root"/var/cache/apt/archives/*.deb; do
        dpkg-deb -x "$package" "$root/tree"
    done
    rm "$root/etc/apt/sources.list"
}

launcher() {
    tree=$folder/$1/tree
    loader=$(find "$tree/usr/lib" -name 'ld-linux*.so.*' | head -n 1)
    library=$(dirname "$loader")
    cat >"$folder/nvim-$1" <<END
#!/bin/sh
export VIMRUNTIME="$tree/usr/share/nvim/runtime"
export LUA_CPATH="$library/lua/5.1/?.so;;" LUA_PATH="$tree/usr/share/lua/5.1/?.lua;;"
exec "$loader" --library-path "$library" "$tree/usr/bin/nvim" "\$@"
END
    chmod +x "$folder/nvim-$1"
    "$folder/nvim-$1" --version | head -n 1
}

for name in "$@"; do
    unpack "$name"
    launcher "$name"
done
