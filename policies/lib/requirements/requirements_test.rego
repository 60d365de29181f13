package lib.requirements_test

import data.lib.requirements
import data.lib.testing

need(wants, absent) := {"at": ["a", "b"], "wants": wants, "absent": absent, "problem": "is wrong", "fix": "Mend it."}

verdict(need_, values, unknown) := found if {
	table := {"x": [need_]}
	found := verdict_of(requirements.judge(table)) with input as testing.plan([["x", "r", values, unknown]])
}

verdict_of(judgement) := testing.verdict(judgement.population, judgement.violations, judgement.unknowns)

set_to(value) := {"a": {"b": value}}

test_what_values_meet if {
	cases := [
		["true", [true, "true"], [false, "no", 1, []]],
		["false", [false, "False"], [true, "", 0]],
		["something", ["x", ["x"], {"k": 1}, 7], ["", " ", [], {}, true]],
		["reference", ["x"], ["", []]],
		["nothing", ["", []], ["x", ["x"]]],
		["empty", ["", []], ["x", ["x"]]],
		[{"one_of": ["On", 3]}, ["on", "ON", 3], ["off", true]],
		[{"none_of": ["Off"]}, ["on", 1], ["off", "OFF"]],
		[{"at_least": 7}, [7, "7", 7.5], [6, "6", "x", true, {"k": 1}]],
		[{"at_most": 7}, [7, "-1"], [8, "8.5", "7d"]],
		[{"contains": ["a", "b"]}, [["A", "b", "c"]], [["a"], [], "a"]],
		[{"excludes": ["a"]}, [["b"], []], [["b", "A"], "a"]],
		[{"excludes_like": `^user:`}, [["group:a"], []], [["group:a", "user:b"], "User:b"]],
		[{"filled_without": ["0.0.0.0/0"]}, [["10.0.0.0/8"]], [[], ["10.0.0.0/8", "0.0.0.0/0"]]],
		# The two halves of the internet are the internet.
		[{"filled_without": ["0.0.0.0/0"]}, [["172.16.0.0/12"]], [["0.0.0.0/1", "128.0.0.0/1"], ["::/0"]]],
		[{"excludes": ["0.0.0.0/0", "::/0"]}, [["fd00::/8"]], [["0.0.0.0/00"], ["2000::/3"]]],
		[{"none_of": ["0.0.0.0/0"]}, ["10.0.0.0/8", "any"], ["64.0.0.0/2"]],
		[{"contains": ["a", "b"]}, [[{"kind": "A", "n": [1]}, {"kind": "b"}]], [[{"kind": "a"}]]],
		[{"like": `^/subscriptions/[^/]+$`}, ["/Subscriptions/1"], ["/subscriptions/1/x"]],
		[{"unlike": `^default`}, ["own"], ["default-1"]],
	]
	table := {sprintf("kind%d", [i]): [need(case[0], "unknown")] | some i, case in cases}
	plan := testing.plan([[sprintf("kind%d", [i]), sprintf("%s%d", [said, j]), set_to(value)] |
		some i, case in cases
		some said, values in {"good": case[1], "bad": case[2]}
		some j, value in values
	])
	judgement := requirements.judge(table) with input as plan
	testing.subjects(judgement.violations) == {change.address | some change in plan.resource_changes; startswith(change.name, "bad")}
	judgement.unknowns == set()
	testing.ids(judgement.population) == {change.address | some change in plan.resource_changes}
}

test_nothing_written if {
	every absent in ["pass", "fail", "unknown"] {
		every values in [{}, {"a": null}, {"a": {"b": null}}] { verdict(need("true", absent), values, {}) == absent }
	}
}

test_known_after_apply if {
	every unknown in [{"a": true}, {"a": {"b": true}}] {
		verdict(need("true", "fail"), {}, unknown) == "unknown"
		verdict(need("something", "pass"), {}, unknown) == "unknown"
		verdict(need("reference", "fail"), {}, unknown) == "pass"
		verdict(need("nothing", "pass"), {}, unknown) == "fail"
		verdict(need("empty", "pass"), {}, unknown) == "unknown"
	}
}

test_known_after_apply_with_a_verdict if {
	every outcome in ["pass", "fail"] {
		verdict(object.union(need("true", "unknown"), {"unknown": outcome}), {}, {"a": {"b": true}}) == outcome
	}
}

test_list_that_is_partly_known if {
	unknown := {"a": {"b": [false, true]}}
	verdict(need({"contains": ["x"]}, "fail"), set_to(["y", null]), unknown) == "unknown"
	verdict(need({"contains": ["x"]}, "fail"), set_to(["x", null]), unknown) == "pass"
	verdict(need({"excludes": ["x"]}, "fail"), set_to(["y", null]), unknown) == "unknown"
	verdict(need({"excludes": ["x"]}, "fail"), set_to(["x", null]), unknown) == "fail"
	verdict(need({"excludes_like": `^x`}, "fail"), set_to(["y", null]), unknown) == "unknown"
	verdict(need({"excludes_like": `^x`}, "fail"), set_to(["x1", null]), unknown) == "fail"
}

