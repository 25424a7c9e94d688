"""What people and models bring along from other tools, and how it is called in a plan."""
