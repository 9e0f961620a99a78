"""The JSON Schemas of config/models/schema say what the readers of models and tests say."""

import copy
import json
import os
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError:
    # Another Python may stand before Debian's, which has the packages.
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B", *sys.argv])

from cli import ROOT, check, check_equal, harness, waymark, waymark_json

SCHEMAS = ROOT / "config/models/schema"
SAMPLES = ROOT / "tests/cli/schema_samples"
SCHEMA_LINE = "# yaml-language-server: $schema="

# What the readers find by meaning, which no schema can see. Each expression is searched in the
# fault's message; the schema accepts what these refuse.
MEANING = [
    r"unknown (stage|station|detector|touchpoint|symbol|state|time zone)\b",
    r"stands twice|another test has this name|is repeated",
    r"has no rule to enter it|can't be reached|closes the run|without 'enter'",
    r"the registry says the opposite|no touchpoint of the registry",
    r"contradicts itself",
    r"add up to",
    r"no journey has begun yet",
    r"must be more than 'to'|is more than 'at_most'",
    r"a sequence can't begin with|can't be missing|follows nothing|to follow directly|"
    r"to be absent|needs 'within'",
    r"to extend|goes in a circle|to remove",
    r"must be at most 3650d|must be at most 10y",
    # of tests
    r"says nothing of|no model (gives|has|publishes)|gives no|is none of|never",
    r"does not say which models|no such file|can't be read|no model in this folder",
    r"^'(session\.gap|time|lateness)' must be text|there is no setting|changes no test|"
    r"is no duration|needs a",
    r"neither a time nor the id|counts from nothing|behind the end|not said of which customer",
    r"is the id of no row|leaves out the row|arrives as it is written|expects nothing",
    r"this interaction would be refused|is no (dead letter|interaction)|"
    r"a test needs an interaction",
]


