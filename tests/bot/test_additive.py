"""A new version's migrations leave the old version's processes running: they only add. What they
would take away goes in a later version, once nobody runs the old one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

VERSIONS = Path(__file__).parent.parent.parent / "bot/storage/migrations/versions"
TAKES_AWAY = {
    "alter_column",
    "drop_column",
    "drop_constraint",
    "drop_table",
    "rename_table",
}


def upgrade_of(path: Path) -> ast.FunctionDef:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (found,) = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    ]
    return found


def each_version() -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "path", sorted(VERSIONS.glob("*.py")), ids=lambda path: path.stem
    )


@each_version()
def test_an_upgrade_takes_nothing_away(path: Path) -> None:
    called = {node.attr for node in ast.walk(upgrade_of(path)) if isinstance(node, ast.Attribute)}

    assert called & TAKES_AWAY == set()


def columns(tree: ast.AST) -> list[ast.Call]:
    return [each for each in calls(tree) if ast.unparse(each.func).endswith("Column")]


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


@each_version()
def test_what_an_upgrade_adds_to_a_table_the_old_version_need_not_fill_in(path: Path) -> None:
    upgrade = upgrade_of(path)
    new_tables = [each for each in calls(upgrade) if ast.unparse(each.func) == "op.create_table"]
    of_new_tables = [column for table in new_tables for column in columns(table)]

    for column in columns(upgrade):
        given = {word.arg: word.value for word in column.keywords}
        needed = "nullable" in given and ast.literal_eval(given["nullable"]) is False
        may_be_left_out = not needed or "server_default" in given or column in of_new_tables
        assert may_be_left_out, ast.unparse(column)
