package custom.words

ugly := {"web", "db"}
