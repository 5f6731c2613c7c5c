"""The check before publication 公开前校核: reads a disclosure, recognises its figures, runs the rules, names findings.

Pure and alone: no Django, no clock, no database, no city. ``checking.work.check_file`` is the whole of it.
"""
