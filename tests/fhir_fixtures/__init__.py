"""The fixture patients and the sandbox EHR that serves them."""
