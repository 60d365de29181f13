package lib.resources.hcl_test

import data.lib.resources
import data.lib.resources.hcl
import data.lib.testing

one(type, block) := r if {
	r := hcl.resources[0] with input as testing.source(type, block)
}

test_resource if {
	r := one("aws_db_instance", {"storage_encrypted": true, "tags": {"Environment": "Production"}})
	object.filter(r, {"id", "name", "type", "environment", "path"}) == {
		"id": "aws_db_instance.a", "name": "a", "type": "database", "environment": "production",
		"path": ["resource", "aws_db_instance", "a", 0],
	}
	resources.named(r, "encrypted").value == true
}

test_expressions_are_unknown if {
	every text in ["${var.x}", "a-${var.x}", "%{ if x }true%{ endif }"] {
		resources.named(one("aws_db_instance", {"storage_encrypted": text}), "encrypted").state == "unknown"
	}
}

test_what_the_provider_chooses_is_unknown if {
	resources.named(one("aws_rds_cluster", {}), "encrypted").state == "unknown"
	resources.named(one("aws_opensearch_domain", {}), "encrypted").state == "unknown"
	resources.named(one("aws_db_instance", {}), "encrypted").state == "absent"
	resources.named(one("aws_sns_topic", {"kms_master_key_id": null}), "kms_key").state == "absent"
}

test_dynamic_blocks_are_unknown if {
	r := one("aws_security_group", {"dynamic": {"ingress": [{"for_each": "${var.rules}", "content": [{}]}]}})
	resources.is_unknown(r, ["ingress"])
	inner := one("aws_x", {"outer": [{"dynamic": {"inner": [{}]}}]})
	resources.is_unknown(inner, ["outer", 0, "inner"])
	resources.is_unknown(inner, ["outer"]) == false
}

test_references if {
	every text in ["${aws_kms_key.k.arn}", "${aws_kms_key.k[0].id}", "${data.aws_kms_alias.a.arn}"] {
		resources.will_be_there(one("aws_sns_topic", {"kms_master_key_id": text}), ["kms_master_key_id"])
	}
	every text in ["${var.a_b.c}", "${local.a_b}", "${aws_kms_key.k.arn == null ? null : 1}", "${module.a_b.c}", "a${aws_kms_key.k.arn}"] {
		resources.will_be_there(one("aws_sns_topic", {"kms_master_key_id": text}), ["kms_master_key_id"]) == false
	}
}

test_no_source if {
	every document in [{"resource": []}, {"resource": {"a": {"b": {}}}}, {"resource": {"a": 1}}] {
		hcl.resources == [] with input as document
	}
}