class CoreLoader(yaml.SafeLoader):
    """Plain words as YAML 1.2 and editors read them: no dates, and 'yes' is text."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
        ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
        ("int", r"[-+]?[0-9]+", list("-+0123456789")),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789"))):
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"),
                                     first)


def load(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=CoreLoader)


def bundle(name):
    """One schema with what it takes from model.json among its own definitions."""
    text = (SCHEMAS / f"{name}.json").read_text(encoding="utf-8")
    schema = json.loads(text.replace('"model.json#/definitions/', '"#/definitions/of-model-'))
    model = (SCHEMAS / "model.json").read_text(encoding="utf-8")
    if name != "model":
        taken = json.loads(model.replace('"#/definitions/', '"#/definitions/of-model-'))
        definitions = {f"of-model-{key}": value for key, value in taken["definitions"].items()}
        schema.setdefault("definitions", {}).update(definitions)
    return schema


SCHEMA = {name: bundle(name) for name in ("model", "customer", "test")}
VALIDATORS = {name: jsonschema.Draft7Validator(schema) for name, schema in SCHEMA.items()}


def kind_of(path, document):
    if path.name.endswith(".test.yaml") or path == SAMPLES / "rows.yaml":
        return "test"
    return "customer" if isinstance(document, dict) and "customer" in document else "model"


def shipped():
    """Models, customer files and tests of the tree."""
    for folder in ("config/models", "config/examples", "tests/scenario", SAMPLES):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            if folder != "config/examples" or path.parent.name == "models":
                yield path


def test_the_schemas_are_schemas(context):
    for name, schema in SCHEMA.items():
        jsonschema.Draft7Validator.check_schema(schema)
        for match in re.finditer(r'"#/definitions/([^"]+)"', json.dumps(schema)):
            check(match[1] in schema["definitions"], f"{name}: {match[1]} is defined")


def test_every_file_of_the_tree_is_valid(context):
    found = list(shipped())
    check(len(found) > 50, f"only {len(found)} files")
    for path in found:
        document = load(path)
        faults = sorted(VALIDATORS[kind_of(path, document)].iter_errors(document), key=str)
        check(not faults, f"{path}: {faults[:1]}")


def test_the_examples_name_their_schema(context):
    for path in sorted((ROOT / "config").rglob("*.yaml")):
        if "models" not in path.parts:
            continue
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        check(first.startswith(SCHEMA_LINE), f"{path} begins with {SCHEMA_LINE}")
        wanted = SCHEMAS / f"{kind_of(path, load(path))}.json"
        named = (path.parent / first.removeprefix(SCHEMA_LINE)).resolve()
        check_equal(named, wanted.resolve(), f"schema of {path}")


# --- places of a document, and which part of a schema stands for each

def resolve(schema, root):
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].removeprefix("#/definitions/")]
    return schema


def alternatives(schema, value, root):
    """The parts of a schema that hold for a value, branches taken."""
    schema = resolve(schema, root) if isinstance(schema, dict) else {}
    yield schema
    if "if" in schema:
        holds = jsonschema.Draft7Validator({**schema["if"], "definitions": root["definitions"]}
                                           ).is_valid(value)
        branch = schema.get("then" if holds else "else")
        if branch is not None:
            yield from alternatives(branch, value, root)
    for part in schema.get("allOf", ()):
        yield from alternatives(part, value, root)
    for part in schema.get("anyOf", ()):
        kinds = resolve(part, root).get("type")
        if kinds == ("object" if isinstance(value, dict) else "array"):
            yield from alternatives(part, value, root)


def children(schema, key, value, root):
    """The schemas of one key of a map, or of the items of a list."""
    for part in alternatives(schema, value, root):
        if isinstance(value, list):
            if "items" in part:
                yield part["items"]
            continue
        if key in part.get("properties", {}):
            yield part["properties"][key]
        elif any(re.search(p, key) for p in part.get("patternProperties", {})):
            yield next(s for p, s in part["patternProperties"].items() if re.search(p, key))
        elif isinstance(part.get("additionalProperties"), dict):
            yield part["additionalProperties"]


def keys_of(schemas, value, root):
    """The keys that a map may have; None where any will do."""
    keys = None
    for schema in schemas:
        for part in alternatives(schema, value, root):
            if part.get("additionalProperties") is False:
                keys = (keys or set()) | set(part.get("properties", {}))
    return keys


def places(document, schemas, root, path=()):
    """(path, value, schemas) of every value in a document."""
    yield path, document, schemas
    if isinstance(document, dict):
        for key, value in document.items():
            below = [s for schema in schemas for s in children(schema, key, document, root)]
            yield from places(value, below, root, (*path, key))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            below = [s for schema in schemas for s in children(schema, None, document, root)]
            yield from places(value, below, root, (*path, index))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def changed(document, path, change):
    """A copy in which `change` was done to the map or list that holds the last key of `path`."""
    copied = copy.deepcopy(document)
    change(at(copied, path[:-1]), path[-1])
    return copied


# --- what the readers say

class Reader:
    """Many documents at once through one run of waymark; faults by document."""

    def __init__(self, context, name):
        self.folder = context.path(name)
        self.folder.mkdir()
        self.is_test = name.endswith("rows")
        self.documents = []

    def add(self, document):
        self.documents.append(document)
        return len(self.documents) - 1

    def path(self, number):
        return self.folder / f"{number:05}{'.test' if self.is_test else ''}.yaml"

    def faults(self):
        for number, document in enumerate(self.documents):
            self.path(number).write_text(json.dumps(document))
        if self.is_test:
            arguments = ["test", self.folder, "--json"]
        else:
            arguments = ["check", "--models", self.folder, "--json"]
        done = harness.run([harness.WAYMARK, *arguments], check=False)
        by_file = {}
        for fault in json.loads(done.stdout)["faults"]:
            by_file.setdefault(fault["file"], []).append(fault)
        return [by_file.get(str(self.path(number)), []) for number in range(len(self.documents))]


def alone(document, number):
    """Models of one folder must differ; these do in family and name."""
    document = copy.deepcopy(document)
    if isinstance(document, dict):
        for key in ("family", "model"):
            if isinstance(document.get(key), str) and document[key] in ("sample", "whole", "other"):
                document[key] = f"{document[key]}{number}"
    return document


BASE = {"family": "samples", "model": "base-of-samples",
        "stages": [{"name": "look"}, {"name": "keep", "enter": "never"}],
        "touchpoints": [{"name": "page", "channel": "web"}], "personas": [{"name": "owner"}],
        "detectors": [{"name": "d", "when": "always"}],
        "signals": [{"name": "s", "when": "always"}]}
BETWEEN = ("is there already", "same scope and priority")


def samples():
    """(name, kind, document) of the samples that hold every word."""
    for name, kind in (("model", "model"), ("extending", "model"), ("customer", "customer"),
                       ("rows", "test")):
        document = load(SAMPLES / f"{name}.yaml")
        if kind == "test":
            document["models"] = str(ROOT / "config/models")
        yield name, kind, document


def verdicts(context, name, documents):
    """Faults of each document, those between documents left out."""
    reader = Reader(context, name)
    if name.endswith("extending"):
        reader.add(BASE)
    first = len(reader.documents)
    for number, document in enumerate(documents):
        reader.add(alone(document, number))
    return [[fault for fault in faults if not any(w in fault["message"] for w in BETWEEN)]
            for faults in reader.faults()[first:]]


# Expectations name nested fields with all that stands before them.
NESTED = ("rated.", "before.", "temporal_deviation.", "stages.*.", "touchpoints.*.")


def test_each_reader_knows_the_keys_of_its_schema(context):
    for name, kind, document in samples():
        root, seen, cases = SCHEMA[kind], {}, []
        for path, value, schemas in places(document, [SCHEMA[kind]], SCHEMA[kind]):
            keys = keys_of(schemas, value, root) if isinstance(value, dict) else None
            if keys is None or "any" in keys or "remove" in value or seen.get(frozenset(keys)):
                continue
            seen[frozenset(keys)] = True
            wrong = copy.deepcopy(document)
            at(wrong, path)["zz-none-such"] = 1
            cases.append((path, keys, set(value), wrong))
        check(len(cases) >= (3 if name == "extending" else 5), f"{name}: {len(cases)} maps")
        found = verdicts(context, f"keys-{name}", [case[3] for case in cases])
        for (path, keys, used, _), faults in zip(cases, found):
            hints = [fault["hint"] for fault in faults if "zz-none-such" in fault["message"]]
            check(hints and hints[0].startswith("known are: "), f"{name} {path}: {faults}")
            words = hints[0].removeprefix("known are: ").split(", ")
            nested = NESTED if kind == "test" else ()
            prefix = next((p for p in nested if p.split(".")[0] in path[-2:]), "")
            known = {word.removeprefix(prefix).split(".")[0] for word in words
                     if word.startswith(prefix)}
            if "exists" in keys:
                known &= keys  # The reader names all comparisons, also those for other fields.
            if "ratings" in keys:
                known.add("placements")
            # The kind of a detector says which keys go with it; of the others none is known.
            others = {"within", "same", "overlapping", "in", "while"} & keys - used
            check(keys - others <= known <= keys | {"placements"},
                  f"{name} {path}: the reader knows {sorted(known)}, the schema {sorted(keys)}")


def test_the_samples_hold_every_word(context):
    for kind in SCHEMA:
        used = set()
        for name, its_kind, document in samples():
            if its_kind == kind:
                used |= {path[-1] for path, _, _ in places(document, [SCHEMA[kind]], SCHEMA[kind])
                         if path and isinstance(path[-1], str)}
        own = json.loads((SCHEMAS / f"{kind}.json").read_text())
        words = set()

        def gather(schema):
            if isinstance(schema, dict):
                words.update(schema.get("properties", {}))
                for value in schema.values():
                    gather(value)
            elif isinstance(schema, list):
                for value in schema:
                    gather(value)
        gather(own)
        check_equal(sorted(words - used), [], f"{kind}: words of the schema in no sample")


def test_fields_of_conditions_are_those_of_the_reader_and_the_reference(context):
    source = (ROOT / "src/model/condition.cc").read_text()
    known = set(re.findall(r'\{Field::k\w+, "([a-z_.]+)"\}', source))
    maps = {name for name in known if name.endswith(".")}
    known -= maps
    names = re.search(r"kProfileNames = \{([^}]*)\}", source)[1]
    known |= set(re.findall(r'"(\w+)"', names)) | {"online"}
    fields = SCHEMA["model"]["definitions"]["fields"]
    check_equal(sorted(set(fields["properties"]) - {"any", "all", "not"}), sorted(known), "fields")
    check_equal(sorted(pattern[1:].replace("\\", "").removesuffix(".+$") for pattern in
                       fields["patternProperties"]), sorted(maps), "maps")
    reference = (ROOT / "config/models/README.md").read_text()
    told = set(re.findall(r"`([a-z_.]+)`", reference[reference.index("| field | is |"):]))
    check_equal(sorted(known - told), [], "fields that the reference leaves out")


WRONG = [None, True, 1.5, 99999999999, "", "Zz Zz", [[]], {"zz": 1}]


REQUIRED = {"family", "model", "extends", "fate", "stages", "customer", "tests", "name",
            "interactions"}


def around(document, path):
    """The part of a document that a schema needs to judge one place: lists are cut to one item, and
    the whole file and a test to what they require."""
    if len(path) < 2:
        return document
    key = path[0]
    if isinstance(document, list):
        return [around(document[key], path[1:])]
    below = {**document, key: around(document[key], path[1:])}
    if not {"model", "tests", "interactions"} & set(document):
        return below
    return {name: value[:1] if isinstance(value, list) and name != key else value
            for name, value in below.items() if name == key or name in REQUIRED}


def mutations(document, schema):
    """(path, what was done, document) for each key dropped or misspelt, and each value replaced by
    one of another type or beyond its bounds."""
    seen = set()
    for path, value, schemas in places(document, [schema], schema):
        # One of many places that the same part of the schema stands for is enough.
        same = tuple(sorted(json.dumps(s, sort_keys=True) for s in schemas))
        if not path or (schemas and same in seen):
            continue
        seen.add(same)
        if isinstance(path[-1], str):
            yield path, f"drop {path}", changed(document, path, lambda of, key: of.pop(key))
            yield path, f"misspell {path}", changed(
                document, path, lambda of, key: of.__setitem__(key + "z", of.pop(key)))
        for wrong in WRONG:
            if wrong != value:
                yield path, f"{path} = {json.dumps(wrong)}", changed(
                    document, path, lambda of, key, w=wrong: of.__setitem__(key, w))
        for number in {n for s in schemas for part in alternatives(s, value, schema)
                       for n in (part.get("minimum"), part.get("maximum")) if n is not None}:
            for beyond in (number - 1, number, number + 1):
                yield path, f"{path} = {beyond}", changed(
                    document, path, lambda of, key, w=beyond: of.__setitem__(key, w))


def test_schema_and_reader_agree_on_changed_documents(context):
    compared = refused = 0
    differing = []
    for name, kind, document in samples():
        cases = list(mutations(document, SCHEMA[kind]))
        found = verdicts(context, f"changed-{name}", [case for _, _, case in cases])
        for (path, what, case), faults in zip(cases, found):
            error = next(VALIDATORS[kind].iter_errors(around(case, path)), None)
            compared += 1
            refused += bool(faults)
            shape = [fault for fault in faults
                     if not any(re.search(m, fault["message"]) for m in MEANING)]
            if error and not faults:
                differing.append(f"{name}: {what}: only the schema refuses: {error.message}")
            elif shape and not error:
                differing.append(f"{name}: {what}: only the reader refuses: {shape[0]['message']}")
    print(f"{compared:,} changed documents, {refused:,} refused by the reader")
    check(not differing, f"{len(differing)} differ:\n" + "\n".join(differing[:40]))
    check(compared > 2000 and compared > refused > 1500, f"{compared} compared, {refused} refused")


def test_faults_of_a_schema_have_their_place(context):
    """What people see in the editor is about the very value."""
    document = load(SAMPLES / "model.yaml")
    document["journey"]["abandon_after"] = "soon"
    errors = list(VALIDATORS["model"].iter_errors(document))
    check_equal([list(error.absolute_path) for error in errors], [["journey", "abandon_after"]],
                "place")
    waymark("check", "--models", ROOT / "config/models")
    check(waymark_json("check", "--models", ROOT / "config/models", "--json")["good"], "good")


if __name__ == "__main__":
    harness.main()
