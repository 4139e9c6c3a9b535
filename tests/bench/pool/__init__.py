"""The pool of replicas beside LiteLLM's Router and the bare client, each in its own process."""
