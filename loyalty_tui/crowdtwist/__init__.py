"""CrowdTwist: the profile pushes, read and explained."""
