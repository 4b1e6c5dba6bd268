#!/usr/bin/env bash
# Puts the binary that belongs to this commit of the action on the runner, and names it in the output `binary`.
#
# The commit fixes the bytes: action/RELEASE holds the version and the SHA-256 of each archive. A wrong digest
# stops. Only where there is no archive is the binary built from source. Knows no credential.
set -euo pipefail
unset BASH_ENV ENV

action="${GITHUB_ACTION_PATH:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}"
mode="${RESIM_SYNC_INSTALL:-auto}"
base="${RESIM_SYNC_DOWNLOAD_BASE:-https://github.com/resim-sync/resim-sync/releases/download}"
temporary="${RUNNER_TEMP:-${TMPDIR:-/tmp}}"

fail() { echo "::error title=resim-sync cannot be installed::$1"; exit 1; }

# From standard input: a Windows path as an argument would come back escaped, with a mark before the digest.
sha256_of() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

# No way from here to a source build: what is there must be right.
is_named() { [ "$(sha256_of "$1")" = "$digest" ]; }

target_of_runner() {
    case "${RUNNER_OS:-$(uname -s)}-${RUNNER_ARCH:-$(uname -m)}" in
        Linux-X64 | Linux-x86_64) echo x86_64-unknown-linux-musl ;;
        Linux-ARM64 | Linux-aarch64) echo aarch64-unknown-linux-musl ;;
        macOS-X64 | Darwin-x86_64) echo x86_64-apple-darwin ;;
        macOS-ARM64 | Darwin-arm64) echo aarch64-apple-darwin ;;
        Windows-X64 | MINGW*-x86_64 | MSYS*-x86_64) echo x86_64-pc-windows-msvc ;;
        *) echo unknown ;;
    esac
}

done_with() {
    echo "resim-sync: $2"
    [ -z "${GITHUB_OUTPUT:-}" ] || printf '\nbinary=%s\n' "$1" >>"$GITHUB_OUTPUT"
    exit 0
}

# Runs cargo with the named variables and those that any build needs, and with nothing else of the job's.
cargo_with() {
    local keep=() name
    for name in PATH HOME USERPROFILE CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN TMPDIR TEMP TMP SystemRoot SYSTEMROOT SystemDrive \
        SYSTEMDRIVE windir WINDIR ComSpec COMSPEC PATHEXT ProgramData PROGRAMDATA ProgramFiles PROGRAMFILES LOCALAPPDATA APPDATA $1; do
        [ -z "${!name+set}" ] || keep+=("$name=${!name}")
    done
    shift
    env -i "${keep[@]}" cargo "$@"
}

# Builds the checked-out sources. Build scripts of dependencies run in the second step: it needs no network, so
# it does not get the proxy's address either, in which a password can stand.
build_from_source() {
    command -v cargo >/dev/null 2>&1 || fail "$1, and cargo is not there to build it from source"
    echo "resim-sync: $1; building from source"
    cd "$action"
    cargo_with "HTTPS_PROXY https_proxy ALL_PROXY all_proxy NO_PROXY no_proxy SSL_CERT_FILE SSL_CERT_DIR CARGO_HTTP_CAINFO" \
        fetch --locked || fail "the sources of the dependencies cannot be fetched"
    cargo_with "" build --release --locked --offline --bin resim-sync --target-dir "$temporary/resim-sync-build" ||
        fail "the build from source failed"
    local binary="$temporary/resim-sync-build/release/resim-sync"
    [ -f "$binary" ] || binary="$binary.exe"
    [ -f "$binary" ] || fail "the build left no binary"
    done_with "$binary" "built from source"
}

absent() {
    [ "$mode" = auto ] || fail "$1"
    build_from_source "$1"
}

case "$mode" in auto | release | source) ;; *) fail "the input install is auto, release or source" ;; esac
[ "$mode" != source ] || build_from_source "a source build was asked for"

release="$action/action/RELEASE"
version="$(sed -n 's/^version //p' "$release" | tr -d '\r')"
sources="$(sed -n 's/^version = "\(.*\)"/\1/p' "$action/Cargo.toml" | tr -d '\r')"
sources="${sources%%$'\n'*}"
target="$(target_of_runner)"
digest="$(tr -d '\r' <"$release" | sed -n "s/^$target \([0-9a-f]\{64\}\)\$/\1/p")"
[ "$version" = "$sources" ] || absent "the sources ($sources) are not those of the release ($version)"
[ -n "$digest" ] || absent "there is no release of $version for $target"

command -v sha256sum >/dev/null 2>&1 || command -v shasum >/dev/null 2>&1 ||
    fail "neither sha256sum nor shasum is there to check the download"
work="$(mktemp -d "$temporary/resim-sync-XXXXXX")"
archive="$work/archive.tar.gz"
cache="${RUNNER_TOOL_CACHE:-$temporary}/resim-sync/$version-$digest"

# Other jobs can write to the cache of a runner that is kept: a private copy is what is checked and unpacked.
if [ -f "$cache/archive.tar.gz" ] && cp "$cache/archive.tar.gz" "$archive" && is_named "$archive"; then
    origin="from the cache"
else
    url="$base/v$version/resim-sync-$version-$target.tar.gz"
    status=0
    # No credential is sent, whatever the host.
    code="$(curl --silent --show-error --location --retry 3 --connect-timeout 20 --max-time 300 --proto '=https,file' --proto-redir '=https' \
        --fail --write-out '%{http_code}' --output "$archive" "$url")" || status=$?
    if [ "$status" -ne 0 ]; then
        # A file that is not there: the only reason to build instead.
        if [ "$code" = 404 ] || [ "$status" -eq 37 ]; then absent "the release has no archive for $target"; fi
        fail "cannot download $url (curl ended with $status)"
    fi
    is_named "$archive" || fail "$url is not the archive that this commit of the action names (SHA-256 differs)"
    # By rename, so that nobody finds half a file; a cache that cannot be written is no failure.
    if mkdir -p "$cache" 2>/dev/null && cp "$archive" "$cache/archive.$$" 2>/dev/null; then
        mv -f "$cache/archive.$$" "$cache/archive.tar.gz" 2>/dev/null || rm -f "$cache/archive.$$"
    fi
    origin="from the release"
fi

# Relative names: tar would take the drive of a Windows path for a host.
(cd "$work" && tar -xzf archive.tar.gz && rm -f archive.tar.gz) || fail "the archive cannot be unpacked"
binary="$work/resim-sync"
[ -f "$binary" ] || binary="$binary.exe"
[ -f "$binary" ] || fail "the archive does not hold the binary"
chmod +x "$binary" 2>/dev/null || true
done_with "$binary" "version $version $origin"
