package exhibit.policies.storage_class_encrypted_test

import data.exhibit.policies.storage_class_encrypted as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

class(provisioner, parameters) := {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "a"}, "provisioner": provisioner, "parameters": parameters}

test_encrypted if {
	every value in ["true", "True", true] { messages(class("ebs.csi.aws.com", {"encrypted": value})) == set() }
	messages(class("driver.longhorn.io", {"encrypted": "true"})) == set()
}

test_written_twice if {
	count(messages(class("ebs.csi.aws.com", {"encrypted": "true", "Encrypted": "false"}))) == 1
	messages(class("ebs.csi.aws.com", {"encrypted": "true", "Encrypted": true})) == set()
}

test_not_encrypted if {
	every parameters in [null, {}, {"encrypted": "false"}, {"encrypted": null}, {"type": "gp3"}] {
		messages(class("ebs.csi.aws.com", parameters)) == {"StorageClass/a makes volumes that are not encrypted: encrypted is not true."}
	}
}

test_others_are_left_out if {
	every provisioner in ["pd.csi.storage.gke.io", "disk.csi.azure.com", null] { policy.population == set() with input as class(provisioner, {}) }
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
