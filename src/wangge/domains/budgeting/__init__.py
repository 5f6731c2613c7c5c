"""Budget execution 预算执行台账: allotments, balanced postings, payments, records of what has no other system."""
