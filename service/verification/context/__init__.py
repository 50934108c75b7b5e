"""How a thing is said: is it there, when, of whom, and who says so."""
