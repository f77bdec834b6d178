"""The index behind `contains`, for migrations: `add_functions` once, `add` for each searched column.

No writer can forget it. PostgreSQL has an index over what its own functions make of the column (GIN), SQLite
a table that triggers keep: whoever writes, by ORM, Core, `INSERT … SELECT` or the database's own shell, the
index follows, or on a connection of SQLite without our functions the write fails.
"""

from __future__ import annotations

import sys
import unicodedata

import orjson
from alembic import op

from core.db.search.tables import PENDING, index_name, pieces_name

# Almost all texts are ASCII and Chinese letters, which normalisation leaves alone.
FOLD = """
CREATE FUNCTION search_fold(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
BEGIN
  IF value COLLATE "C" ~ '^[ -~一-鿿]*$' THEN
    RETURN lower(value COLLATE "C");
  END IF;
  RETURN (
    SELECT string_agg(coalesce('{folds}'::jsonb ->> letter, letter), '' ORDER BY place)
    FROM unnest(string_to_array(normalize(value, NFKC), NULL)) WITH ORDINALITY AS letters (letter, place)
  );
END $function$
"""
GRAMS = """
CREATE FUNCTION search_grams(folded text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
DECLARE
  found text[] := string_to_array(folded, NULL);
BEGIN
  FOR place IN 1 .. length(folded) - 1 LOOP
    found := found || substr(folded, place, 2);
  END LOOP;
  RETURN found;
END $function$
"""
GIN = f"""
CREATE INDEX {{index}} ON {{table}} USING gin (search_grams(search_fold({{column}})))
WITH (gin_pending_list_limit = {PENDING})
"""
PIECES = """
CREATE TABLE {pieces} (piece TEXT NOT NULL, owner CHAR(32) NOT NULL, PRIMARY KEY (piece, owner)) WITHOUT ROWID
"""
FILL = """
INSERT OR IGNORE INTO {pieces}
SELECT found.value, owner.id FROM {table} AS owner, json_each(search_pieces(owner.{column})) AS found
ORDER BY 1, 2
"""
ENTER = """
INSERT OR IGNORE INTO {pieces} SELECT value, new.id FROM json_each(search_pieces(new.{column}));
"""
LEAVE = """
DELETE FROM {pieces}
WHERE owner = old.id AND piece IN (SELECT value FROM json_each(search_pieces(old.{column})));
"""
TRIGGERS = {
    "added": f"AFTER INSERT ON {{table}} BEGIN {ENTER} END",
    "changed": "AFTER UPDATE OF {column} ON {table} WHEN new.{column} IS NOT old.{column} "
    f"BEGIN {LEAVE} {ENTER} END",
    "removed": f"AFTER DELETE ON {{table}} BEGIN {LEAVE} END",
}


def add(table: str, column: str) -> None:
    """Make the index of a column of a table with the key `id`, and fill it.

    Again after `batch_alter_table`: SQLite rebuilds the table then, and its triggers are gone.
    """
    remove(table, column)
    if not _sqlite():
        _run(GIN, table, column)
        return
    _run(PIECES, table, column)
    _run(FILL, table, column)
    for name, what in TRIGGERS.items():
        _run(f"CREATE TRIGGER {_quoted(f'{pieces_name(table, column)}_{name}')} {what}", table, column)


def remove(table: str, column: str) -> None:
    """Take the index away, if it is there."""
    if not _sqlite():
        _run("DROP INDEX IF EXISTS {index}", table, column)
        return
    for name in TRIGGERS:
        _run(f"DROP TRIGGER IF EXISTS {_quoted(f'{pieces_name(table, column)}_{name}')}", table, column)
    _run("DROP TABLE IF EXISTS {pieces}", table, column)


def add_functions() -> None:
    """What PostgreSQL needs once; SQLite gets its functions with each connection."""
    if not _sqlite():
        op.get_bind().exec_driver_sql(FOLD.replace("{folds}", orjson.dumps(case_folds()).decode()))
        op.get_bind().exec_driver_sql(GRAMS)


def remove_functions() -> None:
    """After the last index."""
    if not _sqlite():
        op.get_bind().exec_driver_sql("DROP FUNCTION search_grams")
        op.get_bind().exec_driver_sql("DROP FUNCTION search_fold")


def case_folds() -> dict[str, str]:
    """Every normal letter that case folding changes, and what becomes of it."""
    letters = (chr(code) for code in range(sys.maxunicode + 1))
    return {
        letter: folded
        for letter in letters
        if (folded := letter.casefold()) != letter and unicodedata.is_normalized("NFKC", letter)
    }


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _quoted(name: str) -> str:
    return op.get_bind().dialect.identifier_preparer.quote(name)


def _run(statement: str, table: str, column: str) -> None:
    names = {
        "table": table,
        "column": column,
        "pieces": pieces_name(table, column),
        "index": index_name(table, column),
    }
    op.get_bind().exec_driver_sql(statement.format(**{key: _quoted(name) for key, name in names.items()}))
