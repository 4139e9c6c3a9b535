#!/bin/sh
# Fetches real editors for the tests beside this file, on Debian and what derives from it.
#
#   tests/editors/setup.sh FOLDER [RELEASE...]
#   CAMUS_EDITORS=FOLDER python -m pytest tests/editors
#
# The machine's own Neovim, Emacs (with eglot and lsp-mode), tmux and luacheck are installed with
# apt where one is missing (that alone needs root). Newer editors come from the named Debian
# releases (trixie and forky when none is named) and change nothing outside FOLDER: a private apt
# root there takes the mirror of this machine's own sources, the packages are unpacked, and
# FOLDER/nvim-RELEASE, hx-RELEASE and emacs-RELEASE start them with their own libraries.
# FOLDER may be deleted at any time.
set -eu

folder=$(mkdir -p "$1" && cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- trixie forky

have() { for each in "$@"; do command -v "$each" >/dev/null || return 1; done; }
if ! have nvim emacs tmux luacheck; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        neovim emacs-nox elpa-eglot elpa-lsp-mode tmux lua-check
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
    for step in update "install -y --download-only neovim hx emacs-nox elpa-lsp-mode"; do
        apt-get -qq -o Dir="$root" -o Dir::State::status="$root/var/lib/dpkg/status" \
            -o APT::Sandbox::User="$(id -un)" -o APT::Install-Recommends=false $step
    done
    for package in "$root"/var/cache/apt/archives/*.deb; do
        dpkg-deb -x "$package" "$root/tree"
    done
    rm "$root/etc/apt/sources.list"
}

# Writes FOLDER/NAME-RELEASE, which starts a program with the libraries it was unpacked with.
launcher() {
    name=$1
    program=$2
    {
        echo '#!/bin/sh'
        cat
        printf 'exec "%s" --library-path "%s" "%s" %s"$@"\n' "$loader" "$library" "$program" "$3"
    } >"$folder/$name"
    chmod +x "$folder/$name"
    "$folder/$name" --version | head -n 1
}

launchers() {
    tree=$folder/$1/tree
    loader=$(find "$tree/usr/lib" -name 'ld-linux*.so.*' | head -n 1)
    library=$(dirname "$loader")
    launcher "nvim-$1" "$tree/usr/bin/nvim" "--cmd \"set rtp+=$tree/usr/lib/nvim\" " <<END
export VIMRUNTIME="$tree/usr/share/nvim/runtime"
export LUA_CPATH="$library/lua/5.1/?.so;;" LUA_PATH="$tree/usr/share/lua/5.1/?.lua;;"
END
    launcher "hx-$1" "$tree/usr/lib/hx/hx" '' <<END
export HELIX_RUNTIME="$tree/usr/lib/hx/runtime"
END
    share=$(find "$tree/usr/share/emacs" -maxdepth 1 -name '[0-9]*')
    dump=$(find "$tree/usr/libexec/emacs" -name 'emacs*.pdmp' | head -n 1)
    paths=$(find "$share/lisp" "$tree"/usr/share/emacs/site-lisp/elpa-src -type d -printf '%p:')
    launcher "emacs-$1" "$tree/usr/bin/emacs-nox" "--dump-file=\"$dump\" " <<END
export EMACSLOADPATH="$paths" EMACSDATA="$share/etc" EMACSDOC="$share/etc"
export EMACSPATH="$(dirname "$dump")"
END
}

for name in "$@"; do
    unpack "$name"
    launchers "$name"
done
