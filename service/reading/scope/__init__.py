"""How each thing of a phrase is meant: is it so, when, of whom, who says so, what is done."""
