package exhibit.policies.dockerfile_no_piped_script_test

import data.exhibit.policies.dockerfile_no_piped_script as policy

command(name, value, stage) := {"Cmd": name, "SubCmd": "", "JSON": false, "Flags": [], "Value": value, "Stage": stage}

with_flags(name, flags, value, stage) := object.union(command(name, value, stage), {"Flags": flags})

failing(document) := found if {
	found := {v.subject | some v in policy.violations} with input as document
}

open(document) := found if {
	found := {v.subject | some v in policy.unknowns} with input as document
}

run(text) := [[command("from", ["a"], 0), command("run", [text], 0)]]

test_piped if {
	every text in [
		"curl -fsSL https://x.io/i | sh", "curl https://x?a=1&b=2 | sudo bash -", "wget -qO- https://x | bash", "sh -c \"$(curl -fsSL https://x)\"",
		"bash <(curl -s https://x)", "apt update && curl x | FOO=1 python3 -", "curl x | sudo -E bash", "eval \"$(wget -O- x)\"", "curl x |& /bin/sh",
	] {
		failing(run(text)) == {"dockerfile/stage-0"}
	}
	failing([[command("from", ["a"], 0), object.union(command("run", ["sh", "-c", "curl x | sh"], 0), {"JSON": true})]]) == {"dockerfile/stage-0"}
	failing([[command("from", ["a"], 0), object.union(command("run", ["<<EOF"], 0), {"Heredocs": [{"Name": "EOF", "Content": "set -e\ncurl x | sh\n"}]})]]) == {"dockerfile/stage-0"}
}

test_not_piped if {
	every text in ["curl -o x https://x && sha256sum -c x.sha && sh x", "curl x | tar xz", "curl x; echo a | sh", "apt-get install -y curl bash", "curl x > a.sh"] {
		failing(run(text)) == set()
	}
}

test_other_documents_are_left_out if {
	every document in [{}, [], [[]], "text", {"kind": "Pod", "apiVersion": "v1"}, [[1]]] {
		policy.population | policy.violations == set() with input as document
	}
}
