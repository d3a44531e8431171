"""A real WordPress site on loopback, in a folder of its own: MariaDB without a network, and PHP's own web server."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import requests

CORE = Path("/usr/share/wordpress")
PROGRAMS = ("php", "mariadbd", "mariadb", "mariadb-install-db")
PATIENCE = 60  # seconds for a server to come up

_CONFIG = """<?php
define('DB_NAME', 'wp'); define('DB_USER', 'wp'); define('DB_PASSWORD', 'wp');
define('DB_HOST', 'localhost:{socket}');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (['AUTH_KEY','SECURE_AUTH_KEY','LOGGED_IN_KEY','NONCE_KEY','AUTH_SALT','SECURE_AUTH_SALT','LOGGED_IN_SALT',
          'NONCE_SALT'] as $name) define($name, '{salt}' . $name);
$table_prefix = 'wp_';
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}');
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
_INSTALL = """<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '{host}'; $_SERVER['REQUEST_URI'] = '/'; $_SERVER['REQUEST_METHOD'] = 'GET';
require __DIR__ . '/site/wp-load.php'; require ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_true');
wp_install('Oakfield School', 'school', 'office@school.invalid', true, '', 'a password nobody uses');
update_option('permalink_structure', '/%postname%/');
update_option('comment_previously_approved', 0); update_option('thread_comments_depth', 10);
list($password,) = WP_Application_Passwords::create_new_application_password(1, ['name' => 'monitor']);
echo $password;
"""
_ROUTER = """<?php $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && is_file(__DIR__ . '/site' . $path)) return false;
require __DIR__ . '/site/index.php';
"""


def missing():
    """What keeps the site from being run here, in a sentence; empty: nothing."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent or not (CORE / "wp-load.php").is_file():
        return "WordPress, PHP or MariaDB is not installed here: make test-servers installs them"
    return "" if os.geteuid() == 0 else "MariaDB is started for this by root only"


class Site:
    """One site. `password` is an application password of its user "school", number 1."""

    def __init__(self, url, password, folder):
        self.url, self.password, self._folder = url, password, folder
        self._http = requests.Session()
        self._http.trust_env = False

    def ask(self, method, path, signed_in=True, **body):
        """One request to the REST interface; its JSON."""
        response = self._http.request(
            method,
            f"{self.url}/wp-json/wp/v2/{path}",
            json=body or None,
            auth=("school", self.password) if signed_in else None,
            timeout=PATIENCE,
        )
        assert response.ok, (path, response.status_code, response.text[:300])
        return response.json()

    def post(self, title):
        """The school publishes something; its number."""
        return self.ask("POST", "posts", title=title, content="...", status="publish")["id"]

    def visitor(self, post, words, name="Jo Parent", **more):
        """A comment of a visitor, in any state and of any time; its number as text."""
        made = self.ask(
            "POST",
            "comments",
            post=post,
            content=words,
            author_name=name,
            author_email="jo@visitor.invalid",
            **({"status": "approved"} | more),
        )
        return str(made["id"])

    def reply(self, post, words, parent):
        """The school answers; the number of its answer as text."""
        return str(self.ask("POST", "comments", post=post, content=words, parent=int(parent))["id"])

    def change(self, comment, **what):
        """Edit a comment, or put it into another state."""
        self.ask("POST", f"comments/{comment}", **what)

    def delete(self, comment, *, for_good=False):
        """Into the bin, or gone for good."""
        self.ask("DELETE", f"comments/{comment}?force={'true' if for_good else 'false'}")

    def by_form(self, post, words, name):
        """A true visitor, through the form under the post."""
        form = {"comment": words, "author": name, "email": "sam@visitor.invalid", "comment_post_ID": post}
        answer = self._http.post(
            f"{self.url}/wp-comments-post.php", data=form, allow_redirects=False, timeout=PATIENCE
        )
        assert answer.status_code == 302, answer.text[-300:]

    def switch_rest_off(self):
        """As security plugins do it."""
        plugins = self._folder / "site" / "wp-content" / "mu-plugins"
        plugins.mkdir(exist_ok=True)
        words = "new WP_Error('rest_disabled', 'The REST API is disabled.', ['status' => 401])"
        (plugins / "off.php").write_text(
            f"<?php add_filter('rest_authentication_errors', function ($e) {{ return {words}; }});"
        )

    def switch_rest_on(self):
        """As it was."""
        (self._folder / "site" / "wp-content" / "mu-plugins" / "off.php").unlink(missing_ok=True)


@contextmanager
def running(folder):
    """A new site in `folder`, up for as long as the block lasts."""
    folder.chmod(0o755)
    for parent in folder.parents[:3]:
        if parent.owner() == "root" and parent != Path("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o055)
    data, run = folder / "db", folder / "run"
    for each in (data, run):
        each.mkdir()
        shutil.chown(each, "mysql")
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    make = ["mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={data}", "--skip-test-db"]
    subprocess.run(make, check=True, capture_output=True, timeout=PATIENCE)
    database = _start(
        ["mariadbd", "--no-defaults", "--user=mysql", f"--datadir={data}", f"--socket={run}/s", "--skip-networking",
         f"--pid-file={run}/pid"],
        folder / "db.log",
    )  # fmt: skip
    web = None
    try:
        _wait(lambda: _sql(run, "select 1") == 0)
        _sql(run, "create database wp character set utf8mb4; create user wp@localhost identified by 'wp'; "
                  "grant all on wp.* to wp@localhost")  # fmt: skip
        shutil.copytree(
            CORE, folder / "site", ignore=shutil.ignore_patterns("wp-config.php"), ignore_dangling_symlinks=True
        )
        (folder / "site" / "wp-config.php").write_text(
            _CONFIG.replace("{socket}", f"{run}/s").replace("{salt}", secrets.token_hex(16)).replace("{url}", url)
        )
        plugins = folder / "site" / "wp-content" / "mu-plugins"
        plugins.mkdir(exist_ok=True)
        # Else a visitor has to wait for 15 seconds after the last comment from the same address. The check itself
        # cannot be taken out here: WordPress puts it in again at every comment.
        (plugins / "calm.php").write_text("<?php remove_filter('comment_flood_filter', 'wp_throttle_comment_flood');")
        (folder / "install.php").write_text(_INSTALL.replace("{host}", f"127.0.0.1:{port}"))
        (folder / "router.php").write_text(_ROUTER)
        made = subprocess.run(["php", folder / "install.php"], check=True, capture_output=True, timeout=PATIENCE)
        serve = ["php", "-S", f"127.0.0.1:{port}", "-t", folder / "site", folder / "router.php"]
        web = _start(serve, folder / "php.log", {"PHP_CLI_SERVER_WORKERS": "4"})
        _wait(lambda: _answers(url))
        yield Site(url, made.stdout.decode().strip().split("\n")[-1], folder)
    finally:
        for process in (web, database):
            if process is not None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(PATIENCE)


def _start(command, log, environ=None):
    """A process in a group of its own: PHP's workers outlive their parent."""
    with log.open("wb") as out:
        return subprocess.Popen(
            list(map(str, command)), stdout=out, stderr=out, start_new_session=True, env=os.environ | (environ or {})
        )


def _sql(run, words):
    return subprocess.run(
        ["mariadb", "--no-defaults", "-uroot", "-S", run / "s", "-e", words], capture_output=True, check=False
    ).returncode


def _answers(url):
    try:
        return requests.get(f"{url}/wp-json/", timeout=5).ok
    except requests.RequestException:
        return False


def _wait(until):
    latest = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < latest, "a server did not come up"
        time.sleep(0.1)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
