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
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Set sqs_managed_sse_enabled or kms_master_key_id on the queue, kms_master_key_id on the topic, encryption_type KMS on the stream.
#     since: "2026-11-01"
#     inputs: [terraform-plan, hcl, cloudformation, kubernetes, aws-config]
package exhibit.policies.queue_encrypted_at_rest

import data.lib.resources

judged := [r | some r in resources.resources; r.type in {"queue", "topic", "stream"}]

# Properties of which one is enough, with the value that switches encryption on ("" for any).
switches := [["kms_key", ""], ["managed_encryption", "true"], ["encryption_type", "KMS"]]

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, paths(r)[0], fix) if {
	some r in judged
	state(r) == "fail"
	message := sprintf("Messages in %s are stored without encryption.", [r.id])
	fix := sprintf("Set %s.", [concat(" or ", [last(path) | some path in paths(r)])])
}

unknowns contains resources.undecided(r, message, paths(r)[0]) if {
	some r in judged
	state(r) == "unknown"
	message := sprintf("Whether messages in %s are encrypted is decided outside of what was read.", [r.id])
}

# The first line that holds decides.
state(r) := "pass" if {
	"always_encrypted" in r.facts
} else := "pass" if {
	some [name, wanted] in switches
	on(resources.named(r, name).value, wanted)
} else := "pass" if {
	# A key that is made in the same plan is not known yet, but one will be there.
	resources.will_be_there(r, r.attributes.kms_key)
} else := "unknown" if {
	some [name, _] in switches
	resources.named_is(r, name, "unknown")
} else := "pass" if {
	"encrypted_by_default" in r.facts
	resources.named_is(r, "managed_encryption", "absent")
} else := "fail"

# Where the switches of a resource stand.
paths(r) := [r.attributes[name] | some [name, _] in switches; r.attributes[name]]

last(path) := path[count(path) - 1]

on(value, "") if {
	is_string(value)
	value != ""
}

on(value, wanted) if {
	wanted != ""
	lower(sprintf("%v", [value])) == lower(wanted)
}
