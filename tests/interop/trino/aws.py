"""Calls of AWS, by the service models that AWS publishes: checks them, and sends them where an endpoint is given.

stdin: [{"service": "athena", "operation": "StartQueryExecution", "input": {...}, "output": {...}}], output is optional.
stdout: {"problems": [...], "answers": [...]}
"""

import json
import sys

import boto3
from botocore import xform_name
from botocore.session import get_session
from botocore.validate import ParamValidator

endpoint = sys.argv[1] if len(sys.argv) > 1 else None
session, validator = get_session(), ParamValidator()
problems, answers, models, clients = [], [], {}, {}
for call in json.load(sys.stdin):
    service, operation = call["service"], call["operation"]
    model = models.setdefault(service, session.get_service_model(service)).operation_model(operation)
    for part, shape in (("input", model.input_shape), ("output", model.output_shape)):
        if part not in call:
            continue
        known = shape.members if shape is not None else {}
        unknown = sorted(set(call[part]) - set(known))
        report = "" if shape is None else validator.validate(call[part], shape).generate_report()
        if unknown:
            report += f" unknown members {unknown}"
        if report.strip():
            problems.append(f"{service} {operation} {part}: {report}")
    if endpoint is not None:
        client = clients.setdefault(
            service, boto3.client(service, endpoint_url=endpoint, region_name="us-east-1")
        )
        answer = getattr(client, xform_name(operation))(**call["input"])
        answer.pop("ResponseMetadata", None)
        answers.append(json.loads(json.dumps(answer, default=str)))
print(json.dumps({"problems": problems, "answers": answers}))
