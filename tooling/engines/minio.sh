#!/usr/bin/env bash
# MinIO on 127.0.0.1: a second S3 + STS engine of other people's making, with its own policy evaluator. Server and client are built from their Go modules (about a
# minute on two cores the first time, kept in a cache). AGPL: run as a test engine, never linked or shipped.
# It has no roles: user `broker`, whose policy is the ceiling, assumes any, and a session is that policy ∩ the session policy. Each start begins with nothing.
# Needs curl and Go 1.24 (Debian: golang-go, of any version: an older one fetches 1.24 as a module, into its module cache).
# usage: minio.sh [up|down|status|url]      MINIO_PORT (19000)  MINIO_HOME (cache)
set -euo pipefail
home=${MINIO_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/hq-minio} port=${MINIO_PORT:-19000}
server=github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c client=github.com/minio/mc@v0.0.0-20250313080218-cf909e1063a9
toolchain=go1.24.8
export MINIO_ROOT_USER=${ADMIN_AK:-ADMINACCESSKEY000001} MINIO_ROOT_PASSWORD=${ADMIN_SK:-adminsecretadminsecretadminsecret0000001}
broker=${BROKER_AK:-BROKERACCESSKEY00001} secret=${BROKER_SK:-brokersecretbrokersecretbrokersecret00001}
export MINIO_BROWSER=off MINIO_UPDATE=off MINIO_CALLHOME_ENABLE=off MC_CONFIG_DIR=$home/mc-config
pid=$home/$port.pid url=http://127.0.0.1:$port
alive() { [ -s "$pid" ] && kill -0 "$(cat "$pid")" 2>/dev/null; }
answers() { curl -sf -o /dev/null "$url/minio/health/live"; }

# A Go that builds the modules: the one that is here, or the one that it fetches. Prints its path.
go_program() {
  command -v go >/dev/null || { echo "MinIO is built with Go, and there is none on the PATH (Debian: apt-get install golang-go)" >&2; return 1; }
  local minor; minor=$(go version | sed -n 's/.*go1\.\([0-9]*\).*/\1/p')
  if [ "${minor:-0}" -ge 24 ]; then command -v go; return; fi
  local module; module=golang.org/toolchain@v0.0.1-$toolchain.linux-$(go env GOARCH)
  # Go before 1.21 knows no toolchains: to it they are modules, whose programs it leaves without the right to be run.
  local folder; folder=$(go env GOMODCACHE)/$module
  [ -x "$folder/bin/go" ] || { go mod download "$module" >&2 && chmod -R u+x "$folder/bin" "$folder/pkg/tool"; } ||
    { echo "MinIO needs Go 1.24; this is $(go version), which could not fetch it" >&2; return 1; }
  echo "$folder/bin/go"
}

case ${1:-up} in
  down) alive && kill "$(cat "$pid")"; rm -f "$pid"; exit 0 ;;
  url) alive && answers && echo "$url"; exit $? ;;
  status) alive && answers && echo "up $url pid $(cat "$pid")" || { echo down; exit 1; }; exit 0 ;;
esac
mkdir -p "$home"
for module in "$server" "$client"; do
  name=${module%@*}; name=${name##*/}
  if [ "$(cat "$home/bin/$name.version" 2>/dev/null)" != "$module" ]; then
    go=$(go_program)
    env -u GOROOT GOTOOLCHAIN=local GOBIN=$home/bin CGO_ENABLED=0 "$go" install "$module" >&2
    echo "$module" >"$home/bin/$name.version"
  fi
done
if ! alive; then
  rm -rf "$home/data"; mkdir -p "$home/data"
  setsid "$home/bin/minio" server --quiet --address "127.0.0.1:$port" "$home/data" >"$home/$port.log" 2>&1 </dev/null &
  echo $! >"$pid"
fi
for _ in $(seq 300); do answers && break; alive || break; sleep .1; done
answers || { tail -5 "$home/$port.log" >&2; exit 1; }
cat >"$home/vault-policy.json" <<'POLICY'
{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectVersion","s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload","s3:ListMultipartUploadParts"],"Resource":"arn:aws:s3:::hq-vault-*/*"},
  {"Effect":"Allow","Action":["s3:ListBucket","s3:ListBucketVersions"],"Resource":"arn:aws:s3:::hq-vault-*"}]}
POLICY
mc() { "$home/bin/mc" --quiet "$@" >/dev/null; }
mc alias set hq "$url" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD"
mc admin user add hq "$broker" "$secret"
mc admin policy create hq vault "$home/vault-policy.json"
mc admin policy attach hq vault --user "$broker" 2>/dev/null || true   # attached already
echo "$url"
