# METADATA
# title: Databases are encrypted at rest
# description: |
#   Every database is stored encrypted. Services that always encrypt (DynamoDB, Cloud SQL, Azure flexible servers)
#   are part of the population and pass. A replica, and what is restored from a snapshot, has the encryption of its
#   source: where that does not show, the rule gives no verdict.
# custom:
#   exhibit:
#     id: db-encrypted-at-rest
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: >-
#           Encryption at rest is one of the logical measures that keep stored data from someone who reaches the medium
#           or a copy of it without going through the database.
#       - control: soc2/c1.1
#         strength: partial
#         rationale: Confidential data that is kept in a database stays protected while it is stored.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the rule to encrypt stored data is applied to each database before it exists.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows the use of encryption for databases. It says nothing about the cryptography policy itself.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: >-
#       Set storage_encrypted (encrypted, at_rest_encryption_enabled, encrypt_at_rest; StorageEncrypted, Encrypted) to true. An existing RDS database
#       cannot be switched: restore an encrypted copy of a snapshot and move over.
#     since: "2026-11-01"
#     inputs: [terraform-plan, hcl, cloudformation, arm, kubernetes, aws-config, azure-resources, gcp-assets]
package exhibit.policies.db_encrypted_at_rest

import data.lib.resources
import data.lib.resources.links

population contains resources.subject(r) if some r in resources.of_type("database")

violations contains resources.violation(r, message, at, fix) if {
	some r in resources.of_type("database")
	state(r) == "fail"
	at := r.attributes.encrypted
	message := sprintf("The storage of database %s is not encrypted.", [r.id])
	fix := sprintf("Set %s to true.", [resources.dotted(at)])
}

unknowns contains resources.undecided(r, message, object.get(r.attributes, "encrypted", [])) if {
	some r in resources.of_type("database")
	state(r) == "unknown"
	message := sprintf("Whether database %s is encrypted is decided outside of what was read.", [r.id])
}

# A template of Azure switches the encryption of a database off in a resource within it.
violations contains {"subject": r.id, "message": message, "path": array.concat(switch.path, ["properties", key]), "fix": fix} if {
	some r in resources.of_type("database")
	some switch in switches(r)
	some key in ["state", "status"]
	lower(resources.attribute(switch, ["properties", key]).value) == "disabled"
	message := sprintf("The storage of database %s is not encrypted.", [r.id])
	fix := sprintf(`Set %s to "Enabled".`, [key])
}

unknowns contains resources.undecided(r, message, []) if {
	some r in resources.of_type("database")
	unclear(r)
	message := sprintf("Whether database %s is encrypted is decided outside of what was read.", [r.id])
}

switches(r) := links.pointing_at(r, {encryption}, "name")

encryption := "Microsoft.Sql/servers/databases/transparentDataEncryption"

unclear(r) if {
	some switch in switches(r)
	not switch.listed
	some key in ["state", "status"]
	resources.is_unknown(switch, ["properties", key])
}

# A listing shows one of the two, by the version that was asked.
unclear(r) if {
	some switch in switches(r)
	switch.listed
	every key in ["state", "status"] { resources.is_unknown(switch, ["properties", key]) }
}

unclear(r) if {
	r.native_type == "Microsoft.Sql/servers/databases"
	count(links.unresolved({encryption}, "name")) > 0
}

# The first line that holds decides.
state(r) := "pass" if {
	"always_encrypted" in r.facts
} else := "pass" if {
	# Its switch is looked at above.
	r.provider == "arm"
} else := "pass" if {
	r.listed
	count(switches(r)) > 0
} else := "unknown" if {
	# That no switch is listed does not say that it is not switched off.
	r.listed
} else := "pass" if {
	resources.is_true(resources.named(r, "encrypted").value)
} else := "pass" if {
	# Aurora Serverless v1 has no unencrypted form.
	resources.named(r, "engine_mode").value == "serverless"
} else := "pass" if {
	"encrypted_by_default" in r.facts
	resources.named(r, "encrypted").state == "absent"
} else := "pass" if {
	# A replica in another region is encrypted by naming a key there; storage_encrypted is ignored.
	replica(r)
	resources.named_is(r, "kms_key", "set")
} else := "unknown" if {
	replica(r)
} else := "unknown" if {
	resources.named(r, "encrypted").state == "unknown"
} else := "fail"

# The source may be made in the same plan, and is then not known yet.
replica(r) if resources.derived(r)

replica(r) if resources.named_is(r, "global_group", "set")
