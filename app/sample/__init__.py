"""A small news site on loopback, so that there is something to find without the internet.

Its articles were written for this project. What they report is invented; places and organisations are real.
"""
