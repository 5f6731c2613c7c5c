"""The public final accounts 单位决算: made from facts, checked before they are published."""
