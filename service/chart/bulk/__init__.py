"""Many charts at once: the EHR's Bulk Data export, waited for, read, and gone on with."""
