package terraform

// Limits bounds what one root module may take. A zero field is the default.
type Limits struct {
	// FileSize is the size of the largest configuration file, in bytes.
	FileSize int
	// Nesting is how deep brackets may be nested in a file.
	Nesting int
	// ExpressionDepth is how deep an expression may be nested.
	ExpressionDepth int
	// Instances is how many instances one count or for_each may make, and
	// TotalInstances how many a root may have.
	Instances      int
	TotalInstances int
	// TotalBlocks is how many blocks the dynamic blocks of a root may make.
	TotalBlocks int
	// ModuleDepth is how deep module calls may be nested, and Modules how many
	// instances of modules a root may have.
	ModuleDepth int
	Modules     int
	// Text is how long a string may become, in bytes.
	Text int
	// TotalText is how long the strings in the values of a root may be
	// altogether, in bytes.
	TotalText int
	// Items is how many elements a collection may hold.
	Items int
	// Steps is how many operations the evaluation of a root may take.
	Steps int
	// Leaves is how many values one value may hold altogether.
	Leaves int
}

func (l Limits) withDefaults() Limits {
	fill := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	fill(&l.FileSize, 4<<20)
	fill(&l.Nesting, 2000)
	fill(&l.ExpressionDepth, 500)
	fill(&l.Instances, 2000)
	fill(&l.TotalInstances, 20000)
	fill(&l.TotalBlocks, 50000)
	fill(&l.ModuleDepth, 32)
	fill(&l.Modules, 5000)
	fill(&l.Text, 4<<20)
	fill(&l.TotalText, 256<<20)
	fill(&l.Items, 50000)
	fill(&l.Steps, 1000000)
	fill(&l.Leaves, 500000)
	return l
}
