"""A million comments of two years in a school's books, written by the database itself: what a large trust holds."""

from datetime import timedelta

from sqlalchemy import text

YEARS = timedelta(days=728)

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
_CAME = "datetime(:first, '+' || CAST((i - 1) * :apart AS INTEGER) || ' seconds')"
_DUE = f"""CASE strftime('%w', {_CAME})
    WHEN '6' THEN date({_CAME}, '+2 days') || ' 23:59:59.000000'
    WHEN '0' THEN date({_CAME}, '+1 days') || ' 23:59:59.000000'
    ELSE datetime({_CAME}, '+24 hours') || '.000000' END"""

# Of a thousand comments 2 are taken away, 10 need no reply, 50 are flagged (20 of them as abuse); one in five
# thousand waits to this day, and 15 were answered late.
_OPEN, _GONE, _NO_REPLY, _FLAGGED = "i % 5000 = 7", "i % 500 = 11", "i % 100 = 13", "i % 20 = 3"
_ANSWERED = f"NOT ({_OPEN}) AND NOT ({_GONE}) AND NOT ({_NO_REPLY})"
_ANSWERED_AT = (
    f"datetime({_CAME}, '+' || (CASE WHEN i % 67 = 5 THEN 2000 ELSE 1 + i * 7919 % 1380 END) || ' minutes')"
)
_PUBLISHED = "datetime(:first, '+' || CAST(i * 100 * :apart AS INTEGER) || ' seconds') || '.000000'"

_STATEMENTS = (
    f"""{_NUMBERS} INSERT INTO item (id, type, account_id, remote_id, kind, post_remote_id, thread_key, author_id,
        author_name, addressed_to, created_at, first_seen_at, last_seen_at, gone_at, shown, permalink, attachments,
        due_at, derivation, tags, policy_version_id)
    SELECT i, 'comment', 1 + i % :accounts, 'c' || i, 'comment', 'p' || (i / 100), 'c' || i, 'u' || (i % 5000),
        'Somebody ' || (i % 5000), '[]', {_CAME} || '.000000', datetime({_CAME}, '+9 minutes') || '.000000',
        datetime({_CAME}, '+1 hours') || '.000000',
        CASE WHEN {_GONE} THEN datetime({_CAME}, '+2 hours') || '.000000' END, 'visible',
        'https://network.example/p/c' || i, '[]', {_DUE},
        '["received on a working day", "24 hours later", "so an answer is due then"]', '[]', 1
    FROM n""",
    f"""{_NUMBERS} INSERT INTO item (id, type, account_id, remote_id, kind, post_remote_id, parent_remote_id,
        thread_key, author_id, author_name, addressed_to, created_at, first_seen_at, last_seen_at, shown, permalink,
        attachments)
    SELECT :many + i, 'reply', 1 + i % :accounts, 'r' || i, 'reply', 'p' || (i / 100), 'c' || i, 'c' || i, 'us',
        'The school', '[]', {_ANSWERED_AT} || '.000000', datetime({_ANSWERED_AT}, '+9 minutes') || '.000000',
        datetime({_ANSWERED_AT}, '+1 hours') || '.000000', 'visible', '', '[]'
    FROM n WHERE {_ANSWERED}""",
    f"{_NUMBERS} INSERT INTO answer (reply_id, comment_id) SELECT :many + i, i FROM n WHERE {_ANSWERED}",
    f"""{_NUMBERS} INSERT INTO version (id, item_id, number, text, seen_at, raw)
    SELECT i, i, 1, 'When does the Christmas fair begin, and may grandparents come as well? Number ' || i,
        {_CAME} || '.000000', '{{}}' FROM n""",
    f"""{_NUMBERS} INSERT INTO flag (id, comment_id, version_id, category, severity, score, detector, start, "end",
        reason, clause, raised_at)
    SELECT i, i, i, CASE i % 100 WHEN 3 THEN 'abuse' WHEN 23 THEN 'profanity' WHEN 43 THEN 'spam'
        WHEN 63 THEN 'complaint' ELSE 'question' END, 'concern', 0.9, 'rules', 0, 4, 'a reason', 'clause',
        datetime({_CAME}, '+9 minutes') || '.000000'
    FROM n WHERE {_FLAGGED}""",
    f"""{_NUMBERS} INSERT INTO decision (id, comment_id, version_id, action, by, why, at)
    SELECT i, i, i, 'no_reply_needed', 'Mrs Ali', 'only a name', datetime({_CAME}, '+3 hours') || '.000000'
    FROM n WHERE {_NO_REPLY}""",
    f"""{_NUMBERS} INSERT INTO decision (id, comment_id, version_id, action, by, why, at)
    SELECT :many + i, i, i, CASE i % 3 WHEN 0 THEN 'hide' WHEN 1 THEN 'confirm_flag' ELSE 'report' END, 'Mr Bevan',
        '', datetime({_CAME}, '+4 hours') || '.000000'
    FROM n WHERE {_FLAGGED} AND i % 20000 <> 3""",
    f"""{_NUMBERS} INSERT INTO post (account_id, remote_id, text, created_at, permalink, comment_count,
        first_seen_at, last_seen_at)
    SELECT 1 + i * 100 % :accounts, 'p' || i, 'News', {_PUBLISHED}, '', 100, {_PUBLISHED},
        datetime(:first, '+' || CAST(i * 100 * :apart + 864000 AS INTEGER) || ' seconds') || '.000000'
    FROM n WHERE i <= :many / 100""",
    """WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 69888)
    INSERT INTO read (account_id, stream, started_at, finished_at, complete, calls, items, new, edited, quarantined)
    SELECT account.id, 'comments', datetime(:first, '+' || (i * 15) || ' minutes') || '.000000',
        datetime(:first, '+' || (i * 15) || ' minutes') || '.000000', 1, 1, 0, 0, 0, 0
    FROM n, account""",
)  # fmt: skip


def fill(store, accounts, many, until):
    """`many` comments of the two years before `until`, dealt out over the first `accounts` accounts of the books.

    The books hold a policy version, and the accounts' streams are called "comments".
    """
    first = until - YEARS
    values = {
        "many": many,
        "accounts": accounts,
        "first": first.strftime("%Y-%m-%d %H:%M:%S"),
        "apart": YEARS.total_seconds() / many,
    }
    with store.writing() as tx:
        for statement in _STATEMENTS:
            tx.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
        tx.execute(text("ANALYZE"))
