package exhibit.policies.ai_monitoring_planned_test

import data.exhibit.policies.ai_monitoring_planned as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

system(plan, day) := {"kind": "ai-system", "id": "a", "post_market_monitoring": {"plan": plan, "reviewed_at": day}}

now := time.parse_rfc3339_ns("2026-11-25T12:00:00Z")

test_planned if messages(system("m.md", "2026-01-01")) == set() with time.now_ns as now

test_too_long_ago if {
	messages(system("m.md", "2025-11-20")) == {"The plan for monitoring AI system a was last reviewed on 2025-11-20, 370 days ago."} with time.now_ns as now
}

test_missing if {
	messages({"kind": "ai-system", "id": "a"}) == {"AI system a names no plan for monitoring after the market.", "The plan for monitoring AI system a states no day of a review."}
	policy.population == set() with input as {"kind": "ai-system", "risk_class": "minimal"}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
