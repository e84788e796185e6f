#!/usr/bin/env bash
# Lints the Dockerfile and, where it can, builds it without an engine and runs what it holds.
set -euo pipefail
cd "$(dirname "$0")/.."

hadolint=${HADOLINT:-.venv/bin/hadolint}
work=${IMAGE_CHECK_DIR:-/var/tmp/fangpin-image-check}
tag=localhost/fangpin:check
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs

say() { printf '%s\n' "image-check: $*"; }

can_build() {
    [ "$(id -u)" = 0 ] || { say "not root: linted only"; return 1; }
    command -v apt-get >/dev/null || { say "no apt-get here: linted only"; return 1; }
    local missing=()
    command -v buildah >/dev/null || missing+=(buildah)
    command -v debootstrap >/dev/null || missing+=(debootstrap)
    [ ${#missing[@]} -eq 0 ] && return 0
    { apt-get update -qq && apt-get install --yes -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 ||
        { say "cannot install ${missing[*]}: linted only"; return 1; }
}

# The image that FROM names, made from the mirror and with the apt settings of this machine.
make_base() {
    local name=$1 suite root=$work/root mirror
    suite=${name#debian:}
    suite=${suite%-slim}
    buildah inspect --type image "$name" >/dev/null 2>&1 && { say "base $name is there"; return; }
    mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $suite" "Identifier: Packages" | head -n 1)
    [ -n "$mirror" ] || { say "this machine has no mirror for $suite"; return 1; }
    say "making $name by debootstrap"
    rm -rf "$root" && mkdir -p "$root"
    debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$work/debootstrap.log" 2>&1 ||
        { tail -n 5 "$work/debootstrap.log"; return 1; }
    rm -rf "$root"/etc/apt/sources.list* "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
    cp -a /etc/apt/sources.list* "$root/etc/apt/"
    apt-config dump | grep -iE '^Acquire::(Check-|https?::|Retries)' >"$root/etc/apt/apt.conf.d/90machine" || true
    local container
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$root" / >/dev/null
    buildah commit --quiet --format docker "$container" "$name" >/dev/null
    buildah rm "$container" >/dev/null
    rm -rf "$root"
}

in_image() { buildah run --user 10001 "$container" -- "$@"; }

# Starts the service inside, on a port of the check's own, and waits up to 30 s for /livez.
call_livez() {
    local port=${IMAGE_CHECK_PORT:-8765}
    in_image env FANGPIN_PROFILE=demo bash -c '
        fangpin-serve run --host 127.0.0.1 --port "$1" & service=$!
        trap "kill $service 2>/dev/null; wait $service" EXIT
        for _ in $(seq 60); do
            python -c "import urllib.request; urllib.request.urlopen(\"http://127.0.0.1:$1/livez\", timeout=4)" 2>/dev/null && exit 0
            kill -0 "$service" 2>/dev/null || exit 1
            sleep 0.5
        done
        exit 1' call-livez "$port" >"$work/serve.log" 2>&1 ||
        { tail -n 20 "$work/serve.log"; say "no answer from /livez"; return 1; }
    say "/livez answers"
}

run_image() {
    container=$(buildah from --pull-never "$tag")
    trap 'buildah rm "$container" >/dev/null' EXIT
    in_image python -c 'import os, fastapi, lightgbm; assert os.getuid() == 10001'
    say "it imports what it needs as its own user"
    call_livez
}

"$hadolint" Dockerfile
say "hadolint is content"
can_build || exit 0
mkdir -p "$work"
base=$(sed -n 's/^FROM \([^ ]*\).*/\1/p' Dockerfile | sort -u)
make_base "$base"
secrets=()
certificates=/etc/ssl/certs/ca-certificates.crt
[ -e "$certificates" ] && secrets=(--secret "id=certificates,src=$certificates")
buildah rmi "$tag" >/dev/null 2>&1 || true
buildah build --format docker --pull-never --tag "$tag" "${secrets[@]}" . >"$work/build.log" 2>&1 ||
    { tail -n 30 "$work/build.log"; exit 1; }
say "built"
run_image
