#!/usr/bin/env bash
# Single-node Ceph 16.2 (1 mon + 1 osd + 1 radosgw, no mgr, no systemd), 127.0.0.1 only.
# Needs: apt-get install -y --no-install-recommends radosgw ceph-mon ceph-osd
# Idempotent: re-running starts only what is not running.  WIPE=1 starts from nothing.
# usage: ceph-rgw.sh [up|down|status|url]      url prints the gateway's address and fails when it does not answer
set -euo pipefail
LAB=${LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/hq-ceph-rgw}
MON_PORT=${MON_PORT:-16789}
RGW_PORT=${RGW_PORT:-18080}
RGW_TLS_PORT=${RGW_TLS_PORT:-18443}
STORE=${STORE:-memstore}                 # memstore | bluestore (file-backed)
STORE_BYTES=${STORE_BYTES:-6442450944}   # 6 GiB
STS_KEY=${STS_KEY:-abcdefghijklmnop}     # exactly 16 characters (AES-128)
# broker = the API's own IAM-like user (may only assume the role); admin = bucket owner / provisioner
ADMIN_AK=${ADMIN_AK:-ADMINACCESSKEY000001}; ADMIN_SK=${ADMIN_SK:-adminsecretadminsecretadminsecret0000001}
BROKER_AK=${BROKER_AK:-BROKERACCESSKEY00001}; BROKER_SK=${BROKER_SK:-brokersecretbrokersecretbrokersecret00001}
ROLE=${ROLE:-vault}
export CEPH_CONF=$LAB/ceph.conf
C="ceph --connect-timeout 20"

live() { local st; st=$(sed 's/.*) //;s/ .*//' "/proc/$1/stat" 2>/dev/null) && [ -n "$st" ] && [ "$st" != Z ]; }  # a zombie is dead
alive() { [ -s "$LAB/run/$1.pid" ] && live "$(cat "$LAB/run/$1.pid")"; }
down() {
  local d p
  for d in rgw osd mon; do
    if alive $d; then
      p=$(cat "$LAB/run/$d.pid"); kill "$p"
      for _ in $(seq 200); do live "$p" || break; sleep .1; done
      if live "$p"; then kill -9 "$p"; elif [ $d = osd ]; then touch "$LAB/clean"; fi
    fi
    rm -f "$LAB/run/$d.pid"
  done
}
spawn() { local n=$1; shift; setsid "$@" >"$LAB/log/$n.out" 2>&1 </dev/null & echo $! >"$LAB/run/$n.pid"; }

case ${1:-up} in
  down) down; exit 0;;
  url) alive rgw && curl -s -m 2 -o /dev/null "http://127.0.0.1:$RGW_PORT/" && echo "http://127.0.0.1:$RGW_PORT"; exit $?;;
  status) for d in mon osd rgw; do alive $d && echo "$d up pid $(cat $LAB/run/$d.pid)" || echo "$d down"; done; $C -s; exit 0;;
esac
[ "${WIPE:-0}" = 1 ] && { down; rm -rf "$LAB"; }
# memstore reaches the disk only in a clean stop ("down"); after anything else there is nothing to go back to
if [ -e "$LAB/osd/.mkfs" ] && ! alive osd && [ "$(cat "$LAB/osd/type" 2>/dev/null)" = memstore ] && [ ! -e "$LAB/clean" ]; then
  down; rm -rf "$LAB"
fi
mkdir -p "$LAB"/{run,log,mon,osd,rgw}
cd "$LAB"

