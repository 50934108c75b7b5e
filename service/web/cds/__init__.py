"""CDS Hooks 2: while a chart is open in the EHR, a card says that a summary waits."""
