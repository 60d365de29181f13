package lib.ai_test

import data.lib.ai

now := time.parse_rfc3339_ns("2026-03-01T23:59:00Z")

test_systems if {
	[ai.subject(s) | some s in ai.systems] == [{"id": "credit", "type": "ai_system", "name": "credit"}] with input as {"kind": "ai-system", "id": "credit"}
	[s.id | some s in ai.systems] == ["(unnamed)"] with input as {"kind": "ai-system"}
}

test_class if {
	every class in ["high", "prohibited", "unknown", "", null, 7] { count(ai.high_risk) == 1 with input as {"kind": "ai-system", "risk_class": class} }
	every class in ["limited", "minimal"] { ai.high_risk == [] with input as {"kind": "ai-system", "risk_class": class} }
	count(ai.high_risk) == 1 with input as {"kind": "ai-system"}
}

test_agents if {
	[ai.subject(a) | some a in ai.agents] == [{"id": "desk", "type": "ai_agent", "name": "desk"}] with input as {"kind": "agent-actions", "agent": "desk"}
	[a.id | some a in ai.agents] == ["(unnamed)"] with input as {"kind": "agent-actions"}
}

test_other_documents if {
	every document in [{}, [], null, "ai-system", {"kind": "Pod"}, {"kind": "ai-system", "apiVersion": "v1"}] {
		ai.systems == [] with input as document
		ai.agents == [] with input as document
	}
}

test_written if {
	ai.written("a")
	every text in ["", " ", "TODO", "tbd", null, 7, []] { ai.written(text) == false }
}

test_age if {
	ai.age("2026-03-01") == 0 with time.now_ns as now
	ai.age("2026-02-28") == 1 with time.now_ns as now
	ai.age("2025-03-01") == 365 with time.now_ns as now
	ai.age("2026-03-02") == -1 with time.now_ns as now
	ai.age("2026-02-28T23:00:00Z") == 1 with time.now_ns as now
}

test_no_day if {
	every text in ["", "2026", "2026-13-01", "2026-02-30", "yesterday", null, 7, "2026-02-28x"] { not ai.day(text) }
}

test_review_problem if {
	not ai.review_problem("2025-03-01", 365) with time.now_ns as now
	ai.review_problem("2025-02-28", 365) == "was last reviewed on 2025-02-28, 366 days ago" with time.now_ns as now
	ai.review_problem("2026-03-02", 365) == "says that it was reviewed on 2026-03-02, which is still to come" with time.now_ns as now
	every text in ["", null] { ai.review_problem(text, 365) == "states no day of a review" with time.now_ns as now }
}

test_items if {
	ai.items(["data_sets"]) == [[["data_sets", 1], {"id": "a"}]] with input as {"data_sets": ["odd", {"id": "a"}]}
	ai.items(["data_sets"]) == [] with input as {}
}
