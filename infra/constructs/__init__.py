"""The nouns that the stack is composed of."""
