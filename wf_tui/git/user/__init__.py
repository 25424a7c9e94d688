"""The user's repository: found, described, exported to, and landed in only when asked."""
