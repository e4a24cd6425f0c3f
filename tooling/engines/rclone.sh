#!/usr/bin/env bash
# A present-day rclone for the benchmarks: Debian's 1.60 has no `serve s3`. Built from its Go module (Go 1.24+; some minutes the first time, kept in a cache).
# usage: rclone.sh      prints the program's path
set -euo pipefail
home=${RCLONE_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/hq-bench}
version=${RCLONE_VERSION:-v1.76.0}
[ -x "$home/$version/rclone" ] || GOBIN=$home/$version CGO_ENABLED=0 go install "github.com/rclone/rclone@$version" >&2
echo "$home/$version/rclone"
