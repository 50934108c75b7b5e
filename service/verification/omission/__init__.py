"""What a summary must carry of its sources, and what of it is missing or carried in part."""
