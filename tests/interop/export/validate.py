"""Validates one exported file with the published models of its format. Prints ok, or what is wrong."""
import json
import pathlib
import sys

kind, file = sys.argv[1], sys.argv[2]


def ocsf_schema():
    import ocsf_json_schema

    schema = ocsf_json_schema.OcsfJsonSchemaEmbedded(ocsf_json_schema.get_ocsf_schema(file))
    print(json.dumps(schema.get_class_schema("compliance_finding")))


def oscal():
    from trestle.oscal.assessment_results import AssessmentResults

    AssessmentResults.oscal_read(pathlib.Path(file))
    print("ok")


def unknown(given, known, at="$"):
    """Members that the model does not have: pydantic leaves them out without a word."""
    if isinstance(given, dict) and isinstance(known, dict):
        for key, value in given.items():
            if key not in known:
                yield f"{at}.{key}"
            else:
                yield from unknown(value, known[key], f"{at}.{key}")
    elif isinstance(given, list) and isinstance(known, list):
        for index, (a, b) in enumerate(zip(given, known)):
            yield from unknown(a, b, f"{at}[{index}]")


def gemara():
    from gemara.v1 import load

    given = json.loads(pathlib.Path(file).read_text())
    known = load(file).model_dump(mode="json", by_alias=True)
    wrong = list(unknown(given, known))
    # The model cannot say it: control and requirement name the same reference (evaluationlog.cue).
    for evaluation in given["evaluations"]:
        for log in evaluation["assessment-logs"]:
            if log["requirement"]["reference-id"] != evaluation["control"]["reference-id"]:
                wrong.append("requirement of another reference than its control")
    references = {each["id"] for each in given["metadata"]["mapping-references"]}
    wrong += [e["name"] for e in given["evaluations"] if e["control"]["reference-id"] not in references]
    print("ok" if not wrong else "\n".join(wrong))


{"ocsf-schema": ocsf_schema, "oscal": oscal, "gemara": gemara}[kind]()
