package exhibit.policies.ai_risk_reviewed_test

import data.exhibit.policies.ai_risk_reviewed as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

system(file, day) := {"kind": "ai-system", "id": "a", "risk_management": {"file": file, "reviewed_at": day}}

now := time.parse_rfc3339_ns("2026-11-25T12:00:00Z")

test_reviewed if {
	messages(system("risk.md", "2026-01-01")) == set() with time.now_ns as now
	messages(system("risk.md", "2025-11-25")) == set() with time.now_ns as now
}

test_too_long_ago if {
	messages(system("risk.md", "2025-11-24")) == {"The risk file of AI system a was last reviewed on 2025-11-24, 366 days ago."} with time.now_ns as now
}

test_to_come if {
	count(messages(system("risk.md", "2026-11-26"))) == 1 with time.now_ns as now
}

test_missing if {
	messages({"kind": "ai-system", "id": "a"}) == {"AI system a names no file of its risks.", "The risk file of AI system a states no day of a review."}
	every class in ["limited", "minimal"] { policy.population == set() with input as {"kind": "ai-system", "risk_class": class} }
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
