"""Policy packs: where they lie, and how one is read."""

from __future__ import annotations

from pathlib import Path

from config.checking import fit
from config.policy import CATEGORIES, PolicyPack
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


def read_pack(path: Path) -> PolicyPack:
    """Read one pack. Raises ConfigurationProblems with everything that is wrong in it."""
    file = read_toml(path, path.name, "It is the policy pack that school.policy in the configuration names")
    pack, problems = fit(PolicyPack, file, list(tables(PolicyPack, file.content)))
    problems += _categories(file)
    if pack is None or problems:
        raise ConfigurationProblems(problems)
    return pack
