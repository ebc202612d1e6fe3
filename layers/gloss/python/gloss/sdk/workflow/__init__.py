"""The workflow for the public SDK: tasks, actions, reviews."""
