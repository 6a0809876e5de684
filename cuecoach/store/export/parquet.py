"""A run as a Parquet file: the columns of the CSV with their types; the run and its cues as JSON in the file's metadata."""

from __future__ import annotations

import json
from typing import Any

from cuecoach.errors import StoreError
from cuecoach.runrecord import RunRecord
from cuecoach.store.export.json_lines import head_of
from cuecoach.store.export.table import TEXTS, cues_table, seconds_table


def parquet_bytes(record: RunRecord) -> bytes:
    """Return the seconds as Parquet.

    Raises
    ------
    StoreError
        When pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise StoreError(
            "Parquet needs pyarrow; install it with `pip install 'cuecoach[parquet]'`, or export to .csv"
        ) from error
    arrow: Any = pa  # pyarrow brings no types
    table = seconds_table(record)
    types = {name: arrow.string() if name in TEXTS else arrow.float64() for name in table}
    cues = cues_table(record)
    listed = [dict(zip(cues, row, strict=True)) for row in zip(*cues.values(), strict=True)]
    about = {
        "cuecoach.run": json.dumps(head_of(record), ensure_ascii=False),
        "cuecoach.cues": json.dumps(listed, ensure_ascii=False),
    }
    schema = arrow.schema(list(types.items()), metadata=about)
    out: Any = arrow.BufferOutputStream()
    writing: Any = pq
    writing.write_table(arrow.table({name: list(column) for name, column in table.items()}, schema=schema), out)
    return out.getvalue().to_pybytes()
