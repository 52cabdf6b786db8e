package condition

func builtinList(string) ([]string, bool) { return nil, false }
