"""Pages of evaluation 考评: months, scores with their parts, a district's paper, the trace of a figure."""
