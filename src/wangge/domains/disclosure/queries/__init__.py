"""Questions to published accounts; ``disclosure.queries.cells`` is where other parts get computed figures.

The interface for narrative, rendering, self-evaluation and pages::

    from wangge.domains.disclosure.queries.cells import cells, computed, facts

    cells(year=2024, unit="101001")     # {"01.r27": 1_833_860_00, …}: name of the cell → fen, computed now
    computed(year=2024, unit="101001")  # the same with formulas and parts, for the trace
    facts(year=2024, unit="101001")     # the facts: .total(parse_sum("budget(nature=project)"))
"""
