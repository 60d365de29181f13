# METADATA
# title: The gate's pass, at admission
# description: |
#   What the server found of attestations for the object of a review. It stands under exhibit in the input, where only the
#   server writes. What a controller makes of an object that was itself admitted is judged with that object, and a request
#   that changes nothing is not judged again.
package lib.attested

# Whether the object of the input is one to ask about.
default asked := false

asked if {
	input.kind == "AdmissionReview"
	is_object(input.request.object)
	not elsewhere
}

elsewhere if object_state in {"owner", "controller", "unchanged"}

default object_state := "unknown"

object_state := input.exhibit.attestation.object.state

# What is said of an image by its reference; undefined where the server said nothing.
image(reference) := found if {
	some found in input.exhibit.attestation.images
	found.reference == reference
}
