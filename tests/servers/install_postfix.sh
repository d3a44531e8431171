#!/bin/bash
# Installs what tests/servers/test_postfix_server.py runs: Postfix from Debian. Half a minute, once. It is left
# unconfigured, so nothing is started and no mail of the system goes anywhere: the tests run one of their own.
set -euo pipefail

say() { echo "install_postfix: $*"; }

if dpkg -s postfix >/dev/null 2>&1; then
    say "already there"
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "missing: postfix; install it with your package manager" >&2
    exit 1
fi
say "installing postfix ..."
apt-get update -qq
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postfix >/dev/null
say "installed"
