"""`check --policy` and `check --compare`: packs in plain English. One that is named needs no configuration."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.commands.base import CommandFailed, Outcome, settings_for

if TYPE_CHECKING:
    from config.policy import PolicyPack

_ZONE = "Europe/London"  # decides only whether a review is overdue today, where no school says in which zone it is


def explain_policy(args: Namespace) -> list[str]:
    """The page of the pack that was named, or of the school's own, with the school's changes to the clock."""
    from monitor.clock import system_clock
    from monitor.policy_page.page import policy_page

    if args.policy:
        pack, zone = _pack(args.policy, "--policy"), _ZONE
        rule = pack.response
    else:
        settings = settings_for(args)
        pack, rule, zone = settings.policy, settings.rule, settings.school.timezone
    return policy_page(pack, rule, system_clock().astimezone(ZoneInfo(zone)).date())


def compare(first: str, second: str) -> list[str]:
    """What the two packs that were named do differently."""
    from monitor.policy_page.compare import compared

    return compared(_pack(first, "--compare"), _pack(second, "--compare"))


def _pack(name: str, option: str) -> PolicyPack:
    from config.packs import pack_file, read_pack
    from config.problems import ConfigurationProblems

    try:
        return read_pack(pack_file(name, Path.cwd()), named_by=option)
    except ConfigurationProblems as wrong:
        raise CommandFailed(f"the policy pack cannot be used:\n{wrong}", Outcome.USAGE) from None
    except ValueError as unknown:
        raise CommandFailed(f"{option}: a policy {unknown}", Outcome.USAGE) from None
