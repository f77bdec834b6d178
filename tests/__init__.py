"""The tests mirror the tree: `tests/core/test_money.py` tests `core/money.py`."""
