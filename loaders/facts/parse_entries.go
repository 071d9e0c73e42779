package facts

import (
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/graph"
)

func (r *reader) keys(c *Config, n *yaml.Node) {
	for _, e := range r.entries(n, "keys", nil) {
		if !keyPattern.MatchString(e.name) {
			r.errorf(e.key, "Wrong key", "%q is no ARN of a key or an alias. It looks like arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab.", e.name)
			continue
		}
		k := Key{
			ARN: e.name, Range: r.places.of(e.key), Manager: graph.Absent(), Policy: graph.Absent(),
			State: graph.Absent(), KeySpec: graph.Absent(), KeyUsage: graph.Absent(),
		}
		for _, f := range r.entries(e.value, "key "+e.name, keysOf("keys")) {
			switch f.name {
			case "manager":
				k.Manager = r.oneOf(f.value, "manager", "customer", "aws")
			case "policy":
				k.Policy = r.str(f.value, "policy")
			case "state":
				k.State = r.oneOf(f.value, "state", "Enabled", "Disabled", "PendingDeletion", "PendingImport",
					"PendingReplicaDeletion", "Unavailable", "Creating", "Updating")
			case "key_spec":
				k.KeySpec = r.str(f.value, "key_spec")
			case "key_usage":
				k.KeyUsage = r.oneOf(f.value, "key_usage", "ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT")
			}
		}
		c.Keys = append(c.Keys, k)
	}
}

func (r *reader) roles(c *Config, n *yaml.Node) {
	for _, e := range r.entries(n, "roles", nil) {
		if !rolePattern.MatchString(e.name) {
			r.errorf(e.key, "Wrong role", "%q is no ARN of a role. It looks like arn:aws:iam::111122223333:role/NAME.", e.name)
			continue
		}
		c.Roles = append(c.Roles, r.role(e))
	}
}

func (r *reader) role(e entry) Role {
	role := Role{ARN: e.name, Range: r.places.of(e.key), Trust: graph.Absent(), Boundary: graph.Absent()}
	for _, f := range r.entries(e.value, "role "+e.name, keysOf("roles")) {
		switch f.name {
		case "trust":
			role.Trust = r.str(f.value, "trust")
		case "policies":
			role.PoliciesGiven = true
			role.Policies = r.strs(f.value, "policies")
		case "managed_policies":
			role.PoliciesGiven = true
			role.ManagedPolicies = r.policyARNs(f.value)
		case "permissions_boundary":
			role.Boundary = r.matching(f.value, "permissions_boundary", policyPattern, "arn:aws:iam::111122223333:policy/NAME")
		}
	}
	return role
}

func (r *reader) policyARNs(n *yaml.Node) []graph.Value {
	var out []graph.Value
	for _, item := range r.items(n, "managed_policies") {
		v := r.matching(item, "ARN of a managed policy", policyPattern, "arn:aws:iam::aws:policy/NAME")
		if !v.IsAbsent() {
			out = append(out, v)
		}
	}
	return out
}

func (r *reader) images(c *Config, n *yaml.Node) {
	for _, e := range r.entries(n, "images", nil) {
		image := Image{
			ID: e.name, Range: r.places.of(e.key),
			Owner: graph.Absent(), Public: graph.Absent(), RootDevice: graph.Absent(),
		}
		for _, f := range r.entries(e.value, "image "+e.name, keysOf("images")) {
			switch f.name {
			case "owner":
				image.Owner = r.matching(f.value, "owner", ownerPattern, `an account number, "111122223333", or amazon`)
			case "public":
				image.Public = r.boolean(f.value, "public")
			case "root_device":
				image.RootDevice = r.str(f.value, "root_device")
			case "devices":
				image.DevicesGiven = true
				image.Devices = r.devices(f.value)
			}
		}
		c.Images = append(c.Images, image)
	}
}

func (r *reader) devices(n *yaml.Node) []ImageDevice {
	var out []ImageDevice
	for _, e := range r.entries(n, "devices", nil) {
		d := ImageDevice{
			Name:      graph.String(e.name).WithRange(r.places.of(e.key)),
			Range:     r.places.of(e.key),
			Encrypted: graph.Absent(), KMSKey: graph.Absent(),
		}
		for _, f := range r.entries(e.value, "device "+e.name, keysOf("devices")) {
			switch f.name {
			case "encrypted":
				d.Encrypted = r.boolean(f.value, "encrypted")
			case "kms_key":
				d.KMSKey = r.key(f.value, "kms_key")
			}
		}
		if d.Encrypted.IsAbsent() && !d.KMSKey.IsAbsent() {
			d.Encrypted = graph.Bool(true).WithRange(d.KMSKey.Range())
		}
		out = append(out, d)
	}
	return out
}
