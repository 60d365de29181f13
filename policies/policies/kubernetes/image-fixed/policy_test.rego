package exhibit.policies.image_fixed_test

import data.exhibit.policies.image_fixed as policy
import data.lib.testing

fails(image) if count(policy.violations) == 1 with input as testing.pod([{"name": "a", "image": image}], {})

sha256 := "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

test_versions if {
	every image in [
		"nginx:1.29.3", "registry.example.com:5000/shop/web:2.14.1", "localhost:5000/web:v1",
		concat("@", ["nginx", sha256]), concat("@", ["registry:5000/web:latest", sha256]),
	] {
		not fails(image)
	}
}

test_no_version if {
	every image in ["nginx", "registry.example.com:5000/shop/web", "library/nginx"] { fails(image) }
}

test_latest if {
	every image in ["nginx:latest", "nginx:Latest", "registry:5000/web:latest", "nginx:"] { fails(image) }
}

test_odd_digests if {
	every image in ["nginx@sha256:short", "nginx@md5:d41d8cd98f00b204e9800998ecf8427e"] { fails(image) }
}

test_no_image if {
	every image in ["", " ", null, 7] { fails(image) }
	count(policy.violations) == 1 with input as testing.pod([{"name": "a"}], {})
}

test_every_container if {
	count(policy.population) == 2 with input as testing.pod([{"name": "a"}], {"initContainers": [{"name": "a"}]})
}

test_message if {
	[v.message | some v in policy.violations] == ["Container a uses image nginx without a version, which means latest."] with input as testing.pod([{"name": "a", "image": "nginx"}], {})
}
