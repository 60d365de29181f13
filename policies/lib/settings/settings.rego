# METADATA
# title: Settings of this repository
# description: |
#   What no rule can know: whose registries, builders and repositories you trust. Change these lists first; the policies that
#   read them only warn until you let them enforce.
package lib.settings

# Registries that images may come from, with or without a folder: registry.example.com/shop takes that folder only.
registries := ["registry.example.com", "registry.k8s.io"]

# Builders whose provenance is trusted, as runDetails.builder.id begins.
builders := [
	"https://github.com/slsa-framework/slsa-github-generator/.github/workflows/",
	"https://github.com/example/build/.github/workflows/",
	"https://gitlab.example.com/",
]

# Repositories that what you run is built from, as their address begins.
sources := ["https://github.com/example/", "https://gitlab.example.com/"]

# Who signs images: the issuer of the certificate, and what the subject begins with.
signers := [
	{"issuer": "https://token.actions.githubusercontent.com", "subject": "https://github.com/example/"},
	{"issuer": "https://gitlab.example.com", "subject": "https://gitlab.example.com/"},
]

# Values of an environment that mean production, in lower case.
production := {"production", "prod", "live"}
