#!/usr/bin/env bash
# Amazon's own DynamoDB Local on 127.0.0.1, in memory, from Maven Central. Needs Java 17+ and Maven (Debian: openjdk-17-jre-headless maven).
# Its licence asks for an AWS account in good standing and allows internal development and testing: whoever runs it says so with ACCEPT_DYNAMODB_LOCAL_TERMS=1.
# usage: dynamodb-local.sh [up|down|status|url]      DYNAMODB_PORT (28000)  DYNAMODB_LOCAL_HOME (cache)  DYNAMODB_LOCAL_VERSION (2.6.1)
set -euo pipefail
home=${DYNAMODB_LOCAL_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/dynamodb-local}
version=${DYNAMODB_LOCAL_VERSION:-2.6.1} port=${DYNAMODB_PORT:-28000}
lib=$home/$version pid=$home/$port.pid
alive() { [ -s "$pid" ] && kill -0 "$(cat "$pid")" 2>/dev/null; }
answers() { [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/")" = 400 ]; }   # unsigned: it refuses, so it is there

case ${1:-up} in
  down) alive && kill "$(cat "$pid")"; rm -f "$pid"; exit 0 ;;
  url) alive && answers && echo "http://127.0.0.1:$port"; exit $? ;;
  status) alive && answers && echo "up http://127.0.0.1:$port pid $(cat "$pid")" || { echo down; exit 1; }; exit 0 ;;
esac
[ "${ACCEPT_DYNAMODB_LOCAL_TERMS:-}" = 1 ] || { echo "read its licence (inside the jar) and set ACCEPT_DYNAMODB_LOCAL_TERMS=1" >&2; exit 2; }
if [ ! -e "$lib/.complete" ]; then
  mkdir -p "$lib"
  cat >"$home/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>dynamodb-local</artifactId><version>1</version><dependencies><dependency>
<groupId>com.amazonaws</groupId><artifactId>DynamoDBLocal</artifactId><version>$version</version></dependency></dependencies></project>
POM
  mvn -q -B -f "$home/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$lib" >&2
  touch "$lib/.complete"
fi
if ! alive; then
  setsid java -Xmx512m -Djava.library.path="$lib" -cp "$lib/*" com.amazonaws.services.dynamodbv2.local.main.ServerRunner \
    -inMemory -disableTelemetry -port "$port" >"$home/$port.log" 2>&1 </dev/null &
  echo $! >"$pid"
fi
for _ in $(seq 300); do answers && { echo "http://127.0.0.1:$port"; exit 0; }; alive || break; sleep .1; done
tail -5 "$home/$port.log" >&2; exit 1