if [ ! -s ceph.conf ]; then
  FSID=$(cat /proc/sys/kernel/random/uuid)
  [ -s tls.crt ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
      -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout tls.key -out tls.crt 2>/dev/null
  cat >ceph.conf.tmp <<CONF
[global]
fsid = $FSID
mon host = [v2:127.0.0.1:$MON_PORT]
ms bind ipv4 = true
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = $LAB/keyring
run dir = $LAB/run
admin socket = $LAB/run/\$name.asok
log file = $LAB/log/\$name.log
crash dir = $LAB/crash
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
[mon]
mon data = $LAB/mon
mon cluster log file = $LAB/log/cluster.log
paxos propose interval = 0.02
paxos min wait = 0.01
mon data avail warn = 2
mon data avail crit = 1
auth allow insecure global id reclaim = false
[osd]
osd data = $LAB/osd
osd objectstore = $STORE
memstore device bytes = $STORE_BYTES
bluestore block size = $STORE_BYTES
bluestore block create = true
bluestore fsck on mount = false
osd memory target = 1073741824
osd fast shutdown = false
osd class load list = *
osd class default list = *
[client.rgw]
rgw data = $LAB/rgw
rgw frontends = beast endpoint=127.0.0.1:$RGW_PORT ssl_endpoint=127.0.0.1:$RGW_TLS_PORT ssl_certificate=$LAB/tls.crt ssl_private_key=$LAB/tls.key
rgw thread pool size = 64
rgw enable usage log = false
rgw sts key = $STS_KEY
rgw s3 auth use sts = true
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = kms-key-1=YmluCmJvb3N0CmJvb3N0LWJ1aWxkCmNlcGguY29uZgo= kms-key-2=aWIKTWFrZWZpbGUKbWFuCm91dApzcmMKVGVzdGluZwo=
CONF
  mv ceph.conf.tmp ceph.conf
fi
FSID=$(sed -n 's/^fsid = //p' ceph.conf)

# --- mon
if [ ! -e mon/.mkfs ]; then
  # one keyring, imported whole by mon mkfs: no `ceph auth` round trips
  K="ceph-authtool keyring --gen-key -n"
  ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *' >/dev/null
  $K client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
  $K osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
  $K client.rgw --cap mon 'allow rw' --cap osd 'allow rwx'
  monmaptool --create --clobber --fsid "$FSID" --addv a "[v2:127.0.0.1:$MON_PORT]" monmap >/dev/null
  ceph-mon -i a --mkfs --monmap monmap --keyring keyring
  touch mon/.mkfs
fi
alive mon || spawn mon ceph-mon -i a -f
# --- osd
if [ ! -e osd/.mkfs ]; then
  [ -s osd.uuid ] || cat /proc/sys/kernel/random/uuid >osd.uuid
  $C osd new "$(cat osd.uuid)" >/dev/null
  ceph-osd -i 0 --mkfs --osd-uuid "$(cat osd.uuid)" >log/osd-mkfs.out 2>&1
  touch osd/.mkfs
fi
alive osd || { rm -f clean; spawn osd ceph-osd -i 0 -f; }
# --- rgw
alive rgw || spawn rgw radosgw -n client.rgw -f
for i in $(seq 600); do
  curl -s -m 2 -o /dev/null "http://127.0.0.1:$RGW_PORT/" && break
  alive rgw || { echo "radosgw died" >&2; tail -20 log/rgw.out log/client.rgw.log >&2; exit 1; }
  [ "$i" = 600 ] && { echo timeout >&2; exit 1; }
  sleep .1
done
# --- users and role (once)
if [ ! -e seeded ]; then
  A="radosgw-admin"
  $A user create --uid=admin  --display-name=admin  --access-key="$ADMIN_AK"  --secret-key="$ADMIN_SK" --caps='roles=*;user-policy=*' >/dev/null
  $A user create --uid=broker --display-name=broker --access-key="$BROKER_AK" --secret-key="$BROKER_SK" >/dev/null
  $A role create --role-name="$ROLE" --assume-role-policy-doc='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/broker"]},"Action":["sts:AssumeRole"]}]}' >/dev/null
  $A role-policy put --role-name="$ROLE" --policy-name=s3 --policy-doc='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::hq-vault-*","arn:aws:s3:::hq-vault-*/*"]}]}' >/dev/null
  touch seeded
fi
echo "S3+STS http://127.0.0.1:$RGW_PORT https://127.0.0.1:$RGW_TLS_PORT role arn:aws:iam:::role/$ROLE"
