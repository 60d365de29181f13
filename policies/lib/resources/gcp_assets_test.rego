package lib.resources.gcp_assets_test

import data.lib.resources
import data.lib.resources.gcp_assets
import data.lib.testing

bucket := ["storage.googleapis.com/Bucket", "//storage.googleapis.com/invoices", {"labels": {"environment": "production"}}]

test_every_form if {
	one := testing.assets([bucket]).assets[0]
	exported := object.union(object.remove(one, ["assetType", "updateTime"]), {"asset_type": "storage.googleapis.com/Bucket"})
	every document in [testing.assets([bucket]), [one], one, [exported], exported] {
		found := gcp_assets.resources with input as document
		[[r.id, r.type, r.native_type, r.name, r.environment] | some r in found] == [[
			"//storage.googleapis.com/invoices",
			"bucket", "storage.googleapis.com/Bucket", "invoices", "production",
		]]
		every r in found { object.get({"document": document}, array.concat(["document"], r.path), {}) == r.values }
	}
}

test_without_content_nothing_is_known if {
	bare := object.remove(testing.assets([bucket]).assets[0], ["resource"])
	r := gcp_assets.resources[0] with input as [bare]
	resources.attribute(r, ["versioning", "enabled"]).state == "unknown"
}

test_no_listing if {
	every document in [{"assets": "x"}, {"assets": [{"name": "//x"}]}, [], ["x", null], {"name": "//x", "assetType": 1}] {
		gcp_assets.resources == [] with input as document
	}
}
