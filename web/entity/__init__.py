"""Somebody or something that articles name: when, where and together with whom."""
