#!/bin/bash
# Installs a whole Bluesky network for tests/servers/test_bluesky_server.py: the servers from npm, and Redis and
# PostgreSQL from Debian where they are missing. About three minutes and 360 MB, once. Nothing is started.
set -euo pipefail

VERSION=0.3.215
HOME_OF_SERVERS=${SCHOOL_MONITOR_SERVERS:-$HOME/.cache/school-monitor-servers}
FOLDER=$HOME_OF_SERVERS/bluesky

say() { echo "install_bluesky: $*"; }
fail() { say "$*" >&2; exit 1; }

if [ "$(cat "$FOLDER/installed" 2>/dev/null)" = "$VERSION" ]; then
    say "already there, in $FOLDER"
    exit 0
fi
command -v node >/dev/null || fail "node is missing; install Node.js 20 or newer"
command -v npm >/dev/null || fail "npm is missing; it comes with Node.js"

needed=()
command -v redis-server >/dev/null || needed+=(redis-server)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || needed+=(postgresql)
if [ ${#needed[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "${needed[*]} missing; install with your package manager"
    say "installing ${needed[*]} ..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${needed[@]}" >/dev/null
fi

mkdir -p "$FOLDER"
cd "$FOLDER"
# Two runs of npm in one folder at once empty it.
exec 9>"$FOLDER/lock"
flock -n 9 || fail "another installation is running in $FOLDER"
say "installing @atproto/dev-env $VERSION into $FOLDER ..."
echo '{"name": "bluesky-for-tests", "private": true, "license": "UNLICENSED"}' >package.json
npm install --no-audit --no-fund --loglevel=error --ignore-scripts "@atproto/dev-env@$VERSION"
# npm 11 builds only what was approved; older ones do not know the command and build whatever they are told to.
npm install-scripts approve better-sqlite3 sharp >/dev/null 2>&1 || true
npm rebuild --loglevel=error better-sqlite3 sharp
node -e "new (require('better-sqlite3'))(':memory:'); require('@atproto/dev-env')" || fail "the servers do not load; see above"
echo "$VERSION" >installed
say "done: $(du -sm "$FOLDER" | cut -f1) MB"
