"""One file for each command: `EXAMPLE`, `configure(parser)` and `run(args)`."""
