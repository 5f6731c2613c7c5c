"""The pure thinking of the closed loop: no Django, no clock, no database.

``rulebook`` holds the rules of an edition, ``state`` what the steps of a case add up to, ``judging`` says whether a
move may be made now, ``effects`` makes it, ``timers`` lets an end that has passed count, ``automation`` finds what
the system does by itself, ``views`` says what a person sees, ``counting`` what evaluation counts.
"""
