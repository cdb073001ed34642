"""The rules: the policy file, read, checked, tested and shown."""
