"""The published final accounts 单位决算 as data: forms, codes, rules, and the names of their cells."""