test_renamed_argument if {
	renamed := object.union(need("true", "fail"), {"at": [["new"], ["old"]]})
	verdict(renamed, {"old": true}, {"new": true}) == "pass"
	verdict(renamed, {"old": false}, {"new": true}) == "fail"
	verdict(renamed, {"new": true, "old": false}, {}) == "pass"
	verdict(renamed, {}, {"new": true}) == "unknown"
	verdict(renamed, {}, {}) == "fail"
}

test_each_block if {
	each := {"each": ["blocks"], "at": ["b"], "wants": "true", "absent": "fail", "problem": "is wrong", "fix": "Mend it."}
	verdict(each, {"blocks": [{"b": true}, {"b": true}]}, {}) == "pass"
	verdict(each, {"blocks": [{"b": true}, {}]}, {}) == "fail"
	verdict(each, {"blocks": []}, {}) == "pass"
	verdict(each, {}, {}) == "pass"
	verdict(each, {}, {"blocks": true}) == "unknown"
	[f.at | some f in requirements.findings(requirements.judged({"x": [each]}))] == [["blocks", 1, "b"]] with input as testing.plan([["x", "r", {"blocks": [{"b": true}, {}]}]])
}

test_asked_only_when if {
	conditional := object.union(need("true", "fail"), {"when": [{"at": ["kind"], "wants": {"one_of": ["k"]}, "absent": "fail"}]})
	verdict(conditional, {"kind": "k"}, {}) == "fail"
	verdict(conditional, {"kind": "other"}, {}) == "none"
	verdict(conditional, {}, {}) == "none"
	verdict(conditional, {}, {"kind": true}) == "unknown"
	verdict(conditional, set_to(true), {"kind": true}) == "pass"
}

test_not_asked_unless if {
	alternative := object.union(need("true", "fail"), {"unless": [{"at": ["other"], "wants": "true", "absent": "fail"}]})
	verdict(alternative, {"other": true}, {}) == "pass"
	verdict(alternative, {"other": false}, {}) == "fail"
	verdict(alternative, set_to(true), {}) == "pass"
	verdict(alternative, {}, {"other": true}) == "unknown"
	verdict(alternative, set_to(true), {"other": true}) == "pass"
}

test_other_types_are_left_alone if {
	requirements.judge({"y": [need("true", "fail")]}).population == set() with input as testing.plan([["x", "r", {}]])
}

test_what_is_said if {
	table := {"x": [need("true", "fail")]}
	requirements.judge(table).violations == {{
		"subject": "x.r", "message": "x.r is wrong.", "fix": "Mend it.", "path": ["resource_changes", 0, "change", "after", "a", "b"],
	}} with input as testing.plan([["x", "r", {"a": {"b": false}}]])
	requirements.judge(table).unknowns == {{
		"subject": "x.r", "message": "Whether x.r is wrong cannot be told before apply.", "path": ["resource_changes", 0, "change", "after"],
	}} with input as testing.plan([["x", "r", {}, {"a": true}]])
}

beside := {
	"beside": {"types": ["y"], "key": "name_of"}, "at": ["b"], "wants": "true", "absent": "fail",
	"problem": "is wrong", "fix": "Mend it.",
}

beside_verdict(others) := found if {
	table := {"x": [beside]}
	found := verdict_of(requirements.judge(table)) with input as testing.plan(array.concat([["x", "r", {"name": "r"}]], others))
}

test_setting_in_a_resource_beside if {
	beside_verdict([["y", "s", {"name_of": "r", "b": true}]]) == "pass"
	beside_verdict([["y", "s", {"name_of": "r", "b": false}]]) == "fail"
	beside_verdict([["y", "s", {"name_of": "r", "b": false}], ["y", "t", {"name_of": "r", "b": true}]]) == "pass"
	beside_verdict([["y", "s", {"name_of": "r"}, {"b": true}]]) == "unknown"
	beside_verdict([["y", "s", {"name_of": "other", "b": true}]]) == "fail"
	beside_verdict([["y", "s", {"b": true}, {"name_of": true}]]) == "unknown"
	beside_verdict([]) == "fail"
	beside_verdict([["z", "s", {"name_of": "r", "b": true}]]) == "fail"
}

test_resource_beside_by_reference if {
	plan := testing.plan_with(
		[["x", "r", {}], ["x", "s", {}], ["y", "t", {"b": true}, {"name_of": true}]],
		{"y.t": {"name_of": {"references": ["x.s.id", "x.s"]}}},
	)
	testing.subjects(requirements.judge({"x": [beside]}).violations) == {"x.r"} with input as plan
	requirements.judge({"x": [beside]}).unknowns == set() with input as plan
}

test_resource_beside_that_must_not_be if {
	table := {"x": [object.union(beside, {"wants": "nothing", "at": ["name_of"], "absent": "pass"})]}
	testing.subjects(requirements.judge(table).violations) == {"x.r"} with input as testing.plan([["x", "r", {"name": "r"}], ["x", "s", {"name": "s"}], ["y", "k", {"name_of": "r"}]])
}
