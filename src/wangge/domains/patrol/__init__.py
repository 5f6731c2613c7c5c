"""Owns patrol 巡查: teams and turns of collectors, their positions, attendance and coverage, draws of second looks."""
