package sim

// Explain simulates a seed that fails and returns what goes wrong.
func Explain(cfg Config) string {
	_, err := Run(cfg)
	return err.Error()
}
