"""How the small entailment scorer is made: `make scorer`. Needs torch, which nothing else needs."""
