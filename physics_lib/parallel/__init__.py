"""Tasks on worker processes or a cluster, tried again when a worker is lost."""
