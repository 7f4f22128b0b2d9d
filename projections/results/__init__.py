"""The results of the rally: who is where, who left, what it cost, who starts next."""
