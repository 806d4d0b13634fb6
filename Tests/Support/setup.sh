#!/usr/bin/env bash
# The toolchain and package checks that Examples/quickstart.sh and Tests/run.sh share.
#
# Sourced, not run. Every function either succeeds or ends the script with one sentence on standard error and
# status 69 (EX_UNAVAILABLE of sysexits.h).
set -euo pipefail

ROOT_DIRECTORY=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# fail SENTENCE: says why the script cannot go on, and ends it.
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$1" >&2
    exit 69
}

# note SENTENCE: says what the script is about to do, where that takes a while.
note() {
    printf '==> %s\n' "$1"
}

# quietly COMMAND...: shows the end of the command's output only when it fails.
quietly() {
    local output
    if ! output=$("$@" </dev/null 2>&1); then
        tail -n 20 <<<"$output" >&2
        return 1
    fi
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

may_be_root() {
    [[ $(id -u) -eq 0 ]] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@"
}

# install_packages COMMAND PACKAGE...: installs with the named package manager, as root where it needs that.
install_packages() {
    local manager=$1
    shift
    if [[ $manager != brew ]] && ! may_be_root; then
        fail "installing $* needs root right: run this as root or with passwordless sudo, or run \"$manager install $*\" first."
    fi
    note "Installing $*"
    case $manager in
        apt-get)
            # Lists that are partly out of date still install most packages: the installation is what decides.
            quietly apt_get update || true
            quietly apt_get install --no-install-recommends "$@"
            ;;
        brew) quietly brew install "$@" ;;
        *) quietly as_root "$manager" install -y "$@" ;;
    esac || fail "\"$manager install $*\" failed."
}

# A Swift toolchain at least as new as the tools version that Package.swift asks for.
require_swift() {
    command -v swift >/dev/null ||
        fail "swift is not on PATH: install a Swift toolchain (https://www.swift.org/install) and run this again."
    local wanted reported found
    wanted=$(sed -n -E 's/^\/\/ swift-tools-version: *([0-9]+\.[0-9]+).*/\1/p' "$ROOT_DIRECTORY/Package.swift")
    reported=$(swift --version 2>/dev/null) ||
        fail "the swift on PATH does not run: check that the toolchain and the packages it needs are installed."
    found=$(sed -n -E 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' <<<"$reported")
    if [[ -n $wanted && -n $found && $(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1) != "$wanted" ]]; then
        fail "Swift $wanted or later is needed, and the swift on PATH is $found."
    fi
}

openssl_is_found() {
    command -v pkg-config >/dev/null && pkg-config --exists openssl
}

# OpenSSL's headers, and pkg-config, which tells the compiler where they are.
require_build_packages() {
    if [[ $(uname -s) == Darwin ]] && command -v brew >/dev/null; then
        # Homebrew keeps its OpenSSL apart from the system's, where pkg-config does not look by itself.
        PKG_CONFIG_PATH=$(brew --prefix)/opt/openssl@3/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
        export PKG_CONFIG_PATH
    fi
    openssl_is_found && return
    if command -v apt-get >/dev/null; then
        install_packages apt-get libssl-dev pkg-config
    elif command -v dnf >/dev/null; then
        install_packages dnf openssl-devel pkgconf-pkg-config
    elif command -v yum >/dev/null; then
        install_packages yum openssl-devel pkgconfig
    elif command -v brew >/dev/null; then
        install_packages brew openssl@3 pkgconf
    fi
    openssl_is_found || fail "pkg-config finds no OpenSSL: install OpenSSL's development package and pkg-config."
}

# run_swift ARGUMENTS...: runs swift. Into a file or a pipe, where it cannot rewrite one line, only every hundredth
# step of the build is printed, and of parameterised tests not the start of each case.
run_swift() {
    if [[ -t 1 ]]; then
        swift "$@"
        return
    fi
    swift "$@" 2>&1 | awk '
        /^\[[0-9]+\/[0-9]+\] / && steps++ % 100 { next }
        /Test case passing .* started\.$/ { next }
        /warning: Cannot export local symbol .__asan_/ { next }
        { print; fflush() }'
}

# Builds the Quickstart example and leaves its path in QUICKSTART.
build_quickstart() {
    note "Building Quickstart (the first time this fetches and builds the dependencies, too)"
    run_swift build --product Quickstart
    # shellcheck disable=SC2034 # read by the scripts that source this file
    QUICKSTART=$(swift build --product Quickstart --show-bin-path)/Quickstart
}
