"""How the engine reaches a Spark cluster: its session, and the files that small tables are handed over in."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq


class EngineMissing(Exception):
    """The engine asked for cannot run here; the text says what to install."""


def spark_link(master: str) -> Callable[[], Any]:
    """What opens Ibis' link to a cluster; :class:`EngineMissing` says what is not installed."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise EngineMissing("没有安装 Spark：请运行 pip install 'wangge[spark]'，并安装 Java 17。") from None

    def connect() -> Any:
        session = (
            SparkSession.builder.master(master)
            .appName("wangge-evaluation")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "8")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        return ibis.pyspark.connect(session)

    return connect


def handed_over(rows: pa.Table) -> str:
    """A small table as a file for the cluster; gone with the process."""
    handle, path = tempfile.mkstemp(suffix=".parquet", dir=_spool())
    os.close(handle)
    pq.write_table(rows, path)
    return path


def _spool() -> str:
    if not _spools:
        _spools.append(tempfile.TemporaryDirectory(prefix="wangge-spark-"))
    return _spools[0].name


_spools: list[tempfile.TemporaryDirectory[str]] = []
