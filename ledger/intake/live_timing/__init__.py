"""The live timing of one championship: saved answers of its service, as its seasons gave them."""
