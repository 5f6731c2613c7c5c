"""The columns of the warehouse's tables: what a refresh writes and every engine reads."""

from __future__ import annotations

import pyarrow as pa

from wangge.domains.evaluation.logic.facts import NUMBERS, PLACE, WIDE, What

STEP_SCHEMA = pa.schema([(name, pa.int64() if name in WIDE else pa.int32()) for name in NUMBERS])
CASE_SCHEMA = pa.schema(
    [("case", pa.int64()), ("id", pa.binary(16)), ("number", pa.string()), ("place", pa.int32()),
     ("reported", pa.int32())]
)  # fmt: skip
WHAT_SCHEMA = pa.schema([("what", pa.int32()), *((name, pa.string()) for name in What._fields)])
PLACE_SCHEMA = pa.schema([("place", pa.int32()), *((name, pa.string()) for name in PLACE)])
CODE_SCHEMA = pa.schema([("code", pa.int32()), ("text", pa.string())])
