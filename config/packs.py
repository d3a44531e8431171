"""Policy packs: where they lie, and how one is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from config.checking import fit
from config.handling import SILENT
from config.policy import CATEGORIES, CategoryRule, PolicyPack
from config.problems import ConfigurationProblems, Problem, did_you_mean, found, path_in_words
from config.schema import tables
from config.toml_file import TomlFile, read_toml

POLICIES = Path(__file__).parent / "policies"


def known_packs() -> tuple[str, ...]:
    """Names of the packs that come with the program."""
    return tuple(sorted(path.stem for path in POLICIES.glob("*.toml")))


def pack_file(wanted: str, folder: Path) -> Path:
    """The file of a pack given by name, or by the path of a school's own file, relative to `folder`.

    Raises ValueError, naming the packs there are, when it is neither.
    """
    if wanted in known_packs():
        return POLICIES / f"{wanted}.toml"
    if wanted.endswith(".toml") or "/" in wanted or "\\" in wanted:
        return folder / wanted
    near = did_you_mean(wanted, known_packs())
    hint = f'. Did you mean "{near}"?' if near else ", or the path of your own file ending in .toml"
    raise ValueError(f"must be one of {', '.join(known_packs())}{found(wanted)}{hint}")


def _categories(file: TomlFile) -> list[Problem]:
    """Categories that do not exist, and those the pack forgets: nothing flagged may fall through."""
    entries = file.content.get("categories")
    if not isinstance(entries, dict):
        return []
    problems, meant = [], set()
    for name in (name for name in entries if name not in CATEGORIES):
        near = did_you_mean(name, CATEGORIES)
        meant.add(near)
        hint = f'Did you mean "{near}"?' if near else f"Known are: {', '.join(CATEGORIES)}"
        path = ("categories", name)
        problems.append(file.problem(path, f"{path_in_words(path)} is not a category. {hint}"))
    for name in CATEGORIES:
        if name not in entries and name not in meant:
            text = f"[categories.{name}] is missing; a pack has an entry for every category"
            problems.append(file.problem(("categories",), text))
    return problems


def _as_written(path: Path, named_by: str = "this program") -> PolicyPack:
    """A pack as its file has it. Raises ConfigurationProblems with everything that is wrong in it."""
    file = read_toml(path, path.name, f"It is the policy pack that {named_by} names")
    pack, problems = fit(PolicyPack, file, list(tables(PolicyPack, file.content)))
    problems += _categories(file)
    if pack is None or problems:
        raise ConfigurationProblems(problems)
    return pack


def _made_safe(rule: CategoryRule, usual: CategoryRule) -> CategoryRule:
    """A category with the usual practice in place of each table that it leaves out."""
    left_out = {"tell", "hold", "keep_out"} - rule.model_fields_set
    return rule.model_copy(
        update={part: getattr(usual, part).model_copy(update={"clause": SILENT}) for part in left_out}
    )


def read_pack(path: Path, named_by: str = "school.policy in the configuration") -> PolicyPack:
    """Read one pack. Raises ConfigurationProblems with everything that is wrong in it. `named_by`: whose words led to
    the file.

    Where a category does not say who is told, what is held or who is kept out, that is as in the default pack, with
    no clause: a pack that was written before there were such tables must not send an allegation to whoever it is
    about.
    """
    pack = _as_written(path, named_by)
    default = POLICIES / "default.toml"
    if path == default:
        return pack
    usual = _as_written(default).categories
    return pack.model_copy(
        update={"categories": {name: _made_safe(rule, usual[name]) for name, rule in pack.categories.items()}}
    )


def review_warning(pack: PolicyPack, today: date) -> str | None:
    """One sentence where the policy is overdue for review or prints no day for it. `today`: the school's own day."""
    if pack.review_by is None:
        return (
            f"The policy {pack.name} (version {pack.version}) does not say by when it is reviewed. "
            "Ask whether it is the current one, then give the pack its review_by."
        )
    if pack.review_by < today:
        return (
            f"The policy {pack.name} (version {pack.version}) was to be reviewed by {pack.review_by:%d %B %Y}. "
            "Ask for the current one, then give the pack its new version and review_by."
        )
    return None
