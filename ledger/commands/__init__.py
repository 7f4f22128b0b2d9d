"""What an official can ask for: each act names what bears on it, checks the rules, and decides."""
