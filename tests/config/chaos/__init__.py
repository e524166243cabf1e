"""An app of the chaos test: jobs that leave a trace, in workers that real signals kill."""
