"""A scorer that watches: no connection of the database is out while something is weighed."""

import numpy as np


class Watching:
    """Notes how many connections are out while it weighs a retelling."""

    name = "watching"

    def __init__(self, engine):
        self.engine, self.out = engine, []

    def score(self, pairs):
        self.out.append(self.engine.pool.checkedout())
        return np.full((len(pairs), 3), (0.9, 0.05, 0.05), np.float32)
