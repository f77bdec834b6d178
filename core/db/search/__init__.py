"""Search in text by an index that the database itself keeps: `column(…, search=True)` and `index.add`."""
