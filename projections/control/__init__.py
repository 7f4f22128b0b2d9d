"""Race control: who is still out, what is missing, what contradicts itself."""
