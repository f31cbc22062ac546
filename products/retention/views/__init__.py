"""Pages of holds and of people who left."""
