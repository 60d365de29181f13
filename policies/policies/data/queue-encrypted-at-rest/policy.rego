# METADATA
# title: Queues, topics and streams are encrypted at rest
# description: |
#   SQS queues, SNS topics and Kinesis streams keep messages encrypted, with a key of the service or of the account.
#   Pub/Sub, Service Bus, Event Hubs and MSK always encrypt: they are part of the population and pass.
#   A queue that states neither gets no verdict where the plan leaves the choice to the service.
# custom:
#   exhibit:
#     id: queue-encrypted-at-rest
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Messages that wait in a queue, a topic or a stream stay unreadable without the key.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the rule to encrypt stored data is applied to messages.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows the use of encryption for messages that are stored on their way.
#     layers:
#       pre-commit: warn
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Set sqs_managed_sse_enabled or kms_master_key_id on the queue, kms_master_key_id on the topic, encryption_type KMS on the stream.
#     since: "2026-11-01"
#     inputs: [terraform-plan]
package exhibit.policies.queue_encrypted_at_rest

import data.lib.resources

judged := [r | some r in resources.resources; r.type in {"queue", "topic", "stream"}]

# Arguments of which one is enough, with the value that switches encryption on ("" for any).
switches := {
	"aws_sqs_queue": [["kms_master_key_id", ""], ["sqs_managed_sse_enabled", "true"]],
	"aws_sns_topic": [["kms_master_key_id", ""]],
	"aws_kinesis_stream": [["encryption_type", "KMS"]],
}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, [first], fix) if {
	some r in judged
	not encrypted(r)
	not undecided(r)
	first := switches[r.native_type][0][0]
	message := sprintf("Messages in %s are stored without encryption.", [r.id])
	fix := sprintf("Set %s.", [concat(" or ", [switch[0] | some switch in switches[r.native_type]])])
}

unknowns contains resources.undecided(r, message, [switches[r.native_type][0][0]]) if {
	some r in judged
	not encrypted(r)
	undecided(r)
	message := sprintf("Whether messages in %s are encrypted is known only after apply.", [r.id])
}

encrypted(r) if "always_encrypted" in r.facts

encrypted(r) if {
	some [key, wanted] in switches[r.native_type]
	value := resources.attribute(r, [key]).value
	on(value, wanted)
}

# A key that is made in the same plan is not known yet, but one will be there.
encrypted(r) if {
	r.native_type in {"aws_sqs_queue", "aws_sns_topic"}
	resources.attribute(r, ["kms_master_key_id"]).state == "unknown"
}

undecided(r) if {
	some [key, _] in switches[r.native_type]
	resources.attribute(r, [key]).state == "unknown"
}

on(value, "") if {
	is_string(value)
	value != ""
}

on(value, wanted) if {
	wanted != ""
	lower(sprintf("%v", [value])) == lower(wanted)
}
