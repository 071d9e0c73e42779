package link

import "github.com/iblint/iblint/loaders/graph"

// set takes the possible outcomes of a device. What they have in common is
// known.
func (device *Device) set(outcomes []outcome, reason *graph.Unknown) {
	outcomes = distinct(outcomes)
	device.outcomes = outcomes
	if reason == nil {
		reason = unknown("how the device is encrypted is not known", "")
	}
	if len(outcomes) == 0 {
		outcomes = []outcome{{basis: basisUnknown, manager: graph.UnknownValue(reason)}}
	}
	first := outcomes[0]
	device.Basis, device.Because = first.basis, first.because
	device.Encrypted, device.Manager = graph.Bool(first.encrypted), graph.Absent()
	var encrypted []outcome
	for _, o := range outcomes {
		if o.basis != first.basis {
			device.Basis = basisUnknown
		}
		if o.because != first.because {
			device.Because = ""
		}
		if o.encrypted != first.encrypted {
			device.Encrypted = graph.UnknownValue(reason)
		}
		if o.encrypted {
			encrypted = append(encrypted, o)
		}
	}
	if device.Basis == basisUnknown {
		device.Because, device.Reason = "", reason
	}
	device.common(encrypted, reason)
}

// common sets key and manager when all outcomes that encrypt agree.
func (device *Device) common(encrypted []outcome, reason *graph.Unknown) {
	if len(encrypted) == 0 {
		return
	}
	device.Key, device.Manager = encrypted[0].key, encrypted[0].manager
	for _, o := range encrypted[1:] {
		if o.key != device.Key {
			device.Key = ""
		}
		if !o.manager.Equal(device.Manager) {
			device.Manager = graph.UnknownValue(reason)
		}
	}
}

// uncertain says that the device may be another's or may not be at all.
func (device *Device) uncertain(reason *graph.Unknown) {
	device.Basis, device.Because, device.Reason = basisUnknown, "", reason
	if encrypted, ok := device.Encrypted.AsBool(); !ok || encrypted {
		device.Encrypted = graph.UnknownValue(reason)
	}
}

func distinct(outcomes []outcome) []outcome {
	var out []outcome
	for _, o := range outcomes {
		known := false
		for _, p := range out {
			known = known || o.basis == p.basis && o.because == p.because && o.key == p.key &&
				o.encrypted == p.encrypted && o.manager.Equal(p.manager)
		}
		if !known {
			out = append(out, o)
		}
	}
	return out
}
