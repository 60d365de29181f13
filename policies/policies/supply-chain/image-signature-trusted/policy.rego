# METADATA
# title: Images are signed by a known pipeline
# description: |
#   Each signature that cosign verified (the JSON of cosign verify) was made with a certificate for a signer of
#   lib/settings. That the signature is right is cosign's to say. A signature by a key says nothing of its owner and gets
#   no verdict.
# custom:
#   exhibit:
#     id: image-signature-trusted
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Images that no known pipeline signed are found before they run.
#       - control: soc2/cc8.1
#         strength: supporting
#         rationale: What runs was released by the pipeline that was set up for it.
#       - control: iso27001/a.8.19
#         strength: partial
#         rationale: Shows that software is installed from known publishers.
#       - control: iso27001/a.8.24
#         strength: supporting
#         rationale: Shows the use of signatures for software.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that the publisher of software is checked.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Where the image belongs to a high-risk AI system, shows that it was not replaced on the way.
#     layers:
#       pre-commit: warn
#       ci: warn
#       runtime: observe
#     cadence: change
#     remediation: Sign in the release pipeline, or add its issuer and subject to signers in lib/settings.
#     since: "2026-11-25"
#     inputs: [json]
package exhibit.policies.image_signature_trusted

import data.lib.settings

population contains {"id": s.id, "type": "image", "name": s.name} if some s in signatures

violations contains {"subject": s.id, "message": message, "path": s.path, "fix": "Sign the image in a pipeline that is known."} if {
	some s in signatures
	s.issuer != null
	not trusted(s)
	message := sprintf("%s was signed by %v of %v, which is not a known signer.", [s.id, s.signer, s.issuer])
}

unknowns contains {"subject": s.id, "message": message, "path": s.path} if {
	some s in signatures
	s.issuer == null
	message := sprintf("%s was signed by a key; whose it is is not in what cosign printed.", [s.id])
}

# An image with two signatures is two subjects, so that one good signature hides no other.
signatures := [signature |
	is_array(input)
	some i, one in input
	one.critical.type in {"cosign container image signature", "https://sigstore.dev/cosign/sign/v1"}
	name := one.critical.identity["docker-reference"]
	signature := {
		"id": identity(name, one.critical.image["docker-manifest-digest"], i),
		"name": name,
		"path": [i],
		"issuer": object.get(one, ["optional", "Issuer"], null),
		"signer": object.get(one, ["optional", "Subject"], null),
	}
]

identity(name, digest, 0) := sprintf("%s@%s", [name, digest])

identity(name, digest, i) := sprintf("%s@%s#%d", [name, digest, i]) if i > 0

trusted(s) if {
	some signer in settings.signers
	s.issuer == signer.issuer
	startswith(s.signer, signer.subject)
}
