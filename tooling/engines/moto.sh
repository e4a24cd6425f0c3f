#!/usr/bin/env bash
# moto (Apache-2.0, from PyPI) on 127.0.0.1: an AWS of other people's making for DynamoDB and for the shape of other APIs. It enforces no IAM by default.
# usage: moto.sh [up|down|status|url]      MOTO_PORT (28002)  MOTO_HOME (cache)   needs python3 with venv
set -euo pipefail
home=${MOTO_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/hq-moto} port=${MOTO_PORT:-28002}
pid=$home/$port.pid
alive() { [ -s "$pid" ] && kill -0 "$(cat "$pid")" 2>/dev/null; }
answers() { curl -s -o /dev/null "http://127.0.0.1:$port/moto-api/"; }
case ${1:-up} in
  down) alive && kill "$(cat "$pid")"; rm -f "$pid"; exit 0 ;;
  url) alive && answers && echo "http://127.0.0.1:$port"; exit $? ;;
  status) alive && answers && echo "up http://127.0.0.1:$port pid $(cat "$pid")" || { echo down; exit 1; }; exit 0 ;;
esac
mkdir -p "$home"
if [ ! -e "$home/.complete" ]; then
  python3 -m venv "$home/venv" && "$home/venv/bin/pip" install -q 'moto[server,dynamodb]==5.2.5' >&2 && touch "$home/.complete"
fi
if ! alive; then
  setsid "$home/venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$home/$port.log" 2>&1 </dev/null &
  echo $! >"$pid"
fi
for _ in $(seq 300); do answers && { echo "http://127.0.0.1:$port"; exit 0; }; alive || break; sleep .1; done
tail -5 "$home/$port.log" >&2; exit 1
