package iblint.lib.graph_test

import data.iblint.lib.graph

_input := {
	"resources": {"a": {"id": "a"}},
	"edges": {
		"from": {"a": {"uses": [{"to": "b"}, {"to": "c"}]}},
		"to": {"b": {"uses": [{"from": "a"}]}},
	},
}

test_resource if graph.resource("a") == {"id": "a"} with input as _input

test_targets if {
	graph.targets("a", "uses") == {"b", "c"} with input as _input
	graph.targets("a", "other") == set() with input as _input
	graph.targets("z", "uses") == set() with input as _input
}

test_sources if {
	graph.sources("b", "uses") == {"a"} with input as _input
	graph.sources("a", "uses") == set() with input as _input
}
