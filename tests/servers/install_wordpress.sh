#!/bin/bash
# Installs what tests/servers/test_wordpress_server.py runs: WordPress, PHP and MariaDB from Debian. About a minute,
# once. Nothing is started, and no service of the system is touched: the tests run a site of their own.
set -euo pipefail

say() { echo "install_wordpress: $*"; }

needed=()
for package in wordpress wordpress-theme-twentytwentythree php-cli php-mysql php-xml php-mbstring php-curl php-gd mariadb-server; do
    dpkg -s "$package" >/dev/null 2>&1 || needed+=("$package")
done
if [ ${#needed[@]} = 0 ]; then
    say "already there"
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "missing: ${needed[*]}; install them with your package manager" >&2
    exit 1
fi
say "installing ${needed[*]} ..."
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${needed[@]}" >/dev/null
say "installed"
