"""What the city's figures are: indicators, periods, results, scores, the month and its bulletins."""
