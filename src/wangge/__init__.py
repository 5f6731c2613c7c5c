"""Wangge 网格: the platform of a city's urban-management supervision and command centre."""
