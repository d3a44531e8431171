"""A bundle can be verified by a stranger with nothing of ours, and every later change to it is found."""

import json
import shutil
import stat

import bagit
import local_tsa
import pytest
from bundles import CHECKSUMS, EACH, LOG, MS_OKAFOR, SIGNATURE, STAMP, export, fails, flipped, lines, typed
from desk import HOUR, INSULT, NOW, SCRIPTED, item
from evidence_desk import records
from kept_evidence import copied, folder_at, problems, some_weeks_in
from local_tsa import serving

from monitor.custody.log import begin_new_key
from monitor.disclosure.bundle_request import NotExported
from monitor.evidence.handing_out.bag import BagRefused
from monitor.evidence.log.signing import PublicKey, SigningKey
from monitor.store import ledger
from monitor.store.evidence_tables import Snapshot


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A desk with evidence of some weeks, for tests that only add to its log."""
    folder = tmp_path_factory.mktemp("kept")
    with copied(some_weeks_in(tmp_path_factory), folder / "desk") as desk:
        yield desk


@pytest.fixture(scope="module")
def whole(kept, tmp_path_factory):
    """The bundle of a case with a snapshot, its card, a decision and a screen print. To be copied, not changed."""
    return export(kept, tmp_path_factory.mktemp("bundle"), case=kept.cases()["c3"].id)[1]


@pytest.fixture
def bundle(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "copy")


def relisted(top):
    """What a forger does next: new lists of digests."""
    for listing, names in (
        ("manifest-sha256.txt", [p for p in top.rglob("*") if p.is_file() and p.relative_to(top).parts[0] == "data"]),
        ("tagmanifest-sha256.txt", [p for p in top.iterdir() if p.is_file() and p.name != "tagmanifest-sha256.txt"]),
    ):
        paths = " ".join(str(path.relative_to(top)) for path in names)
        (top / listing).write_text(typed(f"sha256sum {paths}", top).stdout)


def test_a_stranger_verifies_it_with_the_commands_in_its_readme(bundle):
    readme = (bundle / "README-HOW-TO-VERIFY.txt").read_text()
    for command in EACH:
        assert f"    {command}\n" in readme
        done = typed(command, bundle)
        assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in typed(SIGNATURE, bundle).stdout


def test_an_archive_takes_it_for_a_bag(bundle):
    bag = bagit.Bag(str(bundle))
    assert bag.validate() is True
    assert bag.info["Source-Organization"] == "Oakfield Primary School"
    assert bag.info["Contact-Name"] == "Ms Okafor"


def test_it_holds_every_file_that_is_kept_and_the_files_that_explain_it(kept, bundle):
    case = kept.cases()["c3"].id
    positions = [each.position for each in kept.snapshots() if each.comment_id == case]
    assert len(positions) == 2
    for position in positions:
        folder, _ = folder_at(kept, position)
        for path in folder.rglob("*"):
            if path.is_file():
                assert (bundle / "data" / str(position) / path.relative_to(folder)).read_bytes() == path.read_bytes()
    assert {path.name for path in bundle.iterdir()} == {
        "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "README-HOW-TO-VERIFY.txt",
        "statement-draft.txt", "pub.pem", "checkpoint.txt", "checkpoint.sig", "proofs.json", "custody.jsonl",
        "verify.py", "data",
    }  # fmt: skip


def test_the_bundle_proves_its_own_making(kept, bundle):
    exports = [line["record"] for line in lines(bundle) if line["record"]["kind"] == "export"]
    assert [(each["by"], each["why"], each["account"]) for each in exports[-1:]] == [
        (MS_OKAFOR.name, MS_OKAFOR.why, MS_OKAFOR.account)
    ]
    size = int((bundle / "checkpoint.txt").read_text().splitlines()[1])
    assert all(line["size"] == size > line["position"] for line in lines(bundle))


def test_its_custody_is_every_entry_about_the_case_and_the_keys_and_nothing_about_another(kept, bundle):
    case = kept.cases()["c3"].id
    kinds = [line["record"]["kind"] for line in lines(bundle)]
    assert {"key", "snapshot", "card", "decision", "screen_print", "export"} <= set(kinds)
    assert {line["record"].get("case") for line in lines(bundle)} == {case, None}
    size = int((bundle / "checkpoint.txt").read_text().splitlines()[1])
    assert [line["record"] for line in lines(bundle) if "case" in line["record"]] == [
        each for each in records(kept)[:size] if each.get("case") == case
    ]


@pytest.mark.parametrize(
    "name",
    ["raw/item.body", "item.json", "capture.json", "why.json", "manifest-sha256.txt", "card.pdf", "card-sha256.txt"],
)
def test_one_bit_of_a_record_is_found_although_the_lists_of_digests_are_made_anew(bundle, name):
    position = next(line["position"] for line in lines(bundle) if line["record"]["kind"] == "snapshot")
    path = bundle / "data" / str(position) / name
    flipped(path)
    assert fails(bundle) == {CHECKSUMS, LOG}
    relisted(bundle)
    assert fails(bundle) == {LOG}


def test_a_file_put_in_or_taken_out_is_found(bundle):
    position = next(line["position"] for line in lines(bundle) if line["record"]["kind"] == "snapshot")
    (bundle / "data" / str(position) / "why.json").unlink()
    assert fails(bundle) == {CHECKSUMS}
    assert "why.json" in typed(LOG, bundle).stdout
    (bundle / "data" / str(position) / "more.json").write_text("{}")
    assert fails(bundle) == {CHECKSUMS, LOG}


def reworded(top, number, **words):
    changed = lines(top)
    changed[number]["record"] |= words
    (top / "custody.jsonl").write_text("".join(json.dumps(line) + "\n" for line in changed))


def test_a_reworded_entry_is_found_although_the_lists_are_made_anew(bundle):
    reworded(bundle, -1, by="Mrs Ali")
    assert fails(bundle) == {CHECKSUMS, LOG}
    relisted(bundle)
    assert fails(bundle) == {LOG}


@pytest.mark.parametrize("field", ["salt", "path", "position"])
def test_a_changed_proof_is_found(bundle, field):
    proofs = json.loads((bundle / "proofs.json").read_text())
    proofs[0][field] = {"salt": "00" * 32, "path": proofs[0]["path"][1:], "position": proofs[0]["position"] + 1}[
        field
    ]
    (bundle / "proofs.json").write_text(json.dumps(proofs))
    relisted(bundle)
    assert fails(bundle) == {LOG}


@pytest.mark.parametrize(("name", "found_by"), [("checkpoint.sig", {SIGNATURE}), ("pub.pem", {SIGNATURE})])
def test_a_changed_signature_or_key_is_found(bundle, name, found_by):
    flipped(bundle / name, at=40)
    assert fails(bundle) == {CHECKSUMS} | found_by
    relisted(bundle)
    assert fails(bundle) == found_by


def test_a_changed_root_is_found_by_the_signature_and_by_every_proof(bundle):
    origin, size, root, *rest = (bundle / "checkpoint.txt").read_text().splitlines()
    forged = ("B" if root.startswith("A") else "A") + root[1:]
    (bundle / "checkpoint.txt").write_text("\n".join([origin, size, forged, *rest]) + "\n")
    relisted(bundle)
    assert fails(bundle) == {SIGNATURE, LOG}


def test_a_whole_log_forged_with_another_key_shows_in_the_fingerprint_alone(kept, bundle):
    another = SigningKey.load_or_create(bundle.parent / "forger.pem")
    (bundle / "pub.pem").write_text(another.public.pem)
    (bundle / "checkpoint.sig").write_bytes(another.sign((bundle / "checkpoint.txt").read_bytes()))
    relisted(bundle)
    assert fails(bundle) == set()
    printed = typed("openssl pkey -pubin -in pub.pem -outform DER | sha256sum", bundle).stdout.split()[0]
    assert f"sha256:{printed}" == another.public.fingerprint
    assert printed not in (bundle / "README-HOW-TO-VERIFY.txt").read_text()


def test_pub_pem_holds_every_key_the_log_names_and_the_one_that_signed_first(desk, tmp_path):
    desk.read(item("c1", INSULT))
    desk.app.sealer.run()
    desk.settings.signing_key.rename(tmp_path / "old.pem")
    new = SigningKey.load_or_create(desk.settings.signing_key)
    with desk.store.writing() as tx:
        begin_new_key(tx, ledger.enrolled_school(tx, "oakfield"), new.public, desk.clock(), MS_OKAFOR)
    _, top = export(desk, tmp_path, case=desk.cases()["c1"].id)
    keys = (top / "pub.pem").read_text().split("-----END PUBLIC KEY-----\n")[:-1]
    assert PublicKey.from_pem(keys[0] + "-----END PUBLIC KEY-----\n") == new.public
    assert len(keys) == 2
    assert fails(top) == set()


def test_the_file_is_for_its_owner_only_and_one_that_exists_is_refused(kept, tmp_path):
    case = kept.cases()["c3"].id
    export(kept, tmp_path, case=case)
    content = (tmp_path / "bundle.zip").read_bytes()
    assert stat.S_IMODE((tmp_path / "bundle.zip").stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        export(kept, tmp_path, case=case)
    assert (tmp_path / "bundle.zip").read_bytes() == content


def test_a_range_of_days_takes_what_was_captured_then(kept, tmp_path):
    ids = {remote: case.id for remote, case in kept.cases().items()}
    exported, top = export(kept, tmp_path, since=NOW, until=NOW + HOUR)
    assert exported.cases == sorted([ids["c1"], ids["c2"]])
    assert fails(top) == set()
    assert bagit.Bag(str(top)).validate() is True
    everything, _ = export(kept, tmp_path, "all", since=NOW)
    assert set(everything.cases) == {ids["c1"], ids["c2"], ids["c3"], ids["c4"]}


def test_passing_it_on_is_recorded_for_each_piece(desk, tmp_path):
    desk.read(item("c1", INSULT))
    export(desk, tmp_path, case=desk.cases()["c1"].id, to="PC 1234, Thames Valley Police")
    (shared,) = records(desk, "share")
    assert (shared["with"], shared["evidence"], shared["by"]) == ("PC 1234, Thames Valley Police", 0, "Ms Okafor")
    assert records(desk, "export")[0]["evidence"] == [0]


def test_there_is_no_bundle_of_nothing(desk, tmp_path):
    desk.read(item("c1", "When is the fair?"))
    for wanted in ({"case": desk.cases()["c1"].id}, {"case": 99}, {"since": NOW + HOUR}):
        with pytest.raises(NotExported, match="no evidence is kept"):
            export(desk, tmp_path, **wanted)
    assert records(desk) == []


def test_evidence_from_before_the_log_is_taken_up_first(desk, tmp_path):
    desk.read(item("c1", INSULT))
    with desk.store.writing() as tx:
        tx.query(Snapshot).update({"position": None})
    with pytest.raises(NotExported, match="school-monitor tick"):
        export(desk, tmp_path, case=desk.cases()["c1"].id)


def test_damaged_evidence_is_handed_out_with_the_damage_named(desk, tmp_path):
    desk.read(item("c1", INSULT), item("c2", INSULT))
    first, second = (desk.settings.evidence_folder / each.path for each in desk.snapshots())
    flipped(first / "item.json")
    shutil.rmtree(second)
    exported, top = export(desk, tmp_path, since=NOW - HOUR)
    assert exported.problems == [
        "entry 0: item.json was changed", "entry 1: its folder is missing or cannot be read",
    ]  # fmt: skip
    assert fails(top) == {LOG}
    shutil.rmtree(first)
    with pytest.raises(BagRefused, match="none of the records can be read"):
        export(desk, tmp_path, "none", since=NOW - HOUR)


def test_an_export_leaves_the_school_s_own_evidence_and_log_as_they_were(kept, tmp_path):
    export(kept, tmp_path, case=kept.cases()["c1"].id, black_out=True, also=("idiot",))
    assert problems(kept) == []


def test_the_time_stamp_of_an_authority_is_in_it_and_can_be_verified(desk, tmp_path):
    local_tsa.require_openssl()
    (tmp_path / "tsa").mkdir()
    authority = local_tsa.Authority(tmp_path / "tsa", local_tsa.certify("Oakfield root"))
    (desk.folder / "root.pem").write_bytes(authority.root.pem)
    with serving(authority.reply) as asked:
        desk.change(accounts=SCRIPTED + f'\n[[timestamps]]\nurl = "{asked.url}"\nca_file = "root.pem"\n')
        desk.read(item("c1", INSULT))
        _, top = export(desk, tmp_path, case=desk.cases()["c1"].id)
    assert f"    {STAMP}\n" in (top / "README-HOW-TO-VERIFY.txt").read_text()
    assert typed(STAMP, top).returncode == 0
    flipped(top / "checkpoint-1.tsr", at=-5)
    assert typed(STAMP, top).returncode != 0
    (top / "checkpoint.txt").write_text((top / "checkpoint.txt").read_text().replace("oakfield", "oakfeld"))
    assert typed(STAMP, top).returncode != 0
