"""CrowdManager: the loyalty summary of a member, fetched and understood."""
