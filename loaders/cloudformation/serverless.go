package cloudformation

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

const serverlessPrefix = "AWS::Serverless::"

// expandServerless does what the transform AWS::Serverless does as far as roles
// are concerned: it applies the globals and makes the role of each function
// and state machine that names none.
func (s *stack) expandServerless() {
	if !s.serverless {
		return
	}
	for _, name := range append([]string{}, s.resourceNames...) {
		r := s.resources[name]
		kind, ok := strings.CutPrefix(r.typ, serverlessPrefix)
		if !ok {
			continue
		}
		if global := s.globals.member(kind); global != nil {
			r.properties = mergeGlobals(global, r.properties)
		}
		switch kind {
		case "Function":
			s.makeRole(r, "lambda.amazonaws.com")
		case "StateMachine":
			s.makeRole(r, "states.amazonaws.com")
		}
	}
}

// mergeGlobals merges as SAM does: objects are merged, lists are joined, and
// otherwise the resource's own value wins.
func mergeGlobals(global, own *node) *node {
	switch {
	case own == nil || own.isNull():
		return global
	case global.kind == listNode && own.kind == listNode:
		merged := *own
		merged.items = append(append([]*node{}, global.items...), own.items...)
		return &merged
	case !isPlainObject(global) || !isPlainObject(own):
		return own
	}
	merged := *own
	merged.entries = nil
	for _, e := range own.entries {
		if g := global.member(e.name); g != nil {
			e.value = mergeGlobals(g, e.value)
		}
		merged.entries = append(merged.entries, e)
	}
	for _, e := range global.entries {
		if own.member(e.name) == nil {
			merged.entries = append(merged.entries, e)
		}
	}
	return &merged
}

func isPlainObject(n *node) bool {
	name, _ := functionOf(n)
	return n.kind == objectNode && name == ""
}

// builder makes nodes that stand at one place.
type builder struct{ rng hcl.Range }

func (b builder) text(s string) *node {
	return &node{kind: scalarNode, value: graph.String(s), rng: b.rng, size: 1}
}

func (b builder) list(items ...*node) *node {
	return &node{kind: listNode, items: items, rng: b.rng, size: 1}
}

func (b builder) object(pairs ...any) *node {
	n := &node{kind: objectNode, rng: b.rng, size: 1}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		value, _ := pairs[i+1].(*node)
		if value != nil {
			n.entries = append(n.entries, entry{name: name, nameRange: b.rng, value: value})
		}
	}
	return n
}

func (b builder) sub(text string) *node { return wrap("Fn::Sub", b.text(text), b.rng) }

func (b builder) managed(name string) *node {
	return b.sub("arn:${AWS::Partition}:iam::aws:policy/" + name)
}

// makeRole adds the role that SAM makes for a resource without one.
func (s *stack) makeRole(r *resource, service string) {
	if r.properties.member("Role") != nil || s.resources[r.id+"Role"] != nil {
		return
	}
	b := builder{r.rng}
	trust := r.properties.member("AssumeRolePolicyDocument")
	if trust == nil {
		trust = b.object("Version", b.text("2012-10-17"), "Statement", b.list(b.object(
			"Effect", b.text("Allow"), "Action", b.list(b.text("sts:AssumeRole")),
			"Principal", b.object("Service", b.list(b.text(service))))))
	}
	managed, inline := s.rolePolicies(r, b)
	properties := b.object("AssumeRolePolicyDocument", trust, "ManagedPolicyArns", managed,
		"Policies", inline, "Path", r.properties.member("RolePath"),
		"PermissionsBoundary", r.properties.member("PermissionsBoundary"))
	s.addResource(&resource{
		stack: s, id: r.id + "Role", scope: r.scope, typ: "AWS::IAM::Role", rng: r.rng, exists: r.exists, many: r.many,
		node:       b.object("Type", b.text("AWS::IAM::Role"), "Condition", r.node.member("Condition"), "Properties", properties),
		properties: properties,
	})
}

// rolePolicies sorts the policies of a SAM resource into managed and inline
// ones.
func (s *stack) rolePolicies(r *resource, b builder) (managed, inline *node) {
	managed, inline = b.list(), b.list()
	if r.typ == "AWS::Serverless::Function" {
		managed.items = append(managed.items, b.managed("service-role/AWSLambdaBasicExecutionRole"))
		if r.properties.member("VpcConfig") != nil {
			managed.items = append(managed.items, b.managed("service-role/AWSLambdaVPCAccessExecutionRole"))
		}
	}
	if r.properties.member("Tracing") != nil {
		managed.items = append(managed.items, b.managed("AWSXrayWriteOnlyAccess"))
	}
	policies := r.properties.member("Policies")
	if policies == nil {
		return managed, inline
	}
	items := []*node{policies}
	if policies.kind == listNode {
		items = policies.items
	}
	for i, item := range items {
		at := builder{item.rng}
		name := r.id + "RolePolicy" + strconv.Itoa(i)
		function, _ := functionOf(item)
		text, isText := item.text()
		switch {
		case isText:
			managed.items = append(managed.items, at.policyARN(text))
		case item.kind != objectNode || function != "":
			managed.items = append(managed.items, item)
		case item.member("Statement") != nil:
			inline.items = append(inline.items, at.object("PolicyName", at.text(name), "PolicyDocument", item))
		default:
			inline.items = append(inline.items, at.object("PolicyName", at.text(name), "PolicyDocument", at.policyTemplate(item)))
		}
	}
	return managed, inline
}

// policyARN is the managed policy that a name in a SAM template means.
func (b builder) policyARN(name string) *node {
	switch {
	case strings.HasPrefix(name, "arn:"):
		return b.text(name)
	case strings.HasPrefix(name, "AWSLambda") && (strings.HasSuffix(name, "ExecutionRole") || name == "AWSLambdaRole"):
		return b.managed("service-role/" + name)
	}
	return b.managed(name)
}

// policyTemplate is the document of a SAM policy template. Those about KMS are
// expanded; any other grants nothing that concerns keys, but what it grants is
// not known here.
func (b builder) policyTemplate(item *node) *node {
	name := "a policy template"
	if len(item.entries) == 1 {
		name = item.entries[0].name
		action := map[string]string{"KMSDecryptPolicy": "kms:Decrypt", "KMSEncryptPolicy": "kms:Encrypt"}[name]
		if key := item.entries[0].value.member("KeyId"); action != "" && key != nil {
			arn := wrap("Fn::Sub", b.list(b.text("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${KeyId}"),
				b.object("KeyId", key)), b.rng)
			return b.object("Version", b.text("2012-10-17"), "Statement", b.list(
				b.object("Effect", b.text("Allow"), "Action", b.text(action), "Resource", arn)))
		}
	}
	u := &graph.Unknown{ID: "sam(" + place(b.rng) + ")", Reason: "the SAM policy template " + name + " is not expanded", Range: b.rng}
	return &node{kind: scalarNode, value: graph.UnknownValue(u), rng: b.rng, size: 1}
}
