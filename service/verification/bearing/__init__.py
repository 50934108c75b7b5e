"""Do the sources bear a statement? Read by the same reader, compared, weighed."""
