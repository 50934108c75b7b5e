"""Names of one thing, as data: abbreviations, synonyms, drugs. Search and comparison read them."""
