"""Programs that run inside the sandbox, started by path; they import the standard library alone."""
