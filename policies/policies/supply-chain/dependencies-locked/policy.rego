# METADATA
# title: Lock files fix what is installed
# description: |
#   Every package of a lock file (package-lock.json of npm, pnpm-lock.yaml, Pipfile.lock) has a hash of its content, and
#   none comes over plain HTTP. That a project has a lock file at all is shown by its being judged. Workspaces, links and
#   bundled packages are left out.
# custom:
#   exhibit:
#     id: dependencies-locked
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: A package that was replaced in its registry is refused when it is installed.
#       - control: soc2/cc8.1
#         strength: supporting
#         rationale: Which packages a release has is written down and reviewed.
#       - control: iso27001/a.8.19
#         strength: supporting
#         rationale: Shows that software is installed in stated versions.
#       - control: iso27001/a.8.28
#         strength: supporting
#         rationale: Shows that outside code is taken in on purpose.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that packages of suppliers are fixed by their content.
#     layers:
#       pre-commit: warn
#       ci: warn
#       runtime: observe
#     cadence: change
#     remediation: Make the lock file again with the package manager, from a registry over HTTPS.
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.dependencies_locked

population contains {"id": lock.id, "type": "lock_file", "name": lock.id} if some lock in locks

violations contains {"subject": lock.id, "message": message, "path": found[0][0], "fix": "Install it again from a registry that states a hash."} if {
	some lock in locks
	found := sort([[path, name] | some [path, name, one] in lock.packages; not hashed(lock.form, one)])
	count(found) > 0
	message := sprintf("%s has %d of %d packages without a hash of their content. The first is %s.", [lock.id, count(found), count(lock.packages), found[0][1]])
}

violations contains {"subject": lock.id, "message": message, "path": found[0][0], "fix": "Use HTTPS."} if {
	some lock in locks
	found := sort([[path, name] | some [path, name, one] in lock.packages; plain(one)])
	count(found) > 0
	message := sprintf("%s has %d of %d packages that come over plain HTTP. The first is %s.", [lock.id, count(found), count(lock.packages), found[0][1]])
}

locks := array.concat(array.concat(npm, pnpm), pipfile)

npm := [{"id": concat(" ", [title, "package-lock"]), "form": "npm", "packages": packages} |
	input.lockfileVersion in {1, 2, 3}
	packages := [[[key, name], name, one] |
		some key in [npm_key]
		some name, one in input[key]
		is_object(one)
		outside(name, one)
	]
]

# Version 1 of the format has dependencies only; version 2 has both, which say the same.
npm_key := "packages" if {
	is_object(input.packages)
} else := "dependencies"

default title := "(unnamed)"

title := input.name if is_string(input.name)

outside(name, one) if {
	name != ""
	not one.link
	not one.inBundle
	not one.bundled
	not local(name, one)
}

# A workspace stands under its own folder and was not fetched.
local(name, one) if {
	not contains(name, "node_modules/")
	npm_key == "packages"
	not one.resolved
}

pnpm := [{"id": "pnpm-lock", "form": "pnpm", "packages": packages} |
	is_string(input.lockfileVersion)
	packages := [[["packages", name], name, one] |
		some name, one in object.get(input, "packages", null)
		is_object(one)
		not one.resolution.type == "directory"
	]
]

pipfile := [{"id": "Pipfile.lock", "form": "pipfile", "packages": packages} |
	is_string(input._meta.hash.sha256)
	packages := [[[key, name], name, one] |
		some key, section in input
		key != "_meta"
		some name, one in section
		is_object(one)
		not one.path
	]
]

hashed("npm", one) if regex.match(`^sha(256|384|512)-`, one.integrity)

# A commit is a hash of its content too.
hashed("npm", one) if regex.match(`^git\+(ssh|https)://.*#[0-9a-f]{40}$`, one.resolved)

hashed("pnpm", one) if regex.match(`^sha(256|384|512)-`, one.resolution.integrity)

hashed("pnpm", one) if regex.match(`^[0-9a-f]{40}$`, one.resolution.commit)

hashed("pipfile", one) if {
	some hash in one.hashes
	startswith(hash, "sha256:")
}

hashed("pipfile", one) if regex.match(`^[0-9a-f]{40}$`, one.ref)

plain(one) if startswith(one.resolved, "http:")

plain(one) if startswith(one.resolution.tarball, "http:")

plain(one) if regex.match(`^(git\+)?http:`, one.git)

plain(one) if startswith(one.file, "http:")
