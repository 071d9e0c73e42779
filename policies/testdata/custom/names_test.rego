package custom.rules.ugly_name_test

import data.custom.rules.ugly_name

test_ugly_name_is_denied if {
	input_with := {"by_kind": {"image_recipe": ["r"]}, "resources": {"r": {"properties": {"name": "web"}}}}
	found := ugly_name.deny with input as input_with

	count(found) == 1
}
