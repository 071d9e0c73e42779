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
// and state machine that names none, and those of their events.
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
			s.makeEventRoles(r, "lambda:InvokeFunction")
		case "StateMachine":
			s.makeRole(r, "states.amazonaws.com")
			s.makeEventRoles(r, "states:StartExecution")
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
	if r.properties.member("Role") != nil {
		return
	}
	b := builder{r.rng}
	trust := r.properties.member("AssumeRolePolicyDocument")
	if trust == nil {
		trust = b.trust(service)
	}
	policies := rolePoliciesOf(r)
	s.addRole(r.id+"Role", r, b.object("AssumeRolePolicyDocument", trust, "ManagedPolicyArns", policies.managed,
		"Policies", policies.inline, "Path", r.properties.member("RolePath"),
		"PermissionsBoundary", r.properties.member("PermissionsBoundary")))
}

// addRole adds a role that SAM makes for a resource, under its condition.
func (s *stack) addRole(id string, r *resource, properties *node) {
	if s.resources[id] != nil {
		return
	}
	b := builder{r.rng}
	s.addResource(&resource{
		stack: s, id: id, scope: r.scope, typ: "AWS::IAM::Role", rng: r.rng, exists: r.exists, many: r.many, wholly: r.wholly,
		node:       b.object("Type", b.text("AWS::IAM::Role"), "Condition", r.node.member("Condition"), "Properties", properties),
		properties: properties,
	})
}

// rolePolicies are the policies of a SAM resource, sorted into managed and
// inline ones.
type rolePolicies struct{ managed, inline *node }

func rolePoliciesOf(r *resource) rolePolicies {
	b := builder{r.rng}
	p := rolePolicies{managed: b.list(), inline: b.list()}
	if r.typ == "AWS::Serverless::Function" {
		p.managed.items = append(p.managed.items, b.managed("service-role/AWSLambdaBasicExecutionRole"))
		if r.properties.member("VpcConfig") != nil {
			p.managed.items = append(p.managed.items, b.managed("service-role/AWSLambdaVPCAccessExecutionRole"))
		}
	}
	if r.properties.member("Tracing") != nil {
		p.managed.items = append(p.managed.items, b.managed("AWSXrayWriteOnlyAccess"))
	}
	policies := r.properties.member("Policies")
	if policies == nil {
		return p
	}
	items := []*node{policies}
	if policies.kind == listNode {
		items = policies.items
	}
	always := func(n *node) *node { return n }
	for i, item := range items {
		p.add(item, r.id+"RolePolicy"+strconv.Itoa(i), always)
	}
	return p
}

// add sorts in one policy; when puts the conditions around it under which it is
// there.
func (p *rolePolicies) add(item *node, name string, when func(*node) *node) {
	at := builder{item.rng}
	function, argument := functionOf(item)
	text, isText := item.text()
	inline := func(document *node) {
		p.inline.items = append(p.inline.items, when(at.object("PolicyName", at.text(name), "PolicyDocument", document)))
	}
	switch {
	case function == "Fn::If" && argument.kind == listNode && len(argument.items) == 3:
		condition := argument.items[0]
		p.add(argument.items[1], name, func(n *node) *node { return when(at.choose(condition, n, at.noValue())) })
		p.add(argument.items[2], name, func(n *node) *node { return when(at.choose(condition, at.noValue(), n)) })
	case isText:
		p.managed.items = append(p.managed.items, when(at.policyARN(text)))
	case item.kind != objectNode || function != "":
		p.managed.items = append(p.managed.items, when(item))
	case item.member("Statement") != nil:
		inline(item)
	default:
		if document := at.policyTemplate(item); document != nil {
			inline(document)
		}
	}
}

func (b builder) noValue() *node { return wrap("Ref", b.text("AWS::NoValue"), b.rng) }

func (b builder) choose(condition, then, els *node) *node {
	return wrap("Fn::If", b.list(condition, then, els), b.rng)
}

// makeEventRoles adds the roles with which events start a function or a state
// machine.
func (s *stack) makeEventRoles(r *resource, action string) {
	events := r.properties.member("Events")
	if events == nil || !isPlainObject(events) {
		return
	}
	for _, e := range events.entries {
		kind, _ := e.value.member("Type").text()
		service := eventService(kind, r.typ)
		given := e.value.member("Properties")
		if service == "" || given.member("RoleArn") != nil {
			continue
		}
		boundary := given.member("PermissionsBoundary")
		if boundary == nil {
			boundary = r.properties.member("PermissionsBoundary")
		}
		b := builder{e.nameRange}
		s.addRole(r.id+e.name+"Role", r, b.object(
			"AssumeRolePolicyDocument", b.trust(service), "PermissionsBoundary", boundary,
			"Policies", b.list(b.object("PolicyName", b.text(r.id+e.name+"Policy"), "PolicyDocument",
				b.document(b.object("Effect", b.text("Allow"), "Action", b.text(action), "Resource", b.sub("${"+r.id+".Arn}")))))))
	}
}

// eventService is the service that assumes a role to deliver a kind of event,
// empty where none is made.
func eventService(kind, resourceType string) string {
	switch {
	case kind == "ScheduleV2":
		return "scheduler.amazonaws.com"
	case resourceType != "AWS::Serverless::StateMachine":
		return ""
	case kind == "Api":
		return "apigateway.amazonaws.com"
	case kind == "Schedule" || kind == "CloudWatchEvent" || kind == "EventBridgeRule":
		return "events.amazonaws.com"
	}
	return ""
}

func (b builder) document(statements ...*node) *node {
	return b.object("Version", b.text("2012-10-17"), "Statement", b.list(statements...))
}

// trust is the trust policy for a service.
func (b builder) trust(service string) *node {
	return b.document(b.object("Effect", b.text("Allow"), "Action", b.list(b.text("sts:AssumeRole")),
		"Principal", b.object("Service", b.list(b.text(service)))))
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
