# Holds this bundle against checkpoint.txt. README-HOW-TO-VERIFY.txt says what that proves and what it does not.
import base64, hashlib, hmac, json, pathlib  # noqa: E401, I001 - short, to be read whole

here, files, wrong = pathlib.Path(__file__).resolve().parent, dict[pathlib.Path, str](), list[str]()
_, size, root, _ = (here / "checkpoint.txt").read_text("utf-8").splitlines()
custody = [json.loads(line) for line in (here / "custody.jsonl").read_bytes().splitlines()]
for entry in json.loads((here / "proofs.json").read_bytes()) + custody:
    at, record, path = abs(entry["position"]), entry.get("record", {}), entry["path"]
    said = json.dumps(record, sort_keys=True, separators=(",", ":"))
    opened = hmac.digest(bytes.fromhex(entry.get("salt", "")), said.encode(), "sha256")
    node = hashlib.sha256(b"\0" + (opened if record else bytes.fromhex(entry["commitment"]))).digest()
    turn = (at ^ int(size) - 1).bit_length()
    for level, step in enumerate(map(bytes.fromhex, path)):
        node = hashlib.sha256(b"\1" + (step + node if level >= turn or at >> level & 1 else node + step)).digest()
    if base64.b64decode(root) != node or len(path) != turn + bin(at >> turn).count("1"):
        wrong.append(f"entry {at} is not in the log of checkpoint.txt")
    print("entry", at, said if record else "sealed at the school")  # noqa: T201
    for key, name in (("manifest", f"{at}/manifest"), ("files", f"{record.get('evidence')}/card")):
        if key in record:
            files[here / f"data/{name}-sha256.txt"] = record[key].partition(":")[2]
files.update((f.parent / li[66:], li[:64]) for f in [*files] if f.is_file() for li in f.read_text().splitlines())
found = {f: hashlib.sha256(f.read_bytes()).hexdigest() for f in here.glob("data/[0-9]*/**/*") if f.is_file()}
wrong += [f"{f} is not as the log says" for f in found if found[f] != files.get(f)]
print(len(found), "files looked at. Erased or sealed, so not here:", *sorted({*files} - {*found}))  # noqa: T201
raise SystemExit("\n".join(wrong) or None)
