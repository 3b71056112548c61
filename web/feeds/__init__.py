"""The feeds page and its API: what is watched, how it fares, adding and changing it."""
