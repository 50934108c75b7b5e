"""What a record says: its structure, and each thing that it asserts. Read once, at arrival."""
