# METADATA
# title: Secrets in plain text
# description: Whether a named value looks like a secret that was written out. The value itself is never repeated.
package lib.secrets

# Why a value counts as a secret; undefined where it does not.
reason(name, value) := "the value has the form of a credential" if {
	some sign, pattern in credentials
	contains(value, sign)
	regex.match(pattern, value)
} else := "the name says that it is one" if {
	secret_name(name)
	literal(value)
}

# The last word of the name decides: DB_PASSWORD is one, DB_PASSWORD_FILE and SECRET_NAME are not.
secret_name(name) if {
	worded(name)
	regex.match(`(^|[_.-])(password|passwd|passphrase|secret|token|api_?key|access_?key|secret_?key|private_?key|encryption_?key|credentials?)$`, lower(name))
}

secret_name(name) if {
	worded(name)
	regex.match(`[a-z](Password|Passphrase|Secret|Token|ApiKey|AccessKey|SecretKey|PrivateKey|Credentials?)$`, name)
}

# One of these is in each of the words above. Most names have none, and to make a pattern takes longer than to look.
worded(name) if {
	some word in ["passw", "passphrase", "secret", "token", "key", "credential"]
	contains(lower(name), word)
}

# Empty values, switches, numbers, references to other variables and names of parameters hold no secret.
literal(value) if {
	trim_space(value) != ""
	not regex.match(`^(?i:true|false|yes|no|on|off|none|null|[0-9.]+)$`, value)
	not regex.match(`^(\$\(.*\)|\$\{.*\}|\{\{.*\}\})$`, value)
	not regex.match(`^(arn:|/run/secrets/|/var/run/secrets/|file:|vault:|ssm:|secretsmanager:)`, value)
}

# By what is in every text that the pattern matches: it is looked for first, because to make a pattern takes longer.
credentials := {
	"AKIA": `(^|[^A-Z0-9])AKIA[A-Z2-7]{16}([^A-Z0-9]|$)`,
	"ASIA": `(^|[^A-Z0-9])ASIA[A-Z2-7]{16}([^A-Z0-9]|$)`,
	"PRIVATE KEY-----": `-----BEGIN ([A-Z]+ )*PRIVATE KEY-----`,
	"gh": `(^|[^A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{36,}`,
	"glpat-": `(^|[^A-Za-z0-9])glpat-[A-Za-z0-9_-]{20,}`,
	"xox": `(^|[^A-Za-z0-9])xox[abeprs]-[A-Za-z0-9-]{10,}`,
	"sk_live_": `(^|[^A-Za-z0-9])sk_live_[A-Za-z0-9]{16,}`,
	"://": `^[a-z][a-z0-9+.-]*://[^/:@\s$]*:[^/@\s${]+@`,
}
