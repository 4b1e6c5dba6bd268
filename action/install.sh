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

sha256_of() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum -- "$1" | cut -d ' ' -f 1
    elif command -v shasum >/dev/null 2>&1; then shasum -a 256 -- "$1" | cut -d ' ' -f 1
    else fail "neither sha256sum nor shasum is there to check the download"
    fi
}

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

# Builds the checked-out sources. Build scripts of dependencies run here, so cargo sees only what it needs.
build_from_source() {
    command -v cargo >/dev/null 2>&1 || fail "$1, and cargo is not there to build it from source"
    echo "resim-sync: $1; building from source"
    local keep=() name
    for name in PATH HOME USERPROFILE CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN TMPDIR TEMP TMP SystemRoot SYSTEMROOT ComSpec COMSPEC \
        ProgramData PROGRAMDATA ProgramFiles PROGRAMFILES LOCALAPPDATA APPDATA \
        HTTPS_PROXY https_proxy NO_PROXY no_proxy SSL_CERT_FILE SSL_CERT_DIR CARGO_HTTP_CAINFO; do
        [ -z "${!name+set}" ] || keep+=("$name=${!name}")
    done
    (cd "$action" && env -i "${keep[@]}" cargo build --release --locked --bin resim-sync --target-dir "$temporary/resim-sync-build") ||
        fail "the build from source failed"
    local binary="$temporary/resim-sync-build/release/resim-sync"
    [ -f "$binary" ] || binary="$binary.exe"
    done_with "$binary" "built from source"
}

# No way from here to a source build: what is there must be right.
check() {
    local actual
    actual="$(sha256_of "$1")"
    [ "$actual" = "$2" ]
}

case "$mode" in auto | release | source) ;; *) fail "install is auto, release or source, not '$mode'" ;; esac
[ "$mode" != source ] || build_from_source "a source build was asked for"

absent() {
    [ "$mode" = auto ] || fail "$1"
    build_from_source "$1"
}

release="$action/action/RELEASE"
version="$(sed -n 's/^version //p' "$release" | tr -d '\r')"
sources="$(sed -n 's/^version = "\(.*\)"/\1/p' "$action/Cargo.toml" | head -n 1 | tr -d '\r')"
target="$(target_of_runner)"
digest="$(sed -n "s/^$target \([0-9a-f]\{64\}\)\r*\$/\1/p" "$release")"
[ "$version" = "$sources" ] || absent "the sources ($sources) are not those of the release ($version)"
[ -n "$digest" ] || absent "there is no release of $version for $target"

work="$(mktemp -d "$temporary/resim-sync-XXXXXX")"
archive="$work/archive.tar.gz"
cache="${RUNNER_TOOL_CACHE:-$temporary}/resim-sync/$version-$digest"

# Other jobs can write to the cache of a runner that is kept: a private copy is what is checked and unpacked.
if [ -f "$cache/archive.tar.gz" ] && cp "$cache/archive.tar.gz" "$archive" && check "$archive" "$digest"; then
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
    check "$archive" "$digest" || fail "$url is not the archive that this commit of the action names (SHA-256 differs)"
    # By rename, so that nobody finds half a file; a cache that cannot be written is no failure.
    if mkdir -p "$cache" 2>/dev/null && cp "$archive" "$cache/archive.$$" 2>/dev/null; then
        mv -f "$cache/archive.$$" "$cache/archive.tar.gz" 2>/dev/null || rm -f "$cache/archive.$$"
    fi
    origin="from the release"
fi

tar -xzf "$archive" -C "$work"
binary="$work/resim-sync"
[ -f "$binary" ] || binary="$binary.exe"
[ -f "$binary" ] || fail "the archive does not hold the binary"
chmod +x "$binary" 2>/dev/null || true
done_with "$binary" "version $version $origin"
