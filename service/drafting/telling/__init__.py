"""Facts told as a document: the brief first, then what of the sections the type has room for."""
